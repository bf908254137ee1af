"""Tries what is in the directory above against the command and the simulated Graph: make orchestrators."""

import fcntl
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from datetime import UTC, datetime

HERE = pathlib.Path(__file__).resolve().parent
BIN = HERE.parent.parent.parent / "bin"
TENANT = "4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30"
NOW = "2026-11-21T02:30:00Z"  # the simulator's, as make orchestrators has it
DAY = datetime(2026, 11, 19, tzinfo=UTC)
NEXT = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)

sys.path.insert(0, str(HERE.parent))
import graphlake_run  # noqa: E402

CONFIG = """lake: {lake}
graph: {{endpoint: {url}, rate: 20}}
tenants:
  - {{name: contoso, tenant_id: {tenant}, auth: {{method: token, token_env: GRAPHSIM_TOKEN}}}}
"""


class TestOrchestrators(unittest.TestCase):
    """The function with every exit status, and what Airflow and Dagster make of it."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = pathlib.Path(directory.name)
        self.config = self.dir / "graphlake.yaml"
        self.config.write_text(
            CONFIG.format(lake=self.dir / "lake", url=os.environ["GRAPHSIM_URL"], tenant=TENANT)
        )
        self.addCleanup(os.environ.__setitem__, "GRAPHSIM_TOKEN", os.environ["GRAPHSIM_TOKEN"])
        os.environ["GRAPHLAKE_CONFIG"] = str(self.config)
        # A command that has the simulator's time for now, for it ends where the clocks differ by days.
        graphlake = self.dir / "graphlake"
        graphlake.write_text(f'#!/bin/sh\nexec "{BIN}/graphlake" "$@" --now {NOW}\n')
        graphlake.chmod(0o755)
        os.environ["PATH"] = f"{self.dir}:{os.environ['PATH']}"

    def run_days(self, *selection: str) -> graphlake_run.Report:
        return graphlake_run.run(
            *selection, interval=(DAY, NEXT), command=("graphlake", "--config", str(self.config), "--quiet")
        )

    def test_interval_is_read_with_its_lookback_and_a_rerun_changes_nothing(self) -> None:
        first = self.run_days("--dataset", "call_records,pstn_calls")
        self.assertEqual("data", first["status"])
        self.assertFalse(first["incomplete"])
        self.assertEqual(
            {"2026-11-16", "2026-11-20"}, {first["units"][0]["from"][:10], first["units"][-1]["to"][:10]}
        )
        again = graphlake_run.totals(self.run_days("--dataset", "call_records,pstn_calls"))
        self.assertEqual(0, again["partitions_changed"])
        self.assertEqual(graphlake_run.totals(first)["records"], again["records"])
        self.assertGreater(again["records"], 0)

    def test_exit_4_is_done_but_incomplete(self) -> None:
        report = self.run_days("--dataset", "users,pstn_calls")  # a past picture is skipped
        self.assertTrue(report["incomplete"])

    def test_exit_75_is_later(self) -> None:
        lock = self.dir / "lake" / "state" / TENANT / "pstn_calls.lock"
        lock.parent.mkdir(parents=True)
        with open(lock, "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            with self.assertRaisesRegex(graphlake_run.TryLater, "pstn_calls of contoso: locked"):
                self.run_days("--dataset", "pstn_calls")
        self.assertFalse(self.run_days("--dataset", "pstn_calls")["incomplete"])

    def test_exit_2_and_3_are_refused(self) -> None:
        with self.assertRaisesRegex(graphlake_run.Refused, "ended with 2, and stderr says why"):
            self.run_days("--dataset", "letters")
        os.environ["GRAPHSIM_TOKEN"] = "another"
        with self.assertRaisesRegex(
            graphlake_run.Refused, "ended with 3\npstn_calls of contoso: unauthorized"
        ):
            self.run_days("--dataset", "pstn_calls")

    def test_exit_1_is_failed(self) -> None:
        table = self.dir / "lake" / "tables" / "pstn_calls"
        table.parent.mkdir(parents=True)
        table.write_text("a file where a directory has to be")
        with self.assertRaisesRegex(graphlake_run.Failed, "pstn_calls of contoso: failed"):
            self.run_days("--dataset", "pstn_calls")

    def test_a_time_without_a_zone_is_not_taken(self) -> None:
        with self.assertRaises(ValueError):
            graphlake_run.midnight(datetime(2026, 11, 19))

    @unittest.skipUnless(importlib.util.find_spec("airflow"), "Airflow is not installed")
    def test_airflow(self) -> None:
        os.environ["AIRFLOW_HOME"] = str(self.dir / "airflow")
        os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "false"
        out = subprocess.run(
            [sys.executable, HERE / "run_airflow_task.py"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            cwd=self.dir,
            env=os.environ | {"PYTHONPATH": str(HERE.parent)},
        ).stdout
        found = json.loads(out.splitlines()[-1])
        self.assertGreater(found.pop("records"), 0)
        self.assertEqual(
            {
                "interval": ["2026-11-18T02:30:00+00:00", "2026-11-19T02:30:00+00:00"],
                "retries": 6,
                "tasks": ["calls", "pictures"],
                "refused": True,
            },
            found,
        )

    @unittest.skipUnless(importlib.util.find_spec("dagster"), "Dagster is not installed")
    def test_dagster(self) -> None:
        import dagster
        import dagster_assets

        done = dagster.materialize([dagster_assets.calls], partition_key="2026-11-19")
        self.assertTrue(done.success)
        found = done.asset_materializations_for_node("calls")[0].metadata
        self.assertGreater(found["records"].value, 0)
        os.environ["GRAPHSIM_TOKEN"] = "another"  # would wait for ten minutes if it were retried
        again = dagster.materialize(
            [dagster_assets.calls], partition_key="2026-11-19", raise_on_error=False
        )
        self.assertFalse(again.success)
        dagster.Definitions.validate_loadable(dagster_assets.defs)


if __name__ == "__main__":
    unittest.main()
