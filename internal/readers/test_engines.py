"""An answer that differs must be told; and T-SQL must mean in DuckDB what it means in T-SQL."""

import unittest
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa

from engines import Tables, compared, same, texts

try:
    import duckdb
    from sqlglot import parse_one

    from in_duckdb import Synapse, Untyped, WholeMean, duckdb_sql
except ModuleNotFoundError as missing:
    lacking = str(missing)
else:
    lacking = ""

KOLKATA = timezone(timedelta(hours=5, minutes=30))


class Texts(unittest.TestCase):
    """Of the rows of an answer."""

    def test_values(self) -> None:
        at = datetime(2026, 11, 16, 14, 30, tzinfo=KOLKATA)
        row = {
            "a": "c1",
            "b": None,
            "c": True,
            "d": at,
            "e": at.replace(tzinfo=None),
            "f": date(2026, 11, 16),
        }
        want = "c1, NULL, true, 2026-11-16 09:00:00+00, 2026-11-16 14:30:00+00, 2026-11-16"
        self.assertEqual(texts(pa.Table.from_pylist([row])), [want])

    def test_numbers(self) -> None:
        self.assertTrue(same(texts(pa.table({"a": [Decimal("240.000")], "b": [0.5]})), ["240, 0.50"]))
        self.assertFalse(same(["240.001"], ["240"]))
        self.assertFalse(same(["NULL"], ["0"]))

    def test_rows(self) -> None:
        self.assertFalse(same(["a", "b"], ["b", "a"]))
        self.assertFalse(same(["a"], ["a", "a"]))


class Views(unittest.TestCase):
    """Whose rows are those of DuckDB, in any order."""

    zones = ("UTC",)
    unlike = ("calls.zone",)

    def fill(self, tables: Tables) -> None:
        """Holds what is asked for."""
        self.held = tables

    def create(self, views: list[str]) -> None:
        """Has no views."""

    def ask(self, question: str, zone: str) -> pa.Table:  # noqa: ARG002
        """Gives what is held."""
        return self.held[question.removeprefix("SELECT * FROM ")]

    def differ(self, got: pa.Table) -> bool:
        """Whether a view of two rows differs from this."""
        want = pa.table({"id": ["a", "b"], "seconds": [1.5, None], "zone": ["x", "y"]})
        return bool([*compared(self, {"calls": got}, {"calls": want})])

    def test_rows(self) -> None:
        got = pa.table({"id": ["b", "a"], "seconds": [None, Decimal("1.5000001")], "zone": ["other", "x"]})
        self.assertFalse(self.differ(got))
        self.assertTrue(self.differ(got.slice(1)))
        self.assertTrue(self.differ(pa.concat_tables([got, got.slice(1)])))
        self.assertTrue(self.differ(got.rename_columns(["id", "s", "zone"])))
        self.assertTrue(self.differ(got.set_column(1, "seconds", pa.array([0.0, 1.5]))))
        self.assertTrue(self.differ(got.set_column(1, "seconds", pa.array([None, 1.501]))))

    def test_nothing_to_compare(self) -> None:
        none = pa.table({"id": pa.array([], pa.string())})
        self.assertTrue([*compared(self, {"calls": none}, {"calls": none})])


@unittest.skipIf(lacking, lacking)
class TSQL(unittest.TestCase):
    """What T-SQL says of an hour, by a view over it."""

    def setUp(self) -> None:
        self.engine = Synapse()
        row = {
            "at": datetime(2026, 11, 16, 9, 7, tzinfo=UTC),
            "zone": "Eastern Standard Time",
            "dt": date(2026, 11, 16),
        }
        self.rows = pa.Table.from_pylist(
            [row], pa.schema({"at": pa.timestamp("us", "UTC"), "zone": pa.string(), "dt": pa.date32()})
        )
        self.engine.fill({"hours": self.rows})

    def expect(self, value: str, want: Any) -> None:
        """Expects a value, which sqlglot alone does not give."""
        view = f"CREATE OR ALTER VIEW [seen] AS SELECT {value} AS value FROM hours"
        self.engine.create([view])
        self.assertEqual(self.engine.ask("FROM seen", "UTC").to_pylist(), [{"value": want}])
        try:
            self.engine._db.execute(parse_one(view, read="tsql").sql("duckdb"))
            alone = self.engine.ask("FROM seen", "UTC").to_pylist()
        except duckdb.Error:
            return
        self.assertNotEqual(
            [*map(repr, alone)], [repr({"value": want})], "sqlglot does it alone: mend it no more"
        )

    def test_whole_quotient(self) -> None:
        self.expect("DATEDIFF(MINUTE, CAST('2026-11-16' AS DATETIME2), at) / 15 * 15", 540)

    def test_float(self) -> None:
        self.expect("CAST(1 AS FLOAT) / 3", 1 / 3)

    def test_later_date(self) -> None:
        self.expect("DATEADD(DAY, -1, DATEADD(DAY, 3, dt))", date(2026, 11, 18))

    def test_windows_zone(self) -> None:
        self.expect(
            "CAST(at AT TIME ZONE 'UTC' AT TIME ZONE zone AS DATETIME2)", datetime(2026, 11, 16, 4, 7)
        )

    def test_whole_mean(self) -> None:
        with self.assertRaises(WholeMean):
            duckdb_sql(
                "CREATE VIEW v AS SELECT AVG(DATEDIFF(DAY, dt, dt)) AS d FROM hours", self.engine._schema
            )

    def test_untyped(self) -> None:
        with self.assertRaises(Untyped):
            duckdb_sql("CREATE VIEW v AS SELECT unheard_of(dt) AS d FROM hours", self.engine._schema)
