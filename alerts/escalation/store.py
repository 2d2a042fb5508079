"""What is known of those around many incidents, asked with a handful of statements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import Connection

from alerts.escalation.policy import Book, Plan
from alerts.escalation.who import Around, resting
from alerts.incident import Incident
from alerts.quiet import local_time
from alerts.roster.duty import Roster, on_duty
from alerts.roster.store import asked
from core.instant import to_datetime
from core.queries import load

Q = load(Path(__file__).parent / "queries.sql")


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody around the incidents of one round, as of the instant `now` (Unix microseconds)."""

    now: int
    chains: Mapping[int, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    granted: Mapping[tuple[int, str], Sequence[int]] = field(default_factory=dict)
    duty: Mapping[tuple[int, str], Sequence[int]] = field(default_factory=dict)
    household: Mapping[int, Sequence[int]] = field(default_factory=dict)
    contacts: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    hours: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)  # quiet ones, by contact
    family: Mapping[int, Sequence[int]] = field(default_factory=dict)
    roots: Sequence[int] = ()
    administrators: Sequence[int] = ()

    def around(self, incident: Incident) -> Around:
        """Those around one incident."""
        zone, chain = self.chains.get(incident.station or 0, ("UTC", ()))
        people = [incident.resident] if incident.resident else self.household.get(incident.home or 0, ())
        contacts = sorted(c for person in people for c in self.contacts.get(person, ()))
        family = dict.fromkeys(a for person in people for a in self.family.get(person, ()))
        if incident.station is None:
            return Around(roots=self.roots, administrators=self.administrators)
        local = local_time(self.now, zone)
        asleep = frozenset(key for _, key in contacts if resting(local, *self.hours.get(key, (None, None))))
        return Around(chain, zone, self.granted, self.duty, contacts, asleep, tuple(family))

    def place(self, station: int | None) -> Around:
        """The stations above one, and its time zone; nobody in particular."""
        zone, chain = self.chains.get(station or 0, ("UTC", ()))
        return Around(chain, zone)

    def plan(self, book: Book, incident: Incident) -> Plan:
        """What holds for an incident now."""
        zone, chain = self.chains.get(incident.station or 0, ("UTC", ()))
        return book.plan(incident.kind, incident.priority, chain, local_time(self.now, zone))


def chains(
    conn: Connection[Any], stations: Iterable[int]
) -> Callable[[], dict[int, tuple[str, tuple[int, ...]]]]:
    """Ask for the stations above each of `stations` and their time zones: station -> (zone, itself and those
    above). Calling the result gives it; in a pipeline several questions are on their way at once."""
    cursor = conn.execute(Q["chains"], {"stations": sorted(stations)})
    return lambda: {row[0]: (row[1], tuple(row[2])) for row in cursor}


def town(conn: Connection[Any], incidents: Sequence[Incident], where: Town) -> Town:
    """Everybody around `incidents`, whose stations are those of `where`, at its instant."""
    now = where.now
    stations = sorted({s for _, chain in where.chains.values() for s in chain})
    params = {
        "stations": stations,
        "homes": sorted({i.home for i in incidents if i.home and not i.resident}),
        "residents": sorted({i.resident for i in incidents if i.resident}),
        "now": to_datetime(now),
    }
    with conn.pipeline():
        living = conn.execute(Q["household"], params)
        calling = conn.execute(Q["contacts"], params)
        related = conn.execute(Q["family"], params)
        working = conn.execute(Q["granted"], params)
        top = conn.execute(Q["roots"])
        answering = conn.execute(Q["administrators"])
        kept = asked(conn, stations, now, now + 1)
    household: dict[int, list[int]] = {}
    for home, resident in living:
        household.setdefault(home, []).append(resident)
    contacts: dict[int, list[tuple[int, int]]] = {}
    hours: dict[int, tuple[int | None, int | None]] = {}
    for resident, rank, contact, *quiet in calling:
        contacts.setdefault(resident, []).append((rank, contact))
        hours[contact] = (quiet[0], quiet[1])
    family: dict[int, list[int]] = {}
    for resident, account in related:
        family.setdefault(resident, []).append(account)
    granted = {(station, role): tuple(accounts) for station, role, accounts in working}
    duty = _duty(kept(), now)
    roots, administrators = ([row[0] for row in cursor] for cursor in (top, answering))
    return Town(now, where.chains, granted, duty, household, contacts, hours, family, roots, administrators)


def _duty(rosters: Mapping[int, Roster], now: int) -> dict[tuple[int, str], list[int]]:
    duty: dict[tuple[int, str], list[int]] = {}
    for station, roster in rosters.items():
        for stretch in on_duty(roster, now):
            duty.setdefault((station, stretch.role), []).append(stretch.account)
    return duty
