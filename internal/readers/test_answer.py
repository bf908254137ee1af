"""What differs must be told, and nothing else."""

import unittest
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from answer import ARROW, Answer, differences

TYPES = {
    "call_id": "string",
    "start_time": "timestamp[us, UTC]",
    "charge": "decimal(18,6)",
    "tenant_id": "string",
    "dt": "date",
}
START = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
ROWS: list[tuple[object, ...]] = [
    ("a", START, Decimal("0.02"), "contoso", date(2026, 11, 16)),
    ("b", None, None, "contoso", date(2026, 11, 16)),
    ("a", START, Decimal("1.5"), "contoso", date(2026, 11, 17)),
]


def answer(rows: list[tuple[object, ...]], **retyped: str) -> Answer:
    """An answer of these rows, some of whose columns have another type."""
    types = TYPES | retyped
    columns = zip(*rows, strict=True)
    arrays = [pa.array(c, ARROW[t]) for c, t in zip(columns, types.values(), strict=True)]
    return Answer(types, pa.table(arrays, names=list(types)))


class Differences(unittest.TestCase):
    """Of an answer from the one that is wanted."""

    def expect(self, got: Answer, *told: str) -> None:
        """Expects to be told so much of an answer."""
        self.assertEqual([*differences(answer(ROWS), got, ["call_id"])], [*told])

    def test_rows_in_another_order(self) -> None:
        self.expect(answer(ROWS[::-1]))

    def test_partition_columns_in_another_order(self) -> None:
        order = ["call_id", "start_time", "charge", "dt", "tenant_id"]
        rows = answer(ROWS).rows.select(order)
        self.expect(Answer({name: TYPES[name] for name in order}, rows))

    def test_row_missing(self) -> None:
        self.expect(answer(ROWS[1:]), "2 rows instead of 3")

    def test_row_twice(self) -> None:
        self.expect(answer([*ROWS, ROWS[0]]), "4 rows instead of 3")

    def test_value(self) -> None:
        moved = (*ROWS[0][:2], Decimal("0.2"), *ROWS[0][3:])
        self.expect(answer([moved, *ROWS[1:]]), "charge has another value in 1 rows")

    def test_null(self) -> None:
        lost = [(r[0], None, *r[2:]) for r in ROWS]
        self.expect(answer(lost), "start_time has another value in 2 rows")

    def test_type(self) -> None:
        texts = [(*r[:4], str(r[4])) for r in ROWS]
        self.expect(answer(texts, dt="string"), "dt is string instead of date")

    def test_column_missing(self) -> None:
        types = {name: word for name, word in TYPES.items() if name != "charge"}
        got = Answer(types, answer(ROWS).rows.drop_columns("charge"))
        self.expect(got, "columns missing: ['charge'], unexpected: []")

    def test_columns_in_another_order(self) -> None:
        order = ["start_time", "call_id", "charge", "tenant_id", "dt"]
        got = Answer({name: TYPES[name] for name in order}, answer(ROWS).rows.select(order))
        self.expect(got, "columns are in another order")
