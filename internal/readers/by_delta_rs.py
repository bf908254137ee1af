"""delta-rs, the Delta Lake of polars and pandas, in Rust."""

from deltalake import DeltaTable

from answer import Answer
from by_arrow import WORDS
from lake import Lake


class DeltaRS:
    """Reads with the module deltalake, in Blob Storage over its own client."""

    def __init__(self, lake: Lake) -> None:
        self._root = str(lake.directory)
        self._options: dict[str, str] | None = None
        if lake.blob:
            self._root = f"az://{lake.blob.root}"
            self._options = {
                "account_name": lake.blob.account,
                "account_key": lake.blob.key,
                "azure_endpoint": lake.blob.endpoint,
                "allow_http": "true",
            }

    def read(self, path: str, version: int | None = None) -> Answer:
        """Reads a Delta table of the lake."""
        rows = self._table(path, version).to_pyarrow_table()
        return Answer({f.name: WORDS.get(str(f.type), str(f.type)) for f in rows.schema}, rows)

    def live(self, path: str) -> set[str]:
        """The names of the files of the newest version."""
        return {uri.rsplit("/", 1)[-1] for uri in self._table(path).file_uris()}

    def _table(self, path: str, version: int | None = None) -> DeltaTable:
        return DeltaTable(f"{self._root}/{path}", version=version, storage_options=self._options)
