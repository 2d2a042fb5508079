"""Nothing happens, and by now something should have: the silence of a person at home.

A home is one row of NumPy columns. Each sign of activity moves the row's deadline; a tick compares all
deadlines with now and looks closely only at those that have passed.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics import silence
from analytics.activity import AWAY, DOOR_NEAR, SEEING, ActivityReader
from analytics.gathering import Gathering
from analytics.routine import HOURS, Routine, RoutineDay, decode, encode
from analytics.rows import UNKNOWN, Rows, carried
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import DAY, HOUR, MINUTE, SECOND, to_datetime

GRACE = 1.25  # reporting intervals after which a device may not be watching, twice that: it did not
CATCH_UP = 10 * MINUTE  # after late data a home is left in peace for so long
HELD_STEP = 5 * MINUTE  # how soon a withheld judgement is looked at again
ROLL = 15 * MINUTE  # how often days are rolled and hourly rows written; zones differ by quarters of an hour
NEVER = np.iinfo(np.int64).max // 4
EARLIEST = round(silence.SHORTEST_S) * SECOND

_COLUMNS = ("_last", "_door", "_since", "_raised", "_revision", "_watched", "_catching", "_held")


class InactivityDetector:
    """Fold over signs of activity; about 1.7 kB a home."""

    name = "inactivity"

    def __init__(self) -> None:
        self.routine = Routine()
        self._reader = ActivityReader()
        self._directory = Directory()
        self._homes, self._devices = Rows(), Rows()
        self._home_of, self._grace = np.zeros(0, np.int32), np.zeros(0, np.int64)
        self._last = np.zeros(0, np.int64)  # last activity in event time; 0: none yet
        self._door = np.zeros(0, np.int64)  # last movement of an outer door
        self._since = np.zeros(0, np.int64)  # silence before this is nobody's: the home or platform was away
        self._deadline = np.zeros(0, np.int64)
        self._raised = np.zeros(0, np.int64)  # onset of the open finding, or 0
        self._revision = np.zeros(0, np.int16)
        self._watched = np.zeros(0, np.int64)  # until when a seeing device is known to watch; 0: cannot know
        self._catching = np.zeros(0, np.int64)
        self._held = np.zeros(0, bool)
        self._offset = np.zeros(0, np.int64)  # local time minus UTC, microseconds
        self._zones: list[str] = []
        self._next_roll = 0
        self._gathering = Gathering()
        self._outage = False
        self._rows: list[RoutineDay] = []

    # --- what is installed, and what was known ---------------------------------------------------------

    def know(self, directory: Directory) -> None:
        """Rearrange the columns; a home that stays keeps its routine."""
        self._directory = directory
        self._reader.know(directory)
        zones = {entry.home: entry.time_zone for entry in directory.by_id.values()}
        old, self._homes = self._homes, Rows(zones)
        for column in _COLUMNS:
            setattr(self, column, carried(old, self._homes, getattr(self, column), 0))
        self._deadline = carried(old, self._homes, self._deadline, NEVER)
        self._offset = carried(old, self._homes, self._offset, 0)
        self.routine.know(old, self._homes)
        self._zones = [zones[int(home)] for home in self._homes.keys]
        self._devices = Rows(directory.by_id)
        entries = [directory.by_id[int(key)] for key in self._devices.keys]
        self._home_of = self._homes.of(np.array([entry.home for entry in entries], np.int64).reshape(-1))
        grace = [GRACE * (e.report_every_s or 0) * (e.kind in SEEING) * SECOND for e in entries]
        self._grace = np.array(grace, np.float64).astype(np.int64).reshape(-1)
        self._next_roll = 0

    def load(self, rows: Iterable[RoutineDay]) -> None:
        """Restore the stored routine, before anything is folded; rows in any order, best the last 60 days."""
        for row in sorted(rows, key=lambda row: (row.home, row.day)):
            home = self._homes.one(row.home)
            if home == UNKNOWN:
                continue
            if self.routine.day[home] != row.day:
                self.routine.close(np.array([home]), np.array([row.day], np.int32))
            self.routine.today[home] = encode(np.array(row.longest_s, np.float64))
            self.routine.hours[home] = row.hours
            self._last[home] = max(self._last[home], row.last_at)
            self._door[home] = max(self._door[home], row.door_at)
            self._deadline[home] = self._last[home] + EARLIEST if self._last[home] else NEVER

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            home = self._homes.one(finding.home)
            if finding.kind == "inactivity" and home != UNKNOWN:
                self._last[home] = max(self._last[home], finding.onset)
                if not finding.cleared:
                    self._raised[home], self._revision[home] = finding.onset, finding.revision

    def routine_rows(self) -> list[RoutineDay]:
        """Rows to be stored since the last call: finished days, and every hour the running one (upsert)."""
        rows, self._rows = self._rows, []
        return rows

    # --- activity --------------------------------------------------------------------------------------

    def fold(self, batch: Batch) -> list[Finding]:
        """Note activity and who watches; cleared revisions where somebody moves again."""
        if batch.now >= self._next_roll:
            self._roll(batch.now)  # stored readings are folded without ticks
        self._note_watching(batch)
        signs = self._reader.signs(batch)
        home = self._homes.of(signs["home"])
        known = (home != UNKNOWN) & (
            signs["time"] <= batch.now + MINUTE
        )  # from the future: the clock is wrong
        signs, home = signs[known], home[known]
        if not len(signs):
            return []
        order = np.argsort(home, kind="stable")
        return self._note_activity(home[order], signs["time"][order], signs["door"][order])

    def _note_watching(self, batch: Batch) -> None:
        readings = batch.readings
        device = self._devices.of(readings["device"])
        known = device != UNKNOWN
        late = known & ~readings["live"]
        np.maximum.at(self._catching, self._home_of[device[late]], readings["received"][late] + CATCH_UP)
        device, received = device[known & readings["live"]], readings["received"][known & readings["live"]]
        moved = self._devices.of(np.array([window.device for window in batch.motion], np.int64))
        device = np.concatenate([device, moved[moved != UNKNOWN]])
        received = np.concatenate([received, np.full(np.count_nonzero(moved != UNKNOWN), batch.now)])
        watching = self._grace[device] > 0
        device, received = device[watching], received[watching]
        home = self._home_of[device]
        held = self._held[home]
        self._watched_again(home[held], received[held], self._grace[device[held]])
        np.maximum.at(self._watched, home, received + self._grace[device])

    def _watched_again(
        self, home: NDArray[np.int32], received: NDArray[np.int64], grace: NDArray[np.int64]
    ) -> None:
        """Held homes whose sensors speak: after a real gap the silence counts from now on."""
        lost = received > self._watched[home] + grace
        np.maximum.at(self._since, home[lost], received[lost])
        self._held[home] = False
        self._deadline[home] = np.maximum(self._last[home], self._since[home]) + EARLIEST

    def _note_activity(
        self, home: NDArray[np.int32], time: NDArray[np.int64], at_door: NDArray[np.bool_]
    ) -> list[Finding]:
        """Signs grouped by home, each home's in order of arrival. Shapes (n,)."""
        first = np.r_[True, home[1:] != home[:-1]]
        before = _running_max(time, first, self._last[home])  # newest activity before each sign
        door = _running_max(np.where(at_door, time, 0), first, self._door[home])
        news = time > before
        away = before - door <= DOOR_NEAR
        ordinary = news & (before > 0) & (before >= self._since[home]) & (before != self._raised[home])
        local = (before + self._offset[home]) // HOUR % HOURS
        classes = local + HOURS * (away & (before >= door))
        silent_s = (time - before) / SECOND
        long = ordinary & (silent_s >= 60)
        self.routine.note(home[long], classes[long], silent_s[long])
        hour = ((time + self._offset[home]) // HOUR % HOURS).astype(np.uint32)
        today = news & ((time + self._offset[home]) // DAY >= self.routine.day[home])
        np.bitwise_or.at(self.routine.hours, home[today], np.uint32(1) << hour[today])
        ends = news & (self._raised[home] > 0)
        found = self._moved(home[ends], time[ends])
        np.maximum.at(self._last, home, time)
        np.maximum.at(self._door, home[at_door], time[at_door])
        touched = home[news]
        self._deadline[touched] = np.maximum(self._last[touched], self._since[touched]) + EARLIEST
        return found

    def _moved(self, home: NDArray[np.int32], time: NDArray[np.int64]) -> list[Finding]:
        found = []
        for row, instant in zip(home.tolist(), time.tolist(), strict=True):
            onset = int(self._raised[row])
            if onset and instant > onset:
                self._revision[row] += 1
                params = {"since_at": onset, "back_at": instant, "silent_s": (instant - onset) // SECOND}
                reason = Reason("inactivity.moved", params)
                found.append(self._finding(row, onset, instant, reason, {}, cleared=True))
                self._raised[row] = 0
        return found

    # --- silence ---------------------------------------------------------------------------------------

    def tick(self, now: int) -> list[Finding]:
        """Findings for silences that have become too long."""
        if now >= self._next_roll:
            self._roll(now)
        due = np.flatnonzero((self._deadline <= now) & (self._raised == 0))
        if not len(due):
            return []
        deadline, _, _ = self._judge(due)
        self._deadline[due] = deadline
        due = due[deadline <= now]
        due = self._withhold(due, now)
        return [self._silent(row) for row in due.tolist()]

    def _judge(
        self, homes: NDArray[np.intp]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Exact deadline, class and limit in seconds of the silence each home is in."""
        begun = self._last[homes]
        classes = (begun + self._offset[homes]) // HOUR % HOURS
        classes += HOURS * AWAY * ((begun - self._door[homes] <= DOOR_NEAR) & (self._door[homes] > 0))
        limit_s = silence.limit(self.routine, homes, classes)
        start = np.maximum(begun, self._since[homes])
        return start + (limit_s * SECOND).astype(np.int64), classes, limit_s

    def _withhold(self, due: NDArray[np.intp], now: int) -> NDArray[np.intp]:
        """Leave out homes that nobody watches, that catch up, or that are silent along with everybody."""
        if not len(due):
            return due
        if self._gathering.is_missing(self._last, now):
            self._outage = True
            self._deadline[due] = now + HELD_STEP
            return due[:0]
        if self._outage:
            self._outage = False
            self._since = np.maximum(self._since, now)
            self._deadline = np.where(
                self._deadline < NEVER, np.maximum(self._deadline, now + EARLIEST), NEVER
            )
            return due[:0]
        catching = self._catching[due] > now
        self._deadline[due[catching]] = self._catching[due[catching]]
        unwatched = (self._watched[due] > 0) & (self._watched[due] < now)
        self._held[due[unwatched]] = True
        self._deadline[due[unwatched & ~catching]] = now + HELD_STEP
        return due[~catching & ~unwatched]

    def _silent(self, row: int) -> Finding:
        onset = int(self._last[row])
        if self._raised[row] != onset:
            self._revision[row] = 0
        self._raised[row] = onset
        _, classes, limit_s = self._judge(np.array([row]))
        days = int(self.routine.known[row])
        usual = round(silence.longest(self.routine, np.array([row]), classes)[0])
        at = int(self._deadline[row])
        params = {
            "since_at": onset,
            "silent_s": (at - onset) // SECOND,
            "days": days,
            "longest_s": usual or round(limit_s[0]),
        }
        away = bool(classes[0] >= HOURS)
        key = f"inactivity.{'not_back' if away else 'silence'}{'' if usual else '_new'}"
        evidence = {"limit_s": round(limit_s[0]), "away": away, "days": days}
        return self._finding(row, onset, at, Reason(key, params), evidence, cleared=False)

    def _finding(
        self, row: int, onset: int, at: int, reason: Reason, evidence: dict[str, object], *, cleared: bool
    ) -> Finding:
        home = int(self._homes.keys[row])
        people = self._directory.residents.get(home, ())
        return Finding(
            "inactivity", home, onset, at, reason, resident=people[0] if len(people) == 1 else None,
            evidence=evidence, revision=int(self._revision[row]), cleared=cleared,
        )  # fmt: skip

    # --- days ------------------------------------------------------------------------------------------

    def _roll(self, now: int) -> None:
        """Local offsets, finished days, and the running day's rows once an hour."""
        self._next_roll = now - now % ROLL + ROLL
        moment = to_datetime(now)
        offsets = {zone: _offset(zone, now) for zone in set(self._zones)}
        self._offset = np.array([offsets[zone] for zone in self._zones], np.int64).reshape(-1)
        self._gathering.learn(self.routine, self._offset, now)
        day = ((now + self._offset) // DAY).astype(np.int32)
        fresh = np.flatnonzero(self.routine.day == 0)
        self.routine.day[fresh] = day[fresh]
        over = np.flatnonzero(self.routine.day < day)
        if moment.minute < ROLL // MINUTE:
            self._rows += [self._row(home) for home in np.flatnonzero(self.routine.hours > 0).tolist()]
        elif len(over):
            self._rows += [self._row(home) for home in over.tolist() if self.routine.hours[home]]
        self.routine.close(over, day[over])
        # What is ordinary has changed a little: judge the silence they are in anew.
        lived = over[self._last[over] > 0]
        begun = np.maximum(self._last[lived], self._since[lived]) + EARLIEST
        self._deadline[lived] = np.minimum(self._deadline[lived], begun)

    def _row(self, home: int) -> RoutineDay:
        # Cut off, not rounded: encoding rounds up and finds the same byte again.
        longest_s = decode(self.routine.today[home]).astype(int).tolist()
        return RoutineDay(
            int(self._homes.keys[home]), int(self.routine.day[home]), longest_s,
            int(self.routine.hours[home]), int(self._last[home]), int(self._door[home]),
        )  # fmt: skip


def _offset(zone: str, now: int) -> int:
    shift = to_datetime(now).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if shift is None else round(shift.total_seconds()) * SECOND


def _running_max(
    values: NDArray[np.int64], first: NDArray[np.bool_], initial: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Of each group the maximum of `initial` and all values before the row. Shapes (n,)."""
    floor = max(int(values.max()) - 60 * DAY, 0)
    span = int(values.max()) - floor + 1
    group = np.cumsum(first) - 1
    lifted = np.maximum(values, floor) - floor + group * span
    running = np.maximum.accumulate(lifted) - group * span + floor
    before = np.r_[0, running[:-1]]
    before = np.where(first, 0, before)
    return np.maximum(np.where(before > floor, before, 0), initial)
