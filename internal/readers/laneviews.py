"""The views that graphlake sql prints of the second lane, and what docs/query.md asks of it, in DuckDB."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from by_duckdb import ZONE, extension
from lake import Lake

if TYPE_CHECKING:
    import duckdb

PAGE = Path(__file__).parent.parent.parent / "docs/query.md"
ASKED = re.compile(r"^```sql\n(-- Delta tables.*?)^```$", re.MULTILINE | re.DOTALL)
QUERIES = 3  # of the page

Sums = dict[str, tuple[list[tuple[str, str]], int, int]]


def sums(lake: Lake, *flags: str) -> Sums:
    """The columns of each view that is printed, and how many rows it has with which hash."""
    db = _database()
    script = json.loads(lake.graphlake("--output", "json", "sql", "--engine", "duckdb", *flags))
    for statement in script["statements"]:
        if statement not in ("INSTALL delta", "LOAD delta"):  # it is there
            db.execute(statement)
    names = db.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL").fetchall()
    return {name: _sum(db, name) for (name,) in names}


def differences(want: Sums, got: Sums) -> Iterator[tuple[str, str]]:
    """Says of which view of the second lane what is not as in the plain one."""
    for name in sorted({*want, *got}):
        if name not in want or name not in got:
            yield name, "is there in one lane only"
        elif want[name] != got[name]:
            yield name, f"has {got[name]}\nwant {want[name]}"
    if not any(rows for _, rows, _ in want.values()):
        yield "views", "have no rows"


def documented(lake: Lake) -> Iterator[tuple[str, str]]:
    """Asks what the page asks of Delta tables of all tenants, and says what fails or finds nothing."""
    queries = ASKED.findall(PAGE.read_text())
    if len(queries) != QUERIES:
        yield "docs/query.md", f"has {len(queries)} queries of Delta tables, want {QUERIES}"
    db = _database()
    for query in queries:
        # The page's Monday may be over before the lake was made.
        asked = re.sub(r"TIMESTAMPTZ '[^']*'", "now()", query.replace("'lake/", f"'{lake.directory}/"))
        try:
            found = db.execute(asked).fetchall()
        except Exception as failure:
            yield "docs/query.md", f"{query}{failure}"
            continue
        if not found and "SET VARIABLE" not in query:
            yield "docs/query.md", f"nothing is found by\n{query}"


def _database() -> "duckdb.DuckDBPyConnection":
    import duckdb

    db = duckdb.connect()
    db.execute(ZONE)
    db.execute(f"LOAD '{extension('delta')}'")
    return db


def _sum(db: "duckdb.DuckDBPyConnection", name: str) -> tuple[list[tuple[str, str]], int, int]:
    described = db.sql(f'DESCRIBE FROM "{name}"').fetchall()
    columns = [(column, kind) for column, kind, *_ in described]
    # A sum depends on its order; instants have whole microseconds, which must not be at an edge.
    values = [f'round("{c}" + 2.5e-7, 3)' if kind == "DOUBLE" else f'"{c}"' for c, kind in columns]
    rows, hashed = db.sql(
        f'SELECT count(*), coalesce(bit_xor(hash({", ".join(values)})), 0) FROM "{name}"'
    ).fetchall()[0]
    return columns, rows, hashed
