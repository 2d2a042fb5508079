"""Observation: measured by devices here, or told by a hospital. Values in, resources out; no I/O.

The codes are those of the hand-over (care.handover.codes), with steps and blood pressure as a panel.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.fhir.words import (
    LOINC,
    METRIC,
    TERMINOLOGY,
    UCUM,
    Resource,
    Row,
    coding,
    instant,
    meta,
    reference,
    without_none,
)
from care.handover.codes import CODES as OF_HANDOVER
from core.instant import from_datetime
from core.quantity import BY_ID, BY_NAME

CODES: Mapping[str, tuple[str, ...]] = OF_HANDOVER | {"steps": ("55423-8",)}
BLOOD_PRESSURE = "85354-9"
SYSTOLIC, DIASTOLIC = BY_NAME["systolic"].id, BY_NAME["diastolic"].id
# Quantities that are told as Observations; what sensors of the home say (doors, beds, rooms) is not medical.
TOLD = {BY_NAME[name].id: name for name in CODES}
# What LOINC calls them.
CALLED = {
    "8867-4": "Heart rate", "2708-6": "Oxygen saturation in Arterial blood",
    "59408-5": "Oxygen saturation in Arterial blood by Pulse oximetry", "8310-5": "Body temperature",
    "9279-1": "Respiratory rate", "55423-8": "Number of steps in unspecified time Pedometer",
    "15074-8": "Glucose [Moles/volume] in Blood", "29463-7": "Body weight",
    "8480-6": "Systolic blood pressure", "8462-4": "Diastolic blood pressure",
    BLOOD_PRESSURE: "Blood pressure panel with all children optional",
}  # fmt: skip
# The profiles of FHIR's vital signs, which the profiles of countries and the patient summary build on.
_PROFILES = {
    "heart_rate": "heartrate", "spo2": "oxygensat", "body_temperature": "bodytemp", "respiration": "resprate",
    "weight": "bodyweight", "systolic": "bp", "diastolic": "bp",
}  # fmt: skip
_METRICS = {code: BY_NAME[name].id for name, codes in CODES.items() for code in codes}
_SHOWN_UNIT = {"1": "steps", "/min": "/min", "mm[Hg]": "mmHg", "Cel": "°C"}
_UCUM_CODE = {"1": "{steps}"}


def metrics_of(codes: list[tuple[str | None, str]]) -> list[int]:
    """The quantities that a search for these (system, code) is about; pressure is found by any of its codes.

    A system of None is any; codes that nothing here has find nothing.
    """
    found: set[int] = set()
    for system, code in codes:
        if system in (None, LOINC):
            found |= {SYSTOLIC, DIASTOLIC} if code == BLOOD_PRESSURE else set()
            found |= {_METRICS[code]} if code in _METRICS else set()
        if system in (None, METRIC) and code in CODES:
            found.add(BY_NAME[code].id)
    return sorted(found | ({SYSTOLIC, DIASTOLIC} if found & {SYSTOLIC, DIASTOLIC} else set()))


def kinds(codes: Sequence[tuple[str | None, str]] | None) -> list[tuple[tuple[str | None, str], ...]]:
    """For each thing that is measured, of those that `codes` ask for, the codes to search it by."""
    wanted = set(TOLD) if codes is None else set(metrics_of(list(codes)))
    firsts = [(LOINC, of[0]) for name, of in CODES.items() if BY_NAME[name].id in wanted - {DIASTOLIC}]
    return [(one,) for one in firsts]


def key(device: int, metric: int, time: datetime) -> str:
    """The id of what `device` measured; pressure has that of its systolic half."""
    return f"{device}-{metric}-{from_datetime(time)}"


def observation(row: Row) -> Resource:
    """A row of `observations`; `outside` is the key of what a hospital told, else a device measured it."""
    name = TOLD[row["metric"]]
    pressure = row["metric"] in (SYSTOLIC, DIASTOLIC)
    codes = [
        coding(LOINC, one, CALLED.get(one, "")) for one in ([BLOOD_PRESSURE] if pressure else CODES[name])
    ]
    told = row["outside"] is not None
    body = {
        "resourceType": "Observation",
        "id": f"told-{row['outside']}" if told else key(row["device_id"], row["metric"], row["time"]),
        "meta": (meta(row["received"]) or {}) | _profile(name),
        "identifier": [{"system": row["id_system"], "value": row["id_value"]}] if told else None,
        "status": "final",
        "category": [{"coding": [coding(f"{TERMINOLOGY}/observation-category", category(row["metric"]))]}],
        "code": {"coding": codes, "text": "blood_pressure" if pressure else name},
        "subject": reference("Patient", row["patient"]),
        "effectiveDateTime": instant(row["time"]),
        "issued": instant(row["received"]),
        "performer": [{"display": row["performer"]}] if told and row["performer"] else None,
        "device": None if told else reference("Device", row["device_id"]),
    }
    measured = {"component": _components(row)} if pressure else {"valueQuantity": _value(name, row["value"])}
    return without_none(body) | measured


def _profile(name: str) -> Resource:
    known = _PROFILES.get(name)
    return {"profile": [f"http://hl7.org/fhir/StructureDefinition/{known}"]} if known else {}


def category(metric: int) -> str:
    """FHIR's category of a quantity."""
    return {"steps": "activity", "glucose": "laboratory"}.get(TOLD[metric], "vital-signs")


