"""The hand-over: one side of paper whatever was written, and FHIR that a hospital can read."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from care.community import Contact
from care.handover.facts import Handover, Happening, Vital
from care.handover.fhir import bundle
from care.handover.page import pdf

NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)  # noon in Shanghai
LIN = Handover(
    resident=17,
    name="林玉兰",
    sex="female",
    born=date(1943, 5, 1),
    phone="+8613800001234",
    address="柳塘区梧桐路1号",
    access_note="钥匙在邻居处",
    grade=2,
    risks="走楼梯不稳",
    medicines="Metformin 500 mg",
    allergies="青霉素",
    doctor="Dr Wu",
    station="东社区服务站",
    station_phone="+861060000000",
    zone="Asia/Shanghai",
    made_at=NOON,
    contacts=(Contact(name="Lin Min", relation="daughter", phone="+8613900001234"),),
    vitals=(
        Vital("heart_rate", "/min", 112, NOON - timedelta(minutes=4), 61, 118, 40),
        Vital("spo2", "%", 91, NOON - timedelta(minutes=4), 90, 97, 40),
    ),
    last_activity_at=NOON - timedelta(minutes=9),
    last_room="kitchen",
    active_hours=(6, 7, 8, 11),
    happening=Happening(
        5, {"zh": "跌倒", "en": "Fall"}, {"zh": "跌倒后未起身", "en": "Fell and is lying still"}, NOON, "open"
    ),
)


def text(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    assert len(pages) == 1
    return pages[0].extract_text()


def test_the_page_says_what_the_next_hands_need_in_english() -> None:
    shown = text(pdf(LIN, "en"))
    for needed in (
        "Fell and is lying still",
        "82 years",
        "Metformin 500 mg",
        "112 /min",
        "Lin Min (daughter)",
        "11:51",
    ):
        assert needed in shown, needed


def test_the_page_in_chinese() -> None:
    shown = text(pdf(LIN, "zh"))
    for needed in ("林玉兰", "跌倒后未起身", "青霉素", "厨房", "中度失能"):
        assert needed in shown, needed


def test_nothing_recorded_is_said_and_not_left_out() -> None:
    assert "nothing recorded" in text(pdf(replace(LIN, allergies=""), "en"))


words = st.text(max_size=2000)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words, words, words, st.lists(words, max_size=8))
def test_one_side_whatever_was_written(risks: str, medicines: str, address: str, names: list[str]) -> None:
    contacts = tuple(Contact(name=name, relation="x", phone="1") for name in names)
    text(pdf(replace(LIN, risks=risks, medicines=medicines, address=address, contacts=contacts), "en"))


def test_the_same_facts_give_the_same_file() -> None:
    assert pdf(LIN, "zh") == pdf(LIN, "zh")


def test_the_bundle_is_valid_fhir_and_holds_the_vital_signs_by_their_codes() -> None:
    document = json.loads(bundle(LIN))
    Bundle.model_validate(document)
    by_type: dict[str, list[dict]] = {}
    for entry in document["entry"]:
        by_type.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    assert by_type["Patient"][0]["birthDate"] == "1943-05-01"
    assert by_type["AllergyIntolerance"][0]["code"]["text"] == "青霉素"
    values = {o["code"]["coding"][0]["code"]: o["valueQuantity"]["value"] for o in by_type["Observation"]}
    assert values == {"8867-4": 112, "2708-6": 91}
    patient = next(e["fullUrl"] for e in document["entry"] if e["resource"]["resourceType"] == "Patient")
    assert {o["subject"]["reference"] for o in by_type["Observation"]} == {patient}


@pytest.mark.parametrize("born", [None, date(1943, 3, 20), date(1943, 3, 21)])
def test_age_is_counted_in_whole_years(born: date | None) -> None:
    expected = {None: None, date(1943, 3, 20): 83, date(1943, 3, 21): 82}
    assert replace(LIN, born=born).age == expected[born]


def test_somebody_of_whom_little_is_known_is_handed_over_too() -> None:
    empty = dict.fromkeys(("sex", "phone", "address", "medicines", "risks", "allergies", "doctor"), "")
    unknown = dict.fromkeys(("born", "grade", "last_activity_at", "happening"))
    nobody = replace(LIN, **empty, **unknown, contacts=(), vitals=())
    assert "林玉兰" in text(pdf(nobody, "zh"))
    Bundle.model_validate(json.loads(bundle(nobody)))
