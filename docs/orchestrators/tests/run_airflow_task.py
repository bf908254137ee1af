"""Calls the task of the DAG as Airflow would, for the run of 2026-11-19, and prints what became of it."""

import json
import os

import airflow_dag
import pendulum
from airflow.sdk.exceptions import AirflowFailException

dag = airflow_dag.graphlake_nightly()
calls = dag.get_task("calls")
interval = dag.timetable.infer_manual_data_interval(run_after=pendulum.datetime(2026, 11, 19, 2, 30))
arguments = {"data_interval_start": interval.start, "data_interval_end": interval.end}
done = calls.python_callable(**arguments)
os.environ["GRAPHSIM_TOKEN"] = "another"
try:
    calls.python_callable(**arguments)
    refused = False
except AirflowFailException:
    refused = True
print(
    json.dumps(
        {
            "interval": [interval.start.isoformat(), interval.end.isoformat()],
            "records": done["records"],
            "retries": calls.retries,
            "tasks": sorted(dag.task_ids),
            "refused": refused,
        }
    )
)
