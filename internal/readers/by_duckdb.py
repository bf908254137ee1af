"""DuckDB, as a module of Python and as its own command."""

import json
import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from answer import ARROW, Answer, Unavailable, read_lines
from lake import Lake

if TYPE_CHECKING:
    import duckdb

WORDS = {
    "VARCHAR": "string",
    "BOOLEAN": "bool",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "DOUBLE": "double",
    "DECIMAL(18,6)": "decimal(18,6)",
    "TIMESTAMP WITH TIME ZONE": "timestamp[us, UTC]",  # microseconds are the only unit it has
    "DATE": "date",
}

ZONE = "SET TimeZone = 'Pacific/Auckland'"  # no value may depend on the reader's zone


def _table(root: str, path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return f"read_parquet('{root}/{path}/tenant_id=*/dt=*/{name}.parquet', hive_partitioning = true)"


class Module:
    """Reads with the module for Python."""

    def __init__(self, lake: Lake) -> None:
        import duckdb

        self._root = str(lake.directory)
        self._db = duckdb.connect()
        self._db.execute(ZONE)

    def read(self, path: str) -> Answer:
        """Reads a directory of the lake by a glob."""
        return _answer(self._db.sql(f"FROM {_table(self._root, path)}"))


class Scan:
    """Reads Delta tables with the module and its extensions."""

    def __init__(self, lake: Lake) -> None:
        import duckdb

        self._root = str(lake.directory)
        self._db = duckdb.connect()
        self._db.execute(ZONE)
        self._db.execute(f"LOAD '{extension('delta')}'")
        if lake.blob:
            self._root = f"az://{lake.blob.root}"
            os.environ["AZURITE_BLOB_STORAGE_URL"] = lake.blob.endpoint.rsplit("/", 1)[0]
            self._db.execute(f"LOAD '{extension('azure')}'")
            self._db.execute(f"CREATE SECRET (TYPE azure, CONNECTION_STRING '{lake.blob.connection}')")

    def read(self, path: str, version: int | None = None) -> Answer:
        """Reads a Delta table of the lake."""
        of = "" if version is None else f", version = {version}"
        return _answer(self._db.sql(f"FROM delta_scan('{self._root}/{path}'{of})"))


class Command:
    """Reads with the command, which prints every value as text."""

    def __init__(self, lake: Lake) -> None:
        found = shutil.which("duckdb", path=Path(sys.executable).parent)
        if found is None:
            raise Unavailable("there is no command duckdb")
        self._command, self._root, self._before = found, str(lake.directory), [ZONE]
        if lake.blob:
            self._root = f"az://{lake.blob.root}"
            self._before += [
                f"LOAD '{extension('azure')}'",
                f"SET azure_storage_connection_string = '{lake.blob.connection}'",
            ]

    def read(self, path: str) -> Answer:
        """Reads a directory of the lake by a glob."""
        table = _table(self._root, path)
        head, rows = self._ask(f"DESCRIBE FROM {table}", f"SELECT COLUMNS(*)::VARCHAR FROM {table}")
        described = [json.loads(line) for line in head.splitlines()]
        types = {c["column_name"]: WORDS.get(c["column_type"], c["column_type"]) for c in described}
        texts = read_lines(rows, pa.schema({name: pa.string() for name in types}))
        typed = pa.schema({name: ARROW.get(word, pa.string()) for name, word in types.items()})
        return Answer(types, texts.cast(typed))

    def _ask(self, first: str, second: str) -> tuple[bytes, bytes]:
        """The answers to two queries, a JSON object a row."""
        statements = [*self._before, first, ".print", second]  # an empty line between them
        flags = [part for each in statements for part in ("-c", each)]
        command = [self._command, "-init", os.devnull, "-jsonlines", *flags]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        head, _, rows = done.stdout.partition(b"\n\n")
        return head, rows


def _answer(found: "duckdb.DuckDBPyRelation") -> Answer:
    types = {name: WORDS.get(str(t), str(t)) for name, t in zip(found.columns, found.types, strict=True)}
    return Answer(types, found.to_arrow_table())


def extension(name: str) -> Path:
    """Where an extension is that has come as a package; DuckDB would otherwise download it."""
    files = resources.files(f"duckdb_extension_{name}")
    return next(Path(str(files)).rglob(f"{name}.duckdb_extension"))
