"""What readers that are not ours see of a lake, and what they do to it. Prints JSON.

read ROOT             every table by delta-rs and by DuckDB's delta extension: count and a digest of all rows
optimize ROOT TABLE   puts the files of a table together with delta-rs
append ROOT TABLE     appends the rows of the table's first file once more, under another organization
files ROOT            every table below: version and live files as delta-rs sees them, or its error
upgrade ROOT TABLE    raises the protocol with delta-rs
"""
import decimal
import glob
import hashlib
import importlib.util
import json
import os
import sys

import deltalake
import pyarrow


def text_of(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, decimal.Decimal):
        return f"{value:.3f}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if hasattr(value, "hour"):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    return str(value)


def digest(table):
    names = sorted(name for name in table.column_names if name not in ("organization_id", "month"))
    columns = [table.column(name).cast(utc(table.schema.field(name).type)).to_pylist() for name in names]
    rows = sorted(
        json.dumps([[name, text_of(column[at])] for name, column in zip(names, columns)], ensure_ascii=False, separators=(",", ":"))
        for at in range(table.num_rows)
    )
    return {"count": table.num_rows, "digest": hashlib.md5("\n".join(rows).encode()).hexdigest(), "first": rows[:1]}


def utc(kind):
    return pyarrow.timestamp("us", tz="UTC") if pyarrow.types.is_timestamp(kind) else kind


def duck():
    import duckdb

    found = importlib.util.find_spec("duckdb_extension_delta")
    files = glob.glob(os.path.join(os.path.dirname(found.origin), "**", "*.duckdb_extension"), recursive=True)
    options = {"allow_unsigned_extensions": True, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
    connection = duckdb.connect(config=options)
    connection.execute(f"load '{files[0]}'")
    return connection


def read(root):
    connection = duck()
    result = {}
    for path in sorted(glob.glob(os.path.join(root, "*", "*"))):
        by_rust = deltalake.DeltaTable(path).to_pyarrow_table()
        answer = connection.execute(f"select * from delta_scan('{path}')").arrow()
        by_duck = answer.read_all() if hasattr(answer, "read_all") else answer
        result[os.path.relpath(path, root)] = {"delta-rs": digest(by_rust), "duckdb": digest(by_duck)}
    return result


def optimize(root, table):
    return deltalake.DeltaTable(os.path.join(root, table)).optimize.compact()


def append(root, table):
    path = os.path.join(root, table)
    rows = deltalake.DeltaTable(path).to_pyarrow_table().slice(0, 3)
    at = rows.column_names.index("organization_id")
    other = pyarrow.array(["00000000-0000-0000-0000-00000000000a"] * rows.num_rows)
    deltalake.write_deltalake(path, rows.set_column(at, "organization_id", other), mode="append")
    return rows.num_rows


def upgrade(root, table):
    features = [deltalake.TableFeatures.DeletionVectors]
    deltalake.DeltaTable(os.path.join(root, table)).alter.add_feature(features, allow_protocol_versions_increase=True)
    return True


def files(root):
    result = {}
    for log in sorted(glob.glob(os.path.join(root, "**", "_delta_log"), recursive=True)):
        path = os.path.dirname(log)
        try:
            table = deltalake.DeltaTable(path)
            live = sorted(uri.removeprefix("file://").removeprefix(path + "/") for uri in table.file_uris())
            result[os.path.relpath(path, root)] = {"version": table.version(), "files": live}
        except Exception as error:
            result[os.path.relpath(path, root)] = {"error": str(error)}
    return result


commands = {"files": files, "read": read, "optimize": optimize, "append": append, "upgrade": upgrade}
print(json.dumps(commands[sys.argv[1]](*sys.argv[2:]), default=str))
