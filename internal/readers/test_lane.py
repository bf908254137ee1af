"""What a reader has of a Delta table must be told from what it should have."""

import unittest

import pyarrow as pa

from answer import Answer, digest
from lane import TENANT, Lane
from test_answer import ROWS, TYPES, answer


def months(rows: list[tuple[object, ...]], month: str = "2026-11") -> Answer:
    """An answer from a lane of one tenant's months."""
    types = {name: word for name, word in TYPES.items() if name != "tenant_id"}
    kept = answer(rows).rows.drop_columns("tenant_id")
    column = pa.array([month] * len(rows), pa.string())
    return Answer(types | {"dt_month": "string"}, kept.append_column("dt_month", column))


class Digests(unittest.TestCase):
    """Of rows."""

    def test_order(self) -> None:
        turned = Answer(TYPES, answer(ROWS[::-1]).rows.select([*TYPES][::-1]))
        self.assertEqual(digest(answer(ROWS)), digest(turned))

    def test_row_twice(self) -> None:
        self.assertNotEqual(digest(answer(ROWS)), digest(answer([*ROWS, ROWS[0]])))

    def test_value(self) -> None:
        self.assertNotEqual(digest(answer(ROWS)), digest(answer([(None, *ROWS[0][1:]), *ROWS[1:]])))


class Partitions(unittest.TestCase):
    """Of Delta tables, by layout and form."""

    def expect(self, lane: Lane, got: Answer, *told: str) -> None:
        """Expects to be told so much of what was read, where the plain table has the rows of contoso."""
        rows = [(*r[:3], TENANT, r[4]) for r in ROWS]
        self.assertEqual([*lane.differences(answer(rows), got, ["call_id"])], [*told])

    def test_months_of_one_tenant(self) -> None:
        self.expect(Lane(per_tenant=True, months=True), months(ROWS))

    def test_another_month(self) -> None:
        wrong = months(ROWS, "2026-10")
        self.expect(Lane(per_tenant=True, months=True), wrong, "dt_month is not that of dt")

    def test_month_in_days(self) -> None:
        self.expect(Lane(per_tenant=True), months(ROWS), "dt_month is there")

    def test_tenant_missing(self) -> None:
        self.expect(Lane(), months(ROWS), "tenant_id is missing")

    def test_tenant_there(self) -> None:
        self.expect(Lane(per_tenant=True), answer(ROWS), "tenant_id is there")

    def test_rows_differ(self) -> None:
        self.expect(Lane(per_tenant=True, months=True), months(ROWS[1:]), "2 rows instead of 3")
