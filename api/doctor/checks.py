"""What the doctor makes of the facts. Pure: facts in, remarks out."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.delivery.watch import PARTS
from api.doctor.facts import Facts, Level, Remark, Store
from core.embedded.nats_config import MOST_KEPT
from core.tls import RENEW_WITHIN

_OFF_S, _FAR_OFF_S = 1.0, 30.0
_LITTLE, _TOO_LITTLE = 0.15, 0.05  # of a disk
_FULL, _GIB = 2 * 2**30, 2**30
_NO_ROOM = 64 * 2**20  # with less the embedded broker opens no session
_SILENT = 60  # of the care's clock's real seconds
_LATE = 30
_CONNECTIONS = 0.9
_WRAP, _WRAPS = 1_000_000_000, 1_800_000_000  # transactions; at two thousand million PostgreSQL stops
_BEHIND, _FAR_BEHIND = 256 * 2**20, 4 * 2**30
_OLD_COPY, _TOO_OLD_COPY = timedelta(days=8), timedelta(days=15)
_OLD_KEYS = timedelta(days=2)
_LATE_JOB = timedelta(days=2)
_SHARE_SILENT = 0.1
_LATELY = timedelta(days=1)

Check = Callable[[Facts], Iterator[Remark]]


def examine(facts: Facts) -> list[Remark]:
    """Every check's remarks, in the order in which somebody would look."""
    return [remark for check in CHECKS for remark in check(facts)]


def verdict(remarks: list[Remark]) -> Level:
    """The worst of them."""
    order = list(Level)
    return max((remark.level for remark in remarks), key=order.index, default=Level.WELL)


def clock(facts: Facts) -> Iterator[Remark]:
    """Kept right by others, and the same as the database's: instants decide whether an alarm is too old."""
    late = abs(facts.store.late_s) if facts.store else 0.0
    if late > _OFF_S:
        level = Level.BROKEN if late > _FAR_OFF_S else Level.SOON
        yield Remark("clock", level, "doctor.clock.apart", {"off_s": late})
    elif facts.synchronised is False:
        yield Remark("clock", Level.SOON, "doctor.clock.alone")
    else:
        yield Remark("clock", Level.WELL, "doctor.clock.well")


def disk(facts: Facts) -> Iterator[Remark]:
    """Room for the night and the weeks after it."""
    free, share = facts.disk_free, facts.disk_free / facts.disk_bytes
    level = Level.WELL
    if share < _LITTLE:
        level = Level.SOON
    if share < _TOO_LITTLE or free < _FULL:
        level = Level.BROKEN
    params = {"free": f"{free / _GIB:.1f}", "percent": f"{100 * share:.0f}"}
    yield Remark("disk", level, "doctor.disk.well" if level is Level.WELL else "doctor.disk.little", params)


def certificates(facts: Facts) -> Iterator[Remark]:
    """None has ended or is about to: devices and browsers would turn away at once."""
    if not facts.tls:
        yield Remark("certificates", Level.WELL, "doctor.certificates.none")
        return
    ending = [(name, ends) for name, ends in facts.certificates if ends - facts.wall < RENEW_WITHIN]
    for name, ends in ending:
        over = ends <= facts.wall
        params = {"name": name, "day": ends.date().isoformat()}
        key = "doctor.certificates.over" if over else "doctor.certificates.ends"
        yield Remark("certificates", Level.BROKEN if over else Level.SOON, key, params)
    if not ending:
        yield Remark("certificates", Level.WELL, "doctor.certificates.well")


def broker(facts: Facts) -> Iterator[Remark]:
    """It lets the platform in, and what it keeps is stored."""
    kept = facts.broker_bytes or 0
    if facts.broker == "refused" and facts.broker_bytes is not None and facts.disk_free < _NO_ROOM:
        yield Remark("broker", Level.BROKEN, "doctor.broker.no_room")
    elif facts.broker:
        yield Remark("broker", Level.BROKEN, f"doctor.broker.{facts.broker}")
    elif kept > MOST_KEPT // 2:
        params = {"gib": f"{kept / _GIB:.1f}", "most": f"{MOST_KEPT / _GIB:.0f}"}
        yield Remark("broker", Level.BROKEN, "doctor.broker.full", params)
    elif facts.broker_dropped:
        yield Remark("broker", Level.SOON, "doctor.broker.dropped", {"count": facts.broker_dropped})
    else:
        yield Remark("broker", Level.WELL, "doctor.broker.well")


