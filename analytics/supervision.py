"""Is the sensor still there? Offline devices and homes, weak batteries, and an outage of the platform itself.

Silence of a device is measured by its own reporting interval, and only live messages count as life. Devices
and homes are rows of NumPy columns, so that a tick over a million of them is a few comparisons.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analytics import life_signs
from analytics.battery import BatteryWatch
from analytics.memory import Memory, Notebook
from analytics.outage import EARLY
from analytics.outages import Homes, Outages
from analytics.rows import UNKNOWN, Rows, carried
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import HOUR, SECOND

GRACE = 2.5  # reporting intervals a device may stay silent
WILL_GRACE = 2 * SECOND  # a device that reconnects makes the broker send its old last will as well
NEVER = np.iinfo(np.int64).max // 4  # far enough, and sums do not overflow
_HUSH = 0  # topics of what is kept
# A device is UP, or DOWN with a finding open, or ABSORBED: down, but its home's finding speaks for it.
UP, DOWN, ABSORBED = 0, 1, 2


class SupervisionDetector:
    """Fold over signs of life; about 50 bytes a device and 40 a home."""

    name = "supervision"
    may_wait_s = 0.2

    def __init__(self) -> None:
        self._directory = Directory()
        self._battery = BatteryWatch()
        self._outages = Outages()
        self._notebook, self._now = Notebook(), 0
        self._first_tick = True
        self._deaf_from = self._deaf = 0  # from when, and for how long, nobody listened before a restart
        # Ends of outages after which silence counts anew, by station (0: all of them) and by home.
        self._afresh: dict[int, int] = {}
        self._afresh_home: dict[int, int] = {}
        self._devices, self._homes = Rows(), Rows()
        self._heard = np.zeros(0, np.int64)  # last live message, server time; 0: never
        self._will = np.zeros(0, np.int64)  # last will since then, or 0
        self._deadline = np.zeros(0, np.int64)
        self._grace = np.zeros(0, np.int64)  # 0: the device's interval is unknown
        self._state = np.zeros(0, np.int8)
        self._onset = np.zeros(0, np.int64)
        self._revision = np.zeros(0, np.int16)  # of the finding with that onset
        self._home_of = np.zeros(0, np.int32)
        self._station = np.zeros(0, np.int64)  # of each home
        self._home_onset = np.zeros(0, np.int64)  # of the open home_offline finding, or 0
        self._home_said = np.zeros(0, np.int64)  # onset of the last one, open or not
        self._home_revision = np.zeros(0, np.int16)
        self._home_heard = np.zeros(0, np.int64)
        self._withheld = np.zeros(0, bool)  # homes that an outage has kept silent
        self._home_grace = np.zeros(0, np.int64)  # of its most talkative device

    # --- what is installed -----------------------------------------------------------------------------

    def know(self, directory: Directory) -> None:
        """Rearrange the columns; a device that stays keeps its state."""
        old, self._devices = self._devices, Rows(directory.by_id)
        entries = [directory.by_id[int(key)] for key in self._devices.keys]
        self._directory = directory
        for column in ("_heard", "_will", "_state", "_onset", "_revision"):
            setattr(self, column, carried(old, self._devices, getattr(self, column), 0))
        self._deadline = carried(old, self._devices, self._deadline, NEVER)
        grace = [round(GRACE * (entry.report_every_s or 0) * SECOND) for entry in entries]
        self._grace = np.array(grace, np.int64).reshape(-1)
        old_homes, self._homes = self._homes, Rows({entry.home for entry in entries})
        self._home_of = self._homes.of(np.array([entry.home for entry in entries], np.int64).reshape(-1))
        for column in ("_home_onset", "_home_said", "_home_revision", "_home_heard", "_withheld"):
            setattr(self, column, carried(old_homes, self._homes, getattr(self, column), 0))
        self._station = np.zeros(len(self._homes), np.int64)
        self._station[self._home_of] = [entry.station for entry in entries]
        self._home_grace = np.full(len(self._homes), NEVER, np.int64)
        reporting = self._grace > 0
        np.minimum.at(self._home_grace, self._home_of[reporting], self._grace[reporting])
        self._battery.know(directory)

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """(device id, instant of its last message in Unix microseconds) as stored, before anything is folded.

        After a restart only the last readings are folded again: a device that reports hourly, or died while
        nobody listened, is known from here. What it said before it was installed where it is does not count.
        """
        known = [row for row in rows if (e := self._directory.by_id.get(row[0])) and row[1] >= e.since]
        devices, instants = np.array(known, np.int64).reshape(-1, 2).T
        places = self._devices.of(devices)
        np.maximum.at(self._heard, places, instants)
        np.maximum.at(self._home_heard, self._home_of[places], instants)
        self._deadline[places] = np.where(
            self._grace[places] > 0, self._heard[places] + self._grace[places], NEVER
        )
        self._outages.hush.last = self._deaf_from = int(instants.max(initial=0))

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        findings = list(findings)
        self._battery.resume(findings)
        self._outages.resume(findings)
        self._withheld[:] = self._outages.any  # which of them had come back is not known any more
        for finding in findings:
            if finding.kind == "platform_outage" and finding.cleared:
                station = int(finding.evidence.get("station", 0))
                self._afresh[station] = max(finding.at, self._afresh.get(station, 0))
            if finding.kind == "home_offline" and finding.cleared:
                self._afresh_home[finding.home] = max(finding.at, self._afresh_home.get(finding.home, 0))
            row, home = self._devices.one(finding.device or 0), self._homes.one(finding.home)
            if finding.kind == "offline" and row != UNKNOWN:
                self._resume_device(row, finding)
            if finding.kind == "home_offline" and home != UNKNOWN:
                self._home_said[home], self._home_revision[home] = finding.onset, finding.revision
                if not finding.cleared:
                    self._home_onset[home] = finding.onset
                    # What any of them said since was stored, and nobody was told: it is news once more.
                    members = self._home_of == home
                    self._heard[members] = np.minimum(self._heard[members], finding.onset)
                    self._home_heard[home] = finding.onset

    def _resume_device(self, row: int, finding: Finding) -> None:
        absorbed = finding.reason.key == "offline.absorbed"
        self._onset[row], self._revision[row] = finding.onset, finding.revision
        if absorbed or not finding.cleared:
            self._state[row] = ABSORBED if absorbed else DOWN
            # What it said after an alarm that still stands was stored, and nobody was told: it is news.
            self._heard[row] = max(self._heard[row], finding.onset) if absorbed else finding.onset

    def recall(self, memories: Iterable[Memory]) -> None:
        """How long everybody is silent at most, by the hour, and how batteries have fallen."""
        for memory in memories:
            if memory.topic == _HUSH:
                self._outages.hush.recall(memory.numbers)

    def memories(self) -> list[Memory]:
        """Handed out once an hour."""
        rows = []
        for subject, topic in self._notebook.due(self._now):
            numbers = self._outages.hush.numbers()
            rows.append(Memory(self.name, subject, topic, numbers))
        return rows

    # --- signs of life ---------------------------------------------------------------------------------

    def fold(self, batch: Batch) -> list[Finding]:
        """Note who is alive; findings for what came back and for weak batteries."""
        rows, instants = life_signs.signs(batch, self._devices)
        self._outages.hush.listen(instants, learn=not self._outages.everywhere)
        self._notebook.note(0, _HUSH)
        news = instants > self._heard[rows]  # what is heard again must not move a deadline
        rows, instants = rows[news], instants[news]
        found = self._returned(rows, instants)
        np.maximum.at(self._heard, rows, instants)
        np.maximum.at(self._home_heard, self._home_of[rows], instants)
        rows = rows[self._heard[rows] >= self._will[rows]]
        self._will[rows] = 0
        self._deadline[rows] = np.where(self._grace[rows] > 0, self._heard[rows] + self._grace[rows], NEVER)
        self._note_wills(batch)
        return found + self._battery.fold(batch)

    def _note_wills(self, batch: Batch) -> None:
        for row, received in life_signs.wills(batch, self._devices):
            if received > self._heard[row] and self._state[row] == UP:
                self._will[row] = received
                self._deadline[row] = min(int(self._deadline[row]), received + WILL_GRACE)

    def _returned(self, rows: NDArray[np.int32], instants: NDArray[np.int64]) -> list[Finding]:
        """Cleared revisions for devices and homes that speak again."""
        found: list[Finding] = []
        homes = self._home_of[rows]
        back = (self._state[rows] != UP) & (instants > self._onset[rows])
        home_back = (self._home_onset[homes] > 0) & (instants > self._home_onset[homes])
        for row, home, instant in zip(
            rows[back | home_back].tolist(),
            homes[back | home_back].tolist(),
            instants[back | home_back].tolist(),
            strict=True,
        ):
            if self._home_onset[home] and instant > self._home_onset[home]:
                found.append(self._home_back(home, instant))
            if self._state[row] != UP and instant > self._onset[row]:
                if self._state[row] == DOWN:
                    self._revision[row] += 1
                    found.append(self._offline(row, instant, "offline.back", cleared=True))
                self._state[row] = UP
        return found

    def _home_back(self, home: int, instant: int) -> Finding:
        """The home is back; its devices that stay silent get their whole interval again."""
        finding = self._home_finding(home, instant, "home_offline.back", cleared=True)
        self._home_onset[home] = 0
        self._rearm((self._home_of == home) & (self._state == ABSORBED), instant)
        return finding

    def _rearm(self, rows: NDArray[np.bool_], now: int) -> None:
        """Count the silence of these devices afresh from `now`; a deadline already later stays."""
        self._state[rows] = UP
        afresh = np.where(self._grace[rows] > 0, now + self._grace[rows], NEVER)
        old = self._deadline[rows]
        self._deadline[rows] = np.where(old < NEVER, np.maximum(old, afresh), afresh)

    # --- silence ---------------------------------------------------------------------------------------

    def tick(self, now: int) -> list[Finding]:
        """Findings for deadlines that have passed."""
        if self._first_tick:
            self._first_tick = False
            self._forgive(now)
        self._now = now
        found = self._platform(now)
        covered = self._withhold(now)
        self._doubt_wills(now)
        due = np.flatnonzero((self._deadline <= now) & (self._state == UP))
        due = due[~covered[self._home_of[due]]]
        if not len(due):
            return found
        if self._homes_of_all_silent(due, now, found):
            due = due[self._state[due] == UP]
        for row in due.tolist():
            found.append(self._down(row))
        return found

    def _doubt_wills(self, now: int) -> None:
        """Where a line was cut the broker speaks for everybody behind it: these devices keep the deadline of
        their silence, so that an outage can speak for them first; one that keeps none gets its home's."""
        due = np.flatnonzero((self._deadline <= now) & (self._state == UP) & (self._will > self._heard))
        if not len(due):
            return
        living = self._home_heard > 0
        crowd = life_signs.together(self._will, self._home_of, self._station, living, now)
        due = due[crowd[self._home_of[due]]]
        grace = np.where(self._grace[due] > 0, self._grace[due], self._home_grace[self._home_of[due]])
        silence = np.where(grace < NEVER, self._heard[due] + grace, self._will[due] + HOUR)
        self._deadline[due] = np.maximum(silence, self._will[due] + life_signs.WITHIN)

    def _withhold(self, now: int) -> NDArray[np.bool_]:
        """Homes whose silence an outage explains, shape (homes,). One of them that speaks again before the
        outage is over is not asked at once where all its devices have been."""
        if not self._outages.any:
            self._withheld[:] = False
            return self._withheld
        homes = self._seen_homes()
        covered = self._outages.covered(homes)
        back = self._withheld & ~covered
        if back.any():
            self._rearm((self._state == UP) & (self._deadline < NEVER) & back[self._home_of], now)
        overdue = now - homes.fairly > (homes.grace * EARLY).astype(np.int64)
        self._withheld = covered & (self._withheld | overdue)
        return covered

    def _forgive(self, now: int) -> None:
        """After a start, the time in which nobody listened is not silence of the devices.

        What was overdue before that, and was not said then, is said now.
        """
        self._outages.hush.start(now)
        for home in np.flatnonzero(self._home_onset > 0).tolist():
            members = (self._home_of == home) & (self._heard > 0)
            self._absorb(np.flatnonzero(members & (self._grace > 0) & (self._state == UP)))
        latest = self._deaf_from or int(self._heard.max(initial=0))
        self._deaf = max(0, now - latest) if latest else 0
        waiting = (self._state == UP) & (self._deadline < NEVER) & (self._heard <= latest)
        self._count_afresh(waiting)
        overdue = self._deadline <= latest
        self._deadline[waiting & ~overdue] += self._deaf
        self._deadline[waiting & overdue] = np.maximum(self._deadline[waiting & overdue], now)
        self._rearm((self._state == ABSORBED) & (self._home_onset[self._home_of] == 0), now)

    def _count_afresh(self, rows: NDArray[np.bool_]) -> None:
        """The end of an outage gave these devices their whole interval again."""
        ends = np.full(len(self._homes), self._afresh.get(0, 0), np.int64)
        for station, at in self._afresh.items():
            if station:
                ends[self._station == station] = np.maximum(ends[self._station == station], at)
        for key, at in self._afresh_home.items():
            home = self._homes.one(key)
            if home != UNKNOWN:
                ends[home] = max(int(ends[home]), at)
        self._afresh.clear()
        self._afresh_home.clear()
        afresh = np.where(ends > 0, ends, -NEVER)[self._home_of[rows]] + self._grace[rows]
        self._deadline[rows] = np.maximum(self._deadline[rows], afresh)

    def _heard_fairly(self) -> NDArray[np.int64]:
        """Last sign of each home, shape (homes,), moved on by the time in which nobody listened."""
        heard, start = self._home_heard, self._deaf_from
        deafened = (heard > 0) & (heard <= start) & (heard + self._home_grace > start)
        return np.where(deafened, heard + self._deaf, heard)

    def _seen_homes(self) -> Homes:
        heard, fairly = self._home_heard, self._heard_fairly()
        return Homes(self._homes.keys, self._station, heard, fairly, self._home_grace, self._home_onset > 0)

    def _platform(self, now: int) -> list[Finding]:
        """One finding when more than half of all homes, or of a station's, fell silent together; its end."""
        found = []
        for change in self._outages.step(self._seen_homes(), now):
            found.append(change.finding)
            if change.begun:
                found += self._absorb_since(change.begun, change.homes, now)
            else:
                waiting = (self._state == UP) & (self._deadline < NEVER)
                self._rearm(waiting & change.homes[self._home_of], now)
        return found

    def _absorb_since(self, begun: int, homes: NDArray[np.bool_], now: int) -> list[Finding]:
        """Take back single findings that were the first signs of the outage of these homes."""
        found = []
        inside = homes[self._home_of]
        for row in np.flatnonzero((self._state == DOWN) & (self._onset >= begun) & inside).tolist():
            self._revision[row] += 1
            self._state[row] = UP
            found.append(self._offline(row, now, "offline.absorbed", cleared=True))
        for home in np.flatnonzero(homes & (self._home_onset >= max(begun, 1))).tolist():
            found.append(self._home_finding(home, now, "home_offline.absorbed", cleared=True))
            self._home_onset[home] = 0
            self._state[(self._home_of == home) & (self._state == ABSORBED)] = UP
        return found

    def _homes_of_all_silent(self, due: NDArray[np.intp], now: int, found: list[Finding]) -> bool:
        """Raise home_offline where every device that reports is overdue; its devices are absorbed."""
        reporting = (self._grace > 0) & (self._heard > 0)
        silent = reporting & ((self._state != UP) | (self._deadline <= now))
        size = len(self._homes)
        of_home = np.bincount(self._home_of[reporting], minlength=size)
        silent_of_home = np.bincount(self._home_of[silent], minlength=size)
        candidate = np.zeros(size, bool)
        candidate[self._home_of[due]] = True
        homes = np.flatnonzero(
            candidate & (of_home >= 2) & (silent_of_home == of_home) & (self._home_onset == 0)
        )
        for home in homes.tolist():
            self._home_down(home, np.flatnonzero(silent & (self._home_of == home)), found)
        return bool(len(homes))

    def _home_down(self, home: int, members: NDArray[np.intp], found: list[Finding]) -> None:
        """The home's finding takes the place of its devices' own."""
        self._home_onset[home] = self._home_heard[home]
        up = self._state[members] == UP
        at = int(np.max(self._deadline[members], where=up, initial=0))
        found.append(self._home_finding(home, at, "home_offline.silent", cleared=False))
        for row in members[~up].tolist():
            self._revision[row] += 1
            found.append(self._offline(row, at, "offline.absorbed", cleared=True))
        self._absorb(members[up])
        self._state[members] = ABSORBED

    def _absorb(self, rows: NDArray[np.intp]) -> None:
        """Devices that were up: their silence has no finding of its own so far."""
        fresh = rows[self._onset[rows] != self._heard[rows]]
        self._onset[fresh], self._revision[fresh] = self._heard[fresh], -1
        self._state[rows] = ABSORBED

    # --- findings --------------------------------------------------------------------------------------

    def _down(self, row: int) -> Finding:
        """A device missed its deadline, or its last will came."""
        willed = self._will[row] > self._heard[row]
        onset = int(self._will[row] if willed else self._heard[row])
        # The same silence may have been absorbed by its home or an outage before: revisions go on.
        self._revision[row] = self._revision[row] + 1 if self._onset[row] == onset else 0
        self._state[row], self._onset[row] = DOWN, onset
        key = "offline.last_will" if willed else "offline.silent"
        return self._offline(row, int(self._deadline[row]), key, cleared=False)

    def _offline(self, row: int, at: int, key: str, *, cleared: bool) -> Finding:
        entry = self._directory.by_id[int(self._devices.keys[row])]
        onset = int(self._onset[row])
        params = {
            "device_kind": entry.kind,
            "room": entry.room,
            "since_at": onset,
            "silent_s": max(0, at - onset) // SECOND,
            "every_s": entry.report_every_s,
        }
        return Finding(
            "offline", entry.home, onset, at, Reason(key, params), device=entry.id,
            revision=int(self._revision[row]), cleared=cleared,
        )  # fmt: skip

    def _home_finding(self, home: int, at: int, key: str, *, cleared: bool) -> Finding:
        onset = int(self._home_onset[home])
        # After an outage the same silence of a home may have to be said again.
        said = self._home_said[home] == onset
        self._home_revision[home] = self._home_revision[home] + 1 if said else 0
        self._home_said[home] = onset
        params = {"since_at": onset, "silent_s": max(0, at - onset) // SECOND}
        return Finding(
            "home_offline", int(self._homes.keys[home]), onset, at, Reason(key, params),
            revision=int(self._home_revision[home]), cleared=cleared,
        )  # fmt: skip
