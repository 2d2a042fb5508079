"""One round of triage: what is known about a batch of findings, asked at once; ruled one by one; written at
once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg import Connection

from alerts import store
from alerts.deciding import Telling, told
from alerts.escalation.policy import Book
from alerts.escalation.store import Town, chains
from alerts.incident import Event, Incident
from alerts.store import Change
from alerts.triage import Case, Ruling, Verdict, after, attended, rule
from core.finding import Finding, Reason
from core.instant import SECOND, to_datetime

_CLOSED_LATELY = timedelta(hours=1)

_Row = tuple[Any, ...]


class Round:
    """A batch of rows of the query `untriaged`, all of them ours."""

    def __init__(
        self, conn: Connection[Any], book: Book, rows: Sequence[_Row], now: int, again: bool = False
    ) -> None:
        """`again`: of findings that a larger fault explained, which is over."""
        self._again = again
        self._conn, self._book, self._rows, self._now = conn, book, rows, now
        self._known: dict[UUID, Incident] = {}
        self._homes: dict[int | None, dict[UUID, Incident]] = {}
        self._of_finding: dict[UUID, dict[UUID, Incident]] = {}
        self._pending: dict[UUID, tuple[Incident, list[Event], bool]] = {}  # before, events since, new
        self.verdicts: list[Verdict] = []
        self._ask()

    def rule(self) -> None:
        """Rule on all of them and write it down; `verdicts` then says how."""
        claims = []
        for row in self._rows:
            ruling = rule(self._case(row))
            self._take(row, ruling)
            incident = ruling.incident.id if ruling.incident else None
            self.verdicts.append(ruling.verdict)
            claims.append((row[0], row[1], str(ruling.verdict), incident))
        changes = [Change(*pending) for pending in self._pending.values()]
        told(Telling(self._conn, self._book, self._now, self._places), changes)
        store.claim(self._conn, claims, to_datetime(self._now))

    def _case(self, row: _Row) -> Case:
        finding, station = _finding(row), row[13]
        near = self._homes.get(row[3], {}) | self._homes.get(None, {}) | self._of_finding.get(row[0], {})
        member = self._members.get(row[0])
        return Case(
            finding, station, list(near.values()), self._book, self._now,
            around=self._places.place(station),
            window_s=self._windows.get(finding.resident or 0),
            silences=self._silences,
            alike=self._alike.get((station, finding.kind), 0),
            group=self._groups.get((station, finding.kind)),
            member_of=self._known.get(member) if member else None,
            out=row[0] in self._out,
            again=self._again,
        )  # fmt: skip

    def _take(self, row: _Row, ruling: Ruling) -> None:
        incident, made = ruling.incident, after(ruling)
        if incident is None or made is None or not (ruling.events or ruling.new):
            return
        _, events, _ = self._pending.setdefault(incident.id, (incident, [], ruling.new))
        events += ruling.events
        self._note(made)
        key = (made.station, made.kind)
        if made.home is None and made.severity == "many":
            self._groups[key] = made
        elif ruling.new and self._book.policy(made.kind).group_after:
            self._alike[key] = self._alike.get(key, 0) + 1

    def _note(self, incident: Incident) -> None:
        self._known[incident.id] = incident
        if incident.home is not None or incident.station is None or incident.kind == "platform_outage":
            self._homes.setdefault(incident.home, {})[incident.id] = incident
        self._of_finding.setdefault(incident.finding_id, {})[incident.id] = incident

    def _ask(self) -> None:
        """Everything that there is to know, in one exchange with the database."""
        params = self._params()
        with self._conn.pipeline():
            where = chains(self._conn, params["stations"])
            silences = self._conn.execute(store.Q["silences"], params)
            windows = self._conn.execute(store.Q["windows"], params)
            lately = [
                store.asked(self._conn, name, params) for name in ("outages", "of_homes", "of_findings")
            ]
            groups = store.asked(self._conn, "of_groups", params)
            members = self._conn.execute(store.Q["members"], params)
            alike = self._conn.execute(store.Q["alike"], params)
        self._places = Town(self._now, where())
        self._silences = [store.silence(row) for row in silences]
        self._windows: dict[int, int] = dict(windows.fetchall())
        for read in lately:
            for incident in read():
                self._note(incident)
        # The incidents that stand for many, and which of these findings belong to one.
        standing = sorted(groups(), key=lambda i: (attended(i, self._now), i.detected_at))
        self._groups = {(i.station, i.kind): i for i in standing}
        self._known |= {group.id: group for group in self._groups.values()}
        grouped = members.fetchall()
        self._members: dict[UUID, UUID] = {row[0]: row[1] for row in grouped}
        self._out = {row[0] for row in grouped if row[2]}
        self._alike: dict[tuple[int | None, str], int] = {(row[0], row[1]): row[2] for row in alike}
        closed = sorted({key for key in self._members.values() if key not in self._known})
        if closed:
            self._known |= {i.id: i for i in store.incidents(self._conn, "those", {"ids": closed})}

    def _params(self) -> dict[str, Any]:
        policies = {row[2]: self._book.policy(row[2]) for row in self._rows}
        grouped = [row for row in self._rows if row[13] is not None and policies[row[2]].group_after]
        longest_s = max((policies[row[2]].group_s for row in grouped), default=0)
        return {
            "now": to_datetime(self._now),
            "stations": sorted({row[13] for row in self._rows if row[13] is not None}),
            "homes": sorted({row[3] for row in self._rows if row[3]}),
            "findings": [row[0] for row in self._rows],
            "since": to_datetime(self._now) - _CLOSED_LATELY,
            "residents": sorted({r[8] for r in self._rows if r[8] and policies[r[2]].cancel_window_s}),
            "grouping": sorted({row[13] for row in grouped}),
            "kinds": sorted({row[2] for row in grouped}),
            "alike_since": to_datetime(self._now - longest_s * SECOND),
        }


def _finding(row: _Row) -> Finding:
    return Finding(
        kind=row[2],
        home=row[3] or 0,
        onset=row[4],
        at=row[5],
        reason=Reason(row[6], row[7]),
        resident=row[8],
        device=row[9],
        severity=row[10],
        probability=row[11],
        revision=row[1],
        cleared=row[12],
    )
