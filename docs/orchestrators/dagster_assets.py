"""Dagster: calls as an asset with a partition a day, pictures as one without."""

import os
from datetime import datetime

import dagster as dg
from graphlake_run import Refused, run, totals

COMMAND = ("graphlake", "--config", os.environ.get("GRAPHLAKE_CONFIG", "/etc/graphlake/graphlake.yaml"))

# The pool has one slot, set with: dagster instance concurrency set graphlake 1
POOL = "graphlake"
RETRY = dg.RetryPolicy(max_retries=6, delay=600, backoff=dg.Backoff.EXPONENTIAL)


def graphlake(*selection: str, interval: tuple[datetime, datetime] | None = None) -> dg.MaterializeResult:
    """Run graphlake as an asset, whose metadata is what it read."""
    try:
        return dg.MaterializeResult(metadata=totals(run(*selection, interval=interval, command=COMMAND)))
    except Refused as e:
        raise dg.Failure(str(e), allow_retries=False) from e  # other errors are retried by the policy


@dg.asset(partitions_def=dg.DailyPartitionsDefinition("2026-11-01"), retry_policy=RETRY, pool=POOL)
def calls(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Calls of the day, and what has changed of the days before."""
    day = context.partition_time_window
    datasets = "call_records,pstn_calls,direct_routing_calls"
    return graphlake("--dataset", datasets, interval=(day.start, day.end))


@dg.asset(retry_policy=RETRY, pool=POOL)
def directory() -> dg.MaterializeResult:
    """The directory as it is today."""
    return graphlake("--dataset", "users,groups,organization,teams")


calls_job = dg.define_asset_job("calls_job", [calls])
directory_job = dg.define_asset_job("directory_job", [directory])

defs = dg.Definitions(
    assets=[calls, directory],
    schedules=[
        dg.build_schedule_from_partitioned_job(calls_job, hour_of_day=2, minute_of_hour=30),
        dg.ScheduleDefinition(job=directory_job, cron_schedule="30 3 * * *", execution_timezone="UTC"),
    ],
)
