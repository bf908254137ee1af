"""Lets readers that are not ours read the demo's lake, and compares them with what it should hold.

    python internal/readers --bin bin --users 60 --azurite SCRIPT

The demo is read twice, into a lake on disk and into one in Blob Storage, with every dataset that
there is. Of every table each reader must find the columns in their order, their types, and in every
row every value that graphlake cat prints. The types are those of graphlake schema. The number of rows
is that of the simulator where a first night holds all that it counts: not of messages, which are read
by the time of their change. Raw is read too: its types are written in lake.py, it has as many rows as
the root table, and its values are those of the first reader.

The output is a line for everything that differs, and one for every reader and place. The last but one is
readers=N blob=N tables=N raw=N differing=N skipped=NAMES: how many readers read the lake on disk and
how many in Blob Storage, how many tables and raw datasets they read, how many of these differ for
any reader, and which readers are not installed.

Then the lakes get a second lane, of Delta tables, in each layout and form, and it must have the same; and
into a lake whose second lane is on from the start calls are read by one run after another, while readers
read it. What is held against what lanes.py and growing.py say. The last line is lane readers=N blob=N
tables=N readings=N versions=N differing=N skipped=NAMES: tables are those of all lanes, readings are of the
table that grows, while it does, and versions are those that it had.
The exit status is 1 if anything differs.
"""

import argparse
import sys
from pathlib import Path

import demo
import lanes
from answer import Unavailable
from compare import Tally, compare

DISK = {
    "pyarrow": "by_arrow.Arrow",
    "polars": "by_polars.Polars",
    "duckdb": "by_duckdb.Module",
    "duckdb-cli": "by_duckdb.Command",
    "spark": "by_spark.Spark",
}
BLOB = {name: DISK[name] for name in ("pyarrow", "polars", "duckdb-cli")}


def main() -> int:
    """Compares, and returns the exit status."""
    flags = argparse.ArgumentParser()
    flags.add_argument("--bin", type=Path, required=True, help="where graphlake and graphsim are")
    flags.add_argument("--users", type=int, required=True, help="users of the simulated tenant")
    flags.add_argument("--azurite", type=Path, required=True, help="the script azurite-blob")
    given = flags.parse_args()
    bin, blob, tally = given.bin.resolve(), 0, Tally()
    second = lanes.Lanes(bin, given.users)
    truth = demo.truth(bin, given.users)
    with demo.on_disk(bin, given.users) as lake:
        disk, wanted = compare(lake, truth, DISK, tally)
        second.compare(lake, wanted)
    try:
        with demo.in_blob(bin, given.users, given.azurite.absolute()) as lake:
            blob, wanted = compare(lake, truth, BLOB, tally)
            second.compare(lake, wanted)
    except Unavailable:
        tally.skipped.append("blob")
    raw = sum(path.startswith("raw/") for path in tally.compared)
    print(
        f"readers={disk} blob={blob} tables={len(tally.compared) - raw} raw={raw}"
        f" differing={len(tally.differing)} skipped={','.join(tally.skipped) or 'none'}"
    )
    print(second)
    return 1 if tally.differing or second.tally.differing else 0


if __name__ == "__main__":
    sys.exit(main())
