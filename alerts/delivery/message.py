"""A message as it is put into words for one endpoint: in its language, with what its reader may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from core import messages

_SPACE = UUID("6f6e2d5b-0b8e-5d0c-8a53-64656c697665")

# What a volunteer is told: the kind of help, which protects the helper, and nothing of the person's health.
_HELP = {
    "smoke": "fire", "co": "gas", "gas": "gas", "water": "water",
    "sos": "person", "fall": "person", "inactivity": "person", "vitals": "person", "wandering": "outside",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent.

    Attributes:
        id: the same however often it is sent; a receiver that has seen it may drop it.
        tag: the same for all news of one incident; a phone shows the latest in place of the others.
        url: where to read on.
        endpoint: number of the endpoint it goes to; 0 for none.
        at: Unix seconds.
        facts: the incident as fields, for machines.
    """

    id: str
    title: str
    body: str
    tag: str
    url: str
    priority: str
    language: str
    purpose: str
    drill: bool
    notification: int
    endpoint: int
    at: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of the notification and its incident; see the query `contents`."""

    notification: int
    purpose: str
    sees: str
    priority: str
    incident: UUID
    number: int
    kind: str
    state: str
    outcome: str | None
    drill: bool
    reason_key: str
    reason_params: Mapping[str, Any]
    onset: int
    zone: str
    station: Mapping[str, str]  # by language
    address: str
    resident: str
    page: str  # the one that its reader opens: board, respond, family


def render(content: Content, endpoint: int, language: str, home_url: str, now: int) -> Message:
    """`content` for a reader of `language` at the instant `now` (Unix microseconds).

    `home_url` is where people open the pages, without a slash at the end.
    """

    def say(key: str, **params: Any) -> str:
        return messages.render(key, params, language, content.zone)

    title, lines = _words(content, say, language)
    if content.drill:
        title = f"{say('notice.drill')} {title}"
        lines.append(say("notice.drill_body"))
    return Message(
        id=str(uuid5(_SPACE, f"{content.notification}/{endpoint}")),
        title=title,
        body="\n".join(line for line in lines if line),
        tag=str(content.incident),
        url=f"{home_url}/{content.page}"
        + ("" if content.page == "family" else f"#/incident/{content.incident}"),
        priority=content.priority,
        language=language,
        purpose=content.purpose,
        drill=content.drill,
        notification=content.notification,
        endpoint=endpoint,
        at=now // 1_000_000,
        facts=_facts(content),
    )


def _words(content: Content, say: Any, language: str) -> tuple[str, list[str]]:
    if content.sees == "nothing":
        urgent = say(f"notice.alarm_{content.priority}")
        if content.purpose == "closed":
            return say("notice.closed", title=urgent), []
        return urgent, [say("notice.look")]
    what = say(f"title.{content.kind}")
    if content.sees == "address":
        what = say(f"help.{_HELP.get(content.kind, 'other')}")
    title = say(f"notice.{content.purpose}", title=what)
    where = say("notice.where", address=content.address) if content.address else ""
    if content.purpose == "closed":
        ended = say(f"outcome.{content.outcome}") if content.outcome and content.sees == "all" else ""
        return title, [where, ended]
    began = say("notice.since", onset_at=content.onset)
    if content.sees == "address":
        return title, [where, began]
    who = say("notice.who", name=content.resident) if content.resident else ""
    why = messages.render(content.reason_key, content.reason_params, language, content.zone)
    station = content.station.get(language, "")
    return title, [who, where, why, began, station]


def _facts(content: Content) -> dict[str, Any]:
    known: dict[str, Any] = {"incident": str(content.incident), "number": content.number}
    if content.sees == "nothing":
        return known
    known |= {"address": content.address, "state": content.state, "onset": content.onset // 1_000_000}
    if content.sees == "address":
        return known | {"help": _HELP.get(content.kind, "other")}
    return known | {"kind": content.kind, "resident": content.resident, "outcome": content.outcome}
