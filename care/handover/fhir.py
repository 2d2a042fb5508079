"""The page as an HL7 FHIR R4 collection: Patient, contacts, Flag, AllergyIntolerance and MedicationStatement
as free text, and an Observation for each vital sign by its LOINC code.

Built and validated with the R4B models, whose resources used here are those of R4.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from fhir.resources.R4B.bundle import Bundle

from care.handover.codes import CODES
from care.handover.facts import Handover, Vital

_SPACE = UUID("8a0c2a43-7f0e-5d2f-8a55-6e6f77616c6c")
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"


def bundle(handover: Handover) -> str:
    """The collection as JSON text; raises pydantic.ValidationError when it would not be valid FHIR."""
    patient = _uuid(handover, "patient")
    resources = [(patient, _patient(handover)), *_notes(handover, patient), *_observations(handover, patient)]
    entries = [{"fullUrl": f"urn:uuid:{key}", "resource": body} for key, body in resources]
    made = handover.made_at.isoformat(timespec="seconds")
    document = Bundle.model_validate(
        {"resourceType": "Bundle", "type": "collection", "timestamp": made, "entry": entries}
    )
    text: str = document.model_dump_json()
    return text


def _patient(one: Handover) -> dict[str, Any]:
    telecom = [{"system": "phone", "value": one.phone}] if one.phone else None
    contacts = [
        {
            "name": {"text": contact.name},
            "relationship": [{"text": contact.relation}] if contact.relation else None,
            "telecom": [{"system": "phone", "value": contact.phone, "rank": rank}] if contact.phone else None,
        }
        for rank, contact in enumerate(one.contacts, start=1)
    ]
    return _without_none(
        {
            "resourceType": "Patient",
            "name": [{"text": one.name}],
            "gender": one.sex or "unknown",
            "birthDate": one.born.isoformat() if one.born else None,
            "telecom": telecom,
            "address": [{"text": one.address}] if one.address else None,
            "contact": [_without_none(contact) for contact in contacts] or None,
            "generalPractitioner": [{"display": one.doctor}] if one.doctor else None,
        }
    )


def _notes(one: Handover, patient: UUID) -> Iterable[tuple[UUID, dict[str, Any]]]:
    subject = {"reference": f"urn:uuid:{patient}"}
    for what, text in (("risks", one.risks), ("incident", one.happening and one.happening.text["en"])):
        if text:
            flag = {"resourceType": "Flag", "status": "active", "code": {"text": text}, "subject": subject}
            yield _uuid(one, what), flag
    if one.allergies:
        status = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
        active = {"coding": [{"system": status, "code": "active"}]}
        body = {"clinicalStatus": active, "code": {"text": one.allergies}, "patient": subject}
        yield _uuid(one, "allergies"), {"resourceType": "AllergyIntolerance", **body}
    if one.medicines:
        body = {"status": "active", "medicationCodeableConcept": {"text": one.medicines}, "subject": subject}
        yield _uuid(one, "medicines"), {"resourceType": "MedicationStatement", **body}


def _observations(one: Handover, patient: UUID) -> Iterable[tuple[UUID, dict[str, Any]]]:
    for vital in one.vitals:
        if vital.metric in CODES:
            yield _uuid(one, vital.metric), _observation(vital, patient)


def _observation(vital: Vital, patient: UUID) -> dict[str, Any]:
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    quantity = {"value": vital.latest, "unit": vital.unit, "system": _UCUM, "code": vital.unit}
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": category, "code": "vital-signs"}]}],
        "code": {
            "coding": [{"system": _LOINC, "code": code} for code in CODES[vital.metric]],
            "text": vital.metric,
        },
        "subject": {"reference": f"urn:uuid:{patient}"},
        "effectiveDateTime": vital.at.isoformat(timespec="milliseconds"),
        "valueQuantity": quantity,
    }


def _uuid(one: Handover, what: str) -> UUID:
    return uuid5(_SPACE, f"{one.resident}/{one.made_at.isoformat()}/{what}")


def _without_none(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
