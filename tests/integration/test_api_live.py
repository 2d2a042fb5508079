"""The live feed: nothing missed, nothing heard that is another's, nobody who left still listening."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.live import hub, words
from core.finding import Reason
from core.instant import to_datetime
from tests.support.api import EAST, STREET, WEST, ApiHouse, Ear, Person, api_house, until

pytestmark = pytest.mark.integration
SHIPPED_S = words.HEARTBEAT_S  # before the tests make it quicker


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def close_code(ear: Ear, seconds: float = 10) -> int | None:
    deadline = time.monotonic() + seconds
    try:
        while True:
            ear.connection.recv(timeout=max(0, deadline - time.monotonic()))
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_an_incident_and_each_step_of_it_arrive_by_the_doorbell(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "_POLL_S", 3600)
    operator = house.person("operator", STREET)
    with operator.listens() as ear:
        assert ear.hello["resumed"] is False
        assert (ear.hello["heartbeat_s"], SHIPPED_S) == (words.HEARTBEAT_S, 5)
        incident = house.sos()
        shown = ear.incident()
        assert (shown["id"], shown["state"], shown["kind"]) == (incident, "open", "sos")
        assert shown["allowed"] == ["acknowledge", "respond", "arrive", "resolve", "note"]
        assert operator.act(incident, "acknowledge").status_code == 200
        after = ear.incident()
        assert (after["state"], after["version"]) == ("acknowledged", shown["version"] + 1)
        assert after == operator.get("/incidents")["items"][0]


def test_what_gets_worse_in_somebodys_hands_rings_on_every_board_until_one_has_heard(house: ApiHouse) -> None:
    operator, other = house.person("operator", STREET), house.person("operator", EAST)
    incident = house.sos()
    assert operator.act(incident, "respond").json()["rang_again_at"] is None
    with other.listens() as ear:
        house.clock.advance(minutes=1)
        house.finds("sos")
        shown = ear.incident()
        assert (shown["id"], shown["state"]) == (incident, "responding")
        assert shown["rang_again_at"] == "2026-03-01T03:01:00.000Z"
        assert operator.get("/incidents")["items"][0]["rang_again_at"] == shown["rang_again_at"]
        assert other.act(incident, "note", note="Heard").json()["rang_again_at"] is None
        assert ear.incident()["rang_again_at"] is None
        house.clock.advance(minutes=1)
        house.finds("sos")
        calling = ear.incident()
        assert calling["rang_again_at"] == "2026-03-01T03:02:00.000Z"
        for wish in ({"action": "note", "note": "Heard"}, {"action": "resolve", "outcome": "false_alarm"}):
            late = other.post(f"/incidents/{incident}/actions", version=shown["version"], **wish)
            assert (late.status_code, late.json()["code"]) == (409, "lost-race"), (
                "meant for what was seen before"
            )
        assert operator.get("/incidents")["items"][0]["rang_again_at"] == calling["rang_again_at"]
        assert operator.act(incident, "arrive").json()["rang_again_at"] is None
        assert ear.incident()["state"] == "on_site"


def test_without_a_doorbell_the_poll_finds_it(house: ApiHouse) -> None:
    incident = house.sos()
    with house.person("operator", EAST).listens() as ear:
        house.conn.execute("UPDATE incident SET version = version + 1")
        house.conn.execute(
            "INSERT INTO incident_event (incident_id, n, at, kind, data) VALUES (%s, 3, %s, 'noted', '{}')",
            (incident, to_datetime(house.clock.now())),
        )
        assert ear.incident()["version"] == 3


def test_everybody_hears_only_what_is_theirs(house: ApiHouse) -> None:
    people = {
        "east": house.person("operator", EAST),
        "west": house.person("operator", WEST),
        "daughter": house.person("family", resident=3),
        "street": house.person("responder", STREET),
    }
    with (
        people["east"].listens() as east,
        people["west"].listens() as west,
        people["daughter"].listens() as daughter,
        people["street"].listens() as street,
    ):
        ids = {home: house.sos(home) for home in (1, 2, 3, 4)}
        assert {street.incident()["id"] for _ in range(4)} == set(ids.values())
        assert [east.incident()["id"] for _ in range(2)] == [ids[1], ids[3]]
        assert [west.incident()["id"] for _ in range(2)] == [ids[2], ids[4]]
        hers = daughter.incident()
        assert (hers["id"], hers["allowed"]) == (ids[3], [])
        for ear in (east, west, daughter):  # the next word is a heartbeat: nothing else was for them
            assert ear.next("incident", "heartbeat")["type"] == "heartbeat"


def test_smoke_at_home_concerns_the_family_of_who_lives_there(house: ApiHouse) -> None:
    with house.person("family", resident=2).listens() as daughter:
        house.finds("smoke", home=2, resident=None)
        assert daughter.incident()["kind"] == "smoke"


def test_a_returning_reader_gets_what_it_missed(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        before = house.sos(1)
        ear.incident()
        cursor = ear.next("heartbeat")["cursor"]
    missed = [house.sos(3), house.sos(2)]
    operator.act(before, "acknowledge")
    with operator.listens(cursor) as ear:
        assert ear.hello["resumed"] is True
        told = {shown["id"]: shown["state"] for shown in (ear.incident(), ear.incident())}
        assert told == {before: "acknowledged", missed[0]: "open"}  # and not the one in the west
        assert ear.next("incident", "heartbeat")["type"] == "heartbeat"


def test_a_socket_that_drops_amid_one_look_misses_nothing_when_it_returns(house: ApiHouse) -> None:
    """Two incidents change in one transaction; the socket is gone after the first of the two texts."""
    early, late = house.sos(1), house.sos(3)
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        with psycopg.connect(house.dsn) as writer:
            step(writer, early, house)
            step(writer, late, house)
        first = ear.next("incident")
    with operator.listens(first["cursor"]) as ear:
        assert ear.hello["resumed"] is True
        assert {ear.incident()["id"], ear.incident()["id"]} == {early, late}


def test_a_socket_that_drops_amid_the_catch_up_begins_it_again(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        cursor = ear.next("heartbeat")["cursor"]
    missed = {house.sos(1), house.sos(3)}
    for _ in range(3):
        with operator.listens(cursor) as ear:  # gone after hello and one text, each time
            assert ear.hello["cursor"] == cursor
            assert ear.next("incident")["cursor"] == cursor
    with operator.listens(cursor) as ear:
        assert {ear.incident()["id"], ear.incident()["id"]} == missed
        done = ear.next("incident", "heartbeat")
        assert done["type"] == "heartbeat"  # at once, and only this moves the reader on
        assert done["cursor"] != cursor
    with operator.listens(done["cursor"]) as ear:
        assert ear.next("incident", "heartbeat")["type"] == "heartbeat"


def test_a_station_with_a_mistyped_time_zone_blinds_nobody(house: ApiHouse) -> None:
    house.conn.execute("UPDATE station SET time_zone = 'Asia/Shanghia' WHERE id = %s", (EAST,))
    operator = house.person("operator", STREET)
    with operator.listens() as ear:
        reason = Reason("inactivity.silence", {"since_at": house.clock.now()})
        house.finds("inactivity", home=1, reason=reason)
        second = house.sos(2)
        ids = {ear.incident()["id"], ear.incident()["id"]}
        assert second in ids
        assert len(ids) == 2
    assert len(operator.get("/incidents")["items"]) == 2
    assert operator.get("/residents/1/today")["time_zone"] == "UTC"


def step(conn: psycopg.Connection[Any], incident: str, house: ApiHouse) -> None:
    """One more event of an incident, as the alerts package writes it; the caller commits."""
    conn.execute("UPDATE incident SET version = version + 1 WHERE id = %s", (incident,))
    conn.execute(
        "INSERT INTO incident_event (incident_id, n, at, kind, data)"
        " SELECT %s, version, %s, 'noted', '{}' FROM incident WHERE id = %s",
        (incident, to_datetime(house.clock.now()), incident),
    )
    conn.execute("SELECT pg_notify('incident', '')")


def test_events_that_commit_out_of_order_are_all_told(house: ApiHouse) -> None:
    early, late = house.sos(1), house.sos(3)
    operator = house.person("operator", EAST)
    with operator.listens() as ear, psycopg.connect(house.dsn) as slow, psycopg.connect(house.dsn) as fast:
        step(slow, early, house)  # takes the lower position, and does not commit yet
        step(fast, late, house)
        fast.commit()
        shown = ear.incident()
        assert shown["id"] == late
        cursor = ear.next("heartbeat")["cursor"]
        slow.commit()
        shown = ear.incident()
        assert (shown["id"], shown["version"]) == (early, 3)
    # Who left in between, with the cursor that was handed out after the later one, has missed nothing either.
    with operator.listens(cursor) as ear:
        assert ear.hello["resumed"] is True
        assert {ear.incident()["id"], ear.incident()["id"]} == {early, late}


def test_a_commit_while_nobody_listens_is_found_by_the_old_cursor(house: ApiHouse) -> None:
    early, late = house.sos(1), house.sos(3)
    operator = house.person("operator", EAST)
    with psycopg.connect(house.dsn) as slow, psycopg.connect(house.dsn) as fast:
        step(slow, early, house)
        step(fast, late, house)
        fast.commit()
        with operator.listens() as ear:
            cursor = ear.next("heartbeat")["cursor"]
        slow.commit()
    with operator.listens(cursor) as ear:
        assert early in {ear.incident()["id"], ear.incident()["id"]}


@pytest.mark.parametrize(
    "cursor", ["nonsense", "0123456789ab-5", "{epoch}-99999999999", "{epoch}--1", "{epoch}-", "x" * 90]
)
def test_a_cursor_of_elsewhere_or_of_the_future_means_beginning_anew(house: ApiHouse, cursor: str) -> None:
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        epoch = ear.hello["cursor"].partition("-")[0]
    with operator.listens(cursor.replace("{epoch}", epoch)) as ear:
        assert ear.hello["resumed"] is False


def test_signing_out_ends_the_socket_at_once(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        operator.http.delete("/session")
        assert close_code(ear, 3) == 4401


def test_an_open_board_keeps_the_session_alive_until_the_shift_ends(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        house.wall.advance(hours=1, minutes=50)
        ear.next("heartbeat")
        house.wall.advance(hours=1, minutes=50)  # nobody clicked for almost four hours
        ear.next("heartbeat")
        house.wall.advance(hours=9)
        assert close_code(ear) == 4401


def test_consent_withdrawn_ends_the_view_at_once(house: ApiHouse) -> None:
    daughter = house.person("family", resident=1)
    incident = house.sos(1)
    with daughter.listens() as ear:
        assert daughter.get(f"/incidents/{incident}")["id"] == incident
        house.conn.execute(
            "UPDATE consent SET withdrawn_at = %s WHERE resident_id = 1", (to_datetime(house.clock.now()),)
        )
        assert daughter.http.get(f"/incidents/{incident}").status_code == 404
        assert daughter.get("/incidents")["items"] == []
        ear.next("heartbeat")
        ear.next("heartbeat")
        house.finds("sos")
        assert ear.next("incident", "heartbeat")["type"] == "heartbeat"


def test_strangers_and_foreign_pages_hear_nothing(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    with pytest.raises(InvalidStatus) as refused, operator.listens(origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403
    stranger = Person(house.url)
    with pytest.raises(ConnectionClosed) as closed, stranger.listens():
        pass
    stranger.http.close()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("text", ["", "[]", "{", '{"type":"nonsense"}', "null", '"' + "x" * 4000 + '"'])
def test_nonsense_from_a_client_changes_nothing(house: ApiHouse, text: str) -> None:
    with house.person("operator", EAST).listens() as ear:
        ear.connection.send(text)
        ear.connection.send(b"\x00\xff")
        ear.connection.send('{"type":"ping"}')
        assert ear.next("heartbeat")
        incident = house.sos()
        assert ear.incident()["id"] == incident


def test_movement_is_told_as_the_residents_state(house: ApiHouse) -> None:
    operator, west = house.person("operator", EAST), house.person("operator", WEST)
    with operator.listens() as ear, west.listens() as other:
        house.clock.advance(minutes=1)
        house.conn.execute(
            "INSERT INTO home_state (home_id, last_activity_at, last_room) VALUES (1, %s, 'kitchen')",
            (to_datetime(house.clock.now()),),
        )
        resident = ear.next("resident")["resident"]
        assert (resident["id"], resident["state"], resident["last_room"]) == (1, "well", "kitchen")
        assert resident == operator.get("/residents")["items"][0]
        assert other.next("resident", "heartbeat")["type"] == "heartbeat"


def test_a_lost_database_is_not_passed_over_in_silence(house: ApiHouse) -> None:
    """Cut every connection of the API: it comes back by itself, and the feed misses nothing."""
    operator = house.person("operator", EAST)
    with operator.listens() as ear:
        house.conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'nowalls-api%' AND datname = current_database()"
        )
        incident = house.sos()
        assert ear.incident()["id"] == incident
        assert operator.get("/incidents")["items"][0]["id"] == incident


def view(ear: Any, incident: str | None) -> None:
    ear.connection.send(json.dumps({"type": "viewing", "incident": incident}))


def test_operators_see_who_has_an_incident_open(house: ApiHouse) -> None:
    incident, foreign = house.sos(1), house.sos(2)
    here, there = house.person("operator", EAST), house.person("operator", STREET)
    elsewhere, daughter = house.person("operator", WEST), house.person("family", resident=1)
    with (
        here.listens() as one,
        there.listens() as two,
        elsewhere.listens() as three,
        daughter.listens() as four,
    ):
        view(four, incident)  # families neither show nor see
        view(one, foreign)  # not theirs: as if it did not exist
        view(one, incident)
        told = two.next("viewers")
        assert told == {
            "type": "viewers",
            "incident": incident,
            "viewers": [{"id": here.session["account"]["id"], "name": here.session["account"]["name"]}],
        }
        assert there.get(f"/incidents/{incident}")["viewers"] == told["viewers"]
        assert daughter.get(f"/incidents/{incident}")["viewers"] == []
        with there.listens() as late:
            assert late.next("viewers") == told  # who comes later is told at once
        view(one, None)
        assert two.next("viewers")["viewers"] == []
        view(two, foreign)
        assert three.next("viewers")["incident"] == foreign  # and never heard of the east
        view(two, incident)
        assert one.next("viewers")["viewers"] != []  # its own look
    assert there.get(f"/incidents/{incident}")["viewers"] == []  # the sockets are closed


def test_two_processes_show_each_others_viewers(house: ApiHouse) -> None:
    incident = house.sos(1)
    here = house.person("operator", EAST)
    first = house.url
    with house.serves():
        there = house.person("operator", EAST)
        assert house.url != first
        with here.listens() as one, there.listens() as two:
            view(one, incident)
            assert [who["id"] for who in two.next("viewers")["viewers"]] == [here.session["account"]["id"]]
            view(one, None)
            assert two.next("viewers")["viewers"] == []


def test_a_message_reaches_the_sockets_of_whom_it_is_for(house: ApiHouse) -> None:
    operator, elsewhere = house.person("operator", EAST), house.person("operator", WEST)
    with operator.listens() as ear, elsewhere.listens() as nobody:
        incident = house.sos(1)  # the engine tells the operators of the station
        told = ear.next("notification")["notification"]
        assert (told["incident"]["id"], told["priority"], told["state"]) == (incident, "high", "queued")
        assert told["incident"]["title"]["en"] == "Call for help"
        assert operator.get("/me/notifications")["items"] == [told]
        daughter = house.person("family", resident=1)
        until(lambda: daughter.get("/residents/1/today")["told"] == [incident])  # the board was pushed it
        assert elsewhere.get("/me/notifications")["items"] == []
        nobody.connection.send('{"type":"ping"}')
        assert nobody.next("notification", "incident", "heartbeat")["type"] == "heartbeat"


def test_a_board_is_told_to_fetch_again_when_its_person_answers_for_one_station_more(house: ApiHouse) -> None:
    """Alarms that stand there already are news to this board; the feed tells only what changes."""
    operator = house.person("operator", EAST)
    house.sos(home=2)  # west
    with operator.listens() as ear:
        ear.next("heartbeat")
        house.conn.execute(
            "INSERT INTO role_grant (account_id, role, station_id, granted_at)"
            " VALUES (%s, 'operator', %s, %s)",
            (operator.session["account"]["id"], WEST, to_datetime(house.clock.now())),
        )
        said = ear.next("hello", "incident", seconds=10)
    assert said["type"] == "incident" or said["resumed"] is False


def test_an_alarm_that_is_no_longer_ones_own_does_not_ring_for_ever(house: ApiHouse) -> None:
    """The station goes to somebody else; what happens to its alarms is not told here any more. The board
    shows them open, and sounds, until somebody loads the page again."""
    operator, other = house.person("operator", EAST), house.person("operator", WEST)
    house.conn.execute(
        "INSERT INTO role_grant (account_id, role, station_id, granted_at) VALUES (%s, 'operator', %s, %s)",
        (operator.session["account"]["id"], WEST, to_datetime(house.clock.now())),
    )
    incident = house.sos(home=2)
    with operator.listens() as ear:
        ear.next("heartbeat")
        house.conn.execute(
            "UPDATE role_grant SET revoked_at = %s WHERE account_id = %s AND station_id = %s",
            (to_datetime(house.clock.now()), operator.session["account"]["id"], WEST),
        )
        other.act(incident, "resolve", outcome="false_alarm")
        said = ear.next("hello", seconds=10)
    assert said["resumed"] is False
