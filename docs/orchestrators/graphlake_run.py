"""Run graphlake for the interval of an orchestrator, and say what its exit status means to it.

It needs nothing but Python 3.11 and the command. Airflow and Dagster share it.
"""

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Report = dict[str, Any]  # what run --output json prints


class TryLater(Exception):
    """Throttled out, not reachable, locked or stopped: the same call succeeds later."""


class Failed(Exception):
    """A unit failed: one more try does no harm, and a person should read the report."""


class Refused(Exception):
    """Usage, configuration, credentials or consent: no retry helps before somebody mends it."""


ERRORS = {1: Failed, 2: Refused, 3: Refused, 75: TryLater}


def run(
    *selection: str,
    interval: tuple[datetime, datetime] | None = None,
    lookback: timedelta = timedelta(days=3),
    command: Sequence[str] = ("graphlake",),
) -> Report:
    """Read an interval of what the flags select, and return the report.

    Start and end are rounded down to midnight in UTC, since a day is the unit of the lake. From a
    lookback before the start on, it reads again what Graph has changed since; what the lake holds is
    not fetched again. Without an interval graphlake itself plans what is due, which pictures (users,
    groups, chats ...) need.

    The log goes to stderr, where the orchestrator finds it. Incomplete (exit 4) is no error: the
    report is returned with "incomplete" true.
    """
    flags = ["--output", "json", "--log-format", "json", "run", *selection]
    if interval:
        start, end = interval
        flags += ["--from", midnight(start - lookback), "--to", midnight(end)]
    done = subprocess.run([*command, *flags], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode in ERRORS:
        raise ERRORS[done.returncode](f"graphlake ended with {done.returncode}{reasons(done.stdout)}")
    if done.returncode not in (0, 4):  # a signal, or no room for the process
        raise TryLater(f"graphlake ended with {done.returncode}")
    report = json.loads(done.stdout)
    report["incomplete"] = done.returncode == 4
    return report


def midnight(t: datetime) -> str:
    """Write the day of a time, which has to have a zone, in UTC."""
    if t.tzinfo is None:
        raise ValueError(f"{t} has no zone")
    return t.astimezone(UTC).strftime("%Y-%m-%d")


def reasons(stdout: str) -> str:
    """Tell what the report says of units that failed; nothing, if there is no report."""
    if not stdout:
        return ", and stderr says why"
    errors = [
        (u["tenant"], u["dataset"], u["error"]) for u in json.loads(stdout)["units"] or [] if "error" in u
    ]
    return "".join(f"\n{d} of {t}: {e['kind']}: {e['message']}" for t, d, e in errors)


def totals(report: Report) -> dict[str, Any]:
    """Add up records, rows and quarantined records of a report, for the orchestrator's own metadata."""
    units = report["units"]
    return {
        "run": report["run"],
        "incomplete": report["incomplete"],
        "records": sum(u["records"] for u in units),
        "rows": sum(sum(u["rows"].values()) for u in units),
        "quarantined": sum(u["quarantined"] for u in units),
        "partitions_changed": sum(u["written"] for u in units),
    }
