"""Apache Spark with Delta Lake, which is who wrote the format."""

import functools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pyarrow as pa

from answer import Answer, Unavailable
from by_spark import WORDS
from lake import Lake

HERE = Path(__file__).parent
PLACE = HERE.parent.parent / ".cache/delta-spark"  # where run.sh installs it


class Spark:
    """Reads with a Spark of its own, in a process of its own."""

    def __init__(self, lake: Lake) -> None:
        if shutil.which("java") is None:
            raise Unavailable("there is no Java")
        if not (PLACE / "installed").exists():
            raise Unavailable("it could not be installed")
        self._root, self._process = str(lake.directory), _process()

    def read(self, path: str, version: int | None = None) -> Answer:
        """Reads a Delta table of the lake."""
        types, rows = self._process.ask(f"{self._root}/{path}", version)
        return Answer({name: WORDS.get(t, t) for name, t in types.items()}, rows)


class _Process:
    """Spark, which takes seconds to start, and so answers for all lakes."""

    def __init__(self) -> None:
        self._own = tempfile.TemporaryDirectory()
        command = [str(PLACE / "venv/bin/python"), "-B", str(HERE / "spark/answers.py")]
        self._spark = subprocess.Popen(
            [*command, str(PLACE / "jars"), self._own.name],
            stdin=subprocess.PIPE,  # it ends with its input
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, path: str, version: int | None) -> tuple[dict[str, str], pa.Table]:
        """The types of the columns and the rows."""
        assert self._spark.stdin
        print(json.dumps({"path": path, "version": version}), file=self._spark.stdin, flush=True)
        said = self._answered()
        if "error" in said:
            raise ValueError(said["error"])
        # It is not mapped, for the next answer is written over it.
        with pa.OSFile(f"{self._own.name}/rows.arrow") as file:
            return said["types"], pa.ipc.open_file(file).read_all()

    def _answered(self) -> dict[str, dict[str, str]]:
        assert self._spark.stdout
        for line in self._spark.stdout:
            if line.startswith("{"):  # Java greets on the same stream
                answer: dict[str, dict[str, str]] = json.loads(line)
                return answer
        raise ValueError("Spark has ended")


@functools.cache
def _process() -> _Process:
    return _Process()