def database(facts: Facts) -> Iterator[Remark]:
    """It answers, is up to date, undamaged, and has room for more of us."""
    store = facts.store
    if store is None:
        yield Remark("database", Level.BROKEN, "doctor.database.away")
        return
    found = list(_of_database(store))
    yield from found or [
        Remark("database", Level.WELL, "doctor.database.well", {"version": store.server.version})
    ]


def _of_database(store: Store) -> Iterator[Remark]:
    server = store.server
    if store.pending:
        yield Remark("database", Level.BROKEN, "doctor.database.pending", {"count": len(store.pending)})
    if store.damaged:
        yield Remark("database", Level.BROKEN, "doctor.database.damaged", {"count": store.damaged})
    if server.connections > _CONNECTIONS * server.most:
        params = {"count": server.connections, "most": server.most}
        yield Remark("database", Level.SOON, "doctor.database.crowded", params)
    if server.oldest > _WRAP:
        level = Level.BROKEN if server.oldest > _WRAPS else Level.SOON
        yield Remark("database", level, "doctor.database.unvacuumed")
    if store.sealed:
        yield Remark("database", Level.BROKEN, "doctor.database.sealed")


def storage(facts: Facts) -> Iterator[Remark]:
    """Its own jobs are done: readings are summed up, packed and dropped."""
    if facts.store is None:
        return
    jobs = facts.store.jobs
    failing = [job for job in jobs if job.error and (job.failed_at or _NEVER) > (job.done_at or _NEVER)]
    late = [
        job for job in jobs if job not in failing and _since(facts, job.done_at) > _LATE_JOB.total_seconds()
    ]
    for job in failing:
        yield Remark("storage", Level.SOON, "doctor.storage.failing", {"job": job.name, "error": job.error})
    for job in late:
        yield Remark("storage", Level.SOON, "doctor.storage.late", {"job": job.name})
    if not failing and not late:
        yield Remark("storage", Level.WELL, "doctor.storage.well")


def parts(facts: Facts) -> Iterator[Remark]:
    """Every part did its work within the last minute, and nothing waits that should be done."""
    store = facts.store
    if store is None:
        return
    silent = [p for p in PARTS if facts.now - store.beats.get(p, _NEVER) > _SILENT * facts.second]
    for part in silent:
        yield Remark("parts", Level.BROKEN, "doctor.parts.silent", {"part": part})
    late = {what: _since(facts, getattr(store.waiting, what)) for what in ("finding", "step", "notification")}
    for what, seconds in late.items():
        if seconds > _LATE:
            yield Remark("parts", Level.BROKEN, f"doctor.parts.{what}", {"late_s": seconds})
    if not silent and max(late.values()) <= _LATE:
        yield Remark("parts", Level.WELL, "doctor.parts.well")


def rosters(facts: Facts) -> Iterator[Remark]:
    """Somebody can take each alarm, and is on duty at every hour of the next three days."""
    if facts.store is None:
        return
    for station in facts.store.unstaffed:
        yield Remark("rosters", Level.BROKEN, "doctor.rosters.nobody", {"station": station})
    for gap in facts.store.gaps:
        level = Level.BROKEN if gap.start - facts.now < timedelta(hours=12) else Level.SOON
        when = f"{gap.start.astimezone(ZoneInfo(gap.zone)):%m-%d %H:%M} ({gap.zone})"
        yield Remark("rosters", level, f"doctor.rosters.{gap.role}", {"station": gap.station, "from": when})
    if not facts.store.gaps and not facts.store.unstaffed:
        key = "doctor.rosters.well" if facts.store.rosters else "doctor.rosters.none"
        yield Remark("rosters", Level.WELL, key)


