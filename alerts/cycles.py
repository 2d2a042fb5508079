"""The engine's small cycles. Each is one transaction over due rows; several engines may run at once."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import lifecycle, store
from alerts.aside import Aside, spared
from alerts.deciding import Telling, told
from alerts.dispatch.store import dispatch
from alerts.escalation.policy import Book, Plan
from alerts.incident import Event, Incident
from alerts.ruling import Round
from alerts.store import Change
from alerts.triage import Verdict
from core import metrics
from core.instant import SECOND, to_datetime

_LIMIT = 500
_OVERLAP = 1000  # findings of transactions that were open at the same time
_SETTLED = timedelta(minutes=2)  # what a larger fault explained has so long to come back with it
_LOOK_BACK = timedelta(days=7)
_FAST = 60 * SECOND  # clocks of several machines differ by less
_COMMIT_AT_MOST = timedelta(minutes=10)  # no writer keeps a transaction open for longer

_Row = tuple[Any, ...]
_VERDICTS = metrics.counter("nowalls_verdicts_total")


def triage(conn: Connection[Any], book: Book, now: int) -> int:
    """Rule on findings; returns how many. A home that another engine works on is left for the next round."""
    return Look().triage(conn, book, now)


class Look:
    """Triage by one engine, which remembers up to where all is done.

    A look from there costs the same however much happened lately. What is committed late, below it, is found
    by the next whole look: `whole` begins one.
    """

    def __init__(self) -> None:
        self._aside = Aside()
        self._floor = 0
        self._whole = True

    def whole(self) -> None:
        """Look at everything again, the next time."""
        self._floor = 0
        self._whole = True

    def triage(self, conn: Connection[Any], book: Book, now: int) -> int:
        """As the function of that name."""
        asked: dict[str, Any] = {"limit": _LIMIT, "floor": self._floor}
        done = self._rule(conn, book, now, "untriaged", asked)
        if self._whole:
            self._whole = False
            # What a larger fault explained that is over.
            at = to_datetime(now)
            asked = {"since": at - _LOOK_BACK, "settled": at - _SETTLED, "limit": _LIMIT}
            done += self._rule(conn, book, now, "inhibited", asked)
        return done

    def _rule(self, conn: Connection[Any], book: Book, now: int, query: str, asked: Mapping[str, Any]) -> int:
        """Rule on what the named query finds; returns how many."""
        again = query == "inhibited"

        def work(only: Sequence[UUID] | None, met: list[UUID]) -> int:
            verdicts: list[Verdict] = []
            with conn.transaction():
                params = {**asked, "only": only, "aside": self._aside.keys(now)}
                rows: Sequence[_Row] = conn.execute(store.Q[query], params).fetchall()
                mine = _mine(conn, book, rows, again) if rows else []
                met += dict.fromkeys(row[0] for row in mine)
                if mine:
                    ruling = Round(conn, book, mine, now, again)
                    ruling.rule()
                    verdicts = ruling.verdicts
            for verdict, many in Counter(map(str, verdicts)).items():  # now that it stands
                _VERDICTS.labels(verdict).inc(many)
            if mine and len(mine) == len(rows) < _LIMIT and only is None and not again:
                self._floor = max(self._floor, max(row[14] for row in rows) - _OVERLAP)
            return len(mine)

        return spared(conn, now, self._aside, work)


def due(conn: Connection[Any], book: Book, now: int, aside: Aside | None = None) -> int:
    """Take the step of every incident whose instant has come; returns how many. What fails goes `aside`."""

    def events(incident: Incident, plan: Plan) -> Sequence[Event]:
        return lifecycle.due(incident, plan, now)

    return _steps(conn, book, now, aside or Aside(), ("due", {"now": to_datetime(now)}), events)


def ahead(conn: Connection[Any], book: Book, now: int, aside: Aside | None = None) -> int:
    """Take the step of every incident whose timer a clock has set that was put back since; returns how many.

    How long it should have waited is not known any more, and to be told early harms less than late.
    """

    def events(incident: Incident, plan: Plan) -> Sequence[Event]:
        return lifecycle.due(replace(incident, next_step_at=now), plan, now)

    asked = {"now": to_datetime(now), "fast": to_datetime(now + _FAST)}
    return _steps(conn, book, now, aside or Aside(), ("ahead", asked), events)


def stranded(conn: Connection[Any], book: Book, now: int, aside: Aside | None = None) -> int:
    """Step on at once where nobody of the last step could be reached; returns how many. What fails goes
    `aside`."""

    def events(incident: Incident, plan: Plan) -> Sequence[Event]:
        # At the top nobody else is left to try: there it repeats at its own pace.
        at_the_top = plan.repeats(incident.step + 1, incident.level)
        return [] if at_the_top else [lifecycle.climb(incident, plan, now)]

    since = to_datetime(now) - timedelta(days=1)
    return _steps(conn, book, now, aside or Aside(), ("stranded", {"since": since}), events)


def _steps(
    conn: Connection[Any],
    book: Book,
    now: int,
    aside: Aside,
    query: tuple[str, Mapping[str, Any]],
    decide: Callable[[Incident, Plan], Sequence[Event]],
) -> int:
    """Decide on each incident that the query finds; returns how many took a step."""

    def work(only: Sequence[UUID] | None, met: list[UUID]) -> int:
        with conn.transaction():
            name, asked = query
            params = {**asked, "limit": _LIMIT, "only": only, "aside": aside.keys(now)}
            found = store.incidents(conn, name, params)
            met += [incident.id for incident in found]
            if not found:
                return 0
            telling = Telling(conn, book, now)
            changes = [
                Change(incident, events)
                for incident, plan in telling.plans(found)
                if (events := decide(incident, plan))
            ]
            told(telling, changes)
            _send_somebody(telling, changes)
            return len(changes)

    return spared(conn, now, aside, work)


def advance(conn: Connection[Any], now: int) -> None:
    """Move the triage cursor over what is long done."""
    with conn.transaction():
        conn.execute(store.Q["advance_cursor"], {"old": to_datetime(now) - _COMMIT_AT_MOST})


def next_due(conn: Connection[Any], query: str) -> int | None:
    """The earliest instant that "next_step" or "next_publication" finds, Unix microseconds."""
    row = conn.execute(store.Q[query]).fetchone()
    return row[0] if row else None


def _send_somebody(telling: Telling, changes: Sequence[Change]) -> None:
    for change in changes:
        if any(event.kind == "escalated" for event in change.events):
            after = change.after
            if telling.plan(after).step(after.step).dispatch:
                dispatch(telling, after)


def _mine(conn: Connection[Any], book: Book, rows: Sequence[_Row], again: bool = False) -> list[_Row]:
    """Those of `rows` that no other engine works on, or has ruled on meanwhile."""
    # What may be grouped is ruled on by one engine for the whole station.
    grouped = {row[13] for row in rows if row[13] is not None and book.policy(row[2]).group_after}
    with conn.pipeline():
        # In one order everywhere; trying instead of waiting, so that engines never queue behind each other.
        homes = conn.execute(store.Q["lock_homes"], {"keys": sorted({row[3] or 0 for row in rows})})
        stations = conn.execute(store.Q["lock_stations"], {"keys": sorted(grouped)})
        ruled = conn.execute(store.Q["ruled"], {"findings": [row[0] for row in rows], "again": again})
    held = {row[0] for row in homes if row[1]}
    closed = grouped - {row[0] for row in stations if row[1]}
    done = set(ruled)
    return [
        row
        for row in rows
        if (row[3] or 0) in held
        and (row[0], row[1]) not in done
        and not (row[13] in closed and book.policy(row[2]).group_after)
    ]
