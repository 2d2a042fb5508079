"""What administrators change: policies, versioned and remembered; silences; cancel windows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from alerts import store
from alerts.deciding import Telling, told
from alerts.escalation.policy import BadPolicy, body, parse
from alerts.incident import PRIORITIES, Event
from alerts.policy import NEVER_SILENT, Policy
from alerts.quiet import Silence
from alerts.store import Change
from core.instant import to_datetime
from core.queries import load

Q = load(Path(__file__).parent / "settings.sql")
_CHANGEABLE = frozenset(Policy._fields) - {"kind", "version"}


class StaleVersion(Exception):
    """Somebody else has changed it since it was read."""


class BadSilence(ValueError):
    """A silence that may not be; the text says why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A policy in force: its `body` as JSON, its version, and who wrote it when (None: the installation)."""

    name: str
    body: Mapping[str, Any]
    version: int
    at: datetime
    by: int | None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """A silence with why and by whom."""

    silence: Silence
    reason: str
    by: int | None
    at: datetime


def kinds(conn: Connection[Any]) -> list[Kept]:
    """All kinds' rows, the gravest first."""
    return [_kind(row) for row in conn.execute(Q["kinds"])]


def change_kind(
    conn: Connection[Any], kind: str, changes: Mapping[str, Any], version: int, by: int | None, now: int
) -> Kept | None:
    """Change some fields of a kind's row (names as in alerts.policy.Policy; times as "22:00").

    `version` is the one that was read. Raises BadPolicy or StaleVersion; None when there is no such kind.
    """
    if unknown := set(changes) - _CHANGEABLE:
        raise BadPolicy(f"there is no {', '.join(sorted(unknown))}")
    with conn.transaction():
        row = conn.execute(Q["kind"], {"name": kind}).fetchone()
        if row is None:
            return None
        old = _kind(row)
        new = _checked(conn, Policy(*row[:11])._replace(**_times(changes)))
        params = {**new._asdict(), "version": version, "now": to_datetime(now), "by": by}
        if conn.execute(Q["change_kind"], params).rowcount != 1:
            raise StaleVersion(kind)
        _remember(conn, "kind", old)
        conn.execute(Q["ring"])
        found = conn.execute(Q["kind"], {"name": kind}).fetchone()
        assert found is not None
        return _kind(found)


def escalations(conn: Connection[Any]) -> list[Kept]:
    """All escalation policies."""
    return [Kept(*row) for row in conn.execute(Q["escalations"])]


def put_escalation(
    conn: Connection[Any], name: str, new: Mapping[str, Any], version: int | None, by: int | None, now: int
) -> Kept:
    """Write the policy `name`; `version` is the one that was read, None for a new one.

    Raises BadPolicy, or StaleVersion when the name is taken or somebody was first.
    """
    if not name.strip() or len(name) > 60:
        raise BadPolicy("a policy needs a name of at most 60 letters")
    clean = body(parse(name, new))
    params = {"name": name, "body": Jsonb(clean), "version": version, "by": by, "now": to_datetime(now)}
    with conn.transaction():
        old = conn.execute(Q["escalation"], {"name": name}).fetchone()
        query = "new_escalation" if version is None else "change_escalation"
        if conn.execute(Q[query], params).rowcount != 1:
            raise StaleVersion(name)
        if old is not None:
            _remember(conn, "escalation", Kept(*old))
        conn.execute(Q["ring"])
        found = conn.execute(Q["escalation"], {"name": name}).fetchone()
        assert found is not None
        return Kept(*found)


def history(conn: Connection[Any], subject: str, name: str) -> list[Kept]:
    """What the policy `name` of a "kind" or an "escalation" said before, the latest first."""
    rows = conn.execute(Q["history"], {"subject": subject, "name": name})
    return [Kept(name, said, version, at, by) for version, said, at, by in rows]


def silences(conn: Connection[Any], now: int) -> list[Maintenance]:
    """Silences that run or are to come."""
    rows = conn.execute(Q["silences"], {"now": to_datetime(now)})
    return [Maintenance(Silence(r[0], frozenset(r[1]), *r[2:7]), r[7], r[8], r[9]) for r in rows]


