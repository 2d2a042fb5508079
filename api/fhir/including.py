"""What may come along with the matches of a search: `_include` and `_revinclude`. No I/O."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.fhir.words import Resource

# Parameter of a resource -> what it refers to.
FORWARD: Mapping[str, Mapping[str, str]] = {
    "Patient": {},
    "Device": {"patient": "Patient"},
    "DeviceMetric": {"source": "Device"},
    "Observation": {"patient": "Patient", "subject": "Patient", "device": "Device"},
    "Flag": {"patient": "Patient", "subject": "Patient"},
    "DetectedIssue": {"patient": "Patient"},
    "Communication": {"patient": "Patient", "subject": "Patient"},
    "Task": {"patient": "Patient", "subject": "Patient", "focus": "DetectedIssue"},
    "Consent": {"patient": "Patient"},
}
# What refers to a Patient, of each at most this much, the latest first.
OF_A_PATIENT = tuple(sorted(name for name in FORWARD if "patient" in FORWARD[name]))
MOST_OF_EACH, MOST_PATIENTS = 200, 20


def forward(resource: str, text: str) -> tuple[str, ...]:
    """The kinds that `_include=text` brings; raises ValueError for what cannot be included."""
    if text in ("*", f"{resource}:*"):
        return tuple(dict.fromkeys(FORWARD[resource].values()))
    source, _, rest = text.partition(":")
    parameter, _, target = rest.partition(":")
    kind = FORWARD[resource].get(parameter) if source == resource else None
    if kind is None or target not in ("", kind):
        raise ValueError(f"_include: one of {', '.join(f'{resource}:{name}' for name in FORWARD[resource])}")
    return (kind,)


def reverse(resource: str, text: str) -> tuple[str, ...]:
    """The kinds that `_revinclude=text` brings; raises ValueError for what cannot be included."""
    source, _, parameter = text.partition(":")
    parameter = parameter.removesuffix(":Patient")
    if resource == "Patient" and FORWARD.get(source, {}).get(parameter) == "Patient":
        return (source,)
    raise ValueError(f"_revinclude: of Patient, one of {', '.join(f'{n}:patient' for n in OF_A_PATIENT)}")


def referred(found: Iterable[Resource], kind: str) -> tuple[str, ...]:
    """The ids of the resources of `kind` to which these refer, each once."""
    return tuple(
        dict.fromkeys(
            reference.removeprefix(f"{kind}/")
            for one in found
            for value in one.values()
            for reference in _references(value)
            if reference.startswith(f"{kind}/")
        )
    )


def _references(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict) and isinstance(one.get("reference"), str):
            yield one["reference"]
