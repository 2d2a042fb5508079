"""`python -m benchmarks.signing_in`: what finding out who calls adds to a call of the API.

Two API processes on one database: one as it is, and one that is told beforehand who calls and does everything
else the same. The same route is asked in turn of the open one, with a cookie, and with a token, so that all
three meet the same machine; the difference of the medians is what authentication adds. Where others use the
machine too, calls mostly wait for them: the time on a processor, of the API and of the database together,
says what a call costs whatever else runs.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np
import uvicorn
from starlette.requests import Request

from api import guard
from api.app import create_app
from api.entering import entered
from api.guard import Caller
from api.parts import parts_of
from benchmarks.hall import Hall, hall
from benchmarks.stages import quantiles
from core import settings
from core.embedded.ports import any_free

_ROUTES = ("/stations", "/incidents", "/residents")
_WARM_UP = 50
_BLOCK = 50
_PATIENCE_S = 120.0


async def _serve(port: int) -> None:
    """The API without the question who calls: the first caller is looked up, all are taken for them."""
    known: list[Caller] = []

    async def told(request: Request) -> Caller:
        if not known:
            someone = await guard.who(request, parts_of(request))
            assert someone is not None
            known.append(someone)
        return entered(request, known[0])

    app = create_app(settings.load())
    app.dependency_overrides[guard.caller] = told
    await uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False)).serve()


def _ask(client: httpx.Client, route: str) -> float:
    began = time.perf_counter()
    answer = client.get(route)
    took = time.perf_counter() - began
    if answer.status_code != httpx.codes.OK:
        raise click.ClickException(f"{route}: HTTP {answer.status_code}")
    return took


def _token(here: Hall) -> str:
    with httpx.Client(
        base_url=f"http://{here.address}/api/v1", headers={"Cookie": here.cookie}, timeout=_PATIENCE_S
    ) as client:
        csrf = client.get("/session").json()["csrf"]
        wish = {"name": "bench", "actions": ["see_incidents", "see_residents"]}
        made = client.post("/tokens", json=wish, headers={"X-CSRF-Token": csrf})
        if made.status_code != httpx.codes.CREATED:
            raise click.ClickException(f"no token: {made.text}")
        return str(made.json()["token"])


def _on_processor_s(processes: list[int]) -> float:
    """Seconds that all threads of these processes have been on a processor, to the nanosecond."""
    threads = (path for pid in processes for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(path.read_text().split()[0]) for path in threads) / 1e9


def _database(here: Hall) -> list[int]:
    """The database's processes, each connection's among them."""
    lead = int(next(here.folder.rglob("postmaster.pid")).read_text().split()[0])
    parents = {
        int(path.parent.name): int(path.read_text().rsplit(")", 1)[1].split()[1])
        for path in Path("/proc").glob("[0-9]*/stat")
    }
    return [lead, *(pid for pid, parent in parents.items() if parent == lead)]


def _open_one(here: Hall) -> tuple[subprocess.Popen[bytes], int]:
    port = any_free()
    environment = os.environ | {"NOWALLS_DATABASE_URL": here.dsn, "NOWALLS_DATA_DIR": str(here.folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.signing_in", "--serve", str(port)], env=environment
    )
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            if (
                httpx.get(f"http://127.0.0.1:{port}/api/v1/ready", timeout=_PATIENCE_S).status_code
                == httpx.codes.OK
            ):
                return process, port
        except httpx.TransportError:
            time.sleep(0.1)
    process.terminate()
    raise click.ClickException("the open API did not start")


def measure(times: int) -> list[dict[str, Any]]:
    """Each route asked `times` of each of the three, in turn."""
    with hall() as here:
        process, port = _open_one(here)
        try:
            at = f"http://{here.address}/api/v1"
            clients = {
                "open": httpx.Client(
                    base_url=f"http://127.0.0.1:{port}/api/v1",
                    headers={"Cookie": here.cookie},
                    timeout=_PATIENCE_S,
                ),
                "cookie": httpx.Client(base_url=at, headers={"Cookie": here.cookie}, timeout=_PATIENCE_S),
                "token": httpx.Client(
                    base_url=at, headers={"Authorization": f"Bearer {_token(here)}"}, timeout=_PATIENCE_S
                ),
            }
            apis = {"open": process.pid, "cookie": here.process, "token": here.process}
            return [
                _case(clients, route, times) | _processor(here, apis, clients, route, times)
                for route in _ROUTES
            ]
        finally:
            process.terminate()
            process.wait(20)


def _case(clients: dict[str, httpx.Client], route: str, times: int) -> dict[str, Any]:
    took: dict[str, list[float]] = {who: [] for who in clients}
    for turn in range(_WARM_UP + times):
        for who, client in clients.items():
            seconds = _ask(client, route)
            if turn >= _WARM_UP:
                took[who].append(seconds)
    median = {who: float(np.median(one)) * 1000 for who, one in took.items()}
    return {
        "route": route,
        "calls": times,
        **{f"{who}_ms": quantiles(np.asarray(one)) for who, one in took.items()},
        "cookie_adds_ms": round(median["cookie"] - median["open"], 2),
        "token_adds_ms": round(median["token"] - median["open"], 2),
    }


def _processor(
    here: Hall, apis: dict[str, int], clients: dict[str, httpx.Client], route: str, times: int
) -> dict[str, Any]:
    """Milliseconds on a processor for a call, in blocks by turns."""
    spent = dict.fromkeys(clients, 0.0)
    blocks = max(1, times // _BLOCK)
    for _ in range(blocks):
        for who, client in clients.items():
            processes = [apis[who], *_database(here)]
            before = _on_processor_s(processes)
            for _ in range(_BLOCK):
                _ask(client, route)
            spent[who] += _on_processor_s(processes) - before
    each = {who: seconds / blocks / _BLOCK * 1000 for who, seconds in spent.items()}
    return {
        **{f"{who}_processor_ms": round(one, 2) for who, one in each.items()},
        "cookie_adds_processor_ms": round(each["cookie"] - each["open"], 2),
        "token_adds_processor_ms": round(each["token"] - each["open"], 2),
    }


@click.command()
@click.option("--times", default=500, show_default=True, help="Calls of each route in each way.")
@click.option("--json", "target", default=Path("out/signing_in.json"), type=click.Path(path_type=Path))
@click.option("--serve", default=0, hidden=True)
def main(times: int, target: Path, serve: int) -> None:
    """What authentication adds to the median call, with a cookie and with a token."""
    if serve:
        asyncio.run(_serve(serve))
        return
    cases = measure(times)
    for case in cases:
        click.echo(json.dumps(case))
    target.parent.mkdir(parents=True, exist_ok=True)
    machine = {"cores": len(os.sched_getaffinity(0)), "load_after": os.getloadavg()[0]}
    target.write_text(json.dumps({"machine": machine, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
