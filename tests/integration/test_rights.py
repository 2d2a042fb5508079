"""What people may ask of whoever keeps their data: to be asked, to get everything, to be forgotten."""

import csv
import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fhir.resources.R4B.bundle import Bundle
from psycopg import sql
from pypdf import PdfReader

from care.rights import everything
from care.store import dossier, retention, statistics
from care.store.errors import Conflict
from core.access.tables import TABLES
from tests.support.api import EAST, START, ApiHouse, Person
from tests.support.care_day import a_day_of_care
from tests.support.care_house import as_new, shared

pytestmark = pytest.mark.integration

WORDS = {"zh": "我同意由我指定的家人查看我的日常状况，新的措辞。", "en": "I agree, in words that are newer."}


@pytest.fixture(scope="module")
def built(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with shared(server, template, tmp_path_factory.mktemp("rights")) as house:
        yield house


@pytest.fixture
def house(built: ApiHouse) -> ApiHouse:
    return as_new(built)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def agrees(person: Person, purpose: str, given: bool = True, resident: int = 1) -> dict[str, Any]:
    """The consents of the purpose after it was given or withdrawn, the latest first."""
    answer = person.http.put(f"/care/residents/{resident}/consents/{purpose}", json={"given": given})
    assert answer.status_code == 200, answer.text
    return next(one for one in answer.json()["consents"] if one["purpose"] == purpose)


def test_who_agreed_is_asked_again_when_the_words_are_new(house: ApiHouse) -> None:
    chief, desk, daughter = house.person("administrator"), house.person("operator", EAST), house.person(
        "family", resident=1
    )  # fmt: skip
    assert daughter.http.get("/residents/1").status_code == 200
    before = house.conn.execute(
        "SELECT max(version) FROM consent_text WHERE purpose = 'family_view'"
    ).fetchone()
    wish = {"purpose": "family_view", **WORDS}
    assert code(desk.post("/care/consent-texts", **wish, anew=False)) == (403, "not-permitted")
    assert chief.post("/care/consent-texts", **wish, anew=False).status_code == 201
    kept = desk.get("/care/residents/1")["consents"][0]
    assert (kept["outdated"], kept["holds"]) == (True, True)
    assert daughter.http.get("/residents/1").status_code == 200
    assert chief.post("/care/consent-texts", **wish, anew=True).status_code == 201
    kept = desk.get("/care/residents/1")["consents"][0]
    assert (kept["outdated"], kept["holds"]) == (True, False)
    assert daughter.http.get("/residents/1").status_code == 404, "those words mean something else"
    house.clock.advance(seconds=1)
    fresh = agrees(desk, "family_view")
    assert before is not None
    assert (fresh["version"], fresh["outdated"], fresh["holds"]) == (before[0] + 2, False, True)
    assert fresh["given_by"] == desk.session["account"]["name"]
    assert daughter.http.get("/residents/1").status_code == 200
    latest = [one for one in daughter.get("/care/consent-texts")["items"] if one["latest"]]
    assert len(latest) == 5
    house.clock.advance(seconds=1)
    gone = agrees(desk, "family_view", False)
    assert gone["withdrawn_by"] == desk.session["account"]["name"]
    assert daughter.http.get("/residents/1").status_code == 404
    rows = house.conn.execute("SELECT count(*) FROM consent WHERE resident_id = 1 AND withdrawn_at IS NULL")
    assert rows.fetchone() == (0,), "every version is withdrawn"


def test_nothing_is_handed_over_without_consent_unless_a_life_depends_on_it(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    path = "/care/residents/1/handover?format=fhir"
    assert code(desk.http.get(path)) == (403, "no-consent")
    agrees(desk, "handover")
    assert desk.http.get(path).status_code == 200
    house.clock.advance(seconds=1)
    agrees(desk, "handover", False)
    assert code(desk.http.get(path)) == (403, "no-consent")
    house.sos()
    assert desk.http.get(path).status_code == 200
    why = house.conn.execute(
        "SELECT why FROM audit_entry WHERE what LIKE '%handover' AND outcome = 200 ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert why is not None
    assert why[0].startswith("life-saving, PIPL art. 13(4): incident ")


def test_whoever_no_longer_agrees_to_be_watched_is_not_watched(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    house.clock.advance(seconds=1)
    agrees(desk, "monitoring")
    assert len(desk.get("/care/residents/1")["devices"]) == 5
    house.clock.advance(seconds=1)
    agrees(desk, "monitoring", False)
    assert desk.get("/care/residents/1")["devices"] == []
    hung = house.conn.execute("SELECT count(*) FROM installation WHERE home_id = 3 AND upper_inf(during)")
    assert hung.fetchone() == (5,), "others go on"


SECRETS = (
    "林玉兰", "linyulan", "11010519491231002X", "002X", "1949-12-31", "5372345679", "Willow Lane",
    "Ring twice", "13800138000", "The rug slips", "Dizzy", "No garlic", "Out of hospital", "Dear station",
    "Found on the floor", "sees badly", "Lin, the daughter", "a picture of her",
)  # fmt: skip

# Of these the database holds nothing that could be read without the person's key.
SEALED = {"11010519491231002X", "002X", "5372345679", "13800138000"}


def a_life(house: ApiHouse) -> tuple[int, Person]:
    """Somebody about whom there is something in every corner, and an administrator."""
    chief = house.person("administrator")
    key = a_day_of_care(house)["resident"]
    contact = {"name": "Lin, the daughter", "relation": "daughter", "phone": "13800138000"}
    chief.http.put(f"/care/residents/{key}/contacts", json={"items": [contact]})
    agrees(chief, "family_view", resident=key)
    record = chief.get(f"/care/residents/{key}")
    answer = chief.http.patch(
        f"/care/residents/{key}", json={"version": record["version"], "medicines": "sees badly"}
    )
    assert answer.status_code == 200, answer.text
    daughter = house.person("family", resident=key)
    wish = {"text": "Dear station", "request": "8a0c2a43-7f0e-4d2f-8a55-6e6f77616c6c"}
    assert daughter.post(f"/residents/{key}/messages", **wish).is_success
    home = record["home"]["id"]
    incident = house.finds("sos", home, resident=key)
    (row,) = house.conn.execute("SELECT id FROM incident WHERE finding_id = %s", (incident.id,)).fetchall()
    noted = chief.act(str(row[0]), "note", note="Found on the floor")
    assert noted.is_success, noted.text
    house.conn.execute("UPDATE service_order SET note = 'No garlic' WHERE resident_id = %s", (key,))
    house.conn.execute(
        "INSERT INTO photo (id, subject, home_id, resident_id, account_id, taken_at, stored_at,"
        " source_sha256, sha256, width, height, jpeg)"
        " VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, '', '', 1, 1, %s)",
        (
            f"incident:{row[0]}", home, key, chief.session["account"]["id"], START, START,
            b"a picture of her",
        ),
    )  # fmt: skip
    for minutes in range(10):
        house.conn.execute(
            "INSERT INTO reading (time, value, home_id, device_id, resident_id, metric)"
            " SELECT t, 60, %s, 1, NULLIF(%s, 0), 1"
            " FROM (SELECT %s::timestamptz + %s * interval '1 minute' AS t)",
            (home, key if minutes % 2 else 0, START, minutes),
        )
    return key, chief


def hits(house: ApiHouse) -> dict[str, set[str]]:
    """Where in the whole database one of the secrets stands: table to secrets, whatever the column's type."""
    found: dict[str, set[str]] = {}
    for table in TABLES:
        columns = house.conn.execute(
            "SELECT attname, atttypid = 'bytea'::regtype FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (table,),
        ).fetchall()
        for name, raw in columns:
            column = sql.Identifier(name)
            text = (
                sql.SQL("encode({}, 'escape')").format(column) if raw else sql.SQL("{}::text").format(column)
            )
            query = sql.SQL("SELECT string_agg({}, ' ') FROM {}").format(text, sql.Identifier(table))
            (everything,) = house.conn.execute(query).fetchone() or ("",)
            there = {secret for secret in SECRETS if secret in (everything or "")}
            if there:
                found.setdefault(table, set()).update(there)
    return found


def figures(house: ApiHouse, chief: Person) -> dict[str, Any]:
    """Everything that is counted, and the books."""
    tables = ("care_count", "people_count", "ledger_entry", "ledger_line", "ledger_book")
    kept = {
        name: house.conn.execute(
            sql.SQL("SELECT array_agg(t::text ORDER BY t::text) FROM {} t").format(sql.Identifier(name))
        ).fetchone()
        for name in tables
    }
    statistics.refresh(house.conn, limit=100)
    path = {"from": "2026-03-01", "to": "2026-03-02"}
    return {
        **kept,
        "statistics": chief.get("/care/statistics", **path),
        "answers": chief.get("/statistics"),
        "settlement": chief.get("/care/settlement"),
    }


def test_everything_about_somebody_is_theirs_to_take_along(house: ApiHouse) -> None:
    key, chief = a_life(house)
    assert code(house.person("operator", EAST).http.get(f"/care/residents/{key}/everything"))[0] == 403
    answer = chief.http.get(f"/care/residents/{key}/everything")
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    text = "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    assert [secret for secret in SECRETS if secret not in text] == []
    assert archive.read("fhir.json").startswith(b"{")
    whole = json.loads(archive.read("everything.json"))
    assert [one["name"] for one in whole["resident"]] == ["林玉兰"]
    assert [one["name"] for one in whole["contact"]] == ["Lin, the daughter"]
    assert any(
        one["what"].startswith("POST /care/residents") or one["account"] for one in whole["audit_entry"]
    )
    sheet = csv.DictReader(io.StringIO(archive.read("tables/reading.csv").decode("utf-8-sig")))
    assert len(list(sheet)) == 10
    Bundle.model_validate_json(archive.read("fhir.json"))  # or it raises
    found = [one["resource"] for one in json.loads(archive.read("fhir.json"))["entry"]]
    (patient,) = (one for one in found if one["resourceType"] == "Patient")
    assert (patient["name"][0]["text"], patient["contact"][0]["name"]["text"]) == (
        "林玉兰",
        "Lin, the daughter",
    )
    assert any(one["resourceType"] == "MedicationStatement" for one in found)
    for language in ("zh", "en"):
        guide = archive.read(f"README.{language}.txt").decode()
        assert all(name.removeprefix("tables/") in guide for name in archive.namelist() if "tables/" in name)
    assert "Resident 1" not in text, "nobody else's"


def test_every_table_says_what_it_holds_of_a_person(house: ApiHouse) -> None:
    listed = {row[0] for row in house.conn.execute("SELECT name FROM personal_data")}
    assert set(TABLES) - listed == set(), "a new table needs a row in personal_data"
    assert listed - set(TABLES) == set()
    left_out = {row[0] for row in house.conn.execute(
        "SELECT name FROM personal_data WHERE fate <> 'other' AND NOT given")}  # fmt: skip
    assert left_out == {
        "publication", "intake", "inspection_task", "service_press", "detector_memory", "found_device",
        "foreign_name", "foreign_announcement",
    }, "numbers of detectors and of things, and sheets on their way in"  # fmt: skip
    told = house.conn.execute("SELECT name, fate FROM personal_data WHERE fate <> 'other'").fetchall()
    page = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert [one for one in told if f"| `{one[0]}` | {one[1]} |" not in page] == []


def test_who_is_forgotten_leaves_the_figures_as_they_were_and_nothing_else(house: ApiHouse) -> None:
    key, chief = a_life(house)
    second = house.person("administrator")
    path = f"/care/residents/{key}/erasure"
    assert code(chief.post(path, ground="asked")) == (409, "conflict"), "they are in our care"
    house.clock.advance(seconds=3600)
    assert chief.post(
        f"/care/residents/{key}/leave", on="2026-03-01", why="moved to Lin, the daughter"
    ).is_success
    seen = set().union(*hits(house).values())
    assert seen == set(SECRETS) - SEALED, "or the search below proves nothing"
    before = figures(house, chief)
    assert chief.post(path, ground="asked").status_code == 201
    assert code(chief.http.post(f"{path}/carry-out")) == (409, "conflict"), "it is not due"
    assert code(chief.http.post(f"{path}/agree")) == (409, "conflict"), "somebody else agrees"
    assert second.http.post(f"{path}/agree").json()["agreed_by"]
    done = chief.http.post(f"{path}/carry-out")
    assert done.status_code == 200, done.text
    assert hits(house) == {}
    assert figures(house, chief) == before
    paper = chief.http.get(f"{path}/certificate")
    digest = hashlib.sha256(paper.content).hexdigest()
    assert done.json()["sha256"] == digest
    for language, title in (("zh", "个人信息删除证明"), ("en", "Certificate of erasure")):
        printed = chief.http.get(f"{path}/certificate", params={"format": "pdf", "language": language})
        assert printed.headers["content-type"] == "application/pdf"
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages]
        assert title in pages[0]
        assert f"erased-{key}" in pages[0]
        assert all(digest in page for page in pages), "each sheet says to which certificate it belongs"
        words = "".join(pages)
        assert [name for name in ("resident_identity", "ledger_entry") if name not in words] == []
        assert [secret for secret in SECRETS if secret in words] == []
    kept = house.conn.execute(
        "SELECT why FROM audit_entry WHERE what LIKE '%carry-out' AND outcome = 200"
    ).fetchone()
    assert kept is not None
    assert digest in kept[0]
    told = {one["table"]: (one["fate"], one["rows"]) for one in paper.json()["tables"]}
    assert told["resident_identity"] == ("deleted", 1)
    assert told["reading"] == ("deleted", 10)
    assert told["ledger_line"][0] == "kept"
    assert chief.get(f"/care/residents/{key}")["name"] == f"erased-{key}"
    assert code(chief.http.post(f"{path}/carry-out")) == (409, "conflict"), "once"
    assert chief.get("/care/residents/1")["name"] == "Resident 1"
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        house.conn.execute("DELETE FROM visit")


def test_what_is_too_old_goes_but_not_while_it_is_needed(house: ApiHouse) -> None:
    account = house.person("operator", EAST).session["account"]["id"]
    incident = uuid4()
    house.conn.execute(
        "INSERT INTO incident (id, version, kind, severity, priority, state, station_id, resident_id,"
        " finding_id, onset, detected_at, state_since, reason_key, reason_params)"
        " VALUES (%s, 1, 'sos', '', 'high', 'open', 3, 1, %s, %s, %s, %s, 'sos.pressed', '{}')",
        (incident, uuid4(), START, START, START),
    )
    for name, days in ((f"incident:{incident}", 400), ("visit:1", 400), ("visit:2", 300)):
        at = START - timedelta(days=days)
        house.conn.execute(
            "INSERT INTO photo (id, subject, resident_id, account_id, taken_at, stored_at, source_sha256,"
            " sha256, width, height, jpeg) VALUES (gen_random_uuid(), %s, 1, %s, %s, %s, '', '', 1, 1, '')",
            (name, account, at, at),
        )
    with psycopg.connect(house.dsn) as conn:
        assert retention.sweep(conn, START) == {"photos": 1}
        assert retention.sweep(conn, START) == {}
        with pytest.raises(Conflict):
            retention.set_days(conn, "photos", 3)
    kept = house.conn.execute("SELECT subject FROM photo ORDER BY stored_at").fetchall()
    assert kept == [(f"incident:{incident}",), ("visit:2",)]
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        house.conn.execute("DELETE FROM photo")


def test_a_copy_of_everything_takes_no_more_memory_however_much_there_is(
    house: ApiHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier, "_STRETCH", 500)

    def peak(name: str) -> tuple[int, int]:
        """(bytes at most in use while the archive is written, rows of readings in it)."""
        with psycopg.connect(house.dsn) as conn, (tmp_path / name).open("wb") as out:
            everything.write(conn, 1, START, io.BytesIO())  # what is loaded once is no part of it
            tracemalloc.start()
            rows = everything.write(conn, 1, START, out)["reading"]
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most, rows

    def measured(first: int, last: int) -> None:
        house.conn.execute(
            "INSERT INTO reading (time, value, home_id, device_id, resident_id, metric)"
            " SELECT %s::timestamptz - n * interval '1 s', n %% 90, 1, 1, 1, 1"
            " FROM generate_series(%s::int, %s::int) AS n",
            (START, first, last),
        )

    measured(1, 1_500)
    few, of_few = peak("few.zip")
    measured(1_501, 6_000)
    many, of_many = peak("many.zip")
    assert (of_few, of_many) == (1_500, 6_000)
    assert many < few * 1.2, f"{few} bytes for {of_few} readings, {many} for {of_many}"
