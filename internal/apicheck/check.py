"""Asks a control API everything that its document has, and holds each answer against it.

It asks by a client that is made of the document. The environment says where the API and Entra are,
and who asks: main.go starts both.
"""

import argparse
import copy
import datetime
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import time
import typing
import urllib.parse

import httpx
import jsonschema
import msal
import openapi_spec_validator

JSON = typing.Any
DEADLINE = 60.0  # seconds that a run may take

seen: set[tuple[str, int]] = set()
wrong: list[str] = []


def expect(what: str, want: JSON, got: JSON) -> None:
    """Note what is not as it should be."""
    if want != got:
        wrong.append(f"{what}: want {want!r:.500}, got {got!r:.500}")


def moments(value: JSON) -> JSON:
    """Return a value in which instants are what they mean, however they are written."""
    if isinstance(value, dict):
        return {name: moments(member) for name, member in value.items()}
    if isinstance(value, list):
        return [moments(element) for element in value]
    try:
        return datetime.datetime.fromisoformat(value) if "T" in value else value
    except (TypeError, ValueError):
        return value


class Document:
    """The document of the API, more strictly: a member that it does not name is wrong."""

    def __init__(self, text: str) -> None:
        self.all = json.loads(text)
        openapi_spec_validator.validate(self.all)
        strict = copy.deepcopy(self.all["components"])
        for schema in strict["schemas"].values():
            if "properties" in schema:
                schema["additionalProperties"] = False
        self.components = strict
        paths = self.all["paths"]
        self.operations = {
            (method.upper(), path): operation
            for path, item in paths.items()
            for method, operation in item.items()
            if method in {"get", "post", "put", "patch", "delete"}
        }

    def known(self) -> set[tuple[str, int]]:
        """The answers that the document has."""
        return {
            (o["operationId"], int(status)) for o in self.operations.values() for status in o["responses"]
        }

    def inside(self, part: dict[str, JSON]) -> dict[str, JSON]:
        """What a part says, or what it refers to."""
        if "$ref" not in part:
            return part
        kind, name = part["$ref"].split("/")[2:]
        return self.components[kind][name]

    def operation(self, method: str, path: str) -> dict[str, JSON]:
        """Return the operation of a request."""
        for (its_method, template), operation in self.operations.items():
            if its_method == method and re.fullmatch(
                re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(template)), path
            ):
                return operation
        raise LookupError(f"the document has no {method} {path}")

    def judge(self, method: str, url: str, status: int, headers: httpx.Headers, body: bytes) -> None:
        """Say what of an answer is not as the document has it."""
        operation = self.operation(method, urllib.parse.urlsplit(url).path)
        what = f"{operation['operationId']} {status}"
        if str(status) not in operation["responses"]:
            wrong.append(f"{what}: the document does not have it: {body[:200]!r}")
            return
        seen.add((operation["operationId"], status))
        response = self.inside(operation["responses"][str(status)])
        for name, header in response.get("headers", {}).items():
            value = headers.get(name)
            if value is None:
                wrong.append(f"{what}: there is no {name}")
            elif self.inside(header)["schema"]["type"] == "integer" and not value.isdigit():
                wrong.append(f"{what}: {name} is {value}")
        ((media, content),) = response["content"].items()
        expect(f"{what}: Content-Type", media, headers.get("Content-Type", "").partition(";")[0])
        try:
            jsonschema.validate(
                json.loads(body),
                content["schema"] | {"components": self.components},
                cls=jsonschema.Draft202012Validator,
                format_checker=jsonschema.FormatChecker(),
            )
        except (ValueError, jsonschema.ValidationError) as e:
            wrong.append(f"{what}: {str(e)[:400]}")
        if media == "application/problem+json":
            expect(f"{what}: status in the body", status, json.loads(body).get("status"))


def breaks(document: Document) -> None:
    """Prove that what is wrong is found, in a document and in an answer."""
    broken = copy.deepcopy(document.all)
    del broken["paths"]["/v1/status"]["get"]["responses"]["200"]["description"]
    try:
        openapi_spec_validator.validate(broken)
        wrong.append("a broken document was not found")
    except openapi_spec_validator.validation.exceptions.OpenAPIValidationError:
        pass
    before, before_seen = len(wrong), set(seen)
    problem = httpx.Headers({"Content-Type": "application/problem+json"})
    run = httpx.Headers({"Content-Type": "application/json"})
    document.judge("GET", "/v1/status", 299, problem, b"{}")
    document.judge(
        "GET",
        "/v1/runs/x",
        404,
        problem,
        b'{"type": "about:blank", "title": "x", "status": 404, "more": 1}',
    )
    document.judge("GET", "/v1/runs/x", 200, run, b'{"run": "x", "state": 1}')
    found = len(wrong) - before
    del wrong[before:]
    seen.clear()
    seen.update(before_seen)
    expect("wrong answers that are found", 3, found)