def silence(conn: Connection[Any], new: Silence, reason: str, by: int | None, now: int) -> Silence:
    """Begin a maintenance silence (`new.id` is ignored); raises BadSilence."""
    if (grave := new.kinds & NEVER_SILENT) or not new.kinds:
        raise BadSilence(f"never silenced: {', '.join(sorted(grave))}" if grave else "name the kinds")
    if sum(place is not None for place in (new.station, new.home, new.device)) != 1:
        raise BadSilence("a silence has one place: a station, a home or a device")
    if new.end <= max(now, new.start) or not reason.strip():
        raise BadSilence("a silence has an end ahead and a reason")
    row = {
        "station": new.station,
        "home": new.home,
        "device": new.device,
        "kinds": sorted(new.kinds),
        "start": to_datetime(new.start),
        "end": to_datetime(new.end),
        "reason": reason.strip(),
        "by": by,
        "now": to_datetime(now),
    }
    with conn.transaction():
        found = conn.execute(Q["new_silence"], row).fetchone()
    assert found is not None
    return Silence(found[0], new.kinds, new.start, new.end, new.station, new.home, new.device)


def end_silence(conn: Connection[Any], key: int, by: int | None, now: int) -> bool:
    """End a silence before its time: what it held opens now. Whether it was running."""
    with conn.transaction():
        if conn.execute(Q["end_silence"], {"id": key, "by": by, "now": to_datetime(now)}).rowcount != 1:
            return False
        held = [row[0] for row in conn.execute(Q["held_by"], {"id": key})]
        found = store.incidents(conn, "those", {"ids": held}) if held else []
        released = [
            Change(i, [Event("released", now, by, {"next_step_at": now})])
            for i in found
            if i.state == "detected"
        ]
        told(Telling(conn, store.policies(conn), now), released)
        return True


def cancel_window(conn: Connection[Any], resident: int) -> int | None:
    """Seconds in which this resident may call off a fall; None: as the policy says."""
    row = conn.execute(Q["window"], {"resident": resident}).fetchone()
    return row[0] if row else None


def set_cancel_window(
    conn: Connection[Any], resident: int, window_s: int | None, by: int | None, now: int
) -> None:
    """Set it, 0 to 300 s; None: as the policy says."""
    if window_s is not None and not 0 <= window_s <= 300:
        raise BadPolicy("a cancel window lies between 0 and 300 s")
    params = {"resident": resident, "window_s": window_s, "by": by, "now": to_datetime(now)}
    with conn.transaction():
        conn.execute(Q["drop_window" if window_s is None else "put_window"], params)


def _remember(conn: Connection[Any], subject: str, old: Kept) -> None:
    row = {"subject": subject, "name": old.name, "version": old.version, "at": old.at, "by": old.by}
    conn.execute(Q["remember"], {**row, "body": Jsonb(dict(old.body))})


def _kind(row: tuple[Any, ...]) -> Kept:
    policy = Policy(*row[:11])
    said = {
        name: value.isoformat("minutes") if isinstance(value, time) else value
        for name, value in policy._asdict().items()
        if name in _CHANGEABLE
    }
    return Kept(policy.kind, said, policy.version, row[11], row[12])


def _times(changes: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(changes)
    for name in ("quiet_from", "quiet_until"):
        if isinstance(found.get(name), str):
            try:
                found[name] = time.fromisoformat(found[name])
            except ValueError as error:
                raise BadPolicy("a time of day is written 22:00") from error
    return found


def _checked(conn: Connection[Any], new: Policy) -> Policy:
    numbers = (
        ("cancel_window_s", new.cancel_window_s, 0, 300, False),
        ("escalate_s", new.escalate_s, 10, 86_400, True),
        ("respond_s", new.respond_s, 10, 86_400, True),
        ("group_after", new.group_after, 2, 1000, True),
        ("group_s", new.group_s, 10, 86_400, False),
    )
    for name, value, low, high, optional in numbers:
        if value is None and optional:
            continue
        if type(value) is not int or not low <= value <= high:
            raise BadPolicy(f"{name} lies between {low} and {high}")
    if new.priority not in PRIORITIES:
        raise BadPolicy("a priority is high, medium or low")
    if new.kind in NEVER_SILENT and new.priority != "high":
        raise BadPolicy(f"{new.kind} is always of high priority")
    times = (new.quiet_from, new.quiet_until)
    if not all(t is None or isinstance(t, time) for t in times) or (times[0] is None) != (times[1] is None):
        raise BadPolicy("quiet hours have a beginning and an end")
    if conn.execute(Q["escalation"], {"name": new.escalation}).fetchone() is None:
        raise BadPolicy(f"there is no escalation policy {new.escalation}")
    return new
