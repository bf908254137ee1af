"""What a reader says of a table, and how two of them differ."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

# The words for types that all readers are translated into, and how Arrow holds the values.
ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "decimal(18,6)": pa.decimal128(18, 6),
    "timestamp[us, UTC]": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
}

# What is in the paths of a table and not in its files.
PARTITION: dict[str, str] = {"tenant_id": "string", "dt": "date"}


@dataclass(frozen=True)
class Answer:
    """The types of the columns, in their order and in the words of ARROW; the rows in any order.

    A type that ARROW has no word for keeps the reader's own.
    """

    types: dict[str, str]
    rows: pa.Table


class Reader(Protocol):
    """A program that reads the lake and is not ours."""

    def read(self, path: str) -> Answer:
        """Reads a directory of the lake, whose path is relative to the lake's."""
        ...


class Unavailable(Exception):
    """What a reader needs is not installed here."""


def read_lines(text: bytes, schema: pa.Schema) -> pa.Table:
    """Reads rows that are a JSON object a line, with no member that the schema has not."""
    if not text:
        return schema.empty_table()
    return pa.json.read_json(
        io.BytesIO(text),
        read_options=pa.json.ReadOptions(block_size=1 << 24),  # no row may be longer
        parse_options=pa.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )


def differences(want: Answer, got: Answer, key: Sequence[str]) -> Iterator[str]:
    """Says where two answers differ. The key tells the rows of a day apart."""
    if told := _columns(_stored(want), _stored(got)):
        yield told
        return
    retyped = [
        f"{name} is {got.types.get(name)} instead of {word}"
        for name, word in want.types.items()
        if got.types.get(name) != word
    ]
    yield from retyped
    if want.rows.num_rows != got.rows.num_rows:
        yield f"{got.rows.num_rows} rows instead of {want.rows.num_rows}"
    elif not retyped:
        yield from _unequal(_sorted(want, key), _sorted(got, key))


def digest(answer: Answer) -> str:
    """A digest of the rows, which neither their order nor that of the columns changes."""
    schema = pa.schema({name: ARROW[answer.types[name]] for name in sorted(answer.types)})
    rows = answer.rows.select(schema.names).cast(schema).to_pylist()
    every = "\n".join(sorted(repr(list(row.values())) for row in rows))
    return hashlib.sha256(f"{schema}\n{every}".encode()).hexdigest()


def _stored(answer: Answer) -> list[str]:
    """The columns that are in the files: the order of the others is the reader's affair."""
    return [name for name in answer.types if name not in PARTITION]


def _columns(want: list[str], got: list[str]) -> str:
    if want == got:
        return ""
    missing = [name for name in want if name not in got]
    unexpected = [name for name in got if name not in want]
    if missing or unexpected:
        return f"columns missing: {missing}, unexpected: {unexpected}"
    return "columns are in another order"


def _sorted(answer: Answer, key: Sequence[str]) -> pa.Table:
    words = {name: answer.types[name] for name in (*_stored(answer), *PARTITION)}
    schema = pa.schema({name: ARROW[word] for name, word in words.items()})
    rows = answer.rows.select(schema.names).cast(schema)
    return rows.sort_by([(name, "ascending") for name in (*PARTITION, *key)])


def _unequal(want: pa.Table, got: pa.Table) -> Iterator[str]:
    for name in want.column_names:
        mine, theirs = want[name], got[name]
        if mine.equals(theirs):
            continue
        same = pc.or_(
            pc.fill_null(pc.equal(mine, theirs), False),
            pc.and_(pc.is_null(mine), pc.is_null(theirs)),
        )
        if wrong := pc.sum(pc.invert(same)).as_py():
            yield f"{name} has another value in {wrong} rows"
