"""Holds the second lane of a lake, in all its layouts and forms, against the plain one."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import laneviews
from answer import Answer
from compare import Tally, installed
from growing import growing, watch
from lake import Lake, Table
from lane import Lane, Reader

Wanted = list[tuple[Table, Answer]]

DISK = {
    "delta-rs": "by_delta_rs.DeltaRS",
    "duckdb-delta": "by_duckdb.Scan",
    "delta-spark": "by_delta_spark.Spark",
}
BLOB = {name: DISK[name] for name in ("delta-rs", "duckdb-delta")}

# Those of a place; both have both layouts and both forms, and together all four that there are.
ON_DISK = (Lane(), Lane(per_tenant=True, months=True))
IN_BLOB = (Lane(months=True), Lane(per_tenant=True))

# Those that are read while they grow.
GROWING = {"disk": ON_DISK, "blob": IN_BLOB[1:]}

# What Spark reads of the second lane, for it takes seconds where the others take hundredths of one.
FEW = {"calls", "call_media_streams", "users", "pstn_calls", "channel_message_events"}


@dataclass
class Lanes:
    """The second lanes of all places, and what came out."""

    bin: Path
    users: int
    tally: Tally = field(default_factory=Tally)
    readers: dict[str, int] = field(default_factory=lambda: {"disk": 0, "blob": 0})
    readings: int = 0
    versions: int = 0

    def __str__(self) -> str:
        """The line of the result."""
        return (
            f"lane readers={self.readers['disk']} blob={self.readers['blob']}"
            f" tables={len(self.tally.compared)} readings={self.readings} versions={self.versions}"
            f" differing={len(self.tally.differing)} skipped={','.join(self.tally.skipped) or 'none'}"
        )

    def compare(self, lake: Lake, wanted: Wanted) -> None:
        """Makes the lanes of a place, one after the other, of a lake whose plain tables are known."""
        known, lanes = (DISK, ON_DISK) if lake.directory else (BLOB, IN_BLOB)
        readers: dict[str, Reader] = dict(installed(lake, known, self.tally))
        self.readers[lake.place] = len(readers)
        if not readers:
            return
        tables = [(table, want) for table, want in wanted if table.path.startswith("tables/")]
        for lane in lanes:
            lane.begin(lake)
            few = [(table, want) for table, want in tables if table.path.rpartition("/")[-1] in FEW]
            for name, reader in readers.items():
                self._read(lane, f"{name}@{lake.place}", reader, few if name == "delta-spark" else tables)
            if lake.directory and "duckdb-delta" in readers:
                self._ask(lane, lake)
        for lane in GROWING[lake.place]:
            with growing(self.bin, self.users, lane, lake) as grown:
                watch(grown, dict(installed(grown.lake, known, Tally())), self.tally)
                self.readings += len(grown.readings)
                self.versions += grown.states[-1].version + 1

    def _ask(self, lane: Lane, lake: Lake) -> None:
        """Asks what the page asks of tables of all tenants, and the views where printing takes most."""
        start = time.monotonic()
        if lane.per_tenant:
            views = laneviews.sums(lake)  # a replay and a compaction are runs, which views show
            found = [*laneviews.differences(views, laneviews.sums(lake, "--delta"))]
            asked = f"{len(views)} views"
        else:
            found = [*laneviews.documented(lake)]
            asked = f"{laneviews.QUERIES} queries of the page"
        for name, text in found:
            self.tally.tell("duckdb-delta@disk", f"{name}, {lane}", [text])
        seconds = time.monotonic() - start
        print(f"duckdb-delta@disk: {lane}: {asked} in {seconds:.1f} s", flush=True)

    def _read(self, lane: Lane, who: str, reader: Reader, wanted: Wanted) -> None:
        start = time.monotonic()
        for table, want in wanted:
            path = lane.path(table.path.rpartition("/")[-1])
            self.tally.compared.add(f"{path}, {lane}")
            self.tally.tell(who, f"{path}, {lane}", _differences(lane, reader, path, table, want))
        print(f"{who}: {lane}: {len(wanted)} tables in {time.monotonic() - start:.1f} s", flush=True)


def _differences(lane: Lane, reader: Reader, path: str, table: Table, want: Answer) -> Iterator[str]:
    try:
        got = reader.read(path)
    except Exception as failure:  # each reader has its own kinds, and all mean the same
        yield f"cannot be read: {failure}"
        return
    yield from lane.differences(want, got, table.key)
