"""Nothing happens, and by now something should have: the silence of a person at home.

A home is one row of NumPy columns. Each sign of activity moves the row's deadline; a tick compares all
deadlines with now and looks closely only at those that have passed.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analytics import inactivity_words as words
from analytics import silence
from analytics.activity import DOOR_NEAR, OUTER_DOOR, ActivityReader
from analytics.gathering import Gathering
from analytics.inactivity_household import EARLIEST, Households
from analytics.inactivity_presence import Presence, Presences
from analytics.inactivity_signs import count, learn
from analytics.inactivity_watching import Watching
from analytics.local_time import offsets
from analytics.memory import Memory
from analytics.routine import CLASSES, HOURS, SPOILED, Routine, RoutineDay, encode
from analytics.routine_history import History
from analytics.routine_pages import Page, Pages
from analytics.rows import UNKNOWN, Rows, begins, carried, ends, running_max
from analytics.silence_patience import Patience, Rulings
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import DAY, HOUR, MINUTE, SECOND

HELD_STEP = 5 * MINUTE  # how soon a withheld judgement is looked at again
ROLL = 15 * MINUTE  # how often days are rolled and hourly rows written; zones differ by quarters of an hour
NEVER = np.iinfo(np.int64).max // 4
NEWS = 500  # homes whose news is handed out at once
STEP = 15 * MINUTE  # how often a long silence is looked at

_COLUMNS = ("_last", "_door", "_place", "_counts", "_since", "_raised", "_revision")


class InactivityDetector:
    """Fold over signs of activity; less than 2 kB a home."""

    name = "inactivity"
    may_wait_s = 0.2

    def __init__(
        self, model: silence.SilenceModel | None = None, reader: ActivityReader | None = None
    ) -> None:
        self.model = model or silence.shipped()
        self.routine = Routine()
        self.patience = Patience()
        self._watching = Watching()
        self._households = Households()
        self._presences = Presences()
        self._reader = reader or ActivityReader()
        self._directory = Directory()
        self._homes = Rows()
        self._last = np.zeros(0, np.int64)  # last activity in event time; 0: none yet
        self._door = np.zeros(0, np.int64)  # last movement of an outer door
        self._place = np.zeros(0, np.uint8)  # of the last activity
        self._counts = np.zeros((0, len(silence.COUNT_OVER_S)), np.float32)
        self._since = np.zeros(0, np.int64)  # silence before this is nobody's: the home or platform was away
        self._unkept: set[int] = set()  # homes whose `_since` is to be stored
        self._deadline = np.zeros(0, np.int64)
        self._raised = np.zeros(0, np.int64)  # onset of the open finding, or 0
        self._revision = np.zeros(0, np.int16)
        self._whose: dict[int, int | None] = {}  # home (key) -> of whom its open finding was said
        self._offset = np.zeros(0, np.int64)  # local time minus UTC, microseconds
        self._zones: list[str] = []
        self._next_roll = self._next_look = 0
        self._gathering = Gathering()
        self._history = History()
        self._outage = False
        self._pages = Pages()
        self._changed: list[Presence] = []

    # --- what is installed, and what was known ---------------------------------------------------------

    def know(self, directory: Directory) -> None:
        """Rearrange the columns; a home that stays keeps its routine, one where nobody lives is left out."""
        self._directory = directory = directory.lived_in()
        self._reader.know(directory)
        zones = {entry.home: entry.time_zone for entry in directory.by_id.values()}
        old, self._homes = self._homes, Rows(zones)
        for column in _COLUMNS:
            setattr(self, column, carried(old, self._homes, getattr(self, column), 0))
        self._deadline = carried(old, self._homes, self._deadline, NEVER)
        self._offset = carried(old, self._homes, self._offset, 0)
        for part in (self.routine, self.patience, self._presences):
            part.know(old, self._homes)
        self._watching.know(directory, old, self._homes)
        if len(old) != len(self._homes) or np.any(old.keys != self._homes.keys):
            self._history.forget()
        self._zones = [zones[int(home)] for home in self._homes.keys]
        self._households.know(directory, self._homes, self.model.threshold)
        self._next_roll = self._next_look = 0

    def heed_rulings(self, rulings: Rulings, now: int, *, whole: bool = True) -> None:
        """All that people ever said of alarms of silence, in all homes or, if not `whole`, those named;
        days that were ordinary after all are learned."""
        self.patience.heed(rulings, self._homes, now, whole=whole)
        for home, said in rulings.items():
            row = self._homes.one(home)
            if row == UNKNOWN:
                continue
            real = {ruling.onset // DAY for ruling in said if not ruling.false}
            for ruling in said:
                if ruling.false and ruling.onset // DAY not in real:
                    self._excuse(row, ruling.onset, ruling.at)

    def _excuse(self, row: int, begin: int, end: int) -> None:
        shift = int(self._offset[row])
        days = self.routine.excuse(row, (begin + shift) // DAY, (end + shift) // DAY)
        if any(day == self.routine.aside_day[row] for day in days):
            self._pages.add(self._page(np.array([row]), aside=True))

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

    def recall(self, memories: Iterable[Memory]) -> None:
        """Since when silences count, where nobody watched before; after `load`."""
        for memory in memories:
            row = self._homes.one(memory.subject)
            if row != UNKNOWN:
                self._since[row] = int(memory.numbers[0])
                begun = max(self._last[row], self._since[row])
                self._deadline[row] = begun + EARLIEST if self._last[row] else NEVER

    def memories(self) -> list[Memory]:
        """The same, soon after it has changed."""
        some = [self._unkept.pop() for _ in range(min(NEWS, len(self._unkept)))]
        since = {home: int(self._since[row]) for home in some if (row := self._homes.one(home)) != UNKNOWN}
        return [Memory(self.name, home, 0, [at]) for home, at in since.items() if at < NEVER]

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """When each device was last heard before a restart: whether anybody watched then."""
        self._watching.heard(rows)
        told = np.flatnonzero((self._last > 0) & self._watching.is_unheard())
        self._since[told], self._deadline[told] = NEVER, NEVER
        self._watching.held[told] = True

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            home = self._homes.one(finding.home)
            if finding.kind == "inactivity" and home != UNKNOWN:
                self._last[home] = max(self._last[home], finding.onset)
                if not finding.cleared:
                    self._raised[home], self._revision[home] = finding.onset, finding.revision
                    self._whose[finding.home] = finding.resident

    def routine_rows(self) -> list[RoutineDay]:
        """Rows to be stored, a few: finished days, and every hour the running one (upsert)."""
        return self._pages.take(len(self._homes))

    def returned(self) -> list[tuple[int, int]]:
        """(home, instant) of those who came back from a holiday since the last call: it is over."""
        return self._households.returned()

    def presences(self) -> list[Presence]:
        """What has changed since the last call of where people are."""
        changed, self._changed = self._changed, []
        return changed

    def fold(self, batch: Batch) -> list[Finding]:
        """Note activity and who watches; cleared revisions where somebody moves again."""
        if batch.now >= self._next_roll:
            self._roll(batch.now)  # stored readings are folded without ticks
        self._watched_again(*self._watching.note(batch))
        self._presences.note_beds(batch, self._homes)
        signs = self._reader.signs(batch)
        signs = signs[~signs["again"]]
        home = self._homes.of(signs["home"])
        known = (home != UNKNOWN) & (signs["time"] <= batch.now + MINUTE)  # a wrong clock lives in the future
        signs, home = signs[known], home[known]
        if not len(signs):
            return []
        self._history.gather(signs, home, self.routine, self._offset, batch.now)
        order = np.argsort(home, kind="stable")
        return self._note_activity(home[order], signs[order], batch.now)

    def _watched_again(
        self, home: NDArray[np.int32], received: NDArray[np.int64], lost: NDArray[np.bool_]
    ) -> None:
        """Held homes whose sensors speak: after a real gap the silence counts from now on."""
        self._since[home[self._since[home] == NEVER]] = 0
        np.maximum.at(self._since, home[lost], received[lost])
        self._unkept.update(self._homes.keys[home[lost]].tolist())
        self._deadline[home] = np.maximum(self._last[home], self._since[home]) + EARLIEST

    def _told(
        self, home: NDArray[np.int32], time: NDArray[np.int64], live: NDArray[np.bool_], now: int
    ) -> None:
        """A home that was only told of so far is silent from the first live word on, not from where its
        records end; signs of the last hours are as good as `live`. Shapes (n,), before they are noted."""
        told = np.unique(home[(self._last[home] == 0) & ~live])
        watched = self._watching.watched[told] > 0
        self._since[told] = np.where(watched, now, NEVER)
        self._unkept.update(self._homes.keys[told[watched]].tolist())
        self._watching.held[told[~watched]] = True
        np.minimum.at(self._since, home[live], np.where(self._since[home] == NEVER, time, NEVER)[live])

    def _note_activity(self, home: NDArray[np.int32], signs: NDArray[np.void], now: int) -> list[Finding]:
        """Signs grouped by home, each home's in order of arrival. Shapes (n,)."""
        time, place = signs["time"], signs["place"]
        first = begins(home)
        before = running_max(time, first, self._last[home])  # newest activity before each sign
        door = running_max(np.where(place == OUTER_DOOR, time, 0), first, self._door[home])
        news = time > before  # what is older than the newest sign came late: it shortens no silence
        home, time, place, before, door = home[news], time[news], place[news], before[news], door[news]
        if not len(home):
            return []
        live = signs["live"][news]
        self._watching.catch_up(home[~live], now)
        self._told(home, time, live | (time > now - EARLIEST), now)
        first = begins(home)
        place_before = self._place[home]
        place_before[1:] = np.where(first[1:], place_before[1:], place[:-1])
        # The silence of an alarm is written down too: its days are spoiled, and learned only once excused.
        # Days that are over have been learned, or are told as a whole (routine_history).
        today = (time + self._offset[home]) // DAY >= self.routine.day[home]
        whole = (before > 0) & (before >= self._since[home]) & today
        learn(
            self.routine, self._offset, home[whole], time[whole], before[whole], door[whole],
            place_before[whole],
        )  # fmt: skip
        self._households.moved(self._homes, home, time, before, door)
        hour = ((time + self._offset[home]) // HOUR % HOURS).astype(np.uint32)
        np.bitwise_or.at(self.routine.hours, home[today], np.uint32(1) << hour[today])
        found = self._moved(home[self._raised[home] > 0], time[self._raised[home] > 0])
        last = ends(home)
        count(self._counts, self._last, home, time, before)
        self._last[home[last]], self._place[home[last]] = time[last], place[last]
        at_door = place == OUTER_DOOR
        np.maximum.at(self._door, home[at_door], time[at_door])
        self._deadline[home] = np.maximum(self._last[home], self._since[home]) + EARLIEST
        return found

    def _moved(self, home: NDArray[np.int32], time: NDArray[np.int64]) -> list[Finding]:
        found = []
        for row, instant in zip(home.tolist(), time.tolist(), strict=True):
            onset = int(self._raised[row])
            if onset and instant > onset:
                self._revision[row] += 1
                reason = words.moved(onset, instant)
                found.append(self._finding(row, onset, instant, reason, {}, cleared=True))
                self._raised[row] = 0
                self.routine.hours[row] |= SPOILED
        return found

    def tick(self, now: int) -> list[Finding]:
        """Findings for silences that have become too long."""
        if now >= self._next_roll:
            self._roll(now)
        if now >= self._next_look:
            self._look_round(now)
        found: list[Finding] = []
        while len(due := np.flatnonzero((self._deadline <= now) & (self._raised == 0))):
            start = np.maximum(self._last[due], self._since[due])
            silent_s = (self._deadline[due] - start) / SECOND
            excess = self.model.excess(self.routine, self.silences(due), silent_s, self._thresholds(due, now))
            self._deadline[due[excess <= 0]] += STEP
            late, excess = due[excess > 0], excess[excess > 0]
            called = self._withhold(late, now)
            over = excess[np.isin(late, called)].tolist()
            found += [self._silent(row, by, now) for row, by in zip(called.tolist(), over, strict=True)]
        return found

    def _thresholds(self, rows: NDArray[np.intp], now: int) -> NDArray[np.float64]:
        """What the score must exceed, shape (n,)."""
        patience = self.patience.of(rows, now, self.routine.known[rows])
        thresholds: NDArray[np.float64] = self._households.threshold[rows] + patience
        return thresholds

    def silences(self, homes: NDArray[np.intp]) -> silence.Silence:
        """The silence each of `homes` (rows) is in, as the model sees it."""
        begun, door = self._last[homes], self._door[homes]
        return silence.Silence(
            home=homes,
            begun_h=(begun + self._offset[homes]) % DAY / HOUR,
            away=(begun - door <= DOOR_NEAR) & (door > 0),
            door_s=(begun - door) / SECOND,
            place=self._place[homes],
            counts=self._counts[homes].astype(np.float64),
        )

    def _withhold(self, due: NDArray[np.intp], now: int) -> NDArray[np.intp]:
        """Leave out homes that nobody watches, that catch up, that are on holiday, or that are silent along
        with everybody."""
        if not len(due):
            return due
        self._outage = self._outage or self._gathering.is_missing(self._last, now)
        if self._outage and not self._gathering.is_back(self._last, now):
            self._deadline[due] = now + HELD_STEP
            return due[:0]
        if self._outage:
            self._outage = False
            self._since = np.maximum(self._since, now)
            self._unkept.update(self._homes.keys.tolist())
            waiting = self._deadline < NEVER
            self._deadline[waiting] = np.maximum(self._deadline[waiting], now + EARLIEST)
            return due[:0]
        gone = self._households.gone(due, now, self._last[due], self._door[due])
        self._deadline[due[gone]] = now + HELD_STEP  # a holiday may be shortened or taken back at any time
        due = due[~gone]
        catching = self._watching.catching[due] > now
        self._deadline[due[catching]] = self._watching.catching[due[catching]]
        blind = self._watching.blind(due, now)
        self._watching.held[due[blind]] = True
        self._deadline[due[blind & ~catching]] = now + HELD_STEP
        return due[~catching & ~blind]

    def _silent(self, row: int, over: float, now: int) -> Finding:
        onset = int(self._last[row])
        if self._raised[row] != onset:
            self._revision[row] = 0
        self._raised[row] = onset
        self.routine.hours[row] |= SPOILED
        silent = self.silences(np.array([row]))
        at = int(self._deadline[row])
        hour = np.array([(at + int(self._offset[row])) // HOUR % HOURS])
        threshold = float(self._thresholds(np.array([row]), now)[0])
        profile = self._directory.household(int(self._homes.keys[row]))
        case = words.Case(
            onset, at, int(self.routine.known[row]), round(silence.longest(self.routine, silent)[0]),
            self.routine.active_days(row, int(hour[0])), bool(silent.away[0]), int(silent.place[0]),
            threshold + over, threshold, profile.tolerated_per_month,
        )  # fmt: skip
        return self._finding(row, onset, at, words.reason(case), words.evidence(case), cleared=False)

    def _finding(
        self, row: int, onset: int, at: int, reason: Reason, evidence: dict[str, object], *, cleared: bool
    ) -> Finding:
        home = int(self._homes.keys[row])
        people = self._directory.residents.get(home, ())
        resident = people[0] if len(people) == 1 else None
        # Who has moved in since does not make it another finding.
        whose = self._whose.pop(home, resident) if cleared else self._whose.setdefault(home, resident)
        return Finding(
            "inactivity", home, onset, at, reason, resident=whose,
            evidence=evidence, revision=int(self._revision[row]), cleared=cleared,
        )  # fmt: skip

    def _look_round(self, now: int) -> None:
        """Once a minute: where people seem to be."""
        self._next_look = now + MINUTE
        ahead = (self._since > now) & (self._since < NEVER)  # kept by a clock that was fast
        self._deadline[ahead] = np.where(self._last[ahead] > 0, now + EARLIEST, NEVER)
        self._since[ahead] = now
        self._pages.add(self._history.teach(self.routine, self._homes, self._offset, now))
        everybody = np.arange(len(self._homes))
        blind, holiday = self._watching.blind(everybody, now), self._households.on_holiday(everybody, now)
        self._gathering.count(self._last, blind | holiday)
        self._changed += self._presences.update(
            self._homes, now, last=self._last, door=self._door,
            blind=blind, visitors=self._households.with_guests(everybody, now), holiday=holiday,
        )  # fmt: skip

    def _roll(self, now: int) -> None:
        """Local offsets, finished days, and the running day's rows once an hour."""
        self._next_roll = now - now % ROLL + ROLL
        self._offset = offsets(self._zones, now)
        self._gathering.learn(self.routine, self._offset, now)
        guests = self._households.with_guests(np.arange(len(self._homes)), now)
        self.routine.hours[guests] |= SPOILED  # whose steps these are nobody knows
        day = ((now + self._offset) // DAY).astype(np.int32)
        fresh = np.flatnonzero(self.routine.day == 0)
        self.routine.day[fresh] = day[fresh]
        over = np.flatnonzero(self.routine.day < day)
        if now % HOUR < ROLL:
            self._pages.add(self._page(np.flatnonzero(self.routine.hours > 0)))
        elif len(over):
            self._pages.add(self._page(over[self.routine.hours[over] > 0]))
        self.routine.close(over, day[over])

    def _page(self, homes: NDArray[np.intp], *, aside: bool = False) -> Page:
        """The running day of `homes` (rows), or the one put aside, as it is now."""
        day, codes, hours = self.routine.written(aside=aside)
        return Page(
            self._homes.keys[homes], day[homes], codes[homes], hours[homes], self._last[homes],
            self._door[homes], self._place[homes], self._counts[homes],
        )  # fmt: skip
