"""Flag, DetectedIssue, Communication and Task: what happened, who was told, who is to do what. No I/O.

An incident is told once for each person it is about: a smoke alarm in a couple's home is a DetectedIssue of
both, `<incident>.<resident>`.
"""

from api.fhir.words import (
    INCIDENT,
    INCIDENT_KIND,
    ORDER_KIND,
    TERMINOLOGY,
    Resource,
    Row,
    coding,
    concept,
    identifier,
    instant,
    meta,
    reference,
    sentence,
    without_none,
)
from core import messages

_SEVERITY = {"high": "high", "medium": "moderate", "low": "low"}
_NOT_REAL = frozenset({"false_alarm", "device_fault", "drill"})
_TOLD = {"sent": "completed", "delivered": "completed", "seen": "completed", "queued": "preparation"}
_PRIORITY = {"high": "stat", "medium": "urgent", "low": "routine"}
_ANSWERED = {"accepted": "accepted", "refused": "rejected", "lapsed": "failed", "withdrawn": "cancelled"}
_ORDERED = {
    "requested": "requested", "accepted": "accepted", "refused": "rejected", "cancelled": "cancelled",
    "carried_out": "in-progress", "confirmed": "completed", "rated": "completed", "complained": "completed",
    "refunded": "cancelled",
}  # fmt: skip


def issue_key(row: Row) -> str:
    """The id of an incident of one person."""
    return f"{row['incident']}.{row['subject']}"


def _kind(row: Row) -> Resource:
    title = messages.both(f"title.{row['kind']}", {}, row["time_zone"])
    return {"coding": [coding(INCIDENT_KIND, row["kind"], title["en"])], "text": sentence(title)}


def _why(row: Row) -> str:
    return sentence(messages.both(row["reason_key"], row["reason_params"], row["time_zone"]))


def issue_status(row: Row) -> str:
    """Preliminary while somebody has to look at it, final afterwards; what was not real is cancelled."""
    if row["closed_at"] is None:
        return "preliminary"
    unreal = row["state"] == "cancelled" or row["outcome"] in _NOT_REAL
    return "cancelled" if unreal else "final"


def detected_issue(row: Row) -> Resource:
    """An incident about a person: a row of `issues`."""
    done = row["outcome"]
    return without_none(
        {
            "resourceType": "DetectedIssue",
            "id": issue_key(row),
            "meta": meta(row["state_since"]),
            "identifier": identifier(INCIDENT, row["incident"]),
            "status": issue_status(row),
            "code": _kind(row),
            "severity": _SEVERITY[row["priority"]],
            "patient": reference("Patient", row["subject"]),
            "identifiedDateTime": instant(row["onset"]),
            "detail": _why(row),
            "mitigation": [_mitigation(row)] if done and row["closed_at"] else None,
        }
    )


def _mitigation(row: Row) -> Resource:
    said = messages.both(f"outcome.{row['outcome']}", {}, row["time_zone"])
    return {"action": {"text": sentence(said)}, "date": instant(row["closed_at"])}


def flag(row: Row) -> Resource:
    """A warning to whoever comes: a row of `flags`, a standing risk or an incident that is open."""
    if row["incident"] is None:
        return {
            "resourceType": "Flag",
            "id": row["key"],
            "status": "active",
            "category": [concept(f"{TERMINOLOGY}/flag-category", "safety")],
            "code": {"text": row["risks"]},
            "subject": reference("Patient", row["subject"]),
        }
    period = without_none(
        {"start": instant(row["onset"]), "end": instant(row["closed_at"]) if row["closed_at"] else None}
    )
    return {
        "resourceType": "Flag",
        "id": row["key"],
        "meta": meta(row["state_since"]),
        "identifier": identifier(INCIDENT, row["incident"]),
        "status": "inactive" if row["closed_at"] else "active",
        "category": [concept(f"{TERMINOLOGY}/flag-category", "clinical")],
        "code": _kind(row) | {"text": f"{_kind(row)['text']}: {_why(row)}"},
        "subject": reference("Patient", row["subject"]),
        "period": period,
    }


def communication(row: Row) -> Resource:
    """Who was told of an incident: a row of `communications`."""
    moments = [row[name] for name in ("queued_at", "sent_at", "delivered_at", "seen_at") if row[name]]
    got = row["seen_at"] or row["delivered_at"]
    channel = [{"text": row["channel"]}] if row["channel"] else None
    return without_none(
        {
            "resourceType": "Communication",
            "id": row["key"],
            "meta": meta(max(moments)),
            "identifier": identifier("urn:nowalls:notification", row["key"].partition(".")[0]),
            "status": _TOLD.get(row["state"], "not-done"),
            "category": [concept(f"{TERMINOLOGY}/communication-category", "alert")],
            "priority": _PRIORITY[row["priority"]],
            "medium": channel,
            "subject": reference("Patient", row["subject"]),
            "topic": {"text": row["purpose"]},
            "about": [reference("DetectedIssue", issue_key(row))],
            "sent": instant(row["sent_at"]) if row["sent_at"] else None,
            "received": instant(got) if got else None,
            "recipient": [_recipient(row)] if row["recipient"] else None,
        }
    )


def _recipient(row: Row) -> Resource:
    """By name alone: who works here and whom a family names is nobody's record."""
    kind = {"account": "Practitioner", "contact": "RelatedPerson"}.get(row["recipient_kind"], "Organization")
    return {"type": kind, "display": row["recipient"]}


def task(row: Row) -> Resource:
    """Somebody was asked to go to an incident, or a service was ordered: a row of `tasks`."""
    offer = row["incident"] is not None
    status = _ANSWERED.get(row["state"], "requested") if offer else _ORDERED.get(row["state"], "requested")
    code = _kind(row) if offer else concept(ORDER_KIND, row["kind"], row["service"])
    return without_none(
        {
            "resourceType": "Task",
            "id": row["key"],
            "meta": meta(row["updated"]),
            "identifier": identifier("urn:nowalls:task", row["key"]),
            "status": status,
            "intent": "order",
            "priority": _PRIORITY[row["priority"]],
            "code": code,
            "focus": reference("DetectedIssue", issue_key(row)) if offer else None,
            "for": reference("Patient", row["subject"]),
            "authoredOn": instant(row["at"]),
            "lastModified": instant(row["updated"]),
            "owner": {"display": row["owner"]} if row["owner"] else None,
        }
    )
