"""Questions to responders, in the database: asked, answered, run out, and arrivals seen by position."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import lifecycle, store
from alerts.aside import Aside, alone
from alerts.deciding import Telling, told
from alerts.dispatch import choose
from alerts.dispatch.choose import Candidate, Responder
from alerts.dispatch.travel import Point, Router, StraightLine, apart_m
from alerts.escalation.policy import Book
from alerts.escalation.store import town
from alerts.incident import Event, Incident, State
from alerts.lifecycle import Action, Refusal
from alerts.store import Change
from core.instant import SECOND, to_datetime
from core.queries import load

Q = load(Path(__file__).parent / "queries.sql")
ROUTER: Router = StraightLine()
_LIMIT = 100
_FAST = 60 * SECOND  # clocks of several machines differ by less
_MAY_BE_SENT = ("responder", "volunteer", "rescue")
_WANTS_SOMEBODY = frozenset({State.DETECTED, State.OPEN, State.ACKNOWLEDGED})


def candidates(
    conn: Connection[Any], incident_id: UUID, now: int, router: Router = ROUTER
) -> list[Candidate]:
    """Who could be sent, the first to ask first; empty when there is no such incident."""
    found = store.incidents(conn, "look", {"id": incident_id})
    return _candidates(Telling(conn, Book({}, {}), now), found[0], router) if found else []


def offer(
    conn: Connection[Any], incident_id: UUID, account_id: int | None, actor: int | None, now: int
) -> Incident | Refusal:
    """Ask `account_id`, or the nearest free responder, whether they can go. Whoever was asked before and has
    not answered is asked no longer.

    Returns the incident with the question among its events, or why not.
    """
    with conn.transaction():
        incident = store.locked(conn, incident_id)
        if incident is None:
            return Refusal.UNKNOWN_INCIDENT
        if incident.closed:
            return Refusal.ILLEGAL_TRANSITION
        telling = Telling(conn, store.policies(conn), now)
        known = _candidates(telling, incident, ROUTER)
        if account_id is None:
            chosen = choose.first(known, _asked(conn, incident_id), _urgent(incident))
        else:
            chosen = next((c for c in known if c.account_id == account_id), None)
        if chosen is None:
            return Refusal.NOBODY_FREE if account_id is None else Refusal.NOT_A_RESPONDER
        waiting = conn.execute(Q["open_offer"], {"incident": incident_id}).fetchone()
        events = []
        if waiting is not None:
            _answered(conn, waiting[0], "withdrawn", now)
            events.append(Event("offer_withdrawn", now, actor, {"account": waiting[1]}))
        return _ask(telling, incident, events, chosen, actor)


def answer(
    conn: Connection[Any], offer_id: int, account_id: int, accept: bool, note: str, now: int
) -> Incident | Refusal:
    """What the responder says. Who accepts is on the way; who refuses lets the next one be asked."""
    with conn.transaction():
        incident = _of_offer(conn, offer_id)
        held = conn.execute(Q["hold_offer"], {"id": offer_id}).fetchone()
        if incident is None or held is None:
            return Refusal.UNKNOWN_INCIDENT
        if held[0] != account_id:
            return Refusal.NOT_YOURS
        if held[1] is not None:
            return Refusal.TOO_LATE
        if incident.closed:  # the engine was about to take the question back
            _answered(conn, offer_id, "withdrawn", now)
            return Refusal.TOO_LATE
        telling = Telling(conn, store.policies(conn), now)
        said = {"account": account_id} | ({"note": note.strip()} if note.strip() else {})
        if not accept:
            _answered(conn, offer_id, "refused", now)
            return _next(telling, incident, Event("offer_refused", now, account_id, said))
        _answered(conn, offer_id, "accepted", now)
        events = [Event("offer_accepted", now, account_id, said)]
        decision = lifecycle.decide(
            incident, Action("respond", account_id, via="offer"), telling.plan(incident), now
        )
        if not isinstance(decision, Refusal):
            events += decision
        change = Change(incident, events)
        told(telling, [change])
        return change.after


def dispatch(telling: Telling, incident: Incident) -> None:
    """Ask the nearest free responder about `incident` (held by this transaction), unless one is being asked
    or on the way."""
    if incident.state not in _WANTS_SOMEBODY:
        return
    if telling.conn.execute(Q["open_offer"], {"incident": incident.id}).fetchone() is None:
        _next(telling, incident, None)


def run_out(conn: Connection[Any], book: Book, now: int, aside: Aside | None = None) -> int:
    """Questions without an answer in time go to the next; returns how many. What fails goes `aside`."""
    aside = aside or Aside()
    with conn.transaction():
        conn.execute(Q["withdraw_closed"], {"now": to_datetime(now)})
        asked = {"now": to_datetime(now), "fast": to_datetime(now + _FAST), "limit": _LIMIT}
        rows = conn.execute(Q["run_out"], asked).fetchall()
    left = aside.keys(now)
    return sum(
        alone(conn, now, aside, offer, partial(_lapse, conn, book, now, offer, incident))
        for offer, incident in rows
        if offer not in left
    )


def _lapse(conn: Connection[Any], book: Book, now: int, offer_id: int, incident_id: UUID) -> int:
    with conn.transaction():
        # The incident first, then the question: the order in which everybody takes them.
        incident = store.locked(conn, incident_id)
        held = conn.execute(Q["hold_offer"], {"id": offer_id}).fetchone()
        if incident is None or held is None or held[1] is not None:
            return 0
        _answered(conn, offer_id, "lapsed", now)
        lapsed = Event("offer_lapsed", now, data={"account": held[0]})
        _next(Telling(conn, book, now), incident, lapsed)
    return 1


def arrivals(conn: Connection[Any], book: Book, now: int, aside: Aside | None = None) -> int:
    """Who is on the way and stands at the door has arrived, whether they press the button or not. What fails
    goes `aside`."""
    aside = aside or Aside()
    left = aside.keys(now)
    rows = conn.execute(Q["under_way"]).fetchall()
    near = [
        (incident_id, account, round(gap))
        for incident_id, account, lat, lon, home_lat, home_lon in rows
        if incident_id not in left
        and (gap := apart_m(Point(lat, lon), Point(home_lat, home_lon))) <= choose.THERE_M
    ]
    return sum(
        alone(conn, now, aside, incident, partial(_arrive, conn, book, now, incident, account, gap_m))
        for incident, account, gap_m in near
    )


def _arrive(conn: Connection[Any], book: Book, now: int, incident_id: UUID, account: int, gap_m: int) -> int:
    with conn.transaction():
        incident = store.locked(conn, incident_id)
        if incident is None or incident.state is not State.RESPONDING:
            return 0
        data = {"via": "position", "distance_m": gap_m, "next_step_at": now + lifecycle.HELP_WITHIN}
        told(Telling(conn, book, now), [Change(incident, [Event("arrived", now, account, data)])])
    return 1


def offers(conn: Connection[Any], incident_id: UUID) -> list[tuple[Any, ...]]:
    """(id, account, name, offered_at, expires_at, answer, answered_at, travel_s, distance_m), in order."""
    return conn.execute(Q["of_incident"], {"incident": incident_id}).fetchall()


def _next(telling: Telling, incident: Incident, first: Event | None) -> Incident:
    """Write `first` and ask the next free responder, while somebody is still wanted."""
    events = [first] if first else []
    if incident.state in _WANTS_SOMEBODY:
        known = _candidates(telling, incident, ROUTER)
        chosen = choose.first(known, _asked(telling.conn, incident.id), _urgent(incident))
        if chosen is not None:
            return _ask(telling, incident, events, chosen, None)
        if known:
            events.append(Event("nobody_free", telling.now))
    change = Change(incident, events)
    told(telling, [change])
    return change.after


def _ask(
    telling: Telling, incident: Incident, events: Sequence[Event], chosen: Candidate, actor: int | None
) -> Incident:
    expires = telling.now + choose.OFFER_S[incident.priority] * SECOND
    data = {
        "account": chosen.account_id,
        "sees": chosen.sees,
        "travel_s": chosen.travel_s,
        "distance_m": chosen.distance_m,
        "expires_at": expires,
    }
    change = Change(incident, [*events, Event("offered", telling.now, actor, data)])
    row = {
        "incident": incident.id,
        "n": change.after.version,
        "account": chosen.account_id,
        "now": to_datetime(telling.now),
        "expires": to_datetime(expires),
        "travel_s": chosen.travel_s,
        "distance_m": chosen.distance_m,
    }
    telling.conn.execute(Q["insert_offer"], row)
    told(telling, [change])
    return change.after


def _candidates(telling: Telling, incident: Incident, router: Router) -> list[Candidate]:
    around = town(telling.conn, [incident], telling.places([incident])).around(incident)
    duty = [(a, s) for (s, role), accounts in around.duty.items() if role in _MAY_BE_SENT for a in accounts]
    params = {
        "chain": list(around.chain),
        "drill": incident.drill,
        "duty_accounts": [a for a, _ in duty],
        "duty_stations": [s for _, s in duty],
    }
    rows = telling.conn.execute(Q["responders"], params).fetchall()
    place = telling.conn.execute(Q["place"], {"incident": incident.id}).fetchone()
    where = _point(*place) if place else None
    return choose.candidates([_responder(row) for row in rows], where, router, telling.now)


def _urgent(incident: Incident) -> bool:
    return incident.priority == "high" and not incident.drill


def _responder(row: tuple[Any, ...]) -> Responder:
    account, name, available, busy, lat, lon, at, post_lat, post_lon, level, own = row
    sees = "all" if own else "address"
    free = available and not busy
    return Responder(
        account, name, free, _point(lat, lon), at or 0, _point(post_lat, post_lon), sees, level or 0
    )


def _point(lat: float | None, lon: float | None) -> Point | None:
    return None if lat is None or lon is None else Point(lat, lon)


def _asked(conn: Connection[Any], incident_id: UUID) -> set[int]:
    return {row[0] for row in conn.execute(Q["asked"], {"incident": incident_id})}


def _answered(conn: Connection[Any], offer_id: int, word: str, now: int) -> None:
    conn.execute(Q["answer"], {"id": offer_id, "answer": word, "now": to_datetime(now)})


def _of_offer(conn: Connection[Any], offer_id: int) -> Incident | None:
    row = conn.execute(Q["find_offer"], {"id": offer_id}).fetchone()
    return store.locked(conn, row[0]) if row else None
