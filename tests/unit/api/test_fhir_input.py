"""Whatever a stranger sends to FHIR is understood or refused with a reason; nothing else ever comes of it."""

from datetime import UTC, datetime
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.fhir import bundle, observations, search, subscription
from api.fhir.observations import NotOurs
from api.fhir.search import BadSearch, Span
from api.fhir.subscription import NotPossible
from api.store.fhir import SHAPES, Asking, _params, stretches

NAMES = sorted(
    {"_id", "_lastUpdated", "_count", "_sort", "patient", *(n for p in search.PARAMETERS.values() for n in p)}
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(search.PARAMETERS)),
    st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=40) | st.dates().map(str)), max_size=4),
    st.booleans(),
)
def test_any_question_is_a_search_or_a_refusal(
    resource: str, asked: list[tuple[str, str]], lenient: bool
) -> None:
    try:
        found = search.parse(resource, asked, lenient=lenient)
    except BadSearch:
        return
    assert 0 < found.count <= search.MOST
    assert found.patient is None or 0 <= found.patient < 2**31
    assert found.date.since.tzinfo is not None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | st.lists(st.integers() | st.text(max_size=9), max_size=4).map(bundle.encode))
def test_any_cursor_is_a_key_or_a_refusal(text: str) -> None:
    for shape in SHAPES.values():
        try:
            key = bundle.decode(text, shape)
        except BadSearch:
            continue
        assert key is not None
        assert [type(part) for part in key] == list(shape)
        assert all(abs(part) < 2**31 for part in key[1:] if isinstance(part, int))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["resourceType", "channel", "criteria", "end", "status"]), JSON))
def test_any_subscription_is_a_wish_or_a_refusal(body: dict[str, object]) -> None:
    with pytest.raises(NotPossible):
        subscription.wished(body | {"resourceType": "Subscription"})


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01T00:00:00", "2027-01-01T00:00:00"),
        ("eq2026-12", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        ("2026-02-28", "2026-02-28T00:00:00", "2026-03-01T00:00:00"),
        ("2026-02-28T09:30+08:00", "2026-02-28T01:30:00", "2026-02-28T01:31:00"),
        ("2026-02-28T09:30:15Z", "2026-02-28T09:30:15", "2026-02-28T09:30:16"),
        ("2026-02-28T09:30:15.5-05:00", "2026-02-28T14:30:15.500000", "2026-02-28T14:30:15.500001"),
    ],
)
def test_a_date_is_as_long_as_it_is_precise(text: str, first: str, last: str) -> None:
    def span(*given: str) -> Span:
        return search.parse("Observation", [("patient", "1"), *(("date", one) for one in given)]).date

    begin, end = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, last))
    bare = text.removeprefix("eq")
    assert span(text) == Span(begin, end)
    assert (span(f"ge{bare}").since, span(f"gt{bare}").since) == (begin, end)
    assert (span(f"le{bare}").until, span(f"lt{bare}").until) == (end, begin)
    assert span(f"ge{bare}", f"le{bare}") == Span(begin, end)


def told(**more: object) -> dict[str, object]:
    quantity = {"value": 71, "system": "http://unitsofmeasure.org", "code": "/min"}
    return {
        "status": "final", "identifier": [{"system": "urn:x", "value": "1"}],
        "subject": {"reference": "Patient/1"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}, "valueQuantity": quantity,
        "effectiveDateTime": "2026-02-28T09:00:00+08:00",
    } | more  # fmt: skip


def test_what_a_hospital_says_is_read_field_by_field() -> None:
    facts = observations.told(told(performer=[{"display": "Ward 3"}]))
    assert (facts["patient"], facts["value"], facts["diastolic"], facts["performer"]) == (
        1,
        71,
        None,
        "Ward 3",
    )
    assert facts["at"] == datetime(2026, 2, 28, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"identifier": [{"system": "urn:x", "value": "a\u0000"}]},
        {"identifier": [{"system": "urn:x", "value": "1"}, {"system": "urn:y", "value": "2"}]},
        {"effectiveDateTime": "0001-01-01T00:00:00+14:00"},
        {"subject": {"reference": "Group/1"}},
        {"subject": {"reference": "Patient/99999999999"}},
        {"valueQuantity": {"value": "NaN", "system": "http://unitsofmeasure.org", "code": "/min"}},
        {"valueQuantity": {"value": 71, "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}},
        {"performer": [{"display": "a\u202e\u0007"}]},
    ],
    ids=str,
)
def test_what_is_wrong_in_it_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(NotOurs):
        observations.told(told(**wrong))


MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))


@settings(max_examples=100, deadline=None)
@given(st.tuples(MOMENTS, MOMENTS).map(sorted), st.booleans())
def test_stretches_are_the_span_without_gap_or_overlap(ends: list[datetime], oldest: bool) -> None:
    parts = list(stretches(Span(*ends), datetime(2026, 3, 1, tzinfo=UTC), oldest=oldest))
    parts = parts if oldest else parts[::-1]
    assert (parts[0].since, parts[-1].until) == tuple(ends)
    assert all(one.until == other.since for one, other in pairwise(parts))


@pytest.mark.parametrize(
    ("resource", "asked", "codes"),
    [
        ("Patient", "3", ["3"]),
        ("Patient", "urn:nowalls:resident|3", ["3"]),
        ("Patient", "urn:hospital|3", []),
        ("Patient", "urn:hospital|3,urn:nowalls:resident|4", ["4"]),
        ("Device", "urn:nowalls:resident|w1", []),
        ("Device", "urn:nowalls:device|w1", ["w1"]),
        ("DetectedIssue", "urn:nowalls:incident|7", ["7"]),
    ],
)
def test_a_number_of_somebody_elses_is_nobody_here(resource: str, asked: str, codes: list[str]) -> None:
    asking = Asking(SimpleNamespace(params={}), datetime(2026, 3, 1, tzinfo=UTC))
    assert _params(asking, search.parse(resource, [("identifier", asked)]), 10)["identifier"] == codes
    assert _params(asking, search.parse(resource, []), 10)["identifier"] is None
