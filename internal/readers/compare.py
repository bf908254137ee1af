"""Holds what readers say of a lake against what it should hold."""

import importlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from answer import Answer, Reader, Unavailable, differences
from lake import Lake, Table


@dataclass
class Tally:
    """What came out, over all places."""

    compared: set[str] = field(default_factory=set)  # paths
    differing: set[str] = field(default_factory=set)  # of these
    skipped: list[str] = field(default_factory=list)  # readers

    def tell(self, who: str, path: str, found: Iterable[str]) -> None:
        """Prints what differs."""
        for text in found:
            print(f"{who}: {path}: {text}", flush=True)
            self.differing.add(path)


def compare(
    lake: Lake, truth: dict[str, int], known: dict[str, str], tally: Tally
) -> tuple[int, list[tuple[Table, Answer]]]:
    """Lets the readers, whose classes are known by name, read a lake.

    It says how many could, and what they had to find.
    """
    readers = dict(installed(lake, known, tally))
    if not readers:
        return 0, []
    wanted = [*_tables(lake, truth, tally)]
    wanted += _raw(lake, next(iter(readers.values())), dict(_rows(wanted)), tally)
    for name, reader in readers.items():
        start = time.monotonic()
        for table, want in wanted:
            tally.compared.add(table.path)
            tally.tell(f"{name}@{lake.place}", table.path, _differences(reader, table, want))
        seconds = time.monotonic() - start
        print(f"{name}@{lake.place}: {len(wanted)} directories in {seconds:.1f} s", flush=True)
    return len(readers), wanted


def installed(lake: Lake, known: dict[str, str], tally: Tally) -> Iterator[tuple[str, Any]]:
    """The readers that are here; of others says who is skipped."""
    for name, place in known.items():
        module, kind = place.split(".")
        try:
            yield name, getattr(importlib.import_module(module), kind)(lake)
        except (ModuleNotFoundError, Unavailable) as missing:
            print(f"{name}@{lake.place} is skipped: {missing}", flush=True)
            tally.skipped.append(f"{name}@{lake.place}")


def _tables(lake: Lake, truth: dict[str, int], tally: Tally) -> Iterator[tuple[Table, Answer]]:
    """What the tables hold, by the command that wrote them; of what is read as many rows as is true."""
    for dataset in lake.datasets:
        for name in dataset["tables"]:
            table = lake.table(name)
            want = lake.cat(name, table)
            if dataset["mode"] != "changes" and name not in dataset.get("computed", []):
                _count(tally, lake, table, want, truth[name])
            yield table, want


def _raw(lake: Lake, first: Reader, rows: dict[str, int], tally: Tally) -> Iterator[tuple[Table, Answer]]:
    """What raw holds, by the first reader, with as many rows as the root tables have."""
    for dataset in lake.datasets:
        table = lake.raw(dataset)
        want = Answer(table.types, first.read(table.path).rows)
        _count(tally, lake, table, want, rows[f"tables/{dataset['tables'][0]}"])
        yield table, want


def _rows(wanted: Iterable[tuple[Table, Answer]]) -> Iterator[tuple[str, int]]:
    for table, want in wanted:
        yield table.path, want.rows.num_rows


def _count(tally: Tally, lake: Lake, table: Table, want: Answer, rows: int) -> None:
    if want.rows.num_rows != rows:
        told = f"{want.rows.num_rows} rows instead of {rows}"
        tally.tell(f"graphlake@{lake.place}", table.path, [told])


def _differences(reader: Reader, table: Table, want: Answer) -> Iterator[str]:
    try:
        got = reader.read(table.path)
    except Exception as failure:  # each reader has its own kinds, and all mean the same
        yield f"cannot be read: {failure}"
        return
    yield from differences(want, got, table.key)
