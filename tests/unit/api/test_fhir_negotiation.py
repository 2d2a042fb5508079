"""Whoever takes JSON in any of its names gets it, and nobody is sent what they cannot read."""

import pytest

from api.fhir.negotiation import is_json


@pytest.mark.parametrize(
    ("asked", "accept", "said"),
    [
        (None, None, True),
        (None, "application/fhir+json", True),
        (None, "application/fhir+json; fhirVersion=4.0", True),
        (None, "text/html,application/xhtml+xml,*/*;q=0.8", True),
        (None, "application/fhir+xml;q=1.0, application/fhir+json;q=0.1", True),
        (None, "application/fhir+xml", False),
        (None, "application/fhir+xml, application/json;q=0", False),
        (None, "application/fhir+xml, */*;q=0.00", False),
        (None, "text/turtle", False),
        ("json", "application/fhir+xml", True),
        ("application/fhir json", None, True),
        ("application/fhir+json", None, True),
        ("xml", "application/fhir+json", False),
        ("html", "*/*", False),
        ("", "*/*", False),
    ],
)
def test_a_form_is_agreed_on(asked: str | None, accept: str | None, said: bool) -> None:
    assert is_json(asked, accept) is said
