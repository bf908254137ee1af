"""What dbt has to find, a row of calls that is there twice and one that is missing; what Power BI will."""

import json
import pathlib
import sys

import duckdb
from tmdl_parser import TmdlParser

CHILDREN = ("call_participants", "call_persons", "call_sessions")
WANT = [
    *(f"source_has_parent_graphlake_{child}_" for child in CHILDREN),
    "source_unique_key_graphlake_calls_",
]

# What a type of the semantic model takes of DuckDB's.
TYPES = {
    "string": {"VARCHAR"},
    "int64": {"INTEGER", "BIGINT", "HUGEINT"},
    "double": {"DOUBLE", "DECIMAL", "HUGEINT"},
    "boolean": {"BOOLEAN"},
    "dateTime": {"DATE", "TIMESTAMP WITH TIME ZONE"},
}


def columns(database: str, project: str) -> None:
    """Compares the semantic model, as a parser that is not ours reads it, with the views."""
    db = duckdb.connect(database, read_only=True)
    known = {row[0] for row in db.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    tables = count = 0
    for file in sorted(pathlib.Path(project).glob("*.SemanticModel/definition/tables/*.tmdl")):
        table = TmdlParser(str(file)).parse()
        source = table["partitions"][0]
        view = source["sourceDetails"][0]["item"]
        if view not in known:
            sys.exit(f"{file.name}: there is no view {view}")
        has = {row[0]: row[1].partition("(")[0] for row in db.execute(f"DESCRIBE {view}").fetchall()}
        made = source["source"].partition("AddColumn")[2]
        for column in table["columns"]:
            name, want = column["sourceColumn"], column["dataType"]
            if table["name"] == "Date" or f'"{name}"' in made:
                continue
            if has.get(name) not in TYPES[want]:
                sys.exit(f"{view}.{name} is {has.get(name)}, not {want}")
            count += 1
        tables += 1
    if not count:
        sys.exit("there is no semantic model")
    print(f"powerbi tables={tables} columns={count} differing=0")


def plant(lake: str) -> None:
    """Doubles a row of a partition of calls, and removes another, which has rows in each child table."""
    db = duckdb.connect()
    for file in sorted(pathlib.Path(lake).glob("tables/calls/tenant_id=*/dt=*/calls.parquet")):
        db.execute(
            f"CREATE OR REPLACE TABLE calls AS FROM read_parquet('{file}', hive_partitioning = false)"
        )
        named = " INTERSECT ".join(
            f"SELECT call_id FROM read_parquet('{str(file).replace('calls', child)}')" for child in CHILDREN
        )
        ids = [row[0] for row in db.execute(f"{named} ORDER BY call_id LIMIT 2").fetchall()]
        if len(ids) > 1:
            twice, gone = ids
            planted = f"FROM calls WHERE call_id <> '{gone}' UNION ALL FROM calls WHERE call_id = '{twice}'"
            db.execute(f"COPY ({planted}) TO '{file}' (FORMAT parquet)")
            return
    sys.exit("no partition of calls has two that all child tables name")


def results(target: str) -> dict[tuple[str, str], str]:
    """The status of each node by its kind and name, as dbt has written them last."""
    nodes = json.loads(pathlib.Path(target, "run_results.json").read_text())["results"]
    return {tuple(n["unique_id"].split(".", 3)[0:3:2]): n["status"] for n in nodes}


def found(built: str, planted: str) -> None:
    """Says what was built, and whether what fails on the planted lake is what has to."""
    of_whole = results(built)
    models, tests = (sum(kind == k for kind, _ in of_whole) for k in ("model", "test"))
    if not models or not tests or not set(of_whole.values()) <= {"success", "pass", "no-op"}:
        sys.exit("not all was built, or not all tests passed")
    failing = sorted(name for (_, name), status in results(planted).items() if status != "pass")
    if len(failing) != len(WANT) or not all(f.startswith(w) for f, w in zip(failing, WANT, strict=True)):
        sys.exit(f"of what was planted these tests fail, want {WANT}: {failing}")
    print(f"dbt models={models} tests={tests} failing=0 planted={len(WANT)} found={len(failing)}")


if __name__ == "__main__":
    {"columns": columns, "plant": plant, "found": found}[sys.argv[1]](*sys.argv[2:])
