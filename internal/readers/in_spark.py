"""The views for Spark, in Spark."""

import shutil

import pyarrow as pa
from pyspark.sql import SparkSession

from answer import Unavailable
from by_spark import SETTINGS
from engines import Tables

# To plan takes longer than a few rows: nothing is compiled for them, or planned anew.
SMALL: dict[str, bool | float | int | str | None] = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.leafNodeDefaultParallelism": "1",
}


class Spark:
    """Has the same tables and views in a session of each zone: a view keeps the settings of its making."""

    # In one the examples' day is UTC's, in one it begins later, in one earlier and not at a whole hour.
    zones = ("UTC", "America/New_York", "Asia/Kolkata")
    unlike = ()

    def __init__(self) -> None:
        if shutil.which("java") is None:
            raise Unavailable("there is no Java")
        builder = SparkSession.builder.master("local[2]").appName("examples")
        first = builder.config(map=SETTINGS | SMALL).getOrCreate()
        self._sessions = {zone: first.newSession() for zone in self.zones}
        for zone, session in self._sessions.items():
            session.conf.set("spark.sql.session.timeZone", zone)
            # As Spark 4 and Databricks are set up, and otherwise as Spark 3 and Fabric.
            session.conf.set("spark.sql.ansi.enabled", str(zone == "UTC").lower())

    def fill(self, tables: Tables) -> None:
        """Makes temporary views of rows."""
        for session in self._sessions.values():
            for name, rows in tables.items():
                session.createDataFrame(rows).createOrReplaceTempView(name)

    def create(self, views: list[str]) -> None:
        """Runs the statements as they are."""
        for session in self._sessions.values():
            for statement in views:
                session.sql(statement)

    def ask(self, question: str, zone: str) -> pa.Table:
        """Answers as it is asked."""
        return self._sessions[zone].sql(question).toArrow()
