"""Opens a lake of genesys-warehouse in Spark and answers the questions beside this file.

    spark-submit --packages io.delta:delta-spark_2.13:4.0.1 warehouse.py s3a://bucket/prefix 2026-11-01 2026-12-01

prints every answer. In a notebook: `register(spark, lake)`, then `answer(spark, "wrapup-causes", "2026-11-01", "2026-12-01").show()`.
"""
import datetime
import pathlib
import re
import sys

folder = pathlib.Path(__file__).resolve().parent
# The tables that the questions read; others are registered the same way.
tables = sorted(set(re.findall(r"\bmart\.(\w+)", " ".join(file.read_text() for file in folder.glob("*.sql")))))


def register(spark, lake):
    """Registers the tables of a lake as tables of schema mart."""
    spark.sql("create schema if not exists mart")
    for name in tables:
        spark.sql(f"create table if not exists mart.{name} using delta location '{lake.rstrip('/')}/mart/{name}'")


def answer(spark, question, from_day, to_day):
    """Returns the answer to a question for local days from `from_day` to the day before `to_day`."""
    arguments = {"from_day": datetime.date.fromisoformat(from_day), "to_day": datetime.date.fromisoformat(to_day)}
    return spark.sql((folder / f"{question}.sql").read_text(), args=arguments)


if __name__ == "__main__":
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    register(session, sys.argv[1])
    for file in sorted(folder.glob("*.sql")):
        print(file.stem)
        answer(session, file.stem, sys.argv[2], sys.argv[3]).show(50, False)
