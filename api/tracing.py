"""The way of each alarm, from a device's message to a screen: measured, and as traces for OpenTelemetry.

The tables carry the trace: its id is the finding's own (a UUID is as long as a trace id), and the id of each
span follows from the finding and the step. So nothing is passed along in messages, a restart loses no trace,
and who has an incident's finding has its trace. A minute after the verdict it is measured and sent, by one of
the API's processes, from the instants that the tables keep; nothing waits for it, and readings without an
alarm are not traced.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import psycopg_pool
from anyio.to_thread import run_sync

from api import lease
from api.parts import Parts, Row
from api.store import traces
from api.turn import Turn
from core import metrics
from core.instant import SECOND, from_datetime

log = logging.getLogger(__name__)

_SETTLED = timedelta(minutes=1)
_EVERY_S = 5.0
ROOT = "alarm"
_MESSAGE = "message"  # the time that its tries and the screen share

_SECONDS = metrics.histogram("nowalls_alarm_seconds")


@dataclass(frozen=True, slots=True)
class Span:
    """A step on the way.

    Attributes:
        finding: whose trace it belongs to.
        name: of the step, and `step` where there are several of the name.
        after: the name of the span it belongs under; "" for the first.
        began, ended: Unix microseconds.
        attributes: kinds, channels, outcomes; never a person or what they said.
    """

    finding: UUID
    name: str
    after: str
    began: int
    ended: int
    step: str = ""
    attributes: Mapping[str, str | bool] = field(default_factory=dict)

    @property
    def trace_id(self) -> int:
        """128 bits."""
        return self.finding.int

    @property
    def span_id(self) -> int:
        """64 bits, the same whoever computes them."""
        return span_id(self.finding, self.step or self.name)

    @property
    def parent_id(self) -> int | None:
        """The span it belongs under; None for the first."""
        return span_id(self.finding, self.after) if self.after else None


def span_id(finding: UUID, step: str) -> int:
    """The id of the span of `step` in the trace of `finding`."""
    digest = hashlib.sha256(finding.bytes + step.encode()).digest()
    return int.from_bytes(digest[:8]) or 1


def spans(alarm: Row, messages: Sequence[Row], tries: Sequence[Row]) -> Iterator[Span]:
    """The trace of one alarm, from the rows of `api.store.traces`."""
    finding, told = alarm["finding"], [one for one in messages if one["incident"] == alarm["incident"]]
    device, stored, ruled = (_us(alarm[name]) for name in ("detected_at", "written_at", "ruled_at"))
    came = min(max(_us(alarm["received"]) if alarm["received"] else device, device), stored)
    proofs = [_us(at) for one in told for at in (one["delivered_at"], one["seen_at"]) if at is not None]
    known = {"kind": alarm["kind"], "priority": alarm["priority"], "drill": alarm["drill"]}
    yield Span(finding, ROOT, "", device, min(proofs, default=ruled), attributes=known)
    yield Span(finding, "wire", ROOT, device, came)
    yield Span(finding, "ingest", ROOT, came, stored)
    yield Span(finding, "triage", ROOT, stored, ruled)
    for one in told:
        yield from _of_message(finding, one, [row for row in tries if row["message"] == one["id"]])


def _of_message(finding: UUID, message: Row, tries: Sequence[Row]) -> Iterator[Span]:
    queued, step = _us(message["queued_at"]), f"message {message['id']}"
    ends = [_us(row["ended_at"]) for row in tries]
    ends += [_us(message[name]) for name in ("sent_at", "delivered_at") if message[name] is not None]
    whom = {"recipient": message["recipient_kind"], "purpose": message["purpose"]}
    yield Span(finding, _MESSAGE, ROOT, queued, max(ends, default=queued), step, whom)
    for row in tries:
        known = {"channel": row["channel"], "outcome": row["outcome"]}
        began, ended = _us(row["started_at"]), _us(row["ended_at"])
        yield Span(finding, "send", step, began, ended, f"{step} try {row['try']}", known)
    shown = message["delivered_at"] or message["seen_at"]
    if shown is not None:
        known = {"channel": message["channel"] or "screen"}
        yield Span(finding, "screen", step, queued, _us(shown), f"{step} screen", known)


async def run(parts: Parts) -> None:
    """For ever: measure the alarms that have settled, and send their traces where there is a `traces_url`."""
    since = parts.now - _SETTLED
    exporter = await run_sync(_exporter, parts.settings.traces_url)
    turn = Turn(parts.settings.database_url.get_secret_value(), "alarms")
    lease.become(lease.HOUSE)
    try:
        while True:
            until = parts.now - _SETTLED
            if await _see_to(parts, turn, exporter, since, until):
                since = until
            await asyncio.sleep(_EVERY_S)
    finally:
        turn.give_up()


async def _see_to(parts: Parts, turn: Turn, exporter: Any, since: datetime, until: datetime) -> bool:
    """Whether that stretch of time is done with, by us or by whose turn it is."""
    try:
        if await run_sync(turn.is_ours):
            found = await gather(parts, since, until)
            measure(found)
            if found and exporter is not None:
                await run_sync(exporter.send, found)
    except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests) as error:
        log.warning("traces wait for the database", extra={"error": type(error).__name__})
        return False
    return True


def measure(found: Sequence[Span]) -> None:
    """Count how long each step took, of alarms that were no rehearsal."""
    drills = {span.finding for span in found if span.name == ROOT and span.attributes["drill"]}
    for span in found:
        if span.finding not in drills and span.name != _MESSAGE:
            _SECONDS.labels(span.name).observe((span.ended - span.began) / SECOND)


async def gather(parts: Parts, since: datetime, until: datetime) -> list[Span]:
    """The traces of alarms ruled on in that stretch of time."""
    async with parts.pool.connection() as conn:
        alarms = await traces.alarms(conn, since, until)
        if not alarms:
            return []
        told = await traces.messages(conn, [alarm["incident"] for alarm in alarms], until + _SETTLED)
        tried = await traces.tries(conn, [one["id"] for one in told])
    return [span for alarm in alarms for span in spans(alarm, told, tried)]


def _exporter(url: str) -> Any:
    if not url:
        return None
    try:
        from api.trace_export import Exporter  # noqa: PLC0415 - an optional group of packages
    except ImportError:
        log.error("traces are asked for, and opentelemetry is not installed: pip install 'nowalls[traces]'")
        return None
    return Exporter(url)


def _us(at: datetime) -> int:
    return from_datetime(at)
