"""A lake that calls are added to, whose second lane others read at the same time.

Each run changes several days of the table at once. What a reader sees meanwhile must be what the plain
table held after one of the runs, and after none that another had followed before the reader began; its rows
are known by a digest.
"""

import contextlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import demo
from answer import digest
from by_arrow import Arrow
from by_delta_rs import DeltaRS
from compare import Tally
from lake import Lake
from lane import Lane, Reader, compact

DATASET, TABLE = "call_records", "calls"
SINCE, UNTIL = "2026-11-16", "2026-11-20"
FIRST, STEP = datetime(2026, 11, 18, 2, 30, tzinfo=UTC), timedelta(hours=3)


@dataclass(frozen=True)
class State:
    """A version of the Delta table, and what the plain table held when it was the newest."""

    version: int
    digest: str


@dataclass(frozen=True)
class Reading:
    """What somebody read, and which of the states was the newest then."""

    who: str
    since: int
    digest: str


@dataclass
class Growing:
    """A writer, what it left after each run, and what was read meanwhile."""

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
        self.lake.graphlake("run", "--dataset", DATASET, "--from", SINCE, "--to", UNTIL, "--now", instant)
        self.now += STEP
        self._note()

    def compact(self) -> None:
        """Rolls the month into one file, which changes no row."""
        compact(self.lake, DATASET)
        self._note()

    def _note(self) -> None:
        self.states.append(
            State(max(self.versions("json")), digest(Arrow(self.lake).read(f"tables/{TABLE}")))
        )

    def versions(self, kind: str) -> list[int]:
        """Of which versions the log has such a file."""
        name = re.compile(rf".*/_delta_log/(\d{{20}})\.{kind}")
        return sorted(int(m[1]) for m in map(name.fullmatch, self.lake.names(self.path)) if m)

    def days(self) -> int:
        """Of how many days one version changed the most."""
        most = 0
        for version in self.versions("json")[1:]:
            entry = self.lake.bytes(f"{self.path}/_delta_log/{version:020}.json").splitlines()
            most = max(most, sum("add" in json.loads(action) for action in entry))
        return most

    def wrong(self, reading: Reading) -> bool:
        """Whether it is of none of the states that could be read."""
        return all(reading.digest != state.digest for state in self.states[reading.since :])


@contextlib.contextmanager
def growing(bin: Path, users: int, lane: Lane, beside: Lake) -> Iterator[Growing]:
    """Begins such a lake, on disk or in Blob Storage, beside another, and reads into it once."""
    with demo.later(bin, users, beside) as (lake, clock):
        lake.config.write_text(lake.config.read_text() + lane.setting)
        grown = Growing(lake, lane, clock)
        grown.run()
        yield grown


def watch(grown: Growing, readers: Mapping[str, Reader], runs: int, tally: Tally) -> None:
    """Lets the readers read while the writer works, then older versions, then what is left of the lane."""
    start = time.monotonic()
    with ThreadPoolExecutor(1) as one:
        writing = one.submit(_write, grown, runs)
        _read(grown, readers, writing, tally)
        writing.result()
    for reading in filter(grown.wrong, grown.readings):
        tally.tell(reading.who, grown.path, ["what it read while the writer worked was never there"])
    if len({state.digest for state in grown.states}) < runs // 2 or grown.days() < 2:
        tally.tell("writer", grown.path, ["the runs changed too little to show anything"])
    newest = grown.states[-1]
    for state in {s.version: s for s in (grown.states[0], grown.states[runs // 2], newest)}.values():
        _expect(grown, readers, state, tally, state.version)
    _forget(grown, tally)
    _expect(grown, readers, newest, tally)
    _vacuum(grown, tally)
    _expect(grown, readers, newest, tally)
    print(
        f"{grown.lane}@{grown.lake.place}: {len(grown.readings)} readings of {len(grown.states)} states"
        f" in {time.monotonic() - start:.1f} s",
        flush=True,
    )


def _write(grown: Growing, runs: int) -> None:
    for _ in range(runs):
        grown.run()
    if grown.lane.months:
        grown.compact()
        grown.run()  # a day that changes is taken out again


def _read(grown: Growing, readers: Mapping[str, Reader], writing: Future[None], tally: Tally) -> None:
    while not writing.done():
        for name, reader in readers.items():
            since = len(grown.states) - 1
            try:
                seen = digest(grown.lane.plain(reader.read(grown.path)))
            except Exception as failure:  # each reader has its own kinds, and all mean the same
                tally.tell(name, grown.path, [f"cannot be read while a writer works: {failure}"])
                return
            grown.readings.append(Reading(f"{name}@{grown.lake.place}", since, seen))


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
    grown.lake.graphlake("vacuum", "--older-than", "0", "--dataset", DATASET)
    data = [name for name in grown.lake.names(grown.path) if "/_delta_log/" not in name]
    live = DeltaRS(grown.lake).live(grown.path)
    if {name.rsplit("/", 1)[-1] for name in data} != live or len(data) != len(live):
        tally.tell("vacuum", grown.path, [f"{len(data)} files are left, and {len(live)} are live"])
