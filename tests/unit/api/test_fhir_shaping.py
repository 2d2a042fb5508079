"""Less of a resource, and more beside it: what a search may ask for, worked out without a server."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.fhir import including
from api.fhir.happenings import communication
from api.fhir.parameters import asked
from api.fhir.search import PARAMETERS, BadSearch, parse
from api.fhir.shaping import shaped
from api.fhir.things import device
from tests.support.fhir import valid

ISSUE: dict[str, Any] = {
    "resourceType": "DetectedIssue", "id": "i.1", "meta": {"lastUpdated": "2026-02-28T01:00:00+00:00"},
    "status": "final", "severity": "high", "patient": {"reference": "Patient/1"}, "detail": "x",
    "identifiedDateTime": "2026-02-28T01:00:00+00:00",
}  # fmt: skip


def test_a_part_of_a_resource_is_still_one_and_says_that_it_is_a_part() -> None:
    assert shaped(ISSUE, None, "false") is ISSUE
    assert shaped(ISSUE, None, "data") is ISSUE
    some = valid(shaped(ISSUE, ("severity", "DetectedIssue.detail"), "false"))
    assert set(some) == {"resourceType", "id", "meta", "status", "severity", "detail"}
    assert some["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert some["meta"]["lastUpdated"] == ISSUE["meta"]["lastUpdated"]
    assert "tag" not in ISSUE["meta"], "the whole one stays whole"
    assert set(shaped(ISSUE, None, "text")) == {"resourceType", "id", "meta", "status"}
    assert "detail" not in shaped(ISSUE, None, "true")


@pytest.mark.parametrize("resource", sorted(PARAMETERS))
def test_what_may_come_along_is_named_by_its_parameter(resource: str) -> None:
    for parameter, kind in including.FORWARD[resource].items():
        assert including.forward(resource, f"{resource}:{parameter}") == (kind,)
        assert including.forward(resource, f"{resource}:{parameter}:{kind}") == (kind,)
        if kind == "Patient":
            assert including.reverse("Patient", f"{resource}:{parameter}") == (resource,)
    for wrong in (f"{resource}:encounter", "Goal:patient", "", f"{resource}:patient:Group"):
        with pytest.raises(ValueError, match="_include"):
            including.forward(resource, wrong)
    with pytest.raises(BadSearch, match="_revinclude"):
        parse(resource, [("_revinclude", "Encounter:patient"), ("patient", "1")])


def test_each_is_brought_along_once() -> None:
    found = [
        ISSUE,
        ISSUE | {"id": "i.2"},
        {"resourceType": "Task", "focus": {"reference": "DetectedIssue/i.1"}},
    ]
    assert including.referred(found, "Patient") == ("1",)
    assert including.referred(found, "DetectedIssue") == ("i.1",)
    assert including.referred(found, "Device") == ()


def test_an_operation_is_told_what_is_wanted_by_parameters() -> None:
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "_count", "valueInteger": 5}, {"name": "start", "valueDate": "2026-01-01"}],
    }
    assert asked(body) == [("_count", "5"), ("start", "2026-01-01")]
    assert asked({}) == []
    for wrong in (
        {"resourceType": "Patient"},
        body | {"parameter": [{"name": "x"}]},
        body | {"parameter": 7},
    ):
        with pytest.raises(BadSearch):
            asked(wrong)


def test_who_was_told_is_the_recipient_and_a_device_says_whether_it_is_there() -> None:
    at = datetime(2026, 2, 28, tzinfo=UTC)
    row: dict[str, Any] = {
        "key": "7.1", "state": "seen", "priority": "high", "channel": "push", "subject": 1,
        "purpose": "alarm", "incident": "i", "queued_at": at, "sent_at": at, "delivered_at": None,
        "seen_at": at, "recipient_kind": "contact", "recipient": "Daughter",
    }  # fmt: skip
    told = valid(communication(row))
    assert told["recipient"] == [{"type": "RelatedPerson", "display": "Daughter"}]
    assert "recipient" not in valid(communication(row | {"recipient": None}))
    thing = {
        "id": 1, "code": "w1", "kind": "wearable", "model": "", "room": "", "site": "", "firmware": "",
        "last_seen": at, "online": False, "patient": 1,
    }  # fmt: skip
    assert valid(device(thing))["statusReason"][0]["coding"][0]["code"] == "offline"
    assert "statusReason" not in valid(device(thing | {"online": None}))
