"""Between the look and the doing: who is put out, or no longer agreed to, meanwhile has no part in it."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from care.store import keys
from tests.integration.test_api_photos import photo
from tests.integration.test_attack_devices import basic
from tests.support.api import EAST, START, ApiHouse, Person, api_house, until

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def house(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with api_house(shared_dsn, tmp_path_factory.mktemp("races")) as built, built.serves():
        yield built


def key_of(person: Person) -> int:
    return int(person.session["account"]["id"])


def dismiss(house: ApiHouse, person: Person) -> None:
    house.conn.execute(
        "UPDATE role_grant SET revoked_at = granted_at WHERE account_id = %s", (key_of(person),)
    )


class Upload:
    """A request that was let in, and whose body is still to come."""

    def __init__(self, house: ApiHouse, path: str, headers: dict[str, str], body: bytes) -> None:
        host, port = house.url.removeprefix("http://").split(":")
        self._body, self._socket = body, socket.create_connection((host, int(port)), timeout=30)
        known = {"Host": host, "Content-Length": str(len(body)), "Expect": "100-continue", **headers}
        lines = [f"POST /api/v1{path} HTTP/1.1", *(f"{name}: {value}" for name, value in known.items())]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        # The server asks for the body once the route does: whoever sends it has been looked at.
        said = self._socket.recv(4096)
        assert said.startswith(b"HTTP/1.1 100"), said

    def end(self) -> tuple[int, str]:
        """Send the body: status and code of the answer."""
        self._socket.sendall(self._body)
        with self._socket, self._socket.makefile("rb") as answer:
            status = int(answer.readline().split()[1])
            head = {}
            while line := answer.readline().strip():
                name, _, value = line.decode().partition(":")
                head[name.lower()] = value.strip()
            said = json.loads(answer.read(int(head["content-length"])))
        return status, said.get("code", "")


def headers_of(person: Person, media: str) -> dict[str, str]:
    cookies = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    return {
        "Cookie": cookies, "X-CSRF-Token": person.session["csrf"], "Content-Type": media,
    }  # fmt: skip


def pictures(house: ApiHouse) -> int:
    return int(house.conn.execute("SELECT count(*) FROM photo").fetchone()[0])  # type: ignore[index]


def test_who_is_dismissed_while_a_picture_is_on_its_way_adds_none(house: ApiHouse) -> None:
    subject, runner = f"incident:{house.sos()}", house.person("responder", EAST)
    upload = Upload(house, f"/photos?subject={subject}", headers_of(runner, "image/jpeg"), photo(7))
    before = pictures(house)
    dismiss(house, runner)
    assert upload.end() == (403, "not-permitted")
    gone = house.person("responder", EAST)
    upload = Upload(house, f"/photos?subject={subject}", headers_of(gone, "image/jpeg"), photo(8))
    assert gone.http.delete("/session").status_code == 204
    assert upload.end() == (401, "signed-out")
    assert pictures(house) == before


def test_who_is_dismissed_while_a_sheet_is_on_its_way_takes_nobody_in(house: ApiHouse) -> None:
    boss = house.person("administrator", EAST)
    upload = Upload(
        house, "/care/intakes?name=x.csv", headers_of(boss, "application/octet-stream"), b"name\nx\n"
    )
    dismiss(house, boss)
    assert upload.end()[0] == 403
    assert house.conn.execute("SELECT count(*) FROM intake").fetchone() == (0,)


def test_a_device_that_is_revoked_while_it_speaks_has_said_nothing(house: ApiHouse) -> None:
    with psycopg.connect(house.dsn) as conn:
        key = keys.rotate(conn, 1, START)
    upload = Upload(house, "/device-messages/event", basic(key.user, key.secret), b'{"t": 1}')
    honest = Upload(house, "/device-messages/event", basic(key.user, key.secret), b'{"t": 1}')
    assert honest.end() == (503, "try-again"), "there is no broker here: it would have been taken"
    with psycopg.connect(house.dsn) as conn:
        keys.revoke(conn, 1, START)
    assert upload.end() == (401, "bad-login")


@contextmanager
def others_first(house: ApiHouse) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Somebody else changes accounts just now; whoever wants to, waits."""
    with psycopg.connect(house.dsn, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(hashtext('nowalls.people'))")
        yield conn
        conn.execute("SELECT pg_advisory_unlock(hashtext('nowalls.people'))")


def waiting(house: ApiHouse) -> bool:
    found = house.conn.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return found.fetchone() is not None


@pytest.mark.parametrize("path", ["grants", "enabled", "withdraw"])
def test_who_is_put_out_while_they_wait_gives_and_takes_no_role(house: ApiHouse, path: str) -> None:
    boss, friend = house.person("administrator", EAST), house.person("operator", EAST)
    account = f"/accounts/{key_of(friend)}"
    held = boss.get(account)["grants"][0]["id"]
    method, url, body = {
        "grants": ("POST", f"{account}/grants", {"role": "administrator", "station_id": EAST}),
        "enabled": ("PUT", f"{account}/enabled", {"enabled": False}),
        "withdraw": ("DELETE", f"{account}/grants/{held}", None),
    }[path]
    with ThreadPoolExecutor(1) as other:
        with others_first(house):
            asked = other.submit(boss.http.request, method, url, json=body)
            until(lambda: waiting(house))
            dismiss(house, boss)
        assert asked.result(60).status_code == 403
    assert [one["role"] for one in friend.get("/session")["grants"]] == ["operator"]


def test_an_invitation_of_who_is_put_out_meanwhile_lets_nobody_in(house: ApiHouse) -> None:
    boss = house.person("administrator", EAST)
    code = boss.post("/invitations", role="operator", station_id=EAST).json()["url"].partition("#")[2]
    wish = {"code": code, "login": "too.late", "password": "seven green bottles", "name": "L"}
    with ThreadPoolExecutor(1) as other:
        with others_first(house):
            asked = other.submit(house.stranger().post, "/invitations/redeem", **wish)
            until(lambda: waiting(house))
            dismiss(house, boss)
        assert asked.result(60).status_code == 404
    assert house.conn.execute("SELECT 1 FROM account WHERE login = 'too.late'").fetchone() is None


def test_nothing_is_shown_to_who_asks_after_the_consent_was_withdrawn(house: ApiHouse) -> None:
    daughter, over = house.person("family", resident=3), threading.Event()
    paths = ("/residents/3", "/residents/3/today", "/incidents", "/residents/3/looks")
    cookies, asked = dict(daughter.http.cookies), list[tuple[float, str, int, str]]()

    def reads(path: str) -> None:
        with httpx.Client(base_url=f"{house.url}/api/v1", cookies=cookies, timeout=30) as http:
            while not over.is_set():
                began = time.monotonic()
                answer = http.get(path)
                asked.append((began, path, answer.status_code, answer.text))

    readers = [threading.Thread(target=reads, args=(path,)) for path in paths]
    for reader in readers:
        reader.start()
    until(lambda: {path for _, path, status, _ in asked if status == 200} == set(paths), 30)
    house.conn.execute("UPDATE consent SET withdrawn_at = given_at WHERE resident_id = 3")
    withdrawn = time.monotonic()
    until(lambda: {path for began, path, *_ in asked if began > withdrawn} == set(paths), 30)
    over.set()
    for reader in readers:
        reader.join(30)
    late = [(path, status) for began, path, status, said in asked
            if began > withdrawn and (status < 400 and "Resident 3" in said)]  # fmt: skip
    assert late == []
    assert not [
        path for began, path, status, _ in asked if began > withdrawn and "/3" in path and status < 400
    ]


def test_an_open_socket_feels_at_once_that_rights_have_changed(house: ApiHouse) -> None:
    """Not with the next sign of life only: the very next incident is no longer theirs."""
    daughter, watcher, gone = (
        house.person("family", resident=1),
        *(house.person("operator", EAST) for _ in "ab"),
    )
    with daughter.listens() as hers, watcher.listens() as ear, gone.listens() as left:
        house.conn.execute("UPDATE consent SET withdrawn_at = given_at WHERE resident_id = 1")
        smoke = house.finds("smoke", 1, device=1)
        assert ear.incident()["kind"] == smoke.kind
        assert hers.next("incident", "heartbeat")["type"] == "heartbeat"
        # As another process of the API does it: nobody here is told but by the database.
        house.conn.execute("DELETE FROM session WHERE account_id = %s", (key_of(gone),))
        began = time.monotonic()
        with pytest.raises(ConnectionClosed):
            left.next("never")
        assert time.monotonic() - began < 3, "before the next sign of life"
