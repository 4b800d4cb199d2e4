"""Reads relations with pandas over SQLAlchemy, or with pyodbc over psqlODBC: a line `name TAB statement TAB columns` each. Prints a line
`#name`, then a line per row with ids, booleans, dates and times in the spelling that the client gives them."""

import sys

import pandas


def connect(kind, target):
    if kind == "pandas":
        import sqlalchemy

        return sqlalchemy.create_engine(target).connect()
    import pyodbc

    return pyodbc.connect(target)


def frame_of(kind, connection, statement):
    if kind == "pandas":
        import sqlalchemy

        return pandas.read_sql(sqlalchemy.text(statement), connection)
    cursor = connection.execute(statement)
    names = [column[0] for column in cursor.description]
    return pandas.DataFrame.from_records([tuple(row) for row in cursor], columns=names)


def text_of(value, kind):
    if value is None or value is pandas.NaT or (isinstance(value, float) and value != value):
        return ""
    if kind == "uuid":
        return str(value)
    if kind == "boolean":
        if value not in (True, False):
            raise SystemExit(f"{value!r} is no boolean")
        return str(bool(value)).lower()
    if kind == "date":
        return str(value)[:10]
    instant = pandas.Timestamp(value)
    if kind == "instant" and instant.tzinfo is not None:
        instant = instant.tz_convert("UTC").tz_localize(None)
    return instant.isoformat(timespec="milliseconds") + ("Z" if kind == "instant" else "")


def main():
    kind, target = sys.argv[1:3]
    connection = connect(kind, target)
    for line in sys.stdin:
        name, statement, columns = line.rstrip("\n").split("\t")
        frame = frame_of(kind, connection, statement)
        print("#" + name)
        wanted = [column.split(":") for column in columns.split(",")] if columns else []
        for row in frame.to_dict("records"):
            print("".join(text_of(row[column], of) + "\t" for column, of in wanted))


main()
