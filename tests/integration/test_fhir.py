"""FHIR R4 over HTTP: what hospitals and city platforms may read, in resources that the standard accepts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.instant import to_datetime
from tests.support.api import EAST, WEST, ApiHouse, Person
from tests.support.fhir import (
    AGREES,
    OTHER,
    SILENT,
    fhir_house,
    found,
    machine,
    measure,
    problem,
    token,
    valid,
)

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def house(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHouse]:
    with fhir_house(shared_dsn, tmp_path_factory.mktemp("village")) as built:
        yield built


@pytest.fixture(scope="module")
def hospital(house: ApiHouse) -> Person:
    return token(house)


def test_what_the_server_can_do_is_told_to_anybody(house: ApiHouse) -> None:
    stranger = machine(house, "")
    del stranger.http.headers["Authorization"]
    said = valid(stranger.http.get("/metadata").json())
    assert said["fhirVersion"] == "4.0.1"
    told = {one["type"]: one for one in said["rest"][0]["resource"]}
    assert {"Patient", "Observation", "DeviceMetric", "Task", "Consent", "Subscription"} <= set(told)
    for name in set(told) - {"Subscription"}:
        problem(stranger.http.get(f"/{name}?patient=1"), 401, "login")


def test_patients_are_those_in_reach_who_agreed(house: ApiHouse, hospital: Person) -> None:
    assert [one["id"] for one in found(hospital, "/Patient")] == [str(AGREES)]
    assert [one["id"] for one in found(token(house, station=None), "/Patient")] == [str(AGREES), str(OTHER)]
    one = valid(hospital.http.get(f"/Patient/{AGREES}").json())
    assert one["name"] == [{"text": "Resident 1"}]
    assert one["address"][0]["text"] == "1 Lane"
    problem(hospital.http.get(f"/Patient/{OTHER}"), 404, "not-found")
    issue = problem(hospital.http.get(f"/Patient/{SILENT}"), 403, "forbidden")
    assert issue["details"]["coding"][0]["code"] == "no-consent"


def test_an_open_incident_opens_the_record_and_the_audit_says_why(house: ApiHouse, hospital: Person) -> None:
    key = house.sos(SILENT)
    assert valid(hospital.http.get(f"/Patient/{SILENT}").json())["id"] == str(SILENT)
    assert [one["id"] for one in found(hospital, "/Patient")] == [str(AGREES)], "a list is for who agreed"
    row = house.conn.execute(
        "SELECT what, why, residents FROM audit_entry WHERE why <> '' ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    assert row[0] == "GET /fhir/Patient/{key}"
    assert row[1].startswith("life-saving, PIPL art. 13(4)")
    assert row[2] == [SILENT]
    house.person("operator", EAST).act(key, "acknowledge")
    done = house.person("operator", EAST).act(key, "resolve", outcome="help_given")
    assert done.status_code == 200, done.text
    problem(hospital.http.get(f"/Patient/{SILENT}"), 403, "forbidden")


def test_vital_signs_bear_their_codes_and_pressure_is_one(house: ApiHouse, hospital: Person) -> None:
    measure(house, AGREES, heart_rate=72, spo2=97, body_temperature=36.6, respiration=14, steps=311)
    measure(house, AGREES, systolic=128, diastolic=76, presence=1)
    measure(house, OTHER, heart_rate=99)
    all_of_them = found(hospital, "/Observation", patient=AGREES)
    by_code = {one["code"]["coding"][0]["code"]: one for one in all_of_them}
    assert set(by_code) == {"8867-4", "2708-6", "8310-5", "9279-1", "55423-8", "85354-9"}
    assert [one["code"] for one in by_code["2708-6"]["code"]["coding"]] == ["2708-6", "59408-5"]
    assert by_code["8867-4"]["valueQuantity"] == {
        "value": 72.0, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min",
    }  # fmt: skip
    halves = {c["code"]["coding"][0]["code"]: c for c in by_code["85354-9"]["component"]}
    assert halves["8480-6"]["valueQuantity"]["value"] == 128
    assert halves["8462-4"]["valueQuantity"] == {
        "value": 76.0, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]",
    }  # fmt: skip
    for one in all_of_them:
        assert valid(hospital.http.get(f"/Observation/{one['id']}").json()) == one
    problem(hospital.http.get("/Observation/6-1-1772330400000000"), 404, "not-found")
    problem(hospital.http.get("/Observation"), 400, "required")


def test_a_search_narrows_pages_and_refuses_what_it_does_not_know(house: ApiHouse, hospital: Person) -> None:
    for minutes in range(10, 30):
        measure(house, AGREES, minutes_ago=minutes, heart_rate=60 + minutes)
    asked = {"patient": f"Patient/{AGREES}", "code": "http://loinc.org|8867-4", "_count": 7}
    seen, path = [], "/Observation"
    params: dict[str, Any] | None = asked
    while path:
        answer = valid(hospital.http.get(path, params=params).json())
        seen += [entry["resource"]["effectiveDateTime"] for entry in answer["entry"]]
        path = {link["relation"]: link["url"] for link in answer["link"]}.get("next", "")
        params = None
    assert len(seen) == len(set(seen)) >= 20
    assert seen == sorted(seen, reverse=True)
    upwards = found(hospital, "/Observation", **asked | {"_sort": "date"})
    assert [one["effectiveDateTime"] for one in upwards] == sorted(seen)[:7]
    half = seen[10]
    since = found(hospital, "/Observation", patient=AGREES, code="8867-4", date=f"gt{half}", _count=200)
    assert {one["effectiveDateTime"] for one in since} == set(seen[:10])
    form = hospital.http.post("/Observation/_search", data={"patient": str(AGREES), "code": "8867-4"})
    assert len(valid(form.json())["entry"]) == len(seen)
    problem(hospital.http.get(f"/Observation?patient={AGREES}&cod=8867-4"), 400, "not-supported")
    lenient = hospital.http.get(
        f"/Observation?patient={AGREES}&cod=x", headers={"Prefer": "handling=lenient"}
    )
    assert "cod=" not in lenient.json()["link"][0]["url"]
    for bad in ("date=yesterday", "_count=-1", "_cursor=WzFd", "_sort=code", "_id=a%00b", "date=ge2026-13"):
        problem(
            hospital.http.get(f"/Observation?patient={AGREES}&{bad}"),
            400,
            "invalid" if "sort" not in bad else "not-supported",
        )
    problem(hospital.http.get("/Goal"), 404, "not-supported")


def test_what_a_reader_already_has_is_not_sent_again_and_nobody_gets_a_form_there_is_not(
    house: ApiHouse, hospital: Person
) -> None:
    first = hospital.http.get(f"/Patient/{AGREES}")
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    again = hospital.http.get(f"/Patient/{AGREES}", headers={"If-None-Match": f'W/"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert hospital.http.get(f"/Patient/{AGREES}", headers={"If-None-Match": 'W/"x"'}).status_code == 200
    for path in (f"/Patient/{AGREES}", "/metadata"):
        problem(hospital.http.get(path, params={"_format": "xml"}), 406, "not-supported")
        problem(hospital.http.get(path, headers={"Accept": "application/fhir+xml"}), 406, "not-supported")
    told = {"Accept": "application/fhir+xml"}
    asked = hospital.http.get(f"/Patient/{AGREES}?_format=application/fhir%2Bjson", headers=told)
    assert asked.status_code == 200, "what is asked for counts before what would be taken"


def test_what_there_is_not_is_refused_in_the_words_of_the_standard(house: ApiHouse, hospital: Person) -> None:
    problem(hospital.http.put(f"/Patient/{AGREES}", json={}), 405, "not-supported")
    problem(hospital.http.delete(f"/Patient/{AGREES}"), 405, "not-supported")
    problem(hospital.http.post("/Patient", json={}), 405, "not-supported")
    problem(hospital.http.get(f"/Patient/{AGREES}/_history/1"), 404, "not-found")
    problem(hospital.http.post(f"{house.url}/fhir", json={"resourceType": "Bundle"}), 404, "not-found")
    problem(hospital.http.get("/Patient?_include=Patient:organization"), 400, "not-supported")
    problem(hospital.http.get("/Patient?_summary=more"), 400, "not-supported")
    problem(hospital.http.get("/Patient?_lastUpdated=ge2026"), 400, "not-supported")


def test_a_patient_is_found_by_the_day_or_the_years_of_their_birth(house: ApiHouse, hospital: Person) -> None:
    house.conn.execute("UPDATE resident SET born = '1941-03-07' WHERE id = %s", (AGREES,))
    for asked in ("1941-03-07", "1941", "ge1941-03-07", "lt1941-03-08", "sa1941-03-06", "eb1942"):
        assert [one["id"] for one in found(hospital, "/Patient", birthdate=asked)] == [str(AGREES)], asked
    for asked in ("1941-03-08", "lt1941-03-07", "gt1941-03-07", "ge1942"):
        assert found(hospital, "/Patient", birthdate=asked) == [], asked
    both = hospital.http.get("/Patient?birthdate=ge1941&birthdate=le1941-03-07&_elements=name&_total=none")
    assert len(valid(both.json())["entry"]) == 1
    assert found(hospital, f"/Patient/{AGREES}/$everything", start="2026-01-01"), "of what was done, not born"


def test_observations_are_found_by_their_ids_and_other_names_of_the_same_parameter(
    house: ApiHouse, hospital: Person
) -> None:
    for minutes in (31, 32, 33):
        measure(house, AGREES, minutes_ago=minutes, heart_rate=80)
    some = found(hospital, "/Observation", patient=AGREES, code="8867-4", _count=3)
    keys = [one["id"] for one in some]
    assert found(hospital, "/Observation", patient=AGREES, _id=",".join(reversed(keys))) == some
    page = hospital.http.get("/Observation", params={"patient": AGREES, "_id": ",".join(keys), "_count": 2})
    following = {link["relation"]: link["url"] for link in page.json()["link"]}["next"]
    assert [one["resource"]["id"] for one in hospital.http.get(following).json()["entry"]] == keys[2:]
    other = {"subject:Patient": f"Patient/{AGREES}", "combo-code": "8867-4", "status": "final,amended"}
    assert found(hospital, "/Observation", _count=3, **other) == some
    assert found(hospital, "/Observation", patient=AGREES, status="preliminary") == []
    assert (
        found(hospital, "/Observation", patient=AGREES, category="vital-signs", code="8867-4", _count=3)
        == some
    )
    assert some[0]["meta"]["profile"] == ["http://hl7.org/fhir/StructureDefinition/heartrate"]
    assert some[0]["code"]["coding"][0]["display"] == "Heart rate"


def test_tasks_of_one_state_come_in_whole_pages(house: ApiHouse, hospital: Person) -> None:
    incident, desk = house.sos(AGREES), house.person("operator", EAST)
    for n in range(10, 18):
        at = to_datetime(house.clock.now()) + timedelta(seconds=n)
        house.conn.execute(
            "INSERT INTO offer (incident_id, n, account_id, offered_at, expires_at, answer, answered_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (incident, n, desk.session["account"]["id"], at, at, "refused" if n % 4 else "accepted", at),
        )
    wanted = [one["id"] for one in found(hospital, "/Task", patient=AGREES) if one["status"] == "accepted"]
    assert len(wanted) == 2
    seen, path = [], f"/Task?patient={AGREES}&status=accepted&_count=1"
    while path:
        page = hospital.http.get(path).json()
        seen += [entry["resource"]["id"] for entry in page.get("entry", [])]
        path = {link["relation"]: link["url"] for link in page["link"]}.get("next", "")
    assert seen == wanted
    house.conn.execute("DELETE FROM offer WHERE incident_id = %s AND n >= 10", (incident,))
    desk.act(incident, "acknowledge")
    assert desk.act(incident, "resolve", outcome="help_given").status_code == 200
    house.clock.advance(minutes=1)  # the next cry is another


def test_a_page_brings_along_what_it_refers_to_and_says_how_many_there_are(
    house: ApiHouse, hospital: Person
) -> None:
    measure(house, AGREES, minutes_ago=41, heart_rate=81, spo2=97)
    at = (to_datetime(house.clock.now()) - timedelta(minutes=41)).isoformat().replace("+00:00", "Z")
    asked = {"patient": f"{house.url}/fhir/Patient/{AGREES}", "date": at, "code": "8867-4"}
    with_it = asked | {"_include": "Observation:device"}
    page = valid(hospital.http.get("/Observation", params=with_it).json())
    assert page["total"] == 1
    match, along = page["entry"]
    assert along["search"]["mode"] == "include"
    assert match["resource"]["device"]["reference"] == f"Device/{along['resource']['id']}"
    watch = along["resource"]["id"]
    assert len(found(hospital, f"/Patient/{AGREES}/Observation", date=at, device=f"Device/{watch}")) == 2
    assert found(hospital, "/Observation", patient=AGREES, date=at, device="Device/9999") == []

    back = valid(hospital.http.get(f"/Patient?_id={AGREES}&_revinclude=Observation:patient").json())["entry"]
    assert {one["resource"]["resourceType"] for one in back[1:]} == {"Observation"}
    little = token(house, "see_residents")
    said = valid(little.http.get(f"/Observation?_include=*&_count=1&patient={AGREES}").json())["entry"]
    assert [one["search"]["mode"] for one in said] == ["match", "include", "outcome"]
    assert said[-1]["resource"]["issue"][0]["code"] == "suppressed"

    every = found(hospital, "/Observation", patient=AGREES, _count=200)
    for more, told in (("_summary=count", True), ("_count=1&_total=accurate", True), ("_count=1", False)):
        some = valid(hospital.http.get(f"/Observation?patient={AGREES}&{more}").json())
        assert some.get("total") == (len(every) if told else None), more
        assert len(some.get("entry", ())) == (0 if "summary" in more else 1)
    few = found(hospital, "/Observation", patient=AGREES, code="8867-4", _elements="valueQuantity")[0]
    assert {"status", "code", "valueQuantity"} <= set(few)
    assert "subject" not in few


def test_incidents_are_issues_and_flags_and_who_was_told_is_a_communication(
    house: ApiHouse, hospital: Person
) -> None:
    incident = house.sos(AGREES)
    key = f"{incident}.{AGREES}"
    issue = next(one for one in found(hospital, "/DetectedIssue", patient=AGREES) if one["id"] == key)
    assert (issue["status"], issue["severity"]) == ("preliminary", "high")
    assert issue["code"]["coding"][0]["code"] == "sos"
    flag = next(one for one in found(hospital, "/Flag", patient=AGREES) if one["id"].endswith(key))
    assert flag["status"] == "active"
    told = found(hospital, "/Communication", patient=AGREES)
    assert {one["about"][0]["reference"] for one in told} >= {f"DetectedIssue/{key}"}
    desk = house.person("operator", EAST)
    desk.act(incident, "acknowledge")
    desk.act(incident, "resolve", outcome="false_alarm", reason="by_mistake")
    over = valid(hospital.http.get(f"/DetectedIssue/{key}").json())
    assert over["status"] == "cancelled"
    assert found(hospital, "/DetectedIssue", status="cancelled", identifier=incident) == [over]
    assert valid(hospital.http.get(f"/Flag/{flag['id']}").json())["status"] == "inactive"
    assert flag["id"] not in {one["id"] for one in found(hospital, "/Flag", patient=AGREES)}
    assert over["meta"]["lastUpdated"] >= issue["meta"]["lastUpdated"]
    news = found(hospital, "/DetectedIssue", _lastUpdated=f"gt{over['meta']['lastUpdated']}")
    assert key not in {one["id"] for one in news}


def test_devices_what_they_measure_consents_and_tasks(house: ApiHouse, hospital: Person) -> None:
    measure(house, AGREES, minutes_ago=3, heart_rate=70)
    devices = found(hospital, "/Device", patient=AGREES)
    watch = next(one for one in devices if one["type"]["coding"][0]["code"] == "wearable")
    assert watch["identifier"][0]["value"] == "w1"
    assert {one["patient"]["reference"] for one in devices} == {f"Patient/{AGREES}"}, "who lives alone"
    metrics = found(hospital, "/DeviceMetric", source=f"Device/{watch['id']}")
    assert "8867-4" in {one["type"]["coding"][0]["code"] for one in metrics}
    assert {one["source"]["reference"] for one in metrics} == {f"Device/{watch['id']}"}
    assert valid(hospital.http.get(f"/DeviceMetric/{metrics[0]['id']}").json()) == metrics[0]
    assert found(hospital, "/Device", identifier="w2") == [], "a device of somebody out of reach"
    consents = found(hospital, "/Consent", patient=AGREES)
    purposes = {one["provision"]["code"][0]["coding"][0]["code"] for one in consents}
    assert purposes == {"family_view", "handover"}
    assert found(hospital, "/Task", patient=AGREES) == []


def test_everything_of_one_person_comes_in_pages_and_stops_where_the_token_does(
    house: ApiHouse, hospital: Person
) -> None:
    house.clock.advance(minutes=1)
    measure(house, AGREES, minutes_ago=3, heart_rate=70)
    house.sos(AGREES)
    path, kinds, keys = f"/Patient/{AGREES}/$everything?_count=5", [], []
    while path:
        page = valid(hospital.http.get(path).json())
        assert len(page["entry"]) <= 5
        kinds += [entry["resource"]["resourceType"] for entry in page["entry"]]
        keys += [entry["fullUrl"] for entry in page["entry"]]
        path = {link["relation"]: link["url"] for link in page["link"]}.get("next", "")
    assert {"Patient", "Device", "DeviceMetric", "Observation", "Flag", "DetectedIssue", "Consent"} <= set(
        kinds
    )
    assert len(keys) == len(set(keys))
    assert kinds == sorted(kinds, key=kinds.index), "one kind after the other"
    little = token(house, "see_residents")
    some = found(little, f"/Patient/{AGREES}/$everything", _count=200)
    posted = little.http.post(f"/Patient/{AGREES}/$everything?_count=200")
    assert [one["resource"] for one in valid(posted.json())["entry"]] == some
    assert {one["resourceType"] for one in some} == {"Patient", "Observation"}
    problem(little.http.get("/DetectedIssue"), 403, "forbidden")
    problem(token(house, station=WEST).http.get(f"/Patient/{AGREES}/$everything"), 404, "not-found")


def hospital_says(value: float = 120, name: str = "", patient: int = AGREES, **more: Any) -> dict[str, Any]:
    def part(code: str, number: float) -> dict[str, Any]:
        quantity = {"value": number, "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
        return {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": quantity}

    return {
        "resourceType": "Observation", "status": "final",
        "identifier": [{"system": "urn:hospital", "value": name or str(uuid4())}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
        "subject": {"reference": f"Patient/{patient}"}, "effectiveDateTime": "2026-02-28T09:00:00+08:00",
        "performer": [{"display": "Ward 3"}],
        "component": [part("8480-6", value), part("8462-4", 80)],
    } | more  # fmt: skip


def test_what_a_hospital_measured_is_kept_once(house: ApiHouse, hospital: Person) -> None:
    body = hospital_says(name="bp-1")
    if_none = {"If-None-Exist": "identifier=urn:hospital|bp-1"}
    made = hospital.http.post("/Observation", json=body, headers=if_none)
    assert made.status_code == 201, made.text
    assert made.headers["location"].endswith(f"/fhir/Observation/{made.json()['id']}")
    again = hospital.http.post("/Observation", json=hospital_says(999 % 200, name="bp-1"), headers=if_none)
    assert (again.status_code, again.json()) == (200, made.json()), "the first stands"
    short = hospital.http.post("/Observation", json=body, headers={**if_none, "Prefer": "return=minimal"})
    assert (short.status_code, short.content) == (200, b"")
    problem(hospital.http.post("/Observation", json=body), 409, "duplicate")
    problem(
        hospital.http.post("/Observation", json=body, headers={"If-None-Exist": "identifier=urn:hospital|x"}),
        412,
        "multiple-matches",
    )
    from_then_on = {"date": "ge2026-02-28T01:00:00Z", "code": "85354-9"}
    for order in ("date", "-date"):
        keys = [
            one["id"] for one in found(hospital, "/Observation", patient=AGREES, _sort=order, **from_then_on)
        ]
        assert made.json()["id"] in keys, order
    assert found(hospital, "/Observation", patient=AGREES, identifier="urn:hospital|bp-1") == [
        valid(made.json())
    ]
    assert valid(hospital.http.get(f"/Observation/{made.json()['id']}").json()) == made.json()
    refused: list[dict[str, Any]] = [
        {"status": "preliminary"}, {"identifier": []}, {"component": []}, {"effectiveDateTime": "2026-02-28"},
        {"code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}},
        {"subject": {"display": "x"}}, {"status": 7},
    ]  # fmt: skip
    for wrong in refused:
        problem(hospital.http.post("/Observation", json=hospital_says(**wrong)), 422, "processing")
    problem(hospital.http.post("/Observation", json=hospital_says(4000)), 422, "processing")
    problem(hospital.http.post("/Observation", json=hospital_says(patient=OTHER)), 404, "not-found")
    problem(hospital.http.post("/Observation", json=hospital_says(patient=SILENT)), 403, "forbidden")
    reader = token(house, "see_residents")
    problem(reader.http.post("/Observation", json=hospital_says()), 403, "forbidden")
    for no_text in (b"{", b'{"resourceType": "Observation", "status": "\\ud800"}'):
        kind = {"Content-Type": "application/fhir+json"}
        problem(hospital.http.post("/Observation", content=no_text, headers=kind), 400, "invalid")


def test_every_look_is_kept(house: ApiHouse, hospital: Person) -> None:
    found(hospital, "/Observation", patient=AGREES)
    row = house.conn.execute(
        "SELECT what, actions, residents, outcome FROM audit_entry ORDER BY id DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    assert row[0] == "GET /fhir/Observation"
    assert (row[1], row[2], row[3]) == (["see_residents"], [AGREES], 200)


def test_the_second_wall_holds_where_the_first_is_a_scope_too_wide(house: ApiHouse) -> None:
    """A token of WEST: no statement of FHIR brings a row of EAST, whatever is asked."""
    west = token(house, station=WEST)
    assert {one["id"] for one in found(west, "/Patient")} == {str(OTHER)}
    assert all(one["patient"]["reference"] == f"Patient/{OTHER}" for one in found(west, "/DetectedIssue"))
    assert all(one["patient"]["reference"] == f"Patient/{OTHER}" for one in found(west, "/Consent"))
    for kind in ("Observation", "Communication", "Task"):
        problem(west.http.get(f"/{kind}?patient={AGREES}"), 404, "not-found")
