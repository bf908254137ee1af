"""A DAG for Airflow 3: calls of each day by its interval, then the pictures of today."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.timetables.trigger import CronTriggerTimetable
from graphlake_run import Refused, run, totals

COMMAND = ("graphlake", "--config", os.environ.get("GRAPHLAKE_CONFIG", "/etc/graphlake/graphlake.yaml"))


def graphlake(*selection: str, interval: tuple[datetime, datetime] | None = None) -> dict[str, Any]:
    """Run graphlake as a task, whose result is what it read."""
    try:
        return totals(run(*selection, interval=interval, command=COMMAND))
    except Refused as e:
        raise AirflowFailException(str(e)) from e  # ends the task; other errors are retried


@dag(
    # The interval is the day before the tick: without interval= it is empty in Airflow 3.
    schedule=CronTriggerTimetable("30 2 * * *", timezone="UTC", interval=timedelta(days=1)),
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=True,  # a day that was missed gets its own run
    max_active_runs=1,  # two runs of one dataset would keep each other off
    default_args={
        "retries": 6,
        "retry_delay": timedelta(minutes=10),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=2),
    },
)
def graphlake_nightly() -> None:
    """Read the calls of the interval, then the directory as it is."""

    @task
    def calls(data_interval_start: datetime, data_interval_end: datetime) -> dict[str, Any]:
        return graphlake(
            "--dataset",
            "call_records,pstn_calls,direct_routing_calls",
            interval=(data_interval_start, data_interval_end),
        )

    @task
    def pictures() -> dict[str, Any]:
        return graphlake("--dataset", "users,groups,organization,teams")

    calls() >> pictures()


graphlake_nightly()
