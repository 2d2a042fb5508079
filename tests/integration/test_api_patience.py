"""Strangers who take their time, and who come under a name that is not ours."""

import asyncio
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from api import limits
from api.certificates import Renewed
from api.hosts import OwnNames, names
from api.patience import MOST_BYTES, PatientHttp
from api.problems import Problem
from api.settings import ApiSettings
from core import tls
from core.clock import SystemClock
from core.instant import to_datetime
from core.settings import Settings
from tests.support.api import until

pytestmark = pytest.mark.integration


class Impatient(PatientHttp):
    """As the real one, for a test that has no ten seconds."""

    head_s = 0.4


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body, then answers."""
    if scope["type"] == "lifespan":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@contextmanager
def served(app: Callable[..., object] = hello, **more: Any) -> Iterator[tuple[int, uvicorn.Server]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(
            app, http=Impatient, log_config=None, lifespan="off", timeout_graceful_shutdown=1, **more
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until(lambda: server.started)
        yield listener.getsockname()[1], server
        server.should_exit = True
        thread.join(10)


def ended(connection: socket.socket, within_s: float = 60) -> bool:
    connection.settimeout(within_s)
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


def test_who_sends_the_head_a_letter_at_a_time_is_let_go_and_others_are_served() -> None:
    with served() as (port, _):
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-")
        assert httpx.get(f"http://127.0.0.1:{port}/").text == "hi"
        began = time.monotonic()
        assert all(ended(one) for one in slow)
        assert time.monotonic() - began < 5
        for one in slow:
            one.close()


def test_the_second_request_of_a_connection_is_waited_for_no_longer() -> None:
    with served() as (port, _), closing(socket.create_connection(("127.0.0.1", port))) as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while b"hi" not in one.recv(4096):
            pass
        one.sendall(b"GET / HTTP/1.1\r\nHost:")
        began = time.monotonic()
        assert ended(one)
        assert time.monotonic() - began < 3, "sooner than an idle connection is closed"


def sent_until_closed(one: socket.socket, piece: bytes) -> int:
    for sent in range(0, 64 * MOST_BYTES, len(piece)):
        try:
            one.sendall(piece)
        except OSError:
            return sent
        time.sleep(0.001)
    return 64 * MOST_BYTES


def test_a_head_without_an_end_is_not_kept() -> None:
    with served() as (port, _), closing(socket.create_connection(("127.0.0.1", port))) as one:
        one.sendall(b"GET / HTTP/1.1\r\n")
        assert sent_until_closed(one, b"X-A: " + b"a" * 4000 + b"\r\n") < 64 * MOST_BYTES


def test_a_body_that_drips_is_answered_and_one_that_is_waited_for_by_us_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "BODY_S", 0.3)
    with served(limits.BodyLimit(_reads_then_waits)) as (port, _):
        with closing(socket.create_connection(("127.0.0.1", port))) as one:
            one.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab")
            one.settimeout(60)
            assert b"408" in one.recv(4096)
        slow = httpx.post(f"http://127.0.0.1:{port}/", content=b"whole", timeout=60)
        assert slow.status_code == 200, "our own work may take as long as it takes"


async def _reads_then_waits(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        while (await receive()).get("more_body"):
            pass
    except Problem as problem:
        await problem.response()(scope, receive, send)
        return
    await asyncio.sleep(0.6)
    await hello(scope, nothing, send)


async def nothing() -> dict[str, object]:
    return {"type": "http.request", "more_body": False}


@pytest.mark.parametrize(
    ("host", "status"),
    [("care.example", 200), ("CARE.example.:443", 200), ("other.example", 200), ("127.0.0.1:8420", 200),
     ("[::1]:8420", 200), ("localhost", 200), ("evil.example", 421), ("care.example.evil.example", 421),
     ("care.example@evil.example", 421), ("[", 421), ("", 421), ("2130706433", 421)],
)  # fmt: skip
def test_only_our_own_names_are_answered(host: str, status: int) -> None:
    with served(OwnNames(hello, ours(hosts="care.example, other.example"))) as (port, _):
        answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/health", headers={"Host": host})
        assert answer.status_code == status


def ours(public_url: str = "", hosts: str = "") -> frozenset[str]:
    return names(Settings(public_url=public_url), ApiSettings(hosts=hosts))


def test_the_public_address_says_our_name_and_without_any_everybody_is_answered() -> None:
    assert {"care.example", "localhost"} <= ours("https://Care.example:8443/")
    assert ours() == frozenset()
    with served(OwnNames(hello, ours())) as (port, _):
        assert httpx.get(f"http://127.0.0.1:{port}/", headers={"Host": "any.example"}).status_code == 200


def test_no_socket_opens_under_a_foreign_name() -> None:
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    scope = {"type": "websocket", "headers": [(b"host", b"evil.example")]}
    asyncio.run(OwnNames(hello, ours(hosts="care.example"))(scope, nothing, send))
    assert said == [{"type": "websocket.close", "code": 1008}]


def serial(port: int, ca: Path) -> int:
    context = ssl.create_default_context(cafile=str(ca))
    with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(
        plain, server_hostname="127.0.0.1"
    ) as one:  # fmt: skip
        shown = one.getpeercert()
    assert shown
    return int(str(shown["serialNumber"]), 16)


def test_a_renewed_certificate_is_shown_without_a_restart_and_no_half_of_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = to_datetime(SystemClock().now())
    tls.init(tmp_path / "a", ["127.0.0.1"], now)
    place = shutil.copytree(tls.folder(tmp_path / "a"), tls.folder(tmp_path / "b"))
    tls.issue(tmp_path / "a", "server", ["127.0.0.1"], now)
    new = tls.folder(tmp_path / "a")
    files: dict[str, Any] = {"ssl_certfile": place / "server.crt", "ssl_keyfile": str(place / "server.key")}
    with served(**files) as (port, server):
        assert server.config.ssl is not None
        watch = Renewed(server.config.ssl, place / "server.crt", place / "server.key", every_s=0.02)
        watch.start()
        first = serial(port, place / "ca.crt")
        shutil.copyfile(new / "server.crt", place / "server.crt")
        until(lambda: "do not fit together" in caplog.text)
        assert serial(port, place / "ca.crt") == first
        shutil.copyfile(new / "server.key", place / "server.key")
        until(lambda: serial(port, place / "ca.crt") != first)
        watch.stop()