def devices(facts: Facts) -> Iterator[Remark]:
    """Nearly all installed devices are heard."""
    if facts.store is None:
        return
    known = facts.store.devices
    total = sum(one.many for one in known.values())
    lost = [(state, known[state]) for state in ("silent", "never_heard") if state in known]
    for state, one in lost:
        # What was never heard was never relied on: it is still to be fitted, or was fitted wrongly.
        gone = state == "silent" and one.many > _SHARE_SILENT * total
        level = Level.BROKEN if gone else Level.SOON
        params = {"count": one.many, "total": total, "some": ", ".join(one.some)}
        yield Remark("devices", level, f"doctor.devices.{state}", params)
    if not lost:
        yield Remark("devices", Level.WELL, "doctor.devices.well", {"total": total})


def channels(facts: Facts) -> Iterator[Remark]:
    """Every way to reach somebody works."""
    if facts.store is None:
        return
    for channel, count in facts.store.failing.items():
        yield Remark(
            "channels", Level.BROKEN, "doctor.channels.failing", {"channel": channel, "count": count}
        )
    if not facts.store.failing:
        yield Remark("channels", Level.WELL, "doctor.channels.well")


def quarantine(facts: Facts) -> Iterator[Remark]:
    """What devices say is understood."""
    if facts.store is None:
        return
    lately = {why: n for why, (n, last) in facts.store.quarantine.items() if facts.now - last < _LATELY}
    for why, count in lately.items():
        yield Remark("quarantine", Level.SOON, "doctor.quarantine.some", {"reason": why, "count": count})
    if not lately:
        yield Remark("quarantine", Level.WELL, "doctor.quarantine.well")


def backups(facts: Facts) -> Iterator[Remark]:
    """There is a recent copy, and the log since then is kept."""
    if not facts.archived:
        own = facts.own_database
        key = "doctor.backups.own" if own else "doctor.backups.none"
        yield Remark("backups", Level.WELL if own else Level.SOON, key)
        return
    if facts.copied is None:
        yield Remark("backups", Level.BROKEN, "doctor.backups.no_copy")
    elif (age := facts.wall - facts.copied) > _OLD_COPY:
        level = Level.BROKEN if age > _TOO_OLD_COPY else Level.SOON
        yield Remark("backups", level, "doctor.backups.old", {"days": age.days})
    else:
        yield Remark("backups", Level.WELL, "doctor.backups.well", {"age_s": age.total_seconds()})
    archive = facts.store.archive if facts.store else None
    if archive is None:
        return
    if archive.status == "lost":
        yield Remark("backups", Level.BROKEN, "doctor.backups.lost")
    elif not archive.active or archive.behind > _BEHIND:
        level = Level.BROKEN if archive.behind > _FAR_BEHIND or not archive.active else Level.SOON
        yield Remark("backups", level, "doctor.backups.behind", {"mib": archive.behind >> 20})


def keys(facts: Facts) -> Iterator[Remark]:
    """There is a recent copy of the keys: without them no name is read again."""
    if not facts.keys_kept:
        yield Remark("keys", Level.SOON, "doctor.keys.none")
    elif facts.keys_copied is None:
        yield Remark("keys", Level.BROKEN, "doctor.keys.no_copy")
    elif (age := facts.wall - facts.keys_copied) > _OLD_KEYS:
        yield Remark("keys", Level.SOON, "doctor.keys.old", {"days": age.days})
    else:
        yield Remark("keys", Level.WELL, "doctor.keys.well", {"age_s": age.total_seconds()})


def _since(facts: Facts, instant: datetime | None) -> float:
    """Real seconds since `instant` of the care's clock; 0 for none."""
    return 0.0 if instant is None else (facts.now - instant) / facts.second


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
CHECKS: tuple[Check, ...] = (
    clock, disk, certificates, database, storage, broker, parts, rosters, devices, channels, quarantine,
    backups, keys,
)  # fmt: skip
