"""From decisions to rows: finds the plan and the people around, and writes everything at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection

from alerts import store
from alerts.escalation.notices import notices, rings
from alerts.escalation.policy import Book, Plan
from alerts.escalation.store import Town, chains, town
from alerts.incident import Incident
from alerts.store import Change
from core.instant import to_datetime


class Telling:
    """One transaction's view of policies and people at the instant `now` (Unix microseconds)."""

    def __init__(self, conn: Connection[Any], book: Book, now: int, where: Town | None = None) -> None:
        """`where`: the stations and those above them, when they are known already."""
        self.conn, self.book, self.now, self._where = conn, book, now, where

    def places(self, incidents: Sequence[Incident]) -> Town:
        """The stations of `incidents` and those above them."""
        if self._where is None or any(i.station not in self._where.chains for i in incidents if i.station):
            self._where = Town(self.now, chains(self.conn, {i.station for i in incidents if i.station})())
        return self._where

    def plans(self, incidents: Sequence[Incident]) -> Iterable[tuple[Incident, Plan]]:
        """Each incident with what holds for it."""
        where = self.places(incidents)
        return [(incident, where.plan(self.book, incident)) for incident in incidents]

    def plan(self, incident: Incident) -> Plan:
        """What holds for one incident."""
        ((_, plan),) = self.plans([incident])
        return plan


def told(telling: Telling, changes: Sequence[Change]) -> None:
    """Write `changes` and whom they are for."""
    ringing = [change for change in changes if rings(change.events)]
    incidents = [change.before for change in ringing]
    around = town(telling.conn, incidents, telling.places(incidents)) if ringing else Town(telling.now)
    found = [
        notice
        for change in ringing
        for notice in notices(
            change.before,
            change.events,
            around.plan(telling.book, change.after),
            around.around(change.before),
        )
    ]
    store.save(telling.conn, changes, found, to_datetime(telling.now))
