"""Apache Arrow's own reader, in C++."""

import pyarrow as pa
import pyarrow.dataset

from answer import ARROW, PARTITION, Answer
from lake import Lake

WORDS = {str(arrow): word for word, arrow in ARROW.items()}


class Arrow:
    """Reads with pyarrow, in Blob Storage over adlfs."""

    def __init__(self, lake: Lake) -> None:
        self._filesystem = None
        self._root = str(lake.directory)
        if lake.blob:
            import adlfs

            self._filesystem = adlfs.AzureBlobFileSystem(connection_string=lake.blob.connection)
            self._root = lake.blob.root

    def read(self, path: str) -> Answer:
        """Reads a directory of the lake."""
        # Without the types pyarrow takes a day for a text.
        hive = pa.dataset.partitioning(
            pa.schema({name: ARROW[word] for name, word in PARTITION.items()}), flavor="hive"
        )
        data = pa.dataset.dataset(
            f"{self._root}/{path}",
            format="parquet",
            partitioning=hive,
            filesystem=self._filesystem,
        )
        types = {f.name: WORDS.get(str(f.type), str(f.type)) for f in data.schema}
        return Answer(types, data.to_table())
