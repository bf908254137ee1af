"""A lake, and what the command that wrote it says of it."""

import functools
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from answer import ARROW, PARTITION, Answer, read_lines

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

# How the types of columns are to be stored: the second opinion, written by hand.
STORED: dict[str, str] = {
    "string": "string",
    "enum": "string",
    "long text": "string",
    "json": "string",
    "member": "string",
    "time zone": "string",
    "bool": "bool",
    "present": "bool",
    "int32": "int32",
    "int64": "int64",
    "milliseconds": "int64",
    "float64": "double",
    "decimal(18,6)": "decimal(18,6)",
    "timestamp": "timestamp[us, UTC]",
    "zoned timestamp": "timestamp[us, UTC]",
    "key text": "string",
    "digest": "string",
}

# Datasets by time whose raw says what Graph no longer lists.
REMOVES = {
    "blocked_users_log",
    "calendar_events",
    "call_transcripts",
    "dial_out_logs",
    "sms_logs",
    "transcripts",
}

RAW: dict[str, str] = {  # the columns of every raw partition, behind its key
    "record_time": "timestamp[us, UTC]",
    "version": "int64",
    "record_hash": "string",
    "record": "string",
}


@dataclass(frozen=True)
class Blob:
    """A lake in a container of the emulator: what a reader has to know to sign in."""

    container: str
    prefix: str  # of the lake's names
    account: str
    key: str
    endpoint: str

    @property
    def root(self) -> str:
        """The lake, as az:// names it."""
        return f"{self.container}/{self.prefix}"

    @property
    def connection(self) -> str:
        """The connection string, as Azure's clients take it."""
        return (
            f"DefaultEndpointsProtocol=http;AccountName={self.account};"
            f"AccountKey={self.key};BlobEndpoint={self.endpoint};"
        )


@dataclass(frozen=True)
class Table:
    """A table as its schema describes it, and where the lake has it."""

    path: str
    types: dict[str, str]
    key: list[str]


@dataclass(frozen=True)
class Lake:
    """A lake on disk, or in Blob Storage under the same paths."""

    bin: Path
    config: Path
    directory: Path | None = None
    blob: Blob | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where it is, in a word."""
        return "blob" if self.blob else "disk"

    def graphlake(self, *args: str) -> bytes:
        """What the command prints."""
        return self._ask("--config", str(self.config), "--quiet", *args)

    def _ask(self, *args: str) -> bytes:
        command = [str(self.bin / "graphlake"), *args]
        done = subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, check=True)
        return done.stdout

    def _document(self, *args: str) -> Any:
        return json.loads(self._ask("--output", "json", *args))

    @functools.cached_property
    def datasets(self) -> list[dict[str, Any]]:
        """The datasets, and the names of their tables; the root table is the first."""
        every: list[dict[str, Any]] = self._document("datasets")
        return every

    def table(self, name: str) -> Table:
        """A table by its schema."""
        schema = self._document("schema", name)
        types = {c["name"]: STORED[c["type"]] for c in schema["columns"]}
        return Table(f"tables/{name}", types | PARTITION, schema["key"])

    def raw(self, dataset: dict[str, Any]) -> Table:
        """The raw of a dataset, whose key is that of the root table."""
        root = self.table(dataset["tables"][0])
        key = {name: root.types[name] for name in root.key}
        removed = {"removed": "bool"} if dataset["name"] in REMOVES else {}
        types = key | RAW | removed | PARTITION
        return Table(f"raw/{dataset['name']}", types, root.key)

    def cat(self, name: str, table: Table) -> Answer:
        """The rows of a table as the command prints them, which is JSON."""
        text = self.graphlake("cat", name)
        # Arrow does not read a date from JSON, but an instant.
        arrow = {c: ARROW[t] if t != "date" else pa.timestamp("us") for c, t in table.types.items()}
        return Answer(table.types, read_lines(text, pa.schema(arrow)))

    def names(self, under: str) -> list[str]:
        """The names of all objects under one, relative to the lake's."""
        if self.directory:
            every = (self.directory / under).rglob("*")
            return [str(path.relative_to(self.directory)) for path in every if path.is_file()]
        with self._container() as container:
            begin = f"{self._blob.prefix}/"
            found = container.list_blob_names(name_starts_with=f"{begin}{under}/")
            return [name.removeprefix(begin) for name in found]

    def bytes(self, name: str) -> bytes:
        """An object."""
        if self.directory:
            return (self.directory / name).read_bytes()
        with self._container() as container:
            return container.download_blob(f"{self._blob.prefix}/{name}").readall()

    def write(self, name: str, text: bytes) -> None:
        """Replaces an object by hand."""
        if self.directory:
            (self.directory / name).write_bytes(text)
            return
        with self._container() as container:
            container.upload_blob(f"{self._blob.prefix}/{name}", text, overwrite=True)

    def remove(self, *names: str) -> None:
        """Removes objects by hand."""
        if self.directory:
            for name in names:
                (self.directory / name).unlink()
            return
        with self._container() as container:
            for name in names:
                container.delete_blob(f"{self._blob.prefix}/{name}")

    @property
    def _blob(self) -> Blob:
        assert self.blob
        return self.blob

    def _container(self) -> "ContainerClient":
        from azure.storage.blob import ContainerClient

        return ContainerClient.from_connection_string(self._blob.connection, self._blob.container)
