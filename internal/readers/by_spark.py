"""Apache Spark, whose reader is that of the Java world."""

import shutil

from pyspark.sql import SparkSession

from answer import Answer, Unavailable
from lake import Lake

WORDS = {
    "int": "int32",
    "bigint": "int64",
    "boolean": "bool",
    "timestamp": "timestamp[us, UTC]",  # one without a zone would be timestamp_ntz
}

SETTINGS: dict[str, bool | float | int | str | None] = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",  # it ends before more would pay
    "spark.driver.host": "127.0.0.1",
    "spark.sql.session.timeZone": "Pacific/Auckland",  # no value may depend on the reader's zone
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


class Spark:
    """Reads with Spark, in one process."""

    def __init__(self, lake: Lake) -> None:
        if shutil.which("java") is None:
            raise Unavailable("there is no Java")
        self._root = str(lake.directory)
        builder = SparkSession.builder.master("local[1]").appName("readers")
        self._session = builder.config(map=SETTINGS).getOrCreate()

    def read(self, path: str) -> Answer:
        """Reads a directory of the lake."""
        frame = self._session.read.parquet(f"{self._root}/{path}")
        types = {name: WORDS.get(t, t) for name, t in frame.dtypes}
        return Answer(types, frame.toArrow())