def _value(name: str, value: float) -> Resource:
    unit = BY_NAME[name].unit
    shown = _SHOWN_UNIT.get(unit, unit)
    return {"value": round(value, 6), "unit": shown, "system": UCUM, "code": _UCUM_CODE.get(unit, unit)}


def _components(row: Row) -> list[Resource]:
    """Both halves; one that is not known says so, as the profile of vital signs asks."""
    upper = row["value"] if row["metric"] == SYSTOLIC else None
    lower = row["value"] if row["metric"] == DIASTOLIC else row["diastolic"]
    return [_component("systolic", upper), _component("diastolic", lower)]


def _component(name: str, value: float | None) -> Resource:
    one = CODES[name][0]
    code = {"coding": [coding(LOINC, one, CALLED[one])], "text": name}
    if value is None:
        return {"code": code, "dataAbsentReason": {"coding": [coding(_ABSENT, "unknown")]}}
    return {"code": code, "valueQuantity": _value(name, value)}


_YEARS = (1971, 2199)
_ABSENT = f"{TERMINOLOGY}/data-absent-reason"


class NotOurs(Exception):
    """An Observation that cannot be kept; the message says why, without its values."""


def told(body: Mapping[str, Any]) -> dict[str, Any]:
    """What an Observation sent by a hospital says: `patient`, `metric`, `value`, `diastolic`, `at`,
    `id_system`, `id_value`, `performer`. It is valid FHIR already; raises NotOurs for what is not kept."""
    if body.get("status") not in ("final", "amended", "corrected"):
        raise NotOurs("status must be final, amended or corrected")
    metric, pressure = _metric_of(body)
    value, lower = _values(body, metric, pressure=pressure)
    names = [one for one in _many(body, "identifier") if one.get("system") and one.get("value")]
    if len(names) != 1:
        raise NotOurs("exactly one identifier with a system and a value")
    performer = next((one.get("display") or "" for one in _many(body, "performer")), "")
    if not all(str(text).isprintable() for text in (names[0]["system"], names[0]["value"], performer)):
        raise NotOurs("control characters")
    return {
        "patient": _patient_of(body),
        "metric": metric,
        "value": value,
        "diastolic": lower,
        "at": _at(body),
        "id_system": str(names[0]["system"])[:200],
        "id_value": str(names[0]["value"])[:200],
        "performer": str(performer)[:200],
    }


def _one(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of it; the check of the standard lets null pass for nothing."""
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _many(of: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = of.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _codings(of: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(one.get("system")), str(one.get("code"))) for one in _many(_one(of, "code"), "coding")]


def _metric_of(body: Mapping[str, Any]) -> tuple[int, bool]:
    codes = set(_codings(body))
    if (LOINC, BLOOD_PRESSURE) in codes:
        return SYSTOLIC, True
    found = {_METRICS[code] for system, code in codes if system == LOINC and code in _METRICS}
    if len(found) != 1 or found <= {SYSTOLIC, DIASTOLIC}:
        raise NotOurs(f"code: one of {', '.join(sorted(_METRICS))}; pressure as {BLOOD_PRESSURE}")
    return found.pop(), False


def _values(body: Mapping[str, Any], metric: int, *, pressure: bool) -> tuple[float, float | None]:
    if not pressure:
        return _quantity(_one(body, "valueQuantity"), metric), None
    by_code = {
        code: _one(part, "valueQuantity")
        for part in _many(body, "component")
        for system, code in _codings(part)
        if system == LOINC
    }
    upper = _quantity(by_code.get(CODES["systolic"][0], {}), SYSTOLIC)
    return upper, _quantity(by_code.get(CODES["diastolic"][0], {}), DIASTOLIC)


def _quantity(quantity: Mapping[str, Any], metric: int) -> float:
    known = BY_ID[metric]
    wanted = _UCUM_CODE.get(known.unit, known.unit)
    if quantity.get("system") != UCUM or quantity.get("code") not in (wanted, known.unit):
        raise NotOurs(f"{known.name}: a value in UCUM {wanted}")
    try:
        value = float(quantity.get("value", "nan"))
    except (TypeError, ValueError, OverflowError):
        raise NotOurs(f"{known.name}: a number") from None
    if not known.low <= value <= known.high:
        raise NotOurs(f"{known.name}: between {known.low:g} and {known.high:g}")
    return value


def _patient_of(body: Mapping[str, Any]) -> int:
    kind, _, number = str(_one(body, "subject").get("reference", "")).rpartition("/")
    if kind.rpartition("/")[2] != "Patient" or not (
        number.isascii() and number.isdigit() and len(number) < 10
    ):
        raise NotOurs("subject: a reference to a Patient here")
    return int(number)


def _at(body: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(str(body.get("effectiveDateTime", "")))
    except ValueError:
        raise NotOurs("effectiveDateTime: an instant") from None
    if at.tzinfo is None or not _YEARS[0] <= at.year < _YEARS[1]:
        raise NotOurs("effectiveDateTime: of our time, with its zone")
    return at
