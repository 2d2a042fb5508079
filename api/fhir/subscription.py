"""Subscription: a doorbell by HTTP. What it may say, and how one is told. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from api.fhir import search
from api.fhir.capability import SUBSCRIBED
from api.fhir.search import BadSearch
from api.fhir.words import Resource, Row, instant, meta, without_none

SECRET = "urn:nowalls:webhook-secret"  # noqa: S105 - the name of an extension


class NotPossible(Exception):
    """A subscription that is not offered; the message says what is."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be rung for: anything new of `resource`, of one patient or (None) of everybody in reach."""

    resource: str
    patient: int | None
    endpoint: str
    end: datetime | None


def wished(body: Mapping[str, Any]) -> Wish:
    """What the Subscription `body` asks for; raises NotPossible."""
    if body.get("resourceType") != "Subscription":
        raise NotPossible("no Subscription")
    channel = body.get("channel")
    if not isinstance(channel, Mapping) or channel.get("type") != "rest-hook":
        raise NotPossible("channel.type: rest-hook")
    if channel.get("payload") or channel.get("header"):
        raise NotPossible("no payload and no header: the call is empty and signed, what is new is asked for")
    endpoint = channel.get("endpoint")
    if not isinstance(endpoint, str) or not 0 < len(endpoint) <= 500 or not endpoint.isprintable():
        raise NotPossible("channel.endpoint: an address that begins with https://")
    resource, patient = _criteria(body.get("criteria"))
    return Wish(resource, patient, endpoint, _end(body.get("end")))


def _criteria(text: object) -> tuple[str, int | None]:
    resource, _, question = str(text).partition("?")
    if resource not in SUBSCRIBED:
        raise NotPossible(f"criteria: one of {', '.join(SUBSCRIBED)}")
    given = parse_qsl(question, keep_blank_values=True)
    if [name for name, _ in given if name not in ("patient", "subject")]:
        raise NotPossible("criteria: no parameter but patient")
    try:
        return resource, search.parse(resource, given).patient
    except BadSearch as error:
        if resource != "Observation" and error.code == "required":
            return resource, None  # the bell says of nobody that there is something
        raise NotPossible(error.said) from error


def _end(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        end = datetime.fromisoformat(str(text))
    except ValueError:
        raise NotPossible("end: an instant") from None
    if end.tzinfo is None or not 1970 < end.year < 2200:
        raise NotPossible("end: an instant with its zone")
    return end


def resource(row: Row, secret: str = "") -> Resource:
    """A row of `subscriptions`; `secret` only when it was made just now."""
    patient = "" if row["resident_id"] is None else f"?patient={row['resident_id']}"
    body = {
        "resourceType": "Subscription",
        "id": str(row["id"]),
        "meta": meta(row["created_at"]),
        "extension": [{"url": SECRET, "valueString": secret}] if secret else None,
        "status": row["status"],
        "end": instant(row["ends_at"]) if row["ends_at"] else None,
        "reason": "something new",
        "criteria": f"{row['resource']}{patient}",
        "error": row["error"] or None,
        "channel": {"type": "rest-hook", "endpoint": row["endpoint"]},
    }
    return without_none(body)
