"""Pictures through the API: kept once, shown to staff who may see what they are of and no opening."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import httpx
import psycopg
import pytest
from PIL import Image

from care.store import visits
from care.visits.rhythm import Result, Way
from tests.support.api import EAST, START, WEST, ApiHouse, Person, api_house

pytestmark = pytest.mark.integration

JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def photo(shade: int = 100, size: tuple[int, int] = (320, 240)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (shade, 80, 80)).save(out, "JPEG")
    return out.getvalue()


def send(person: Person, subject: str, body: bytes, taken_at: datetime | None = None) -> httpx.Response:
    more = {} if taken_at is None else {"taken_at": taken_at.isoformat()}
    return person.http.post("/photos", params={"subject": subject, **more}, content=body, headers=JPEG)


def test_a_picture_is_a_step_of_the_incident_and_is_kept_once(house: ApiHouse) -> None:
    incident = house.sos()
    runner, desk = house.person("responder", EAST), house.person("operator", EAST)
    subject = f"incident:{incident}"
    answer = send(runner, subject, photo(), START - timedelta(minutes=2))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["width"], made["height"], made["by"]["name"]) == (320, 240, "responder.1")
    assert made["taken_at"] == "2026-03-01T02:58:00.000Z"
    assert send(runner, subject, photo()).json()["id"] == made["id"], "its answer was lost; it was not"
    assert [one["id"] for one in desk.get("/photos", subject=subject)["items"]] == [made["id"]]
    steps = [one for one in desk.get(f"/incidents/{incident}")["events"] if "photo" in one["data"]]
    assert [(one["kind"], one["data"]["photo"]) for one in steps] == [("noted", made["id"])]
    shown = desk.http.get(f"/photos/{made['id']}")
    assert shown.headers["content-type"] == "image/jpeg"
    assert "no-store" in shown.headers["cache-control"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert Image.open(BytesIO(shown.content)).size == (320, 240)


def test_who_may_not_see_the_incident_sees_and_adds_no_picture_of_it(house: ApiHouse) -> None:
    incident = house.sos()
    subject = f"incident:{incident}"
    made = send(house.person("responder", EAST), subject, photo()).json()["id"]
    stranger = house.person("operator", WEST)
    assert send(stranger, subject, photo()).status_code == 404
    assert stranger.get("/photos", subject=subject)["items"] == []
    assert stranger.http.get(f"/photos/{made}").status_code == 404
    daughter = house.person("family", resident=1)
    assert daughter.http.get(f"/photos/{made}").status_code == 403, "like what staff write to each other"
    assert send(daughter, subject, photo()).status_code == 403
    events = daughter.get(f"/incidents/{incident}")["events"]
    assert not any("photo" in one["data"] for one in events)
    assert house.stranger().http.get(f"/photos/{made}").status_code == 401


def test_a_visit_has_pictures_too_and_what_is_not_there_has_none(house: ApiHouse) -> None:
    volunteer = house.person("responder", EAST)
    with psycopg.connect(house.dsn) as conn:
        visit = visits.record(conn, 1, START, Way.HOME, Result.WELL, START)
    assert send(volunteer, f"visit:{visit}", photo()).json()["code"] == "no-consent"
    house.person("operator", EAST).http.put("/care/residents/1/consents/photos", json={"given": True})
    assert send(volunteer, f"visit:{visit}", photo()).status_code == 201
    for subject in ("visit:999", "incident:00000000-0000-0000-0000-000000000000"):
        assert send(volunteer, subject, photo()).status_code == 404
    for subject in ("visit:0", "resident:1", "incident:1", "visit:1 OR 1=1", ""):
        assert send(volunteer, subject, photo()).status_code == 422
    assert send(house.person("responder", WEST), f"visit:{visit}", photo()).status_code == 404


def test_what_is_no_picture_leaves_no_trace(house: ApiHouse) -> None:
    subject = f"incident:{house.sos()}"
    runner = house.person("responder", EAST)
    for body in (b"<svg onload=alert(1)>", b"<html><script>1</script>", photo()[:300], b""):
        answer = send(runner, subject, body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] in ("not-a-photo", "photo-broken")
    heavy = send(runner, subject, photo() + bytes(9 * 1024 * 1024))
    assert heavy.status_code == 413
    page = {"params": {"subject": subject}, "content": b"<p>", "headers": {"Content-Type": "text/html"}}
    answer = runner.http.post("/photos", **page)  # type: ignore[arg-type]
    assert answer.status_code == 415
    forged = runner.http.post(
        "/photos", params={"subject": subject}, content=photo(), headers={**JPEG, "X-CSRF-Token": "x"}
    )
    assert forged.status_code == 403
    assert runner.get("/photos", subject=subject)["items"] == []


def copies(house: ApiHouse, photo_id: str, number: int) -> None:
    """The picture again, so often, as other files of the same subject by the same person."""
    house.conn.execute(
        "INSERT INTO photo SELECT gen_random_uuid(), subject, station_id, home_id, resident_id, account_id,"
        " taken_at, stored_at, int8send(n), sha256, width, height, jpeg"
        " FROM photo, generate_series(1, %s) AS n WHERE id = %s",
        (number, photo_id),
    )


def test_nobody_fills_the_disk(house: ApiHouse) -> None:
    first, second = f"incident:{house.sos(1)}", f"incident:{house.sos(3)}"
    runner, other = house.person("responder", EAST), house.person("responder", EAST)
    copies(house, send(runner, first, photo()).json()["id"], 39)
    assert send(runner, first, photo(200)).status_code == 409, "of one thing 40 pictures are enough"
    copies(house, send(runner, second, photo()).json()["id"], 19)
    refused = send(runner, second, photo(200))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "600"), "sixty in an hour"
    assert send(other, second, photo(200)).status_code == 201
    house.clock.advance(hours=1, seconds=1)
    assert send(runner, second, photo(200)).status_code == 201


def test_a_picture_is_never_changed(house: ApiHouse) -> None:
    send(house.person("responder", EAST), f"incident:{house.sos()}", photo())
    for statement in ("UPDATE photo SET subject = 'visit:1'", "DELETE FROM photo"):
        with pytest.raises(psycopg.errors.RaiseException):
            house.conn.execute(statement)
