"""A lake that calls are added to, whose second lane others read at the same time.

Runs read what has become of the calls some hours later, and replays derive days from what raw was at first
and from what it is: all days in one step. What the versions of the table hold is found out by hand, from
the entries of the log and the files that they name; what the plain table holds after each of these commands
is what the newest version does. What a reader sees meanwhile must be a version, and none that another had
followed before the reader began; the rows are known by a digest.
"""

import contextlib
import io
import json
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import demo
from answer import ARROW, PARTITION, Answer, digest
from by_arrow import WORDS, Arrow
from by_delta_rs import DeltaRS
from compare import Tally
from lake import Lake
from lane import LONG_AFTER, Lane, Reader

DATASET, TABLE = "call_records", "calls"
DAYS = ("--from", "2026-11-16", "--to", "2026-11-18")
RUNS, REPLAYS = 3, 3
FIRST, STEP = datetime(2026, 11, 18, 2, 30, tzinfo=UTC), timedelta(hours=3)


@dataclass(frozen=True)
class State:
    """The newest version of the Delta table after a command, and what the plain table held then."""

    version: int
    digest: str


@dataclass(frozen=True)
class Reading:
    """What somebody read, and the newest version that was known before."""

    who: str
    since: int
    digest: str


@dataclass
class Growing:
    """A writer, what it left after each command, and what was read meanwhile."""

    lake: Lake
    lane: Lane
    clock: Path
    now: datetime = FIRST
    states: list[State] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where the Delta table lies."""
        return self.lane.path(TABLE)

    def run(self) -> None:
        """Runs once more, some hours later."""
        instant = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.clock.write_text(instant)
        self._do("run", *DAYS, "--now", instant)
        self.now += STEP

    def replay(self, raw: Mapping[str, bytes]) -> None:
        """Derives all days from another raw."""
        for name, text in raw.items():
            self.lake.write(name, text)
        self._do("replay", *DAYS)

    def compact(self) -> None:
        """Rolls the month into one file, which changes no row."""
        self._do("compact", "--now", LONG_AFTER)

    def _do(self, command: str, *flags: str) -> None:
        self.lake.graphlake(command, "--dataset", DATASET, *flags)
        self.states.append(
            State(self.versions("json")[-1], digest(Arrow(self.lake).read(f"tables/{TABLE}")))
        )

    def raw(self) -> dict[str, bytes]:
        """What raw holds."""
        return {name: self.lake.bytes(name) for name in self.lake.names(f"raw/{DATASET}")}

    def versions(self, kind: str) -> list[int]:
        """Of which versions the log has such a file."""
        name = re.compile(rf".*/_delta_log/(\d{{20}})\.{kind}")
        return sorted(int(m[1]) for m in map(name.fullmatch, self.lake.names(self.path)) if m)


@contextlib.contextmanager
def growing(bin: Path, users: int, lane: Lane, beside: Lake) -> Iterator[Growing]:
    """Begins such a lake, on disk or in Blob Storage, beside another, and reads into it once."""
    with demo.later(bin, users, beside) as (lake, clock):
        lake.config.write_text(lake.config.read_text() + lane.setting)
        grown = Growing(lake, lane, clock)
        grown.run()
        yield grown


def watch(grown: Growing, readers: Mapping[str, Reader], tally: Tally) -> None:
    """Lets the readers read while the writer works, then older versions, then what is left of the lane."""
    start = time.monotonic()
    _expect(grown, readers, grown.states[0], tally)  # when they have started, the writer begins
    with ThreadPoolExecutor() as threads:
        writing = threads.submit(_write, grown)
        for reading in [threads.submit(_read, grown, *of, writing, tally) for of in readers.items()]:
            reading.result()
        writing.result()
    log = Log(grown)
    tally.tell("writer", grown.path, log.wrong())
    for reading in grown.readings:
        if reading.digest not in log.digests[reading.since :]:
            tally.tell(reading.who, grown.path, ["what it read while the writer worked was never there"])
    newest = grown.states[-1]
    for version in {0, len(log.digests) // 2, newest.version}:
        _expect(grown, readers, State(version, log.digests[version]), tally, version)
    _forget(grown, tally)
    _expect(grown, readers, newest, tally)
    _vacuum(grown, tally)
    _expect(grown, readers, newest, tally)
    print(
        f"{grown.lane}@{grown.lake.place}: {len(grown.readings)} readings while {len(log.digests)} versions"
        f" were made, {time.monotonic() - start:.1f} s",
        flush=True,
    )


def _write(grown: Growing) -> None:
    first = grown.raw()
    for _ in range(REPLAYS):
        for _ in range(RUNS):
            grown.run()
        newest = grown.raw()
        grown.replay(first)
        grown.replay(newest)
    if grown.lane.months:
        grown.compact()
        grown.replay(first)  # days that change are taken out of it again
        grown.compact()


class Log:
    """What each version of the Delta table holds, by its log and by nobody who reads such tables."""

    def __init__(self, grown: Growing) -> None:
        self._grown = grown
        self.digests: list[str] = []
        self._most = 0  # partitions that one version changed
        self._rows: dict[str, pa.Table] = {}
        live: dict[str, dict[str, str]] = {}
        for version in grown.versions("json"):
            self._replay(version, live)
            self.digests.append(self._digest(live))

    def wrong(self) -> Iterator[str]:
        """Says where it is not what the plain table was, and whether it shows anything."""
        for state in self._grown.states:
            if self.digests[state.version] != state.digest:
                yield f"version {state.version} has other rows than the plain table"
        if len(set(self.digests)) < RUNS * REPLAYS or self._most < 2:
            yield "the writer changed too little to show anything"

    def _replay(self, version: int, live: dict[str, dict[str, str]]) -> None:
        added = 0
        entry = self._grown.lake.bytes(f"{self._grown.path}/_delta_log/{version:020}.json")
        for action in map(json.loads, entry.splitlines()):
            if "remove" in action:
                del live[action["remove"]["path"]]
            if "add" in action:
                live[action["add"]["path"]] = action["add"]["partitionValues"]
                added += 1
        self._most = max(self._most, added)

    def _digest(self, live: Mapping[str, dict[str, str]]) -> str:
        rows = pa.concat_tables(self._file(path, values) for path, values in sorted(live.items()))
        types = {f.name: WORDS[str(f.type)] for f in rows.schema}
        return digest(self._grown.lane.plain(Answer(types, rows)))

    def _file(self, path: str, values: dict[str, str]) -> pa.Table:
        if path not in self._rows:
            rows = pq.read_table(io.BytesIO(self._grown.lake.bytes(f"{self._grown.path}/{path}")))
            for name, value in values.items():
                word = PARTITION.get(name, "string")
                column = pa.array([value] * rows.num_rows, pa.string()).cast(ARROW[word])
                rows = rows.append_column(name, column)
            self._rows[path] = rows
        return self._rows[path]


def _read(grown: Growing, name: str, reader: Reader, writing: Future[None], tally: Tally) -> None:
    who = f"{name}@{grown.lake.place}"
    while not writing.done():
        since = grown.states[-1].version
        try:
            seen = digest(grown.lane.plain(reader.read(grown.path)))
        except Exception as failure:  # each reader has its own kinds, and all mean the same
            tally.tell(who, grown.path, [f"cannot be read while a writer works: {failure}"])
            return
        grown.readings.append(Reading(who, since, seen))


def _expect(
    grown: Growing, readers: Mapping[str, Reader], state: State, tally: Tally, version: int | None = None
) -> None:
    for name, reader in readers.items():
        try:
            seen = digest(grown.lane.plain(reader.read(grown.path, version)))
        except Exception as failure:  # each reader has its own kinds, and all mean the same
            tally.tell(f"{name}@{grown.lake.place}", grown.path, [f"cannot be read: {failure}"])
            continue
        if seen != state.digest:
            of = "the newest version" if version is None else f"version {version}"
            tally.tell(
                f"{name}@{grown.lake.place}", grown.path, [f"{of} has other rows than the plain table had"]
            )


def _forget(grown: Growing, tally: Tally) -> None:
    """Removes what the newest checkpoint makes needless of the log."""
    checkpoints = grown.versions(r"checkpoint\.parquet")
    if not checkpoints:
        tally.tell("writer", grown.path, ["there is no checkpoint"])
        return
    for version in grown.versions("json"):
        if version < checkpoints[-1]:
            grown.lake.remove(f"{grown.path}/_delta_log/{version:020}.json")


def _vacuum(grown: Growing, tally: Tally) -> None:
    """Removes what only older versions had; what is there then must be what delta-rs takes for live."""
    grown.lake.graphlake("vacuum", "--older-than", "0s", "--dataset", DATASET)
    data = [name for name in grown.lake.names(grown.path) if "/_delta_log/" not in name]
    live = DeltaRS(grown.lake).live(grown.path)
    if {name.rsplit("/", 1)[-1] for name in data} != live or len(data) != len(live):
        tally.tell("vacuum", grown.path, [f"{len(data)} files are left, and {len(live)} are live"])
