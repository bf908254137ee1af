"""Reads Delta tables with Spark, in an environment of its own: no Delta fits the Spark of the readers.

    python internal/readers/spark/answers.py JARS DIRECTORY

A line of its input asks, as JSON: {"path": DIRECTORY OF A TABLE, "version": N OR null}. The line with the
answer is {"types": {COLUMN: TYPE}} in Spark's words, and the rows are in DIRECTORY/rows.arrow; or it is
{"error": TEXT}.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import SparkSession

SETTINGS: dict[str, bool | float | int | str | None] = {
    "spark.databricks.delta.snapshotPartitions": "1",  # a log is small
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",  # it ends before more would pay
    "spark.driver.host": "127.0.0.1",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.session.timeZone": "Pacific/Auckland",  # no value may depend on the reader's zone
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",  # what fails is answered
}


def main(jars: Path, directory: Path) -> None:
    """Answers until nothing more is asked."""
    settings = SETTINGS | {"spark.jars": ",".join(str(jar) for jar in sorted(jars.glob("*.jar")))}
    session = SparkSession.builder.master("local[1]").appName("readers").config(map=settings).getOrCreate()
    for line in sys.stdin:
        print(json.dumps(_answer(session, json.loads(line), directory)), flush=True)


def _answer(session: SparkSession, asked: dict[str, Any], directory: Path) -> dict[str, object]:
    try:
        reader = session.read.format("delta")
        if asked["version"] is not None:
            reader = reader.option("versionAsOf", asked["version"])
        frame = reader.load(asked["path"])
        rows = frame.toArrow()
    except Exception as failure:  # it is told by whoever asked
        return {"error": str(failure)}
    with pa.OSFile(str(directory / "rows.arrow"), "wb") as file, pa.ipc.new_file(file, rows.schema) as out:
        out.write_table(rows)
    return {"types": dict(frame.dtypes)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
