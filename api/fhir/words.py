"""The words of FHIR that several resources use, and how a value of ours is written in them. No I/O."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Resource = dict[str, Any]
Row = Mapping[str, Any]

MEDIA_TYPE = "application/fhir+json"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
# What is named by us; a URN, because a house has no address that stays the same for ever.
RESIDENT = "urn:nowalls:resident"
DEVICE = "urn:nowalls:device"
INCIDENT = "urn:nowalls:incident"
INCIDENT_KIND = "urn:nowalls:incident-kind"
METRIC = "urn:nowalls:metric"
DEVICE_KIND = "urn:nowalls:device-kind"
ORDER_KIND = "urn:nowalls:service-kind"
PURPOSE = "urn:nowalls:consent-purpose"


def instant(moment: datetime) -> str:
    """A FHIR instant: milliseconds, and a zone."""
    return moment.isoformat(timespec="milliseconds")


def coding(system: str, code: str, display: str = "") -> Resource:
    """One Coding."""
    return without_none({"system": system, "code": code, "display": display or None})


def concept(system: str, code: str, text: str = "") -> Resource:
    """A CodeableConcept of one Coding."""
    return without_none({"coding": [coding(system, code)], "text": text or None})


def reference(kind: str, key: object, display: str = "") -> Resource:
    """A reference relative to the base."""
    return without_none({"reference": f"{kind}/{key}", "display": display or None})


def identifier(system: str, value: object) -> list[Resource]:
    """The one identifier of a resource."""
    return [{"system": system, "value": str(value)}]


def sentence(both: Mapping[str, str]) -> str:
    """A sentence for readers of either language."""
    return f"{both['zh']} / {both['en']}"


def meta(updated: datetime | None) -> Resource | None:
    """When it changed last, where that is known."""
    return None if updated is None else {"lastUpdated": instant(updated)}


def without_none(body: Mapping[str, Any]) -> Resource:
    """`body` without what is not known: FHIR has no null."""
    return {name: value for name, value in body.items() if value is not None}
