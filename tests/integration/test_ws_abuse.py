"""Sockets of the live feed under attack: the attacker is cut off, everybody else goes on hearing."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.api import EAST, ApiHouse, Ear, Person, api_house, until

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def house(server: object, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    dsn = server.create(f"ws_abuse_{time.time_ns()}", template)  # type: ignore[attr-defined]
    with api_house(dsn, tmp_path_factory.mktemp("api")) as built, built.serves():
        yield built


@pytest.fixture
def operator(house: ApiHouse) -> Person:
    return house.person("operator", EAST)


def hears(house: ApiHouse, operator: Person) -> None:
    """Somebody else on the same server is told of an incident."""
    with operator.listens() as ear:
        incident = house.finds("smoke", 1, device=None, onset=house.clock.advance(minutes=30))
        assert ear.next("incident")["incident"]["kind"] == incident.kind


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\xfe\x10\x01" + b"\x00" * 4 + b"x" * 4097,  # more than a client has to say
        b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",  # an endless frame
        b"\x81\x05hello",  # not masked
        b"\x83\x80\x00\x00\x00\x00",  # an opcode of nothing
        b"\x89\xfe\x00\xff" + b"\x00" * 4 + b"x" * 255,  # a ping longer than a ping may be
        b"\x81\x82\x00\x00\x00\x00\xff\xfe",  # a text that is not UTF-8
        b"\x00\x80\x00\x00\x00\x00",  # the end of a message that never began
    ],
)
def test_frames_no_browser_would_send_end_that_socket_alone(
    house: ApiHouse, operator: Person, frame: bytes
) -> None:
    with suppress(ConnectionClosed, OSError), operator.listens() as ear:
        ear.connection.socket.sendall(frame)
        until(lambda: _ended(ear))
    hears(house, operator)


def _ended(ear: Ear) -> bool:
    try:
        ear.connection.recv(timeout=1)
    except (ConnectionClosed, OSError):
        return True
    return False


def test_deep_and_endless_json_is_passed_over(house: ApiHouse, operator: Person) -> None:
    with operator.listens() as ear:
        for text in (
            "[" * 2000,
            '{"type":' * 400,
            '{"type":"viewing","incident":"' + "9" * 3000 + '"}',
            "\x00",
            "1e999",
        ):
            ear.connection.send(text)
        ear.connection.send('{"type":"ping"}')
        assert ear.next("heartbeat")
    hears(house, operator)


def test_a_flood_of_wishes_is_answered_now_and_then(house: ApiHouse, operator: Person) -> None:
    with operator.listens() as ear:
        for _ in range(3000):
            ear.connection.send('{"type":"ping"}')
        assert ear.next("heartbeat")
        hears(house, operator)


def test_who_does_not_read_is_let_go_and_holds_nobody_up(house: ApiHouse, operator: Person) -> None:
    with ExitStack() as open_ones:
        for _ in range(20):
            open_ones.enter_context(operator.listens())  # and never read again
        began = time.monotonic()
        hears(house, operator)
        assert time.monotonic() - began < 5


def test_a_foreign_page_a_stranger_and_a_forged_cookie_hear_nothing(
    house: ApiHouse, operator: Person
) -> None:
    for origin in (
        "http://evil.example",
        "null",
        "https://" + operator.url.removeprefix("http://") + ".evil.example",
    ):
        with pytest.raises(InvalidStatus), operator.listens(origin=origin):
            pass
    forged = house.stranger()
    for value in ("x", "a" * 300, "%00", json.dumps({"a": 1})):
        forged.http.cookies.set("nw_session", value)
        with pytest.raises((ConnectionClosed, InvalidStatus)), forged.listens() as ear:
            ear.next("incident", seconds=2)
        forged.http.cookies.clear()
