"""Patient and Consent. Rows in, resources out; no I/O."""

from collections.abc import Sequence
from datetime import date

from api.fhir.words import (
    PURPOSE,
    RESIDENT,
    TERMINOLOGY,
    Resource,
    Row,
    concept,
    identifier,
    instant,
    meta,
    reference,
    without_none,
)

_LANGUAGES = {"zh": "zh-CN", "en": "en"}


def patient(row: Row, contacts: Sequence[Row] = ()) -> Resource:
    """A resident: a row of `patients`; `contacts` only for callers who may see them."""
    return without_none(
        {
            "resourceType": "Patient",
            "id": str(row["id"]),
            "identifier": identifier(RESIDENT, row["id"]),
            "active": row["left_on"] is None,
            "name": [{"text": row["name"]}],
            "gender": row["sex"] or "unknown",
            "birthDate": _day(row["born"]),
            "telecom": _phone(row["phone"]),
            "address": [{"use": "home", "text": row["address"]}] if row["address"] else None,
            "contact": [_contact(one) for one in contacts] or None,
            "communication": [_language(row["language"])] if row["language"] in _LANGUAGES else None,
            "generalPractitioner": [{"display": row["doctor"]}] if row["doctor"] else None,
            "managingOrganization": {"display": row["station_name"]},
        }
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _phone(number: str, rank: int | None = None) -> list[Resource] | None:
    return [without_none({"system": "phone", "value": number, "rank": rank})] if number else None


def _contact(row: Row) -> Resource:
    relation = [{"text": row["relation"]}] if row["relation"] else None
    telecom = _phone(row["phone"], row["rank"])
    return without_none({"name": {"text": row["name"]}, "relationship": relation, "telecom": telecom})


def _language(code: str) -> Resource:
    return {"language": concept("urn:ietf:bcp:47", _LANGUAGES[code]), "preferred": True}


def consent(row: Row) -> Resource:
    """One consent: a row of `consents`. Who withdrew it left it inactive."""
    holds = row["withdrawn_at"] is None and row["holds"]
    return {
        "resourceType": "Consent",
        "id": row["key"],
        "meta": meta(row["withdrawn_at"] or row["given_at"]),
        "status": "active" if holds else "inactive",
        "scope": concept(f"{TERMINOLOGY}/consentscope", "patient-privacy"),
        "category": [concept("http://loinc.org", "59284-0", "Consent Document")],
        "patient": reference("Patient", row["resident_id"]),
        "dateTime": instant(row["given_at"]),
        "policyRule": {"text": row["words"]},
        "provision": without_none(
            {
                "type": "permit",
                "period": without_none(
                    {
                        "start": instant(row["given_at"]),
                        "end": instant(row["withdrawn_at"]) if row["withdrawn_at"] else None,
                    }
                ),
                "code": [concept(PURPOSE, row["purpose"])],
            }
        ),
    }
