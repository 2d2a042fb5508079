"""Nothing happens, and by now something should have: the silence of a person at home.

A home is one row of NumPy columns. Each sign of activity moves the row's deadline; a tick compares all
deadlines with now and looks closely only at those that have passed.
"""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics import silence
from analytics.activity import DOOR_NEAR, OUTER_DOOR, PLACES, SEEING, ActivityReader
from analytics.gathering import Gathering
from analytics.routine import CLASSES, HOURS, SPOILED, Routine, RoutineDay, decode, encode
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

STEP = 15 * MINUTE  # how often a long silence is looked at

_COLUMNS = (
    "_last",
    "_door",
    "_place",
    "_counts",
    "_since",
    "_raised",
    "_revision",
    "_watched",
    "_catching",
    "_held",
)


class InactivityDetector:
    """Fold over signs of activity; about 2 kB a home."""

    name = "inactivity"

    def __init__(self, model: silence.SilenceModel | None = None) -> None:
        self.model = model or silence.shipped()
        self.routine = Routine()
        self._reader = ActivityReader()
        self._directory = Directory()
        self._homes, self._devices = Rows(), Rows()
        self._home_of, self._grace = np.zeros(0, np.int32), np.zeros(0, np.int64)
        self._last = np.zeros(0, np.int64)  # last activity in event time; 0: none yet
        self._door = np.zeros(0, np.int64)  # last movement of an outer door
        self._place = np.zeros(0, np.uint8)  # of the last activity
        self._counts = np.zeros((0, len(silence.COUNT_OVER_S)))
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
            if home == UNKNOWN or not row.fits:
                continue
            if self.routine.day[home] != row.day:
                self.routine.close(np.array([home]), np.array([row.day], np.int32))
            self.routine.today[home] = encode(np.array(row.longest_s[:CLASSES], np.float64))
            self.routine.hours[home] = row.hours
            self._last[home] = max(self._last[home], row.last_at)
            self._door[home] = max(self._door[home], row.door_at)
            place, *counts = row.longest_s[CLASSES:]
            self._place[home], self._counts[home] = place, np.array(counts) / 1000
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
        known = (home != UNKNOWN) & (signs["time"] <= batch.now + MINUTE)  # a wrong clock lives in the future
        signs, home = signs[known], home[known]
        if not len(signs):
            return []
        order = np.argsort(home, kind="stable")
        return self._note_activity(home[order], signs["time"][order], signs["place"][order])

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
        self, home: NDArray[np.int32], time: NDArray[np.int64], place: NDArray[np.uint8]
    ) -> list[Finding]:
        """Signs grouped by home, each home's in order of arrival. Shapes (n,)."""
        first = np.r_[True, home[1:] != home[:-1]]
        before = _running_max(time, first, self._last[home])  # newest activity before each sign
        door = _running_max(np.where(place == OUTER_DOOR, time, 0), first, self._door[home])
        news = time > before  # what is older than the newest sign came late: it shortens no silence
        home, time, place, before, door = home[news], time[news], place[news], before[news], door[news]
        if not len(home):
            return []
        first = np.r_[True, home[1:] != home[:-1]]
        place_before = np.where(first, self._place[home], np.r_[place[:1], place[:-1]])
        ordinary = (before > 0) & (before >= self._since[home]) & (before != self._raised[home])
        self._learn(*(column[ordinary] for column in (home, time, before, door, place_before)))
        hour = ((time + self._offset[home]) // HOUR % HOURS).astype(np.uint32)
        today = (time + self._offset[home]) // DAY >= self.routine.day[home]
        np.bitwise_or.at(self.routine.hours, home[today], np.uint32(1) << hour[today])
        found = self._moved(home[self._raised[home] > 0], time[self._raised[home] > 0])
        last = np.r_[home[1:] != home[:-1], True]
        self._count(home, time, before, first)
        self._last[home[last]], self._place[home[last]] = time[last], place[last]
        at_door = place == OUTER_DOOR
        np.maximum.at(self._door, home[at_door], time[at_door])
        self._deadline[home] = np.maximum(self._last[home], self._since[home]) + EARLIEST
        return found

    def _learn(
        self,
        home: NDArray[np.int32],
        time: NDArray[np.int64],
        before: NDArray[np.int64],
        door: NDArray[np.int64],
        place: NDArray[np.uint8],
    ) -> None:
        """Ordinary silences that have ended: from `before`, at `place`, to `time`."""
        silent_s = (time - before) / SECOND
        long = silent_s >= 60
        home, before, door, place, silent_s = (
            home[long],
            before[long],
            door[long],
            place[long],
            silent_s[long],
        )
        begun_h = (before + self._offset[home]) % DAY / HOUR
        away = (before - door <= DOOR_NEAR) & (door > 0)
        self.routine.note(home, begun_h.astype(np.int64) + HOURS * away, silent_s)
        self.routine.note(home, silence.place_class(place, begun_h), silent_s)

    def _count(
        self,
        home: NDArray[np.int32],
        time: NDArray[np.int64],
        before: NDArray[np.int64],
        first: NDArray[np.bool_],
    ) -> None:
        """Fading counts of the minutes in which something happened, as of each home's newest sign."""
        last = np.r_[first[1:], True]
        end = time[last][np.cumsum(first) - 1]  # newest sign of the home, for each row
        rows, memory = home[last], np.array(silence.COUNT_OVER_S)
        faded = np.where(self._last[rows] > 0, (time[last] - self._last[rows]) / SECOND, 0.0)
        self._counts[rows] *= np.exp(-faded[:, None] / memory)
        fresh = time // MINUTE != before // MINUTE
        weight = np.exp(-((end - time) / SECOND)[fresh, None] / memory)
        np.add.at(self._counts, home[fresh], weight)

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
        found: list[Finding] = []
        while len(due := np.flatnonzero((self._deadline <= now) & (self._raised == 0))):
            start = np.maximum(self._last[due], self._since[due])
            excess = self.model.excess(
                self.routine, self.silences(due), (self._deadline[due] - start) / SECOND
            )
            self._deadline[due[excess <= 0]] += STEP
            found += [self._silent(row) for row in self._withhold(due[excess > 0], now).tolist()]
        return found

    def silences(self, homes: NDArray[np.intp]) -> silence.Silence:
        """The silence each of `homes` (rows) is in, as the model sees it."""
        begun, door = self._last[homes], self._door[homes]
        return silence.Silence(
            home=homes,
            begun_h=(begun + self._offset[homes]) % DAY / HOUR,
            away=(begun - door <= DOOR_NEAR) & (door > 0),
            door_s=(begun - door) / SECOND,
            place=self._place[homes],
            counts=self._counts[homes],
        )

    def _withhold(self, due: NDArray[np.intp], now: int) -> NDArray[np.intp]:
        """Leave out homes that nobody watches, that catch up, or that are silent along with everybody."""
        if not len(due):
            return due
        self._outage = self._outage or self._gathering.is_missing(self._last, now)
        if self._outage and not self._gathering.is_back(self._last, now):
            self._deadline[due] = now + HELD_STEP
            return due[:0]
        if self._outage:
            self._outage = False
            self._since = np.maximum(self._since, now)
            waiting = self._deadline < NEVER
            self._deadline[waiting] = np.maximum(self._deadline[waiting], now + EARLIEST)
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
        self.routine.hours[row] |= SPOILED
        now_silent = self.silences(np.array([row]))
        days = int(self.routine.known[row])
        usual_s = round(silence.longest(self.routine, now_silent)[0])
        at = int(self._deadline[row])
        silent_s = (at - onset) // SECOND
        params = {"since_at": onset, "silent_s": silent_s, "days": days, "longest_s": usual_s}
        away = bool(now_silent.away[0])
        key = f"inactivity.{'not_back' if away else 'silence'}{'' if usual_s else '_new'}"
        evidence = {
            "silent_s": silent_s,
            "away": away,
            "place": PLACES[int(now_silent.place[0])],
            "days": days,
        }
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

    def _row(self, home: int) -> RoutineDay:
        # Cut off, not rounded: encoding rounds up and finds the same byte again.
        longest_s = decode(self.routine.today[home]).astype(int).tolist()
        longest_s += [int(self._place[home]), *np.round(self._counts[home] * 1000).astype(int).tolist()]
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