def generate(text: str, directory: pathlib.Path) -> None:
    """Make a client of the document, and import it as api_client."""
    directory.mkdir()
    source = directory / "openapi.json"
    source.write_text(text)
    command = [
        str(pathlib.Path(sys.executable).with_name("openapi-python-client")),
        *(
            "generate",
            "--path",
            str(source),
            "--output-path",
            str(directory / "api_client"),
            "--meta",
            "none",
            "--fail-on-warning",
        ),
    ]
    environment = os.environ | {"PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    made = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if made.returncode != 0:
        raise SystemExit(f"no client can be made of the document:\n{made.stdout}")
    sys.path.insert(0, str(directory))


def token(name: str) -> str:
    """Sign in as one of those who ask."""
    app = msal.ConfidentialClientApplication(
        os.environ[name + "_ID"],
        client_credential=os.environ[name + "_SECRET"],
        authority=f"{os.environ['AUTHORITY']}/{os.environ['TENANT_ID']}",
        instance_discovery=False,
    )
    answer = app.acquire_token_for_client([f"api://{os.environ['CONTROL_ID']}/.default"])
    if "access_token" not in answer:
        raise SystemExit(f"{name} gets no token: {answer}")
    return answer["access_token"]


class Asker:
    """Somebody who asks. Every answer is judged, and nothing of it is lost in the types of the client."""

    def __init__(self, document: Document, bearer: str) -> None:
        from api_client import AuthenticatedClient, Client

        def judge(response: httpx.Response) -> None:
            response.read()
            request = response.request
            document.judge(
                request.method, str(request.url), response.status_code, response.headers, response.content
            )

        options: dict[str, JSON] = {
            "base_url": os.environ["CONTROL"],
            "verify_ssl": ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"]),
            "httpx_args": {"event_hooks": {"response": [judge]}},
            "timeout": httpx.Timeout(30),
        }
        self.client = AuthenticatedClient(token=bearer, **options) if bearer else Client(**options)

    def ask(self, operation: typing.Any, *arguments: JSON, **more: JSON) -> JSON:
        """Call an operation, again where there were too many, and return its status and what it answers."""
        for _ in range(50):
            answer = operation.sync_detailed(*arguments, client=self.client, **more)
            if answer.status_code != 429:
                break
            time.sleep(0.2)
        if answer.parsed is None:
            wrong.append(f"{operation.__name__} {answer.status_code}: the client does not know the answer")
        else:
            expect(
                f"{operation.__name__}: what the client made of it",
                moments(json.loads(answer.content)),
                moments(answer.parsed.to_dict()),
            )
        return int(answer.status_code), answer.parsed

    def send(self, method: str, path: str, **request: JSON) -> int:
        """Send what the client would not."""
        for _ in range(50):
            answer = self.client.get_httpx_client().request(method, path, **request)
            if answer.status_code != 429:
                break
            time.sleep(0.2)
        return answer.status_code


def finished(asker: Asker, run: str) -> JSON:
    """Wait for the end of a run."""
    from api_client.api.runs import get_run

    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        status, got = asker.ask(get_run, run)
        if status != 200 or got.state not in {"queued", "running"}:
            return got
        time.sleep(0.3)
    raise SystemExit(f"run {run} has not ended")


def runs(portal: Asker, other: Asker) -> str:
    """Ask for runs, once and twice, and for the end of one; and return one that has ended."""
    from api_client.api.runs import cancel_run, get_run, start_run
    from api_client.models import Request

    today = datetime.datetime.now(datetime.UTC).date()
    first, last = str(today - datetime.timedelta(days=4)), str(today - datetime.timedelta(days=1))
    wanted = Request(dataset="pstn_calls", tenant="contoso", from_=first, to=last)
    status, run = portal.ask(start_run, body=wanted, idempotency_key="one")
    expect("a run that is asked for", 202, status)
    status, again = portal.ask(start_run, body=wanted, idempotency_key="one")
    expect("the same run", (200, run.run), (status, again.run))
    status, _ = portal.ask(start_run, body=Request(job="nightly-calls"), idempotency_key="one")
    expect("the key of another run", 422, status)
    done = finished(portal, run.run)
    expect("the run", ("ended", 0, run.run), (done.state, done.exit_status, done.report.run))
    unit = done.report.units[0]
    expect("its unit", ("contoso", "pstn_calls"), (unit.tenant, unit.dataset))
    expect("its unit was read", True, unit.outcome in {"data", "empty"})
    expect("the end of what has ended", 200, portal.ask(cancel_run, run.run)[0])
    expect(
        "a run of others", (404, 404), (other.ask(get_run, run.run)[0], other.ask(cancel_run, run.run)[0])
    )
    expect("a run that is none", 404, portal.ask(get_run, "20261116T000000Z-nothing0")[0])
    expect("the end of none", 404, portal.ask(cancel_run, "20261116T000000Z-nothing0")[0])

    status, long = portal.ask(
        start_run, body=Request(dataset="call_records", tenant="contoso", from_=first, to=last)
    )
    expect("a long run", 202, status)
    status, _ = portal.ask(cancel_run, long.run)
    expect("its end", 202, status)
    expect("the long run", "canceled", finished(portal, long.run).state)

    # For what another asks, and may.
    status, run = other.ask(
        start_run, body=Request(dataset="pstn_calls", tenant="fabrikam", from_=first, to=last)
    )
    expect("a run of another", 202, status)
    expect("the run of another", ("ended", "watcher"), ((done := finished(other, run.run)).state, done.by))
    return again.run


def refused(portal: Asker, other: Asker) -> None:
    """Send what is wrong."""
    from api_client.api.runs import start_run
    from api_client.models import Request

    for what, body in {
        "nothing": {},
        "no JSON": None,
        "a list": [],
        "a member that nobody knows": {"job": "nightly-calls", "user": "adele"},
        "a job and a dataset": {"job": "nightly-calls", "dataset": "users"},
        "a job that nobody has": {"job": "weekly"},
        "a dataset that nobody has": {"dataset": "faxes", "from": "2026-11-16", "to": "2026-11-17"},
        "a range that ends before it begins": {
            "dataset": "pstn_calls",
            "from": "2026-11-17",
            "to": "2026-11-16",
        },
        "a range that is too long": {"dataset": "pstn_calls", "from": "2026-01-17", "to": "2026-11-16"},
        "a date that is none": {"dataset": "pstn_calls", "from": "yesterday", "to": "2026-11-16"},
        "a number": {"dataset": 4711},
    }.items():
        text = "{" if body is None else json.dumps(body)
        got = portal.send("POST", "/v1/runs", content=text, headers={"Content-Type": "application/json"})
        expect(f"a request with {what}", 400, got)
    # Whether there is a tenant that a caller may not ask for is not said.
    for tenant in ("contoso", "nobody"):
        wanted = Request(dataset="pstn_calls", tenant=tenant, from_="2026-11-16", to="2026-11-17")
        expect(f"{tenant} for the other", 400, other.ask(start_run, body=wanted)[0])
    expect(
        "text", 415, portal.send("POST", "/v1/runs", content="{}", headers={"Content-Type": "text/plain"})
    )
    large = '{"job": "' + "x" * (1 << 20) + '"}'
    expect(
        "a large body",
        413,
        portal.send("POST", "/v1/runs", content=large, headers={"Content-Type": "application/json"}),
    )


def lake(portal: Asker, other: Asker) -> None:
    """Ask how the lake stands."""
    from api_client.api.lake import get_coverage, get_status

    status, all_of_it = portal.ask(get_status)
    expect("the status", 200, status)
    expect("its tenants", {"contoso", "fabrikam"}, {d.tenant for d in all_of_it.datasets})
    expect("its runs", True, len(all_of_it.runs) >= 2)
    expect("the other's tenants", {"fabrikam"}, {d.tenant for d in other.ask(get_status)[1].datasets})
    today = datetime.datetime.now(datetime.UTC).date()
    first = str(today - datetime.timedelta(days=4))
    status, days = portal.ask(
        get_coverage, dataset="pstn_calls", tenant="contoso", from_=first, to=str(today)
    )
    expect("the coverage", 200, status)
    expect(
        "its rows",
        [("contoso", "pstn_calls", 4)],
        [(r.tenant, r.dataset, len(r.days)) for r in days.map_.datasets],
    )
    expect("all of the coverage", 200, portal.ask(get_coverage)[0])
    expect(
        "the other's coverage", {"fabrikam"}, {r.tenant for r in other.ask(get_coverage)[1].map_.datasets}
    )
    for what, query in {
        "dataset": {"dataset": "faxes"},
        "tenant": {"tenant": "nobody"},
        "date": {"from_": "soon"},
    }.items():
        expect(f"coverage of no {what}", 400, portal.ask(get_coverage, **query)[0])
    expect("status of no dataset", 400, portal.ask(get_status, dataset="faxes")[0])
    _, narrow = portal.ask(get_status, dataset="pstn_calls", tenant="contoso")
    expect(
        "a part of the status",
        [("contoso", "pstn_calls")],
        [(d.tenant, d.dataset) for d in narrow.datasets],
    )


def like_the_command(portal: Asker, run: str) -> None:
    """Compare what the API answers with what the command prints of the same."""
    today = datetime.datetime.now(datetime.UTC).date()
    days = {"from": str(today - datetime.timedelta(days=4)), "to": str(today)}
    ends = [argument for name, day in days.items() for argument in (f"--{name}", day)]
    for path, command, pick in (
        ("/v1/status", ["status"], lambda answer: answer),
        (f"/v1/coverage?{urllib.parse.urlencode(days)}", ["status", "--map", *ends], lambda answer: answer),
        (f"/v1/runs/{run}", ["runs", run], lambda answer: answer["report"]),
    ):
        printed = subprocess.run(
            [os.environ["GRAPHLAKE"], "--output", "json", *command],
            cwd=os.environ["GRAPHLAKE_DIRECTORY"],
            stdout=subprocess.PIPE,
            check=False,
        ).stdout
        answer = portal.client.get_httpx_client().get(path).raise_for_status().json()
        expect(f"graphlake {' '.join(command)} and {path}", json.loads(printed), pick(answer))


def everybody(asker: Asker, want: int) -> None:
    """Ask each operation, as somebody who may ask none."""
    from api_client.api.lake import get_coverage, get_status
    from api_client.api.runs import cancel_run, get_run, start_run
    from api_client.models import Request

    got = [
        asker.ask(start_run, body=Request(job="nightly-calls"))[0],
        asker.ask(get_run, "x")[0],
        asker.ask(cancel_run, "x")[0],
        asker.ask(get_status)[0],
        asker.ask(get_coverage)[0],
    ]
    expect("who may not", [want] * 5, got)


def flood(portal: Asker) -> None:
    """Ask more than there is an answer for, each operation."""
    for method, path in (
        ("GET", "/v1/status"),
        ("GET", "/v1/coverage"),
        ("GET", "/v1/runs/x"),
        ("POST", "/v1/runs"),
        ("POST", "/v1/runs/x/cancel"),
    ):
        got = [portal.client.get_httpx_client().request(method, path).status_code for _ in range(60)]
        expect(f"a flood of {path} is refused", True, 429 in got)


def main() -> None:
    """Ask everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path, help="where the client is written")
    directory = parser.parse_args().directory
    context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
    text = httpx.get(os.environ["CONTROL"] + "/v1/openapi.json", verify=context).raise_for_status().text
    document = Document(text)
    breaks(document)
    generate(text, directory)
    from api_client.api.service import get_health, get_open_api

    stranger = Asker(document, "")
    expect("health", 200, stranger.ask(get_health)[0])
    expect("the document", 200, stranger.ask(get_open_api)[0])
    everybody(stranger, 401)
    everybody(Asker(document, "x.y.z"), 401)
    everybody(Asker(document, token("NOBODY")), 403)
    portal, other = Asker(document, token("CLIENT")), Asker(document, token("OTHER"))
    run = runs(portal, other)
    refused(portal, other)
    lake(portal, other)
    time.sleep(1)  # no more than ten requests a second
    like_the_command(portal, run)
    flood(portal)
    # What cannot be brought about from outside: a lake that cannot be read, and keys that are away.
    missing = sorted(
        f"{name} {status}" for name, status in document.known() - seen if status not in (500, 503)
    )
    for one in missing:
        wrong.append(f"{one}: the document has it, and nobody has seen it")
    print(f"api operations={len(document.operations)} answers={len(seen)} wrong={len(wrong)}")
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
