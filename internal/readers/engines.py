"""Asks other engines than DuckDB, by the SQL that graphlake prints for them.

    python internal/readers/engines.py DIRECTORY BIN

The directory is what the tests of internal/duckdb write of internal/duckdb/testdata/examples.sql: each
example with its question and the answer that was counted by hand, the rows of the tables when it is
asked, and the views of the metrics for Spark and for Synapse. Then the tables are those of a small lake of
the simulator, and each view has to have the same rows as in DuckDB.

The output is a line for every answer and view that differs, and examples engine=NAME groups=N zones=N
views=N rows=N differing=N for each engine: how many examples it was asked, in how many time zones of a
session, how many views with how many rows were compared, in the last of the zones, and how many
examples and views differ. The exit status is 1 if any do.
"""

import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet

import demo
from answer import Unavailable

ENGINES = {"spark": "in_spark.Spark", "synapse": "in_duckdb.Synapse"}

USERS = 8  # of the lake

Tables = dict[str, pa.Table]


class Engine(Protocol):
    """Answers questions about tables that it is given, by views over them."""

    zones: Sequence[str]  # in which it is asked
    unlike: Sequence[str]  # columns that do not hold what DuckDB has there

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
    directory, bin = (Path(argument).resolve() for argument in sys.argv[1:])
    given = json.loads((directory / "examples.json").read_text())
    examples = [Example(e["Name"], e["Question"], e["Answer"]) for e in given["Examples"]]
    names = [f.stem for f in (directory / examples[0].name).iterdir()]
    tables, wanted = lake(bin, names, given["Metrics"])
    rows = sum(rows.num_rows for rows in wanted.values())
    failed = False
    for name, place in ENGINES.items():
        module, kind = place.split(".")
        try:
            engine = getattr(importlib.import_module(module), kind)()
        except (ModuleNotFoundError, Unavailable) as missing:
            print(f"examples engine={name} is skipped: {missing}", flush=True)
            continue
        differing = set()
        answers = answered(engine, given["Views"][name], examples, directory)
        for what, told in chain(answers, compared(engine, tables, wanted)):
            print(f"{name}: {what}: {told}", flush=True)
            differing.add(what)
        asked = f"groups={len(examples)} zones={len(engine.zones)} views={len(wanted)} rows={rows}"
        print(f"examples engine={name} {asked} differing={len(differing)}", flush=True)
        failed = failed or bool(differing)
    return 1 if failed else 0


def lake(bin: Path, tables: list[str], views: list[str]) -> tuple[Tables, Tables]:
    """The rows of tables of a lake of the simulator, and of views of it in DuckDB."""
    with demo.on_disk(bin, USERS) as made, duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.execute(made.graphlake("sql", "--engine", "duckdb").decode())
        seen = {name: db.sql(f"FROM {name}").to_arrow_table() for name in (*tables, *views)}
    return {name: seen[name] for name in tables}, {name: seen[name] for name in views}


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


def compared(engine: Engine, tables: Tables, wanted: Tables) -> Iterator[tuple[str, str]]:
    """Holds the rows of views against DuckDB's, in any order, and says of which view what differs."""
    engine.fill(tables)
    for name, want in wanted.items():
        got = engine.ask(f"SELECT * FROM {name}", engine.zones[-1])
        if want.column_names != got.column_names:
            yield name, f"has the columns {got.column_names}\nwant {want.column_names}"
            continue
        unlike = [c for c in want.column_names if f"{name}.{c}" in engine.unlike]
        mine, theirs = (Counter(map(rounded, texts(t.drop_columns(unlike)))) for t in (want, got))
        if mine != theirs:
            yield name, f"has {_some(theirs - mine)}\nwant {_some(mine - theirs)}"
    if not all(rows.num_rows for rows in wanted.values()):
        yield "lake", f"has no rows for {[name for name, rows in wanted.items() if not rows.num_rows]}"


def _some(rows: Counter[Any]) -> str:
    return f"{rows.total()} rows as {[', '.join(map(str, row)) for row in [*rows][:3]]}"


def rounded(row: str) -> tuple[str | Decimal, ...]:
    """The values of a row; sums of floating point to the millisecond, for they depend on their order."""
    return tuple(v if isinstance(v, str) else round(v, 3) for v in map(_value, row.split(", ")))


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
            return instant.replace(tzinfo=None).isoformat(" ") + "+00"
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
