"""Social-alarm units call by SIP over UDP, TCP and TLS, and are answered within their time."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import tls
from core.embedded.ports import any_free
from ingest.foreign.scaip import Call, Status
from ingest.foreign.scaip_server import Desk, Receiver
from tests.support.counted import counting
from tests.support.sip import asked, call, number, request, tcp, udp

pytestmark = pytest.mark.integration
NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Station:
    """A receiver that notes the calls; `treat` may be replaced."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.calls: list[Call] = []
        self.treat: Callable[[Call], Status] = lambda call: Status.OK
        self.port, self.tls_port = any_free(), any_free()
        self.now = 0
        desk = Desk(self._treated, lambda: self.now)
        self.receiver = Receiver(desk, "127.0.0.1", self.port, self.tls_port, context)

    def _treated(self, call: Call, body: bytes, address: str) -> Status:
        self.calls.append(call)
        return self.treat(call)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("tls")
    tls.init(data, ["127.0.0.1"], datetime.now(UTC))
    return tls.folder(data)


@pytest.fixture
def station(authority: Path) -> Iterator[Station]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.crt", authority / "server.key")
    made = Station(context)
    made.receiver.start()
    yield made
    made.receiver.stop()


def test_an_alarm_over_udp_is_treated_and_answered_with_its_reference(station: Station) -> None:
    with counting("nowalls_calls_total") as answers:
        answer = udp(station.port, request(call("a1", lco="011")))
    assert answers == {("ok",): 1}
    assert answer.startswith("SIP/2.0 200 OK\r\n")
    assert "Content-Type: application/scaip+xml" in answer
    assert "<ref>a1</ref><snu>0</snu>" in answer
    assert [(one.controller, one.location) for one in station.calls] == [("unit-1", "bathroom")]


def test_several_calls_on_one_connection_over_tcp_and_tls(station: Station, authority: Path) -> None:
    sent = [request(call("t1")), b"\r\n\r\n" + request(call("t2", mty="PI"))]
    assert [number(one) for one in tcp(station.port, *sent)] == [0, 0]
    context = tls.client_context(authority / "ca.crt")
    assert [number(one) for one in tcp(station.tls_port, request(call("s1")), context=context)] == [0]
    assert [one.reference for one in station.calls] == ["t1", "t2", "s1"]


def is_quiet(unit: socket.socket, most: int = 1_000) -> bool:
    """Whether nothing comes for half a second, after at most so many that were under way."""
    unit.settimeout(0.5)
    with contextlib.suppress(TimeoutError):
        for _ in range(most + 1):
            unit.recv(65_536)
        return False
    return True


def test_the_answer_comes_as_a_message_too_until_the_unit_takes_it(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.foreign.scaip_server._Datagrams.again_s", (0.05,) * 600)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unit:
        unit.settimeout(20)
        unit.sendto(request(call("m1")), ("127.0.0.1", station.port))
        first, *told = [unit.recv(65_536).decode() for _ in range(3)]
        assert first.startswith("SIP/2.0 200 OK\r\n")
        assert told[0] == told[1], "nobody took it: it is said again"
        assert told[0].startswith("MESSAGE sip:unit@example.org SIP/2.0\r\n")
        assert "To: <sip:unit@example.org>\r\n" in told[0]
        assert "<mrs><ref>m1</ref><snu>0</snu>" in told[0]
        unit.sendto(asked(told[0]).encode(), ("127.0.0.1", station.port))
        assert is_quiet(unit), "taken"


def test_a_message_on_a_connection_is_answered_on_it_and_a_stranger_is_told_once(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    sent = [request(call("c1")), request(call("c2"))]
    assert [number(one) for one in tcp(station.port, *sent, told=told)] == [0, 0]
    assert [one.partition("<ref>")[2][:2] for one in told] == ["c1", "c2"]
    monkeypatch.setattr("ingest.foreign.scaip_server._Datagrams.again_s", (0.05,) * 600)
    station.treat = lambda call: Status.NOT_TREATED
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unit:
        unit.settimeout(20)
        unit.sendto(request(call("s1")), ("127.0.0.1", station.port))
        assert number(unit.recv(65_536).decode()) == Status.NOT_TREATED
        assert unit.recv(65_536).startswith(b"MESSAGE ")
        assert is_quiet(unit, most=0)


def test_a_request_without_a_reference_is_one_however_often_it_is_sent(station: Station) -> None:
    body = call("").replace("<ref></ref>", "")
    sent = request(body)
    assert [number(udp(station.port, sent)) for _ in range(3)] == [0, 0, 0]
    assert len({one.reference for one in station.calls}) == 1, "stored as one, by the reference it was given"
    assert number(udp(station.port, request(body))) == 0
    assert len({one.reference for one in station.calls}) == 2, "and the next press is another"


def test_who_asks_whether_the_connection_is_alive_is_told_so(station: Station) -> None:
    with socket.create_connection(("127.0.0.1", station.port), timeout=20) as sock:
        sock.sendall(b"\r\n\r\n")
        assert sock.recv(10) == b"\r\n"


def test_who_is_not_done_in_time_is_held_and_a_repetition_learns_what_came_of_it(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.foreign.scaip_server.ANSWER_S", 0.3)
    may_end = threading.Event()
    station.treat = lambda call: Status.OK if may_end.wait(20) else Status.NOT_TREATED
    began = time.monotonic()
    assert number(udp(station.port, request(call("h1")))) == Status.HOLD
    assert time.monotonic() - began < 10
    may_end.set()
    assert number(udp(station.port, request(call("h1")))) == Status.OK
    assert [one.reference for one in station.calls] == ["h1"]  # treated once


def test_a_fault_of_ours_is_a_hold_and_the_next_call_is_treated(station: Station) -> None:
    station.treat = lambda call: {}[call.reference]  # type: ignore[return-value]
    assert number(udp(station.port, request(call("f1")))) == Status.HOLD
    station.treat = lambda call: Status.OK
    assert number(udp(station.port, request(call("f1")))) == Status.OK


def test_what_is_no_call_is_answered_by_number_and_what_is_no_sip_not_at_all(
    station: Station,
) -> None:
    assert number(udp(station.port, request("<mrq><ref>1</ref></mrq>"))) == Status.TAG_MISSING
    assert number(udp(station.port, request("nothing"))) == Status.INVALID_FORMAT
    assert udp(station.port, request("", "OPTIONS")).startswith("SIP/2.0 200 OK")
    assert udp(station.port, request("", "REGISTER")).startswith("SIP/2.0 200 OK")
    assert udp(station.port, request("", "INVITE")).startswith("SIP/2.0 405 ")
    assert udp(station.port, request("hello", kind="text/plain")).startswith("SIP/2.0 415 ")
    assert udp(station.port, b"GET / HTTP/1.1\r\n\r\n", wait_s=0.3) == ""
    assert tcp(station.port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") == [""]
    assert station.calls == []


def test_one_address_that_calls_without_end_is_told_that_we_are_busy(station: Station) -> None:
    numbers = [number(one) for one in tcp(station.port, *[request(call(f"b{n}")) for n in range(55)])]
    assert numbers == [Status.OK] * 50 + [Status.BUSY] * 5
    station.now += 1_000_000
    assert number(udp(station.port, request(call("b99")))) == Status.OK
