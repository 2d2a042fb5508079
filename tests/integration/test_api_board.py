"""What the pages are given: lists in pages, one incident in full, its picture, the day."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from api.commands import invite
from core import settings as core_settings
from core.clock import SystemClock
from core.finding import Reason
from core.quantity import BY_NAME
from tests.support.api import EAST, START, STREET, ApiHouse, Person, api_house, until

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def read(
    house: ApiHouse, device: str, metric: str, *values: tuple[float, float], resident: int | None = None
) -> None:
    """Readings of home 1: (hours before START, value)."""
    for hours, value in values:
        at = START - timedelta(hours=hours)
        house.conn.execute(
            "INSERT INTO reading (time, value, home_id, device_id, resident_id, metric)"
            " SELECT %s, %s, 1, id, %s, %s FROM device WHERE code = %s",
            (at, value, resident, BY_NAME[metric].id, device),
        )


def everything(person: Person, path: str, **params: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = person.get(path, limit=1, **params, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= 1
        items += page["items"]
        cursor = page["next"]
    return items


def test_the_queue_is_sorted_by_urgency_and_comes_in_pages(house: ApiHouse) -> None:
    operator = house.person("operator", STREET)
    for kind, home in (("offline", 1), ("water", 2), ("sos", 3), ("sos", 4)):
        house.clock.advance(seconds=1)
        house.finds(kind, home=home, resident=home if kind == "sos" else None)
    order = [(one["kind"], one["home"]["code"]) for one in everything(operator, "/incidents")]
    assert order == [("sos", "h3"), ("sos", "h4"), ("water", "h2"), ("offline", "h1")]
    for one in operator.get("/incidents")["items"][:2]:
        assert operator.act(one["id"], "resolve", outcome="help_given").status_code == 200
    assert [one["kind"] for one in everything(operator, "/incidents")] == ["water", "offline"]
    assert len(everything(operator, "/incidents", state="closed")) == 2
    assert len(everything(operator, "/incidents", state="all")) == 4
    assert len(everything(operator, "/incidents", state="all", station=EAST)) == 2
    assert [one["id"] for one in everything(operator, "/residents")] == [1, 2, 3, 4]
    assert len(everything(operator, "/devices")) == 20
    page = operator.get("/incidents", limit=1)
    refused = operator.http.get("/incidents", params={"state": "closed", "cursor": page["next"]})
    assert refused.json()["code"] == "bad-cursor"
    assert operator.http.get("/incidents", params={"limit": 201}).status_code == 422


def test_an_incident_from_the_call_to_the_follow_up(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    incident = house.sos()
    shown = operator.get(f"/incidents/{incident}")
    assert shown["title"] == {"zh": "紧急呼叫", "en": "Call for help"}
    assert (shown["home"]["address"], shown["resident"]["name"]) == ("1 Lane", "Resident 1")
    assert [event["kind"] for event in shown["events"]] == ["detected", "opened"]
    assert shown["events"][0]["actor"] == {"system": "engine"}
    assert shown["findings"][0]["kind"] == "sos"
    assert shown["onset"] == "2026-03-01T03:00:00.000Z"

    nothing = operator.act(incident, "resolve")
    assert (nothing.status_code, nothing.json()["code"]) == (422, "outcome-needed")
    assert operator.act(incident, "note").json()["code"] == "note-needed"
    assert operator.act(incident, "cancel").json()["code"] == "illegal-transition"
    for action, more in (
        ("acknowledge", {}),
        ("note", {"note": "called her, she answers"}),
        ("respond", {}),
        ("arrive", {}),
        ("resolve", {"outcome": "help_given", "note": "helped up"}),
        ("follow_up", {"note": "doing well"}),
    ):
        house.clock.advance(minutes=1)
        answer = operator.act(incident, action, **more)
        assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "followed_up"
    assert answer.json()["allowed"] == ["note"]
    told = operator.get(f"/incidents/{incident}")["events"]
    assert [event["n"] for event in told] == list(range(1, 9))
    assert told[3]["data"]["note"] == "called her, she answers"
    assert {event["actor"]["name"] for event in told[2:]} == {operator.session["account"]["name"]}
    assert house.sos() != incident
    assert [one["id"] for one in operator.get(f"/incidents/{house.sos()}")["recent"]] == [incident]


def test_the_picture_of_a_fall(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    impact = house.clock.now()
    for second in range(-12, 15):
        samples = np.array([[second, -second, 1000]] * 50, dtype="<i2")
        house.conn.execute(
            "INSERT INTO motion (time, received, home_id, device_id, resident_id, hz, acc)"
            " SELECT %s, %s, 1, id, 1, 50, %s FROM device WHERE code = 'w1'",
            (START + timedelta(seconds=second), START, samples.tobytes()),
        )
    read(house, "p1", "presence", (30, 1), (5, 1), (2, 0), (1, 1))
    read(house, "w1", "heart_rate", (3, 70), (2.99, 74), (1, 90), resident=1)
    watch = house.conn.execute("SELECT id FROM device WHERE code = 'w1'").fetchone()
    assert watch is not None
    house.finds("fall", device=watch[0], severity="possible", evidence={"impact_at": impact, "peak_g": 4.7})
    (fall,) = operator.get("/incidents")["items"]
    assert (fall["state"], fall["device"]["code"]) == ("detected", "w1")
    seen = operator.get(f"/incidents/{fall['id']}/evidence")
    clip = seen["motion"]
    assert (clip["start"], clip["hz"], len(clip["acc"])) == ("2026-03-01T02:59:50.000Z", 50.0, 25 * 50)
    assert clip["impact_at"] == "2026-03-01T03:00:00.000Z"
    assert clip["acc"][0] == [-10, 10, 1000]
    assert clip["impact_g"] == 4.7  # as the finding says it, whatever single samples say
    assert seen["activity"]["points"] == ["2026-02-28T22:00:00.000Z", "2026-03-01T02:00:00.000Z"]
    (pulse,) = seen["vitals"]
    assert (pulse["metric"], pulse["unit"]) == ("heart_rate", "/min")
    assert [value for _, value in pulse["points"]] == [72.0, 90.0]  # one value every five minutes


def test_the_picture_of_a_silence_names_the_usual(house: ApiHouse) -> None:
    read(house, "p1", "presence", (9, 1))
    reason = Reason("inactivity.silence", {"since_at": 0, "silent_s": 32400, "days": 30, "longest_s": 7200})
    house.finds("inactivity", reason=reason)
    operator = house.person("operator", EAST)
    (silence,) = operator.get("/incidents")["items"]
    assert "2 h" in silence["text"]["en"]
    assert operator.get(f"/incidents/{silence['id']}/evidence")["activity"]["usual_longest_s"] == 7200


def test_the_day_of_one_resident(house: ApiHouse) -> None:
    for day in range(4):
        read(house, "p1", "presence", (24 * day + 1, 1), (24 * day + 1.01, 1))
    read(house, "w1", "heart_rate", (2, 71), (1, 66), resident=1)
    house.conn.execute("INSERT INTO home_state VALUES (1, %s, 'kitchen')", (START - timedelta(hours=1),))
    house.conn.execute(
        "INSERT INTO device_state (device_id, last_seen, online, battery)"
        " SELECT id, %s, true, 0.1 FROM device WHERE code = 'w1'",
        (START,),
    )
    daughter = house.person("family", resident=1)
    day = daughter.get("/residents/1/today")
    assert (day["day"], day["time_zone"], day["state"]) == ("2026-03-01", "Asia/Shanghai", "well")
    assert day["headline"]["en"] == "All is well: moving about at 10:00, kitchen"
    assert len(day["activity"]) == 96
    assert sum(count or 0 for count in day["activity"]) == 2
    assert day["activity"][45:] == [None] * 51  # it is 11:00
    assert sum(day["usual"]) == 2.0
    assert day["vitals"] == [
        {"metric": "heart_rate", "unit": "/min", "value": 66.0, "at": "2026-03-01T02:00:00.000Z"}
    ]
    assert day["battery_low"] == ["w1"]
    readings = daughter.get("/residents/1/readings", metric="heart_rate")
    assert readings["points"] == [["2026-03-01T01:00:00.000Z", 71.0], ["2026-03-01T02:00:00.000Z", 66.0]]
    assert daughter.http.get("/residents/1/readings", params={"metric": "wealth"}).status_code == 422
    backwards = daughter.get("/residents/1/readings", metric="heart_rate", **{"from": "2038-01-01T00:00:00Z"})
    assert backwards["points"] == []


def test_how_somebody_is_follows_from_what_is_heard(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)

    def state() -> str:
        return str(operator.get("/residents/1")["state"])

    assert state() == "unknown"
    house.conn.execute("INSERT INTO home_state VALUES (1, %s, 'kitchen')", (START,))
    assert state() == "well"
    house.clock.advance(hours=4, minutes=1)
    assert state() == "quiet"
    house.conn.execute(
        "INSERT INTO device_state (device_id, last_seen, online)"
        " SELECT device_id, %s, false FROM installation WHERE home_id = 1",
        (START,),
    )
    assert state() == "no_signal"
    assert operator.get("/residents", state="no_signal")["items"][0]["id"] == 1
    assert len(operator.get("/devices", online="false")["items"]) == 5
    house.sos()
    assert state() == "alert"


def test_searching_takes_words_as_they_are(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    asked: dict[str, list[int]] = {"sident 3": [3], "h1": [1], "%": [], "_": [], "\\": []}
    assert {q: [one["id"] for one in operator.get("/residents", q=q)["items"]] for q in asked} == asked


def test_odd_questions_get_plain_answers(house: ApiHouse) -> None:
    chief = house.person("administrator")
    asked = {
        "/residents/0": 422, "/residents/99999999999999999999": 422, "/residents/x": 422,
        "/residents?q=%00": 422, "/residents?q=%ff": 200, "/residents?station=-1": 422,
        "/incidents/not-a-uuid": 422, "/incidents?state=lost": 422, "/incidents?cursor=%00": 422,
        "/residents/1/readings?metric=heart_rate&from=2026-01-01": 422,
        "/residents/1/readings?metric=heart_rate&from=0001-01-01T00:00:00Z": 422,
        "/residents/1/readings?metric=heart_rate&from=9999-12-31T00:00:00Z": 422,
        "/devices?online=perhaps": 422, "/quarantine?reason=%27--": 422,
    }  # fmt: skip
    assert {path: chief.http.get(path).status_code for path in asked} == asked


def test_the_system_page_says_what_works(house: ApiHouse) -> None:
    operator = house.person("operator", EAST)
    until(lambda: all(part["ok"] for part in operator.get("/system")["parts"] if part["name"] != "ingest"))
    house.conn.execute(
        "INSERT INTO ingest_worker (name, started_at, last_batch_at, received, lag_ms)"
        " VALUES ('w', %s, %s, 5, 2.5)",
        (START, START),
    )
    shown = operator.get("/system")
    assert shown["ingest"] == {
        "received_total": 5,
        "quarantined_total": 0,
        "last_batch_at": "2026-03-01T03:00:00.000Z",
        "lag_ms": 2.5,
    }


def test_pages_and_answers_carry_their_headers(house: ApiHouse) -> None:
    stranger = house.stranger()
    page = stranger.http.get(f"{house.url}/login")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    again = stranger.http.get(f"{house.url}/login", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert stranger.http.get(f"{house.url}/static/../pages/board.html").status_code == 404
    for answer in (page, again, stranger.http.get("/session"), stranger.http.get(f"{house.url}/nowhere")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
    homes = {
        "/login": stranger,
        "/board": house.person("operator", EAST),
        "/family": house.person("family", resident=1),
    }
    for where, person in homes.items():
        answer = person.http.get(f"{house.url}/")
        assert (answer.status_code, answer.headers["location"]) == (303, where)


def test_the_command_line_invites(house: ApiHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOWALLS_DATABASE_URL", house.dsn)
    monkeypatch.setenv("NOWALLS_PUBLIC_URL", "https://care.example/")
    core_settings.load.cache_clear()
    try:
        made = CliRunner().invoke(invite, ["--role", "operator", "--station", "east"])
        url = made.output.strip()
        assert url.startswith("https://care.example/enter#"), made.output
        assert CliRunner().invoke(invite, ["--role", "family", "--resident", "1"]).exit_code == 0
        for wrong in (
            ["--role", "operator"],
            ["--role", "operator", "--station", "nowhere"],
            ["--role", "family", "--resident", "99"],
            ["--role", "family", "--station", "east"],
            ["--role", "operator", "--resident", "1"],
        ):
            assert CliRunner().invoke(invite, wrong).exit_code == 2
    finally:
        core_settings.load.cache_clear()
    house.wall.instant = SystemClock().now()
    looked = house.stranger().post("/invitations/look", code=url.partition("#")[2])
    assert looked.json()["station"] == {"id": EAST, "name": "东社区", "name_en": "East"}


def test_the_description_is_complete(house: ApiHouse) -> None:
    described = house.stranger().get("/openapi.json")
    for path, methods in described["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in methods.items():
            assert operation["description"], (path, method)
            good = next(code for code in operation["responses"] if code.startswith("2"))
            if good != "204":
                kinds = operation["responses"][good]["content"]  # a file has a kind of its own
                assert kinds, (path, method)
                assert "application/json" not in kinds or kinds["application/json"]["schema"], (path, method)
    incident = described["components"]["schemas"]["Incident"]["properties"]
    assert incident["onset"]["format"] == "date-time"


def test_what_is_asked_all_the_time_has_an_index(house: ApiHouse) -> None:
    house.conn.execute("SET enable_seqscan = off")
    for column, value in (
        ("state_since", "2026-03-01"),
        ("finding_id", "00000000-0000-0000-0000-000000000000"),
    ):
        plan = house.conn.execute(
            f"EXPLAIN SELECT id FROM incident WHERE {column} = '{value}'"  # type: ignore[arg-type]
        ).fetchall()
        assert "Index" in str(plan), column


def test_the_card_of_an_incident_joins_no_more_than_the_planner_puts_in_order(house: ApiHouse) -> None:
    # With the page's rows that is one table more; above join_collapse_limit a page of 50 reads all incidents.
    view = house.conn.execute("SELECT pg_get_viewdef('incident_card')").fetchone()
    limit = house.conn.execute("SHOW join_collapse_limit").fetchone()
    assert view is not None
    assert limit is not None
    assert view[0].count(" JOIN ") + 2 <= int(limit[0])
