"""The outbox in the database."""

from collections.abc import Mapping, Sequence
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


def claim(conn: Connection[Any], worker: int, held: Sequence[int], limit: int, now: datetime) -> list[int]:
    """Take up to `limit` due notifications that are not in `held`; returns their ids."""
    params = {"now": now, "lease": now + LEASE, "held": list(held), "limit": limit, "worker": worker}
    return [row[0] for row in conn.execute(Q["claim"], params)]


def keep(conn: Connection[Any], worker: int, held: Sequence[int], now: datetime) -> None:
    """Say that `worker` is still at work on `held`."""
    conn.execute(Q["keep"], {"held": list(held), "lease": now + LEASE, "worker": worker})


def give_back(conn: Connection[Any], held: Sequence[int], now: datetime) -> None:
    """Let another worker have `held` at once."""
    conn.execute(Q["keep"], {"held": list(held), "lease": now, "worker": None})


def cases(conn: Connection[Any], ids: Sequence[int], now: datetime) -> list[Held]:
    """How these notifications stand, the urgent first."""
    params = {"ids": list(ids)}
    rows = conn.execute(Q["cases"], params).fetchall()
    endpoints: dict[int, list[Endpoint]] = {}
    for row in conn.execute(Q["endpoints_of"], params):
        endpoints.setdefault(row[0], []).append(Endpoint(*row[1:]))
    tried: dict[int, list[Tried]] = {}
    for row in conn.execute(Q["tried"], params):
        tried.setdefault(row[0], []).append(Tried(*row[1:]))
    found = [_held(row, endpoints.get(row[0], ()), tried.get(row[0], ()), now) for row in rows]
    order = ("high", "medium", "low")
    return sorted(found, key=lambda h: (order.index(h.case.priority), h.case.queued_at, h.case.id))


def contents(conn: Connection[Any], ids: Sequence[int]) -> Mapping[int, Content]:
    """What there is to say, by notification."""
    found = {}
    for row in conn.execute(Q["contents"], {"ids": list(ids)}):
        (number, purpose, sees, priority, incident, shown, kind, state, outcome, drill, key, params) = row[
            :12
        ]
        onset, zone, station_zh, station_en, address, resident, page = row[12:]
        found[number] = Content(
            number, purpose, sees, priority, incident, shown, kind, state, outcome, drill, key, params,
            from_datetime(onset), zone, {"zh": station_zh, "en": station_en}, address, resident, page,
        )  # fmt: skip
    return found


def record(
    conn: Connection[Any], held: Held, number: int, endpoint: Endpoint, answer: Answer, started: datetime,
    ended: datetime,
) -> int:  # fmt: skip
    """Write down what came of try `number`; returns how many failures in a row the endpoint has now."""
    params = {
        "notification": held.case.id, "try": number, "endpoint": endpoint.id, "channel": endpoint.channel,
        "started": started, "ended": ended, "outcome": str(answer.outcome), "detail": answer.detail[:200],
        "sent": answer.outcome is Outcome.SENT, "now": ended,
    }  # fmt: skip
    conn.execute(Q["attempt"], params)
    conn.execute(Q["tried_once_more"], params)
    if answer.outcome is Outcome.SENT:
        if endpoint.failures or endpoint.last_failed_at is None:
            conn.execute(Q["worked"], params)
        return 0
    if answer.outcome is Outcome.GONE:
        conn.execute(Q["gone"], params)
    if answer.outcome is Outcome.LIMITED:
        return endpoint.failures
    row = conn.execute(Q["failed"], params).fetchone()
    return int(row[0]) if row else 0


def settle(conn: Connection[Any], case: Case, decision: Decision) -> None:
    """Write down a decision that sends nothing."""
    if isinstance(decision, Later | Done):
        due = decision.at if isinstance(decision, Later) else None
        params = {"id": case.id, "due": due, "state": decision.state, "seen_state": case.state}
        conn.execute(Q["settle"], params)
        if decision.state == "failed" and case.state != "failed":
            conn.execute(Q["ring_engine"])


def put_off(conn: Connection[Any], case: Case, until: datetime) -> None:
    """Look at it again then; it stands as it stood."""
    settle(conn, case, Later(until, case.state))


def next_due(conn: Connection[Any], held: Sequence[int]) -> datetime | None:
    """When the next notification is due, among those not in `held`."""
    row = conn.execute(Q["next_due"], {"held": list(held)}).fetchone()
    return row[0] if row else None


def use_service(conn: Connection[Any], service: str, pace: Pace, now: datetime) -> datetime | None:
    """Use `service` once: None when it may be, else the instant from which it may."""
    params = {"service": service, "now": now, "since": now - pace.within, "limit": pace.times}
    if conn.execute(Q["use_service"], params).fetchone():
        return None
    row = conn.execute(Q["service_free_at"], params).fetchone()
    return (row[0] if row else now) + pace.within


def _held(row: tuple[Any, ...], endpoints: Sequence[Endpoint], tried: Sequence[Tried], now: datetime) -> Held:
    case = Case(
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
    )
    return Held(case, row[6], row[10])
