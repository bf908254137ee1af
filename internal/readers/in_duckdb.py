"""The views for Synapse, in DuckDB: no serverless pool is here, and sqlglot makes DuckDB's SQL of T-SQL.

Statements are read with the types that T-SQL gives them, for a quotient and a mean of whole numbers are
whole there. Where DuckDB's SQL would mean something else, it is mended, and a test fails once sqlglot does
that by itself. What stays untried: how decimals are rounded, how long a text may be, collations.
"""

import duckdb
import pyarrow as pa
from sqlglot import exp, parse_one
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from engines import Tables

# How views for Synapse declare what Parquet holds.
TYPES = {
    "string": "VARCHAR",
    "bool": "BIT",
    "int32": "INT",
    "int64": "BIGINT",
    "double": "FLOAT",
    "decimal128(18, 6)": "DECIMAL(18, 6)",
    "timestamp[us, tz=UTC]": "DATETIME2",
    "date32[day]": "DATE",
}

# Windows names of time zones, of which DuckDB knows none.
IANA = {
    "Eastern Standard Time": "America/New_York",
    "India Standard Time": "Asia/Kolkata",
    "Pacific Standard Time": "America/Los_Angeles",
    "W. Europe Standard Time": "Europe/Berlin",
}

Schema = dict[str, dict[str, str]]


class Synapse:
    """Has tables and views in memory."""

    zones = ("UTC",)  # T-SQL has none of a session
    unlike = ("metric_people.zone",)  # which T-SQL knows by the Windows names

    def __init__(self) -> None:
        self._schema: Schema = {}
        self._db = duckdb.connect()
        self._db.execute("SET TimeZone = 'Pacific/Auckland'")  # no instant of T-SQL has a zone
        cases = " ".join(f"WHEN '{windows}' THEN '{iana}'" for windows, iana in IANA.items())
        self._db.execute(f"CREATE MACRO iana(zone) AS CASE zone {cases} ELSE error('zone ' || zone) END")

    def fill(self, tables: Tables) -> None:
        """Makes tables of rows, with instants in UTC and of no zone."""
        for name, rows in tables.items():
            self._schema[name] = {f.name: TYPES[str(f.type)] for f in rows.schema}
            plain = [pa.timestamp("us") if pa.types.is_timestamp(t) else t for t in rows.schema.types]
            self._db.register("rows_of", rows.cast(pa.schema(zip(rows.schema.names, plain, strict=True))))
            self._db.execute(f"CREATE OR REPLACE TABLE {name} AS FROM rows_of")

    def create(self, views: list[str]) -> None:
        """Runs what sqlglot makes of the statements."""
        for statement in views:
            self._db.execute(duckdb_sql(statement, self._schema))

    def ask(self, question: str, zone: str) -> pa.Table:  # noqa: ARG002
        """Answers a question of DuckDB."""
        return self._db.sql(question).to_arrow_table()


class WholeMean(Exception):
    """A mean is of whole numbers: T-SQL would leave out its fraction, and the other engines would not."""


class Untyped(Exception):
    """The type of an expression is not known, and so neither is that of a quotient of it."""


def duckdb_sql(statement: str, schema: Schema) -> str:
    """Gives DuckDB's SQL for a T-SQL statement that makes a view, whose columns go into the schema."""
    view = parse_one(statement, read="tsql")
    query = qualify(view.expression, schema=schema, dialect="tsql", quote_identifiers=False)
    query = annotate_types(query, schema, dialect="tsql")
    schema[view.this.name] = {c.alias_or_name: _typed(c).sql("tsql") for c in query.selects}
    for quotient in query.find_all(exp.Div):
        _typed(quotient.left), _typed(quotient.right)
    for mean in query.find_all(exp.Avg):
        if _typed(mean.this).is_type(*exp.DataType.INTEGER_TYPES):
            raise WholeMean(mean.sql("tsql"))
    _mend(query)
    view.set("expression", query)
    return view.sql("duckdb", comments=False)


def _typed(e: exp.Expression) -> exp.DataType:
    if e.type is None or e.is_type(exp.DataType.Type.UNKNOWN):
        raise Untyped(e.sql("tsql"))
    return e.type


def _mend(query: exp.Expression) -> None:
    for clock in query.find_all(exp.AtTimeZone):
        if isinstance(clock.args["zone"], exp.Column):
            clock.set("zone", exp.func("iana", clock.args["zone"]))
    for kind in query.find_all(exp.DataType):
        if kind.this == exp.DataType.Type.FLOAT:  # which has 53 bits in T-SQL
            kind.set("this", exp.DataType.Type.DOUBLE)
    for later in [*query.find_all(exp.DateAdd)]:
        if later.this.is_type(exp.DataType.Type.DATE):  # and so is what is later by some days
            date = exp.Cast(to=exp.DataType.build("DATE"))
            later.replace(date)
            date.set("this", later)
