"""What is known of those around many incidents, asked with a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import Connection

from alerts.escalation.policy import Book, Plan
from alerts.escalation.who import Around
from alerts.incident import Incident
from alerts.quiet import local_time
from alerts.roster.duty import on_duty
from alerts.roster.store import rosters
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
    family: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def around(self, incident: Incident) -> Around:
        """Those around one incident."""
        zone, chain = self.chains.get(incident.station or 0, ("UTC", ()))
        people = [incident.resident] if incident.resident else self.household.get(incident.home or 0, ())
        contacts = sorted(c for person in people for c in self.contacts.get(person, ()))
        family = dict.fromkeys(a for person in people for a in self.family.get(person, ()))
        return Around(chain, zone, self.granted, self.duty, contacts, tuple(family))

    def place(self, station: int | None) -> Around:
        """The stations above one, and its time zone; nobody in particular."""
        zone, chain = self.chains.get(station or 0, ("UTC", ()))
        return Around(chain, zone)

    def plan(self, book: Book, incident: Incident) -> Plan:
        """What holds for an incident now."""
        zone, chain = self.chains.get(incident.station or 0, ("UTC", ()))
        return book.plan(incident.kind, incident.priority, chain, local_time(self.now, zone))


def places(conn: Connection[Any], stations: Iterable[int | None], now: int) -> Town:
    """The stations above these and their time zones: enough to choose a policy, not to tell anybody."""
    keys = sorted({s for s in stations if s is not None})
    rows = conn.execute(Q["chains"], {"stations": keys}).fetchall() if keys else []
    return Town(now, {row[0]: (row[1], tuple(row[2])) for row in rows})


def town(conn: Connection[Any], incidents: Sequence[Incident], now: int) -> Town:
    """Everybody around `incidents` at `now`."""
    where = places(conn, (i.station for i in incidents), now)
    stations = sorted({s for _, chain in where.chains.values() for s in chain})
    homes = sorted({i.home for i in incidents if i.home and not i.resident})
    household: dict[int, list[int]] = {}
    if homes:
        for home, resident in conn.execute(Q["household"], {"homes": homes, "now": to_datetime(now)}):
            household.setdefault(home, []).append(resident)
    people = {i.resident for i in incidents if i.resident} | {r for rs in household.values() for r in rs}
    contacts: dict[int, list[tuple[int, int]]] = {}
    family: dict[int, list[int]] = {}
    if people:
        for resident, rank, contact in conn.execute(Q["contacts"], {"residents": sorted(people)}):
            contacts.setdefault(resident, []).append((rank, contact))
        for resident, account in conn.execute(Q["family"], {"residents": sorted(people)}):
            family.setdefault(resident, []).append(account)
    granted = {
        (station, role): tuple(accounts)
        for station, role, accounts in conn.execute(Q["granted"], {"stations": stations})
    }
    return Town(now, where.chains, granted, _duty(conn, stations, now), household, contacts, family)


def _duty(conn: Connection[Any], stations: Sequence[int], now: int) -> dict[tuple[int, str], list[int]]:
    found = [
        (station, stretch)
        for station, roster in rosters(conn, stations, now, now + 1).items()
        for stretch in on_duty(roster, now)
    ]
    if not found:
        return {}
    accounts = {"accounts": sorted({stretch.account for _, stretch in found})}
    enabled = {row[0] for row in conn.execute(Q["enabled"], accounts)}
    duty: dict[tuple[int, str], list[int]] = {}
    for station, stretch in found:
        if stretch.account in enabled:
            duty.setdefault((station, stretch.role), []).append(stretch.account)
    return duty
