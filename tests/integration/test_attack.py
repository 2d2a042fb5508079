"""Every route as every role outside its scope: nothing of others is shown, nothing of others changes.

NOWALLS_ATTEMPTS=10000 pytest tests/integration/test_attack.py makes that many; else a few hundred.
"""

import json
import os
import random
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.authorisation import OPEN
from care.store import ordering, retention, statistics
from core.access.tables import TABLES
from tests.conftest import Server
from tests.support.api import EAST, START, WEST, ApiHouse, Person, api_house
from tests.support.attack import Attempt, attempts, said
from tests.support.sides import ALONE, EAST_SIDE, rows_of, settle_sides

pytestmark = [pytest.mark.integration, pytest.mark.timeout(3600)]
WANTED = int(os.environ.get("NOWALLS_ATTEMPTS", "300"))
# Where the attacker's own doing is kept, which names what it was aimed at.
_OWN_TRACES = {"audit_entry", "login_attempt", "session"}
NOBODY = ("stranger", "ended machine")


def guarded(conn: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """All of the victim's rows."""
    return {name: rows_of(conn, EAST_SIDE, name) for name in sorted(set(TABLES) - ALONE - _OWN_TRACES)}


def rest(house: ApiHouse) -> None:
    """What the program does by itself about the victim's rows is done: from now on only the attack writes."""
    deadline = time.monotonic() + 60
    while (
        statistics.refresh(house.conn)
        or ordering.hear_buttons(house.conn, START)
        or retention.sweep(house.conn, START)
    ):
        assert time.monotonic() < deadline, "chores find ever more to do"


KINDS = (
    "operator", "responder", "administrator", "family", "helper", "former", "dismissed", "stranger",
    "machine", "ended machine",
)  # fmt: skip


def caller(house: ApiHouse, kind: str) -> Person:
    """Somebody of each kind, of the west or of nowhere."""
    if kind == "stranger":
        return house.stranger()
    if kind in ("machine", "ended machine"):
        return machine_of(house, ended=kind != "machine")
    if kind in ("family", "former"):
        person = house.person("family", resident=2 if kind == "family" else 4)
        if kind == "former":  # the resident wants to be seen no longer
            house.conn.execute("UPDATE consent SET withdrawn_at = given_at WHERE resident_id = 4")
        return person
    person = house.person(kind if kind in ("responder", "administrator") else "operator", WEST)
    if kind == "helper":  # in an emergency, with one resident of the east, not of the other world
        reason = "somebody calls for help behind the door"
        assert person.post("/emergencies", resident_id=1, reason=reason).status_code == 201
    if kind == "dismissed":
        house.conn.execute(
            "UPDATE role_grant SET revoked_at = granted_at WHERE account_id = %s",
            (person.session["account"]["id"],),
        )
    return person


def machine_of(house: ApiHouse, *, ended: bool) -> Person:
    """A token of the west that may do all a token may; or one that was revoked."""
    boss = house.person("administrator", WEST)
    actions = boss.get("/tokens")["actions"]
    made = boss.post("/tokens", name="machine", actions=actions, station_id=WEST)
    assert made.status_code == 201, made.text
    if ended:
        assert boss.http.delete(f"/tokens/{made.json()['id']}").status_code == 204
    someone = house.stranger()
    someone.http.headers["Authorization"] = f"Bearer {made.json()['token']}"
    return someone


def test_nothing_of_others_is_shown_or_changed(dsn: str, server: Server, tmp_path: Path) -> None:
    with api_house(dsn, tmp_path) as house:
        settle_sides(
            make_conninfo(server.administrator, dbname=str(conninfo_to_dict(dsn)["dbname"])), [EAST_SIDE]
        )
        rest(house)
        with house.serves():
            assert house.stranger().http.get("/health", timeout=60).status_code == 200  # it has begun
            people, incident = {kind: caller(house, kind) for kind in KINDS}, house.sos(2)
            own = {"resident": 2, "station": WEST, "home": 2, "incident": incident, "device": 6, "account": 1}
            description = people["operator"].http.get("/openapi.json").json()
            todo = [(who, one) for one in attempts(description, EAST_SIDE, own) for who in people]
            random.Random(20260301).shuffle(todo)
            before, refused, faults = guarded(house.conn), Counter[int](), list[str]()
            for made in range(1, WANTED + 1):
                who, one = todo[made % len(todo)]
                status, fault = attempt(house, people[who], who, one)
                refused[status] += 1
                faults += [f"{who}: {fault}"] if fault else []
                if made % 500 == 0:
                    house.wall.advance(seconds=61)  # what is limited by the minute is tried again
                    print(f"{made} of {len(todo)}: {dict(sorted(refused.items()))}, {faults}", flush=True)
            for table, rows in guarded(house.conn).items():
                if rows != before[table]:
                    faults.append(f"{table}: {set(rows) ^ set(before[table])}")
            assert not faults, "\n".join(faults)


def attempt(house: ApiHouse, person: Person, who: str, one: Attempt) -> tuple[int, str]:
    """Make it; the status of the answer, and what is wrong with it."""
    url, query = f"{house.url}{one.path}", dict(one.query)
    try:
        answer = ask(person, one, url, query)
    except httpx.TransportError:  # a connection that was idle for long was closed just now; twice is a fault
        answer = ask(person, one, url, query)
    if answer.status_code == 401 and who not in NOBODY:  # it signed itself out, or was held: it comes again
        renew(house, person, who)
        answer = ask(person, one, url, query)
    status = answer.status_code
    wrong = (
        status >= 500
        or EAST_SIDE.word in shown(answer, one)
        or (one.foreign and status < 400)
        or (who in NOBODY and one.route not in OPEN and status != 401)
    )
    return status, said(answer) if wrong else ""


def shown(answer: httpx.Response, one: Attempt) -> str:
    """What is said beyond what was asked: a page of FHIR bears its own address."""
    if one.route.startswith("FHIR") and answer.status_code == 200:
        return json.dumps({name: what for name, what in answer.json().items() if name != "link"})
    return answer.text.replace(one.path, "")


def ask(person: Person, one: Attempt, url: str, query: dict[str, Any]) -> httpx.Response:
    if one.media:
        more = {"Content-Type": one.media}
        return person.http.request(one.method, url, params=query, content=one.body, headers=more)
    return person.http.request(one.method, url, params=query, json=one.body)


def renew(house: ApiHouse, person: Person, who: str) -> None:
    fresh = caller(house, who)
    person.http.cookies = fresh.http.cookies
    for name in ("X-CSRF-Token", "Authorization"):
        if name in fresh.http.headers:
            person.http.headers[name] = fresh.http.headers[name]


def test_the_live_feed_says_nothing_of_others(dsn: str, tmp_path: Path) -> None:
    with api_house(dsn, tmp_path) as house, house.serves(), ExitStack() as open_ones:
        foreign = house.sos(1)
        people = {kind: caller(house, kind) for kind in KINDS if kind not in ("helper", *NOBODY, "machine")}
        watcher, ears = house.person("operator", EAST), {}
        for kind, person in people.items():
            ears[kind] = open_ones.enter_context(person.listens())
        ear = open_ones.enter_context(watcher.listens())
        for one in ears.values():
            for viewing in (foreign, str(uuid4()), "1", "' OR 1=1 --", [foreign], {"id": foreign}):
                one.connection.send(f'{{"type":"viewing","incident":{json.dumps(viewing)}}}')
        watcher.act(foreign, "acknowledge")
        ear.incident()
        for kind, one in ears.items():
            one.connection.send('{"type":"ping"}')
            heard: list[str] = []
            while not heard or "heartbeat" not in heard[-1]:
                heard.append(str(one.connection.recv(timeout=60)))
            assert not [text for text in heard if foreign in text or "Resident 1" in text], kind
        keys = [person.session["account"]["id"] for person in people.values()]
        assert house.conn.execute(
            "SELECT count(*) FROM audit_entry WHERE what LIKE 'WS%%' AND account_id = ANY(%s)", (keys,)
        ).fetchone() == (0,)
