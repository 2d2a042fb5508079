"""Files in and out over HTTP: a sheet on its way in, people and figures on their way out, the hand-over."""

import csv
import io
import os
from collections.abc import Iterator
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pypdf
import pytest

from care.store import intakes
from tests.support.api import CITY, EAST, PASSWORD, START, ApiHouse, Person, until
from tests.support.care_house import as_new, shared

pytestmark = pytest.mark.integration

HEAD = "姓名,服务站编号,地址,电话,居住状况"


@pytest.fixture(scope="module")
def built(server: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with shared(server, template, tmp_path_factory.mktemp("care")) as house:
        yield house


@pytest.fixture
def house(built: ApiHouse) -> ApiHouse:
    return as_new(built)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def send(person: Person, *rows: str, name: str = "people.csv") -> Any:
    content = "\n".join([HEAD, *rows]).encode()
    return person.http.post("/care/intakes", params={"name": name}, content=content)


def ready(person: Person, intake: int, state: str = "ready") -> dict[str, Any]:
    return until(lambda: (r := person.get(f"/care/intakes/{intake}"))["state"] == state and r, 60)


def test_a_sheet_is_looked_at_shown_and_taken_in(house: ApiHouse) -> None:
    desk, helper = house.person("operator", EAST), house.person("responder", EAST)
    assert code(send(helper, "王一,east,1 号,,独居")) == (403, "not-permitted")
    rows = [f"王{'一二三四五'[n]},east,{n} 号,1380000000{n},独居" for n in range(5)]
    sent = send(desk, *rows, "李某,west,9 号,,独居", "赵某,east,8 号,12,独居", ",east,,,")
    assert sent.status_code == 201, sent.text
    looked = ready(desk, sent.json()["id"])
    assert (looked["rows"], looked["people"], looked["problems"]) == (8, 5, 3)
    problems = desk.get(f"/care/intakes/{looked['id']}/problems")["items"]
    assert [(one["line"], one["column"]) for one in problems] == [(7, "station"), (8, "phone"), (9, "name")]
    assert "no such station" in problems[0]["text"]["en"]
    assert desk.get("/care/residents", q="王一")["items"] == []
    other = house.person("operator", EAST)
    for path in ("", "/problems"):
        assert code(other.http.get(f"/care/intakes/{looked['id']}{path}")) == (404, "not-found")
    assert code(other.http.post(f"/care/intakes/{looked['id']}/accept")) == (404, "not-found")
    assert desk.http.post(f"/care/intakes/{looked['id']}/accept").status_code == 200
    assert ready(desk, looked["id"], "done")["done"] == 5
    assert [one["living"] for one in desk.get("/care/residents", q="王一")["items"]] == ["alone"]
    assert house.conn.execute("SELECT content IS NULL FROM intake").fetchone() == (True,)
    assert code(desk.http.post(f"/care/intakes/{looked['id']}/accept")) == (409, "conflict")


def test_what_a_crash_left_is_gone_on_with_once(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    sent = send(desk, "王一,east,1 号,,独居").json()["id"]
    ready(desk, sent)
    account = desk.session["account"]["id"]
    with house.conn.transaction():  # accepted, and then everything stopped: nobody was told to hurry
        intakes.accept(house.conn, account, [""], sent, START)
    for _ in range(2):
        intakes.work(house.dsn, sent, START)
    assert ready(desk, sent, "done")["done"] == 1
    assert len(desk.get("/care/residents", q="王一")["items"]) == 1


def test_with_the_keys_of_another_database_nobody_is_taken_in_and_it_says_why(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    sent = send(desk, "王一,east,1 号,,独居").json()["id"]
    ready(desk, sent)
    (mark,) = house.conn.execute("SELECT mark FROM key_book").fetchone() or ("",)
    house.conn.execute("UPDATE key_book SET mark = 'of others'")
    try:
        assert desk.http.post(f"/care/intakes/{sent}/accept").status_code == 200
        assert "not those" in ready(desk, sent, "failed")["why"]
    finally:
        house.conn.execute("UPDATE key_book SET mark = %s", (mark,))
    again = send(desk, "王一,east,1 号,,独居").json()["id"]
    ready(desk, again)  # the chore goes on with the next
    assert desk.http.post(f"/care/intakes/{again}/accept").status_code == 200
    assert ready(desk, again, "done")["done"] == 1


def test_what_cannot_be_read_says_so_and_what_is_not_wanted_is_forgotten(house: ApiHouse) -> None:
    desk = house.person("operator", EAST)
    bad = desk.http.post("/care/intakes", params={"name": "x.xlsx"}, content=b"no sheet at all").json()["id"]
    assert ready(desk, bad, "failed")["why"] == "not an Excel file"
    fine = send(desk, "王一,east,1 号,,独居").json()["id"]
    ready(desk, fine)
    assert desk.http.delete(f"/care/intakes/{fine}").status_code == 204
    assert desk.get(f"/care/intakes/{fine}")["state"] == "dropped"
    assert house.conn.execute("SELECT count(*) FROM intake WHERE content IS NOT NULL").fetchone() == (0,)
    big = desk.http.post("/care/intakes", params={"name": "x"}, content=os.urandom(33 << 20))
    assert code(big) == (413, "too-large")
    assert [one["column"] for one in desk.get("/care/intakes/columns")["items"]][:2] == ["name", "sex"]


def test_people_and_figures_are_taken_out_by_who_may(house: ApiHouse) -> None:
    house.conn.execute("UPDATE resident SET phone = '+8613800000001', name = '=1+1' WHERE id = 1")
    chief, desk = house.person("administrator", CITY), house.person("operator", EAST)
    assert code(desk.http.get("/care/export/residents")) == (403, "not-permitted")
    answer = chief.http.get("/care/export/residents", params={"language": "en"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["'=1+1", "Resident 2", "Resident 3", "Resident 4"]
    assert rows[0]["phone"] == "138****0001"
    assert "attachment" in answer.headers["content-disposition"]
    who = house.conn.execute("SELECT residents FROM audit_entry WHERE what LIKE '%export/residents'")
    assert [1, 2, 3, 4] in [row[0] for row in who]
    whole = chief.http.get("/care/export/residents", params={"format": "parquet", "whole": True})
    table = pq.read_table(io.BytesIO(whole.content))
    assert table.column("phone").to_pylist()[0] == "13800000001"
    excel = chief.http.get("/care/export/residents", params={"format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(excel.content)).active
    assert sheet is not None
    assert (sheet.max_row, sheet["A1"].value) == (5, "姓名")
    figures = chief.http.get("/care/export/statistics", params={"format": "parquet"})
    counted = pq.read_table(io.BytesIO(figures.content)).to_pylist()
    assert {"figure": "living", "of": "alone", "words": "独居", "number": 4, "amount": None} in counted
    page = chief.http.get("/care/export/statistics", params={"format": "pdf", "language": "en"})
    printed = pypdf.PdfReader(io.BytesIO(page.content))
    assert len(printed.pages) == 1
    assert "ordinary" in printed.pages[0].extract_text()
    settled = chief.http.get("/care/export/settlement").content.decode("utf-8-sig").splitlines()
    assert settled[-1] == "total,,0,0,0,0,0"
    house.wall.advance(minutes=11)  # a page left open is not enough
    for path in ("residents", "statistics", "settlement"):
        assert code(chief.http.get(f"/care/export/{path}")) == (403, "confirm-again"), path


def test_the_ambulance_gets_a_page(house: ApiHouse) -> None:
    house.conn.execute("UPDATE resident SET allergies = 'penicillin' WHERE id = 1")
    incident = house.sos(1)
    desk, daughter = house.person("operator", EAST), house.person("family", resident=1)
    page = desk.http.get(f"/care/incidents/{incident}/handover", params={"language": "en"})
    assert page.headers["content-type"] == "application/pdf"
    assert "penicillin" in pypdf.PdfReader(io.BytesIO(page.content)).pages[0].extract_text()
    bundle = desk.http.get("/care/residents/1/handover", params={"format": "fhir"})
    assert bundle.headers["content-type"] == "application/fhir+json"
    kinds = [entry["resource"]["resourceType"] for entry in bundle.json()["entry"]]
    assert kinds[0] == "Patient"
    assert "AllergyIntolerance" in kinds
    house.wall.advance(minutes=11)
    assert desk.http.get("/care/residents/1/handover").is_success, "an ambulance waits for no password"
    desk.act(incident, "acknowledge")
    assert desk.act(incident, "resolve", outcome="help_given").is_success
    house.conn.execute(
        "INSERT INTO consent (resident_id, purpose, version, given_at) VALUES (1, 'handover', 1, %s)",
        (START,),
    )
    for path in ("/care/residents/1/handover", f"/care/incidents/{incident}/handover"):
        assert code(desk.http.get(path)) == (403, "confirm-again"), "and nobody takes it from an open page"
    assert code(desk.http.get(f"{house.url}/fhir/Patient/1/$everything"))[0] == 403
    assert desk.post("/session/confirm", password=PASSWORD).status_code == 204
    for path in ("/care/residents/1/handover", f"{house.url}/fhir/Patient/1/$everything"):
        assert desk.http.get(path).is_success
    assert code(daughter.http.get("/care/residents/1/handover")) == (403, "not-permitted")
    assert code(desk.http.get("/care/residents/2/handover")) == (404, "not-found")
