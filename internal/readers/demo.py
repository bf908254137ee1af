"""The demo, read into a lake on disk and into one in Blob Storage."""

import base64
import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from answer import Unavailable
from lake import Blob, Lake

FROM, TO, NOW = "2026-11-16", "2026-11-23", "2026-11-23T02:30:00Z"  # as internal/demo.sh has them

AZURE = "azure: {connection_string_env: READERS_AZURE}\n"

CONFIGURATION = """\
graph: {{endpoint: "{url}", rate: 20}}
tenants:
  - name: contoso
    tenant_id: 4f1c2a7e-93b5-4c08-8d6f-2f5a7c1e9b30
    auth: {{method: token, token_env: GRAPHSIM_TOKEN}}
"""


@contextlib.contextmanager
def on_disk(bin: Path, users: int) -> Iterator[Lake]:
    """Runs the demo as its user would, into a lake that is removed at the end."""
    with tempfile.TemporaryDirectory() as name:
        own = Path(name)
        for command in ("graphlake", "graphsim"):  # beside which the demo writes its configuration
            (own / command).symlink_to(bin / command)
        lake = Lake(own, own / "demo.yaml", directory=own / "lake", environment=dict(os.environ))
        settings = {"LAKE": str(lake.directory), "BIN": name, "USERS": str(users), "GRAPHSIM_URL": ""}
        subprocess.run(
            ["sh", "internal/demo.sh", *_every(lake)],
            env=lake.environment | settings,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        yield lake


@contextlib.contextmanager
def in_blob(bin: Path, users: int, azurite: Path) -> Iterator[Lake]:
    """Runs the same into the emulator of Blob Storage, which ends with it."""
    if not azurite.exists():
        raise Unavailable("there is no Azurite")
    with tempfile.TemporaryDirectory() as name, _azurite(azurite, name) as blob:
        environment = os.environ | {"READERS_AZURE": blob.connection, "GRAPHSIM_TOKEN": "demo"}
        lake = Lake(bin, Path(name) / "demo.yaml", blob=blob, environment=environment)
        with _simulator(bin, _tenant(users)) as url:
            lake.config.write_text(f"lake: az://{blob.root}\n{AZURE}" + CONFIGURATION.format(url=url))
            lake.graphlake("init", "--create")  # the container
            lake.graphlake("run", "--from", FROM, "--to", TO, "--now", NOW, *_every(lake))
        yield lake


@contextlib.contextmanager
def later(bin: Path, users: int, beside: Lake) -> Iterator[tuple[Lake, Path]]:
    """A lake beside another, on disk or in Blob Storage, without anything in it, and the clock of Graph.

    Half of the calls get further versions as time goes on.
    """
    with tempfile.TemporaryDirectory() as name:
        own = Path(name)
        clock, config, environment = (
            own / "now",
            own / "graphlake.yaml",
            os.environ | {"GRAPHSIM_TOKEN": "demo"},
        )
        clock.write_text(NOW)
        if beside.blob:
            blob = dataclasses.replace(beside.blob, prefix="growing")
            lake = dataclasses.replace(beside, config=config, blob=blob)
            place, azure = f"az://{blob.root}", AZURE
        else:
            environment = os.environ | {"GRAPHSIM_TOKEN": "demo"}
            lake = Lake(bin, config, directory=own / "lake", environment=environment)
            place, azure = str(lake.directory), ""
        tenant = [
            "--users",
            str(users),
            "--from",
            FROM,
            "--to",
            TO,
            "--now-file",
            str(clock),
            "--late",
            "0.5",
        ]
        with _simulator(bin, tenant) as url:
            config.write_text(f"lake: {place}\n{azure}" + CONFIGURATION.format(url=url))
            yield lake, clock


def truth(bin: Path, users: int) -> dict[str, int]:
    """How many rows the simulator says that the tables have."""
    command = [str(bin / "graphsim"), *_tenant(users), "--truth"]
    said = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return {name: table["rows"] for name, table in said["tables"].items()}


def _every(lake: Lake) -> list[str]:
    """Names all datasets, also those that are read only where they are named."""
    return ["--dataset", ",".join(dataset["name"] for dataset in lake.datasets)]


def _tenant(users: int) -> list[str]:
    return ["--users", str(users), "--from", FROM, "--to", TO, "--now", NOW]


@contextlib.contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """Ends a process at the end."""
    with process:
        try:
            yield process
        finally:
            process.terminate()


@contextlib.contextmanager
def _simulator(bin: Path, tenant: list[str]) -> Iterator[str]:
    command = [str(bin / "graphsim"), *tenant, "--token", "demo"]
    with _ended(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) as process:
        assert process.stdout
        yield process.stdout.readline().strip()  # its address


@contextlib.contextmanager
def _azurite(script: Path, directory: str) -> Iterator[Blob]:
    port = _free_port()
    key = base64.b64encode(b"an invented key for tests").decode()
    # Of no other account does DuckDB's extension for Delta tables believe that it is the emulator's.
    blob = Blob("demo", "lake", "devstoreaccount1", key, f"http://127.0.0.1:{port}/devstoreaccount1")
    flags = ["--silent", "--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence"]
    command = [str(script), *flags, "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    accounts = os.environ | {"AZURITE_ACCOUNTS": f"{blob.account}:{key}"}
    process = subprocess.Popen(command, env=accounts, cwd=directory, stdout=subprocess.DEVNULL, text=True)
    with _ended(process):
        _await(port)
        yield blob


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        _, port = server.getsockname()
        return int(port)


def _await(port: int) -> None:
    """Returns when somebody listens, or gives up after 30 seconds."""
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
