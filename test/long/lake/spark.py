"""Reads a lake with Spark and Delta's own library, and answers the questions of deploy/spark. Prints JSON.

spark.py ROOT FROM_DAY TO_DAY JAR...
"""
import datetime
import decimal
import glob
import importlib.util
import json
import os
import sys
import tempfile

from pyspark.sql import SparkSession

root, from_day, to_day, *jars = sys.argv[1:]
home = tempfile.mkdtemp()
spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.jars", ",".join(jars))
    .config("spark.ui.enabled", "false")
    .config("spark.sql.warehouse.dir", home)
    .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={home}")
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def text_of(value):
    if isinstance(value, (decimal.Decimal, float)):
        return float(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../deploy/spark/warehouse.py")
spec = importlib.util.spec_from_file_location("warehouse", source)
warehouse = importlib.util.module_from_spec(spec)
spec.loader.exec_module(warehouse)

paths = sorted(glob.glob(os.path.join(root, "mart", "*")))
counts = {os.path.relpath(path, root): spark.read.format("delta").load(path).count() for path in paths}
warehouse.register(spark, root)
answers = {}
for file in sorted(warehouse.folder.glob("*.sql")):
    rows = warehouse.answer(spark, file.stem, from_day, to_day).collect()
    answers[file.stem] = [[text_of(value) for value in row] for row in rows]
print(json.dumps({"counts": counts, "answers": answers}))
