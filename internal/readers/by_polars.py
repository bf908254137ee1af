"""Polars, whose reader is its own, in Rust."""

import polars as pl

from answer import Answer
from lake import Lake

WORDS = {
    "String": "string",
    "Boolean": "bool",
    "Int32": "int32",
    "Int64": "int64",
    "Float64": "double",
    "Decimal(precision=18, scale=6)": "decimal(18,6)",
    "Datetime(time_unit='us', time_zone='UTC')": "timestamp[us, UTC]",
    "Date": "date",
}


class Polars:
    """Reads with polars, in Blob Storage over its own client."""

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

    def read(self, path: str) -> Answer:
        """Reads a directory of the lake by a glob."""
        frame = pl.scan_parquet(
            f"{self._root}/{path}/tenant_id=*/dt=*/{path.rsplit('/', 1)[-1]}.parquet",
            hive_partitioning=True,
            storage_options=self._options,
        )
        schema = frame.collect_schema()
        types = {name: WORDS.get(str(t), str(t)) for name, t in schema.items()}
        rows = frame.collect().to_arrow(compat_level=pl.CompatLevel.oldest())
        return Answer(types, rows)
