"""Everything of a batch in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.json import Jsonb

from analytics.falls.calibration import Verdict
from analytics.living.day import HomeDay
from analytics.memory import Memory
from analytics.routine import RoutineDay
from analytics.silence_patience import Rulings
from core import heartbeat, timeseries
from core.access.roles import as_owner
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory, VitalSetting
from core.fence import Fence
from core.finding import Finding
from core.instant import DAY, HOUR, from_datetime, to_datetime
from core.motion import MotionWindow
from core.partition import WHOLE, Share
from core.queries import load
from ingest.behaviour import store as behaviours
from ingest.behaviour.store import NOTHING, Behaviour
from ingest.columns import COLUMNS, Column, copy_bytes
from ingest.decode import Decoded
from ingest.device_clock import LIVE, DeviceClock
from ingest.message import Refused
from ingest.rows import finding_of, finding_row, refused_row, routine_row, triplets
from ingest.statement import statement

Q = load(Path(__file__).parent / "queries.sql")

# From about here a staging table and COPY are quicker than unnest (docs/adr/0006).
STAGE_FROM = 1000
_CHUNK = 50_000
NOBODY: Mapping[int, int] = {}
_ROUTINE_DAYS = 60
LONG = 730 * DAY  # a weak battery, a house that is empty: what stands open is taken up so long after it began
# What one device may leave in quarantine, and for how long.
QUARANTINE, QUARANTINE_BYTES, QUARANTINE_DAYS = 1000, 64 * 1024 * 1024, 30


@dataclass(frozen=True, slots=True)
class Write:
    """One transaction's worth.

    Attributes:
        decoded: the batch.
        findings: what the detectors made of it.
        places: home key -> (instant of the last activity, room).
        routine: what was learnt of homes' days. behaviour: the rest of what is known of daily life.
        memories: what detectors want kept.
        floods: devices to be shut out for a while, because they say too much.
    """

    decoded: Decoded
    findings: Sequence[Finding] = ()
    places: Mapping[int, tuple[int, str]] = field(default_factory=dict)
    routine: Sequence[RoutineDay] = ()
    behaviour: Behaviour = NOTHING
    memories: Sequence[Memory] = ()
    floods: Sequence[int] = ()

    @property
    def is_one_statement(self) -> bool:
        """Whether it is readings, motion and live state alone, and few of them."""
        more = self.findings or self.routine or self.behaviour or self.memories or self.floods
        decoded = self.decoded
        return not (more or decoded.refused or decoded.clocks) and len(decoded.batch.readings) < STAGE_FROM


class Store:
    """The tables that ingest writes, over one connection; not shared between threads.

    In autocommit mode a batch that is one statement is written without BEGIN and COMMIT.
    """

    def __init__(self, conn: Connection[Any]) -> None:
        self._conn = conn
        self._engine = timeseries.engine(conn)
        _adapt(conn)
        conn.execute(Q["stage"])
        conn.commit()

    def close(self) -> None:
        """Close the connection; never raises."""
        self._conn.close()

    def rulings(self, since: int, until: int | None = None) -> Rulings:
        """What was said of alarms of silence since, and before `until`."""
        with self._conn.transaction():
            return behaviours.rulings(self._conn, since, until)

    def home_days(self, since: int, homes: Sequence[int] | None = None) -> list[HomeDay]:
        """Finished days of homes in numbers, from a day on; of all where none are named."""
        with self._conn.transaction():
            return behaviours.days(self._conn, since, homes)

    def directory(self, now: int, share: Share = WHOLE) -> Directory:
        """Who and what is installed at `now` in the homes of `share`."""
        with self._conn.transaction():
            rows = self._conn.execute(Q["directory"], {"now": to_datetime(now)}).fetchall()
            people = self._conn.execute(Q["household"], {"now": to_datetime(now)}).fetchall()
            left = {row[0] for row in self._conn.execute(Q["left"], {"now": to_datetime(now)})}
            fenced = self._conn.execute(Q["fences"]).fetchall()
            settings = {row[0]: VitalSetting(*row[1:]) for row in self._conn.execute(Q["vital_settings"])}
            profiles = behaviours.profiles(self._conn)
        ours = [DeviceEntry(*row) for row in rows if share.has(row[3])]
        homes = {entry.home for entry in ours}
        residents: dict[int, tuple[int, ...]] = {}
        for home, resident in people:
            if share.is_whole or home in homes:
                residents[home] = (*residents.get(home, ()), resident)
        fences: dict[int, tuple[Fence, ...]] = {}
        for resident, name, lats, lons, *rest in fenced:
            fence = Fence(name, tuple(zip(lats, lons, strict=True)), *rest)
            fences[resident] = (*fences.get(resident, ()), fence)
        return Directory.of(ours, residents, fences, settings, profiles, left & homes)

    def hear(self) -> None:
        """A word with the database: bells that were rung before it are heard after it."""
        with self._conn.transaction():
            self._conn.execute(Q["hear"])

    def next_change(self, now: int) -> int | None:
        """The instant after `now` at which the directory changes by itself; None: never."""
        with self._conn.transaction():
            row = self._conn.execute(Q["next_change"], {"now": to_datetime(now)}).fetchone()
        return row[0] if row else None

    def clocks(self) -> dict[int, DeviceClock]:
        """The clock corrections found so far, by device."""
        clocks: dict[int, DeviceClock] = {}
        with self._conn.transaction():
            for device, since, offset in self._conn.execute(Q["clocks"]):
                clock = clocks.setdefault(device, DeviceClock())
                clock.since.append(since)
                clock.offsets.append(offset)
        return clocks

    def make_room(self, now: int) -> int:
        """Partitions for the days ahead; returns the instant until which there is room."""
        with as_owner(self._conn):
            until = timeseries.make_room(self._conn, self._engine, to_datetime(now))
        return from_datetime(until)

    def drop_old(self, now: int) -> list[str]:
        """Drop chunks that are past their keeping; raises LockNotAvailable when somebody reads them.

        Dropping waits for every reader of the table, and everybody else then waits behind it: so it gives
        up after a second and is tried again later.
        """
        with as_owner(self._conn):
            self._conn.execute("SET LOCAL lock_timeout = '1s'")
            return timeseries.drop_old(self._conn, self._engine, to_datetime(now))

    def last_batch(self, worker: str) -> int | None:
        """When the worker of this name last stored something."""
        with self._conn.transaction():
            row = self._conn.execute(Q["last_batch"], {"name": worker}).fetchone()
        return row[0] if row else None

    def heard(self) -> list[tuple[int, int]]:
        """(device, instant at which it was last heard)."""
        with self._conn.transaction():
            return self._conn.execute(Q["heard"]).fetchall()

    def verdicts(self, since: int) -> dict[int, tuple[Verdict, ...]]:
        """What was said of each resident's falls since."""
        with self._conn.transaction():
            rows = self._conn.execute(Q["fall_verdicts"], {"since": to_datetime(since)}).fetchall()
        said: dict[int, tuple[Verdict, ...]] = {}
        for resident, at, word, incident in rows:
            said[resident] = (*said.get(resident, ()), Verdict(at, word, incident))
        return said

    def write(self, work: Write, now: int) -> None:
        """Store all of it or nothing; raises psycopg.Error."""
        decoded = work.decoded
        with self._whole(work), self._conn.cursor() as cursor:
            self._rows(cursor, work)
            self._findings(cursor, work.findings, to_datetime(now))
            self._refused(cursor, decoded.refused)
            self._pause(cursor, work.floods, to_datetime(now))
            if decoded.clocks:
                cursor.executemany(Q["clock"], decoded.clocks)
            if work.routine:
                cursor.executemany(Q["put_routine"], [routine_row(day) for day in work.routine])
            behaviours.write(cursor, work.behaviour, now)
            if work.memories:
                # One type for the whole array, or the driver refuses a row of whole and broken numbers.
                kept = [(m[0], m[1], m[2], [float(n) for n in m[3]]) for m in work.memories]
                cursor.executemany(Q["keep"], kept)

    def _whole(self, work: Write) -> AbstractContextManager[Any]:
        """One transaction; one statement is one by itself, where the connection lets it be."""
        alone = self._conn.autocommit and work.is_one_statement
        return nullcontext() if alone else self._conn.transaction()

    def report(self, figures: Mapping[str, Any], hearing: int | None) -> None:
        """What this worker has done so far; a sign of life at the instant `hearing` (None: the broker is
        away)."""
        with self._conn.transaction():
            self._conn.execute(Q["unhurried"])
            self._conn.execute(Q["worker"], figures)
            if hearing is not None:
                heartbeat.beat(self._conn, "ingest", hearing)

    def findings(self, since: int, homes: Sequence[int] | None = None) -> list[Finding]:
        """The last revision of every finding since, and of what has stood open for LONG before, the oldest
        first."""
        with self._conn.transaction():
            asked = _of(homes, since) | {"long": to_datetime(since - LONG)}
            rows = self._conn.execute(Q["open_findings"], asked).fetchall()
        return sorted((finding_of(row) for row in rows), key=lambda finding: finding.at)

    def routine(self, now: int, homes: Sequence[int] | None = None) -> list[RoutineDay]:
        """The days of homes that detectors learnt from."""
        with self._conn.transaction():
            days = {"since": now // DAY - _ROUTINE_DAYS, "homes": homes, "now": to_datetime(now)}
            rows = self._conn.execute(Q["routine"], days).fetchall()
        return [RoutineDay(*row) for row in rows]

    def memories(self, detector: str) -> list[Memory]:
        """What the detector of this name asked to keep."""
        with self._conn.transaction():
            rows = self._conn.execute(Q["kept"], {"detector": detector}).fetchall()
        return [Memory(*row) for row in rows]

    def recent(
        self, since: int, until: int, homes: Sequence[int] | None = None, handed: Mapping[int, int] = NOBODY
    ) -> Iterator[Batch]:
        """Batches of what came since and before `until`, in order of arrival, for detectors to see again.

        What happened before `since` is among them where it came since, and its device is in `handed`: device
        -> from which of its instants on.
        """
        with self._conn.transaction(), self._conn.cursor("recent_readings", binary=True) as cursor:
            cursor.execute(Q["recent_readings"], _span(homes, since, until, handed))
            while rows := cursor.fetchmany(_CHUNK):
                columns = [(*row, row[2] - row[0] <= LIVE) for row in rows]
                yield Batch(rows[-1][2], np.array(columns, dtype=READING))

    def recent_motion(
        self, since: int, until: int, homes: Sequence[int] | None = None, handed: Mapping[int, int] = NOBODY
    ) -> list[MotionWindow]:
        """The stored windows from `since` on and before `until`, each device's in order; of those in `handed`
        also older ones that came of late."""
        with self._conn.transaction():
            rows = self._conn.execute(Q["recent_motion"], _span(homes, since, until, handed)).fetchall()
        return [
            MotionWindow(home, device, resident, start, hz, triplets(acc), triplets(gyr) if gyr else None)
            for home, device, resident, start, hz, acc, gyr in rows
        ]

    def _rows(self, cursor: Any, work: Write) -> None:
        """Readings, motion and live state: few of them in one statement, many readings by COPY."""
        decoded, readings = work.decoded, work.decoded.batch.readings
        if len(readings) >= STAGE_FROM:
            with cursor.copy(Q["copy_readings"]) as copy:
                copy.write(copy_bytes(readings))
            cursor.execute(Q["insert_staged"])
            readings = readings[:0]
        few = statement(readings, decoded.batch.motion, decoded.received_motion, decoded.news, work.places)
        if few is not None:
            cursor.execute(few.text, few.values)

    def _findings(self, cursor: Any, findings: Sequence[Finding], now: datetime) -> None:
        if findings:
            cursor.executemany(Q["insert_finding"], [_as_json(finding_row(f, now)) for f in findings])
            cursor.execute(Q["ring"])

    def _refused(self, cursor: Any, refused: Sequence[Refused]) -> None:
        rows: dict[bytes, dict[str, Any]] = {}
        for item in refused:
            row = refused_row(item)
            known = rows.setdefault(row["digest"], row)
            if known is not row:
                known["times"] += 1
                known["last_at"] = row["last_at"]
        if rows:
            # In one order everywhere, so that two workers never wait for each other's rows.
            cursor.executemany(Q["quarantine"], [rows[digest] for digest in sorted(rows)])

    def forget(self, now: int) -> int:
        """Forget what is old in quarantine; how many messages went."""
        with self._conn.transaction():
            since = to_datetime(now - QUARANTINE_DAYS * DAY)
            return self._conn.execute(Q["forget_quarantine"], {"since": since}).rowcount

    def trim(self, devices: Sequence[str]) -> int:
        """Forget what is too much in quarantine of `devices` (codes, "": of those nobody knows); how many
        messages went."""
        bounds = {"devices": list(devices), "most": QUARANTINE, "most_bytes": QUARANTINE_BYTES}
        with self._conn.transaction():
            return self._conn.execute(Q["trim_quarantine"], bounds).rowcount

    def _pause(self, cursor: Any, floods: Sequence[int], now: datetime) -> None:
        for device in sorted(set(floods)):
            cursor.execute(Q["pause"], {"device": device, "now": now})
        if floods:
            cursor.execute(Q["ring_devices"])


def _adapt(conn: Connection[Any]) -> None:
    """Let `conn` take columns as parameters."""
    for kind in COLUMNS.values():
        conn.adapters.register_dumper(kind, _dumper(kind))


def _dumper(kind: type[Column]) -> type[Dumper]:
    class ColumnDumper(Dumper):
        format, oid = Format.BINARY, kind.array

        def dump(self, obj: Column) -> Buffer:
            return bytes(obj)

    return ColumnDumper


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "reason_params": Jsonb(row["reason_params"]), "evidence": Jsonb(row["evidence"])}


def _of(homes: Sequence[int] | None, since: int) -> dict[str, Any]:
    """What is asked of `homes`, or of all where none are named, since an instant."""
    return {"homes": homes, "since": to_datetime(since)}


def _span(homes: Sequence[int] | None, since: int, until: int, handed: Mapping[int, int]) -> dict[str, Any]:
    """The same until an instant, and what devices handed over from an instant of theirs on."""
    begun = [to_datetime(at) for at in handed.values()]
    told = {"handed": list(handed), "handed_since": begun, "oldest": min(begun, default=to_datetime(since))}
    return _of(homes, since) | told | {"until": to_datetime(until), "came": to_datetime(since - HOUR)}
