"""Lets engines other than DuckDB answer the worked examples of metrics, by the SQL that graphlake prints.

    python internal/readers/examples.py DIRECTORY

The directory is what the tests of internal/duckdb write of internal/duckdb/testdata/examples.sql: each
example with its question and the answer that was counted by hand, the rows of the tables when it is
asked, and the views of the metrics for Spark and for Synapse.

The output is a line for every answer that differs, and examples engine=NAME groups=N zones=N differing=N
for each engine: how many examples it was asked, in how many time zones of a session, and how many of
the examples differ in any. The exit status is 1 if there are such.
"""

import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet

from answer import Unavailable

ENGINES = {"spark": "in_spark.Spark", "synapse": "in_duckdb.Synapse"}

Tables = dict[str, pa.Table]


class Engine(Protocol):
    """Answers questions about tables that it is given, by views over them."""

    zones: Sequence[str]  # in which it is asked

    def fill(self, tables: Tables) -> None:
        """Puts these in the place of those of the same names."""
        ...

    def create(self, views: list[str]) -> None:
        """Runs statements that make views of the tables, each of those before it."""
        ...

    def ask(self, question: str, zone: str) -> pa.Table:
        """Answers a question in SQL, in a session of a zone."""
        ...


@dataclass(frozen=True)
class Example:
    """A question, and its answer as a text for each row, with commas between the values."""

    name: str
    question: str
    answer: list[str]


def main() -> int:
    """Asks every engine, and returns the exit status."""
    directory = Path(sys.argv[1])
    given = json.loads((directory / "examples.json").read_text())
    examples = [Example(e["Name"], e["Question"], e["Answer"]) for e in given["Examples"]]
    failed = False
    for name, place in ENGINES.items():
        module, kind = place.split(".")
        try:
            engine = getattr(importlib.import_module(module), kind)()
        except (ModuleNotFoundError, Unavailable) as missing:
            print(f"examples engine={name} is skipped: {missing}", flush=True)
            continue
        differing = set()
        for example, told in answered(engine, given["Views"][name], examples, directory):
            print(f"{name}: {example}: {told}", flush=True)
            differing.add(example)
        counted = f"groups={len(examples)} zones={len(engine.zones)} differing={len(differing)}"
        print(f"examples engine={name} {counted}", flush=True)
        failed = failed or bool(differing)
    return 1 if failed else 0


def answered(
    engine: Engine, views: list[str], examples: list[Example], directory: Path
) -> Iterator[tuple[str, str]]:
    """Asks an engine every question in every zone, and says of which example what differs."""
    held: Tables = {}
    for example in examples:
        tables = {f.stem: pa.parquet.read_table(f) for f in (directory / example.name).iterdir()}
        engine.fill({name: t for name, t in tables.items() if name not in held or held[name] != t})
        if not held:
            engine.create(views)
        held = tables
        for zone in engine.zones:
            got = texts(engine.ask(example.question, zone))
            if not same(got, example.answer):
                yield example.name, f"in {zone} {example.question}\nis {got}\nwant {example.answer}"


def texts(answer: pa.Table) -> list[str]:
    """The rows of an answer, as those of examples."""
    return [", ".join(map(_text, row.values())) for row in answer.to_pylist()]


def _text(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case datetime():  # of no zone it is in UTC
            instant = value.astimezone(UTC) if value.tzinfo else value
            return instant.strftime("%Y-%m-%d %H:%M:%S+00")
        case _:
            return str(value)


def same(got: list[str], want: list[str]) -> bool:
    """Compares rows in their order, numbers by their value."""
    return [[*map(_value, row.split(", "))] for row in got] == [
        [*map(_value, row.split(", "))] for row in want
    ]


def _value(text: str) -> str | Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


if __name__ == "__main__":
    sys.exit(main())
