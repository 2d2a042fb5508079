"""Less of a resource, where less was asked for: `_elements` and `_summary`. No I/O."""

from collections.abc import Iterable, Mapping

from api.fhir.words import TERMINOLOGY, Resource

SUMMARIES = frozenset({"true", "text", "data", "count", "false"})
# What a resource is none without.
_NEEDED: Mapping[str, frozenset[str]] = {
    "Patient": frozenset(),
    "Device": frozenset(),
    "DeviceMetric": frozenset({"type", "category"}),
    "Observation": frozenset({"status", "code"}),
    "Flag": frozenset({"status", "code", "subject"}),
    "DetectedIssue": frozenset({"status"}),
    "Communication": frozenset({"status"}),
    "Task": frozenset({"status", "intent"}),
    "Consent": frozenset({"status", "scope", "category", "policyRule"}),
}
# What FHIR marks as the summary of each, as far as it is told here.
_SUMMARY: Mapping[str, str] = {
    "Patient": "identifier active name telecom gender birthDate address managingOrganization",
    "Device": "identifier status type deviceName patient",
    "DeviceMetric": "identifier type unit source operationalStatus category",
    "Observation": "identifier status code subject effectiveDateTime issued performer valueQuantity"
    " component",
    "Flag": "identifier status category code subject period",
    "DetectedIssue": "identifier status code severity patient identifiedDateTime",
    "Communication": "identifier status priority subject sent received",
    "Task": "identifier status intent priority code focus for lastModified owner",
    "Consent": "identifier status scope category patient dateTime policyRule provision",
}
_ALWAYS = frozenset({"resourceType", "id", "meta"})
_SUBSET = {"system": f"{TERMINOLOGY}/v3-ObservationValue", "code": "SUBSETTED"}


def shaped(resource: Resource, elements: Iterable[str] | None, summary: str) -> Resource:
    """`resource` with the `elements` alone (None: all), or its summary; it says that it is not whole."""
    kind = resource["resourceType"]
    if summary in ("true", "text"):
        wanted = frozenset(_SUMMARY[kind].split() if summary == "true" else ())
    elif elements is not None:
        wanted = frozenset(one.rpartition(".")[2] for one in elements)
    else:
        return resource
    kept = {name: value for name, value in resource.items() if name in _ALWAYS | wanted | _NEEDED[kind]}
    meta = dict(resource.get("meta") or {})
    return kept | {"meta": meta | {"tag": [*meta.get("tag", ()), _SUBSET]}}
