"""Which steps of an incident somebody is told of, and who. Pure."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from alerts.escalation.policy import Plan
from alerts.escalation.who import Around, Recipient, recipients
from alerts.incident import Event, Incident, apply

_ALARMS = {
    "opened": "alarm",
    "acknowledgement_lapsed": "alarm",
    "reopened": "alarm",
    "escalated": "escalation",
    "rang_again": "alarm",
}
# Those the first step is for, however far it has climbed.
_FROM_THE_FIRST = frozenset({"rang_again"})
_PERSONAL = {"offered": "offer", "handed_over": "hand_over", "offer_withdrawn": "withdrawn"}
_WHOM = {"offered": "account", "handed_over": "to", "offer_withdrawn": "account"}
# Of these everybody is told who was told of the alarm: a phone that rang wants to know how it went on.
_ECHOES = {
    "responding": "update",
    "resolved": "closed",
    "recovered": "closed",
    "cancelled": "closed",
    "reopened": "reopened",
}
_RINGING = frozenset({*_ALARMS, *_PERSONAL, "overdue"})


class Notice(NamedTuple):
    """A message that somebody is to get because of event `n` of an incident."""

    incident: UUID
    n: int
    to: Recipient
    purpose: str
    priority: str


def echo(event: Event) -> str | None:
    """As what everybody who was told of the alarm is told of `event`; None: not at all. Whoever was told that
    it is over is told that it is not."""
    if event.kind == "undone":
        return "reopened" if event.data.get("undoes") in ("resolved", "cancelled") else None
    return _ECHOES.get(event.kind)


def rings(events: Sequence[Event]) -> bool:
    """Whether anybody must be looked for because of `events`."""
    return any(event.kind in _RINGING for event in events)


def notices(before: Incident, events: Sequence[Event], plan: Plan, around: Around) -> list[Notice]:
    """Whom `events`, that follow `before`, are for."""
    found: list[Notice] = []
    incident = before
    for event in events:
        incident = apply(incident, event)
        if purpose := _ALARMS.get(event.kind):
            step = 0 if event.kind in _FROM_THE_FIRST else incident.step
            to_tell = recipients(plan.step(step), incident.level, around, incident.priority)
            found += [Notice(incident.id, incident.version, to, purpose, incident.priority) for to in to_tell]
        elif event.kind == "overdue":
            to_tell = recipients(plan.step(0), incident.level, around, incident.priority)
            found += [
                Notice(incident.id, incident.version, to, "overdue", incident.priority) for to in to_tell
            ]
        elif purpose := _PERSONAL.get(event.kind):
            account = event.data.get(_WHOM[event.kind])
            if account is not None:
                to = Recipient("account", account, event.data.get("sees", "all"))
                found.append(Notice(incident.id, incident.version, to, purpose, incident.priority))
    return found
