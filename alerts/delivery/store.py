"""The outbox in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import randrange
from typing import Any

from psycopg import Connection

from alerts.delivery.channel import Answer, Outcome
from alerts.delivery.message import Content
from alerts.delivery.pace import Pace
from alerts.delivery.plan import Case, Decision, Done, Endpoint, Later, Tried
from core import messages
from core.instant import from_datetime
from core.queries import load

Q = load(Path(__file__).with_name("outbox.sql"))
LEASE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Held:
    """A notification in our hands: what is to be decided, and what is needed to record what comes of it."""

    case: Case
    tries: int
    station: int | None  # of the incident
    content: Content


@dataclass(frozen=True, slots=True)
class Try:
    """A message to one endpoint, and what came of it."""

    held: Held
    number: int
    endpoint: Endpoint
    answer: Answer
    started: datetime
    ended: datetime


def sign_on(conn: Connection[Any], now: datetime) -> int:
    """A number for a worker, good as long as `conn` lives; takes what workers left that are gone."""
    while True:
        worker = randrange(1, 2**31)
        row = conn.execute(Q["sign_on"], {"worker": worker}).fetchone()
        if row and row[0]:
            inherit(conn, now)
            return worker


def inherit(conn: Connection[Any], now: datetime) -> None:
    """Make due at once what workers held that are gone."""
    conn.execute(Q["inherit"], {"now": now})


def look_anew(conn: Connection[Any], now: datetime) -> None:
    """The clock was set back: whatever waits for an instant ahead is due."""
    conn.execute(Q["look_anew"], {"now": now})


def claim(
    conn: Connection[Any], worker: int, held: Sequence[int], limit: int, now: datetime, *, only_high: bool
) -> list[int]:
    """Take up to `limit` due notifications that are not in `held`; returns their ids."""
    params = {"now": now, "lease": now + LEASE, "held": list(held), "limit": limit, "worker": worker}
    params["only_high"] = only_high
    return [row[0] for row in conn.execute(Q["claim"], params)]


def keep(conn: Connection[Any], worker: int, held: Sequence[int], now: datetime) -> None:
    """Say that `worker` is still at work on `held`."""
    conn.execute(Q["keep"], {"held": list(held), "lease": now + LEASE, "worker": worker})


def give_back(conn: Connection[Any], held: Sequence[int], now: datetime) -> None:
    """Let another worker have `held` at once."""
    conn.execute(Q["keep"], {"held": list(held), "lease": now, "worker": None})


def cases(conn: Connection[Any], ids: Sequence[int], now: datetime) -> list[Held]:
    """How these notifications stand and what there is to say, the urgent first."""
    if not ids:
        return []
    params = {"ids": list(ids)}
    with conn.pipeline():
        names = ("cases", "endpoints_of", "tried", "contents")
        rows, ways, attempts, texts = (conn.execute(Q[name], params) for name in names)
    endpoints: dict[int, list[Endpoint]] = {}
    for row in ways:
        endpoints.setdefault(row[0], []).append(Endpoint(*row[1:]))
    tried: dict[int, list[Tried]] = {}
    for row in attempts:
        tried.setdefault(row[0], []).append(Tried(*row[1:]))
    contents = {row[0]: _content(row) for row in texts}
    found = [
        Held(
            _case(row, endpoints.get(row[0], ()), tried.get(row[0], ()), now),
            row[6],
            row[10],
            contents[row[0]],
        )
        for row in rows
    ]
    order = ("high", "medium", "low")
    return sorted(found, key=lambda h: (order.index(h.case.priority), h.case.queued_at, h.case.id))


def record(conn: Connection[Any], tries: Sequence[Try]) -> list[int]:
    """Write down what came of `tries`; returns how many failures in a row each one's endpoint has now."""
    columns = {
        "notifications": [t.held.case.id for t in tries],
        "tries": [t.number for t in tries],
        "endpoints": [t.endpoint.id for t in tries],
        "channels": [t.endpoint.channel for t in tries],
        "started": [t.started for t in tries],
        "ended": [t.ended for t in tries],
        "outcomes": [str(t.answer.outcome) for t in tries],
        "details": [t.answer.detail[:200] for t in tries],
    }
    conn.execute(Q["attempts"], columns)
    conn.execute(Q["tried_once_more"], columns)
    worked = sorted({t.endpoint.id for t in tries if t.answer.outcome is Outcome.SENT})
    if worked:
        conn.execute(Q["worked"], {"worked": worked, "now": max(t.ended for t in tries)})
    return [_failures(conn, one) for one in tries]


def _failures(conn: Connection[Any], one: Try) -> int:
    if one.answer.outcome is Outcome.SENT:
        return 0
    params = {"endpoint": one.endpoint.id, "now": one.ended, "detail": one.answer.detail[:200]}
    if one.answer.outcome is Outcome.GONE:
        conn.execute(Q["gone"], params)
    if one.answer.outcome is Outcome.LIMITED:
        return one.endpoint.failures
    row = conn.execute(Q["failed"], params).fetchone()
    return int(row[0]) if row else 0


def settle(conn: Connection[Any], decided: Sequence[tuple[Case, Decision]]) -> None:
    """Write down decisions that send nothing; the others are passed over."""
    settled = [(case, d) for case, d in decided if isinstance(d, Later | Done)]
    if settled:
        columns = {
            "ids": [case.id for case, _ in settled],
            "dues": [d.at if isinstance(d, Later) else None for _, d in settled],
            "states": [d.state for _, d in settled],
            "were": [case.state for case, _ in settled],
        }
        conn.execute(Q["settle"], columns)


def put_off(conn: Connection[Any], case: Case, until: datetime) -> None:
    """Look at it again then; it stands as it stood."""
    settle(conn, [(case, Later(until, case.state))])


def next_due(conn: Connection[Any], held: Sequence[int], *, only_high: bool) -> datetime | None:
    """When the next notification is due, among those not in `held`."""
    row = conn.execute(Q["next_due"], {"held": list(held), "only_high": only_high}).fetchone()
    return row[0] if row else None


def use_service(conn: Connection[Any], service: str, pace: Pace, now: datetime) -> datetime | None:
    """Use `service` once: None when it may be, else the instant from which it may."""
    params = {"service": service, "now": now, "since": now - pace.within, "limit": pace.times}
    if conn.execute(Q["use_service"], params).fetchone():
        return None
    row = conn.execute(Q["service_free_at"], params).fetchone()
    return (row[0] if row else now) + pace.within


def _case(row: tuple[Any, ...], endpoints: Sequence[Endpoint], tried: Sequence[Tried], now: datetime) -> Case:
    return Case(
        id=row[0],
        recipient_kind=row[1],
        priority=row[3],
        state=row[4],
        queued_at=row[5],
        local=now.astimezone(messages.zone(row[9])),
        endpoints=endpoints,
        tried=tried,
        over=row[7],
        board_only=row[8],
        has_console=row[11],
    )


def _content(row: tuple[Any, ...]) -> Content:
    (number, purpose, sees, priority, incident, shown, kind, state, outcome, drill, key, params) = row[:12]
    onset, zone, station_zh, station_en, address, resident, page = row[12:]
    return Content(
        number, purpose, sees, priority, incident, shown, kind, state, outcome, drill, key, params,
        from_datetime(onset), zone, {"zh": station_zh, "en": station_en}, address, resident, page,
    )  # fmt: skip
