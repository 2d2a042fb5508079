"""Daily life at home: the bathroom, the morning, the bed and the front door at night, unusual nights.

One small state a home; every rule is a module of its own with pure functions over it. What needs a look later
waits in a heap.
"""

import heapq
from collections.abc import Callable, Iterable

import numpy as np

from analytics.activity import BEDS, OUTER_DOOR, ActivityReader, place_of
from analytics.inactivity_watching import Watching
from analytics.living import bathroom, bed, door, memory, morning, night
from analytics.living.day import FIGURES, Day, HomeDay, day_of
from analytics.living.life import Life, Say, Standing
from analytics.living.town import Outage
from analytics.local_time import offsets
from analytics.memory import Memory, Notebook
from analytics.rows import Rows
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import HOUR, MINUTE, SECOND
from core.quantity import BY_NAME, Among

KINDS = (
    bathroom.LONG, bathroom.VISITS, morning.KIND, bed.KIND, door.KIND,
    night.KIND,
)  # fmt: skip
_LOOKS: tuple[Callable[[Life, int], list[Say]], ...] = (
    bathroom.look, morning.look, bed.look, door.look,
)  # fmt: skip
_NIGHTLY = (bathroom.VISITS, night.KIND)  # about a night: over when it is
EVERY = 15 * MINUTE  # how often every home is looked at
_DOOR, _WEIGHT = BY_NAME["door"].id, BY_NAME["weight"].id
_SAID = Among([BEDS, _DOOR, _WEIGHT])


class LivingDetector:
    """Fold over signs of activity, beds and doors."""

    name = "living"
    may_wait_s = 0.2

    def __init__(self, reader: ActivityReader | None = None) -> None:
        self._directory = Directory()
        self._reader = reader or ActivityReader()
        self._homes = Rows()
        self._watching = Watching()
        self._lives: dict[int, Life] = {}
        self._outer: set[int] = set()
        self._heap: list[tuple[int, int]] = []  # (instant, home) to look at, each once
        self._waiting: set[tuple[int, int]] = set()
        self._zones: dict[int, str] = {}
        self._offsets: dict[str, tuple[int, int]] = {}  # zone -> (which turn, local time minus UTC)
        self._notebook = Notebook()
        self._days: list[HomeDay] = []
        self._fresh: list[Life] = []  # that have had no turn yet
        self._now = self._newest = 0  # newest sign of all homes
        self._outage = Outage()

    def know(self, directory: Directory) -> None:
        """Take over who lives where and how they want to be watched over."""
        self._directory = directory = directory.lived_in()
        self._reader.know(directory)
        entries = directory.by_id.values()
        old, self._homes = self._homes, Rows({entry.home for entry in entries})
        self._watching.know(directory, old, self._homes)
        self._outer = {entry.id for entry in entries if place_of(entry) == OUTER_DOOR}
        self._zones = {entry.home: entry.time_zone for entry in entries}
        self._lives = {home: life for home, life in self._lives.items() if home in self._zones}
        self._fresh = [life for life in self._fresh if life.home in self._zones]
        for life in self._lives.values():
            self._describe(life)

    def _life(self, home: int) -> Life | None:
        """The state of a home, from its first sign on; None for a home that nobody knows."""
        if home not in self._lives and home in self._zones:
            self._lives[home] = life = Life(home)
            self._describe(life)
            self._fresh.append(life)
        return self._lives.get(home)

    def _describe(self, life: Life) -> None:
        people = self._directory.residents.get(life.home, ())
        life.resident, life.alone = (people[0], True) if len(people) == 1 else (None, False)
        life.profile = self._directory.household(life.home)
        for gone in life.doors.keys() - self._outer:
            del life.doors[gone]

    def load_days(self, days: Iterable[HomeDay]) -> None:
        """Finished days as they were stored, before anything is folded."""
        for day in sorted(days, key=lambda one: (one.home, one.day)):
            life = self._life(day.home)
            if life is not None and day.teaches:
                life.learn(tuple(day.figures[: len(FIGURES)]))

    def days(self) -> list[HomeDay]:
        """Days that have finished since the last call."""
        days, self._days = self._days, []
        return days

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """(device, instant at which it was last heard): until when each home was watched before a restart."""
        self._watching.heard(rows)

    def resume(self, findings: Iterable[Finding]) -> None:
        """Take up what stands open."""
        for finding in findings:
            life = self._life(finding.home) if finding.kind in KINDS else None
            if life is not None and finding.cleared:
                life.end(finding.kind, finding.at, finding.reason.params)
            elif life is not None:
                life.open[finding.kind] = Standing(finding.onset, finding.revision, finding.resident)
                life.spoiled = True

    def recall(self, memories: Iterable[Memory]) -> None:
        """The running days as they were an hour ago at most, and what beds said last."""
        for row in memories:
            if row.topic:
                self._reader.recall(row)
                continue
            life = self._life(row.subject)
            if life is not None:
                memory.recall(life, row.numbers)
                self._describe(life)

    def memories(self) -> list[Memory]:
        """The running days of homes that have changed, and what their beds said last."""
        return self._reader.memories(self.name, self._now) + [
            Memory(self.name, home, topic, memory.numbers(self._lives[home]))
            for home, topic in self._notebook.due(self._now)
            if home in self._lives
        ]

    # --- what happens ----------------------------------------------------------------------------------

    def fold(self, batch: Batch) -> list[Finding]:
        """Signs in order of time; what came late changes nothing, it is no news by now."""
        self._now = max(self._now, batch.now)
        found: list[Finding] = []
        self._watching.note(batch)
        readings = batch.readings
        signs = self._reader.signs(batch)
        events = [
            (int(sign["time"]), int(sign["home"]), int(sign["place"]), -1, float(sign["live"]))
            for sign in signs[signs["time"] <= batch.now + MINUTE]
        ]
        said = readings[_SAID(readings["metric"]) & readings["live"]]
        events += [
            (int(row["time"]), int(row["home"]), int(row["metric"]), int(row["device"]), float(row["value"]))
            for row in said
        ]
        for time, home, what, device, value in sorted(events):
            life = self._life(home)
            if life is None:
                continue
            self._set_clock(life, time)
            if device < 0 and not value and time > life.last:
                self._watching.catch_up(self._homes.of(np.array([home])), batch.now)
            says = self._sign(life, time, what) if device < 0 else self._said(life, time, what, device, value)
            found += [self._finding(life, say) for say in says]
        return found

    def _sign(self, life: Life, time: int, place: int) -> list[Say]:
        if time <= life.last:
            return []
        self._notebook.note(life.home, 0)
        local = time + life.offset
        says = self._close(life, day_of(local))
        life.day.sign(local, place, life.night)
        says += bathroom.sign(life, time, place) + morning.sign(life, time)
        life.last, life.place = time, place
        life.out = time if place == OUTER_DOOR else life.out
        self._newest = max(self._newest, time)
        if time >= life.profile.visitors_until:
            says += bathroom.night(life, time) + night.night(life, time)
        self._wait(life, bathroom.due(life))
        return says

    def _said(self, life: Life, time: int, metric: int, device: int, value: float) -> list[Say]:
        if metric == _WEIGHT:
            life.day.weight = value
            return []
        if metric == BEDS:
            says = bed.bed(life, time, occupied=value > 0)
            self._wait(life, bed.due(life))
            return says
        if device not in self._outer:
            return []
        self._notebook.note(life.home, 0)
        says = door.door(life, device, time, is_open=value > 0)
        self._wait(life, door.due(life))
        return says

    def _wait(self, life: Life, at: int | None) -> None:
        if at is not None and (at, life.home) not in self._waiting:
            self._waiting.add((at, life.home))
            heapq.heappush(self._heap, (at, life.home))

    # --- what does not happen --------------------------------------------------------------------------

    def tick(self, now: int) -> list[Finding]:
        """Findings that are due."""
        self._now = now
        found: list[Finding] = []
        for fresh in self._fresh:
            self._set_clock(fresh, now)
        self._fresh.clear()
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            self._waiting.discard(entry)
            life = self._lives.get(entry[1])
            if life is not None:
                found += self._look(life, entry[0], now)
        return found

    def _look(self, life: Life, at: int, now: int) -> list[Finding]:
        self._set_clock(life, at)
        found = [self._finding(life, say) for say in self._close(life, day_of(at + life.offset))]
        up = morning.due(life, at)
        if up is not None and at < up <= at + HOUR:
            self._wait(life, up)
        row = self._homes.one(life.home)
        if 0 < self._watching.watched[row] < now or self._watching.catching[row] > now:
            return found
        if self._outage.lasts(self._lives.values(), self._newest, now):
            return found
        if life.is_on_holiday(now) or now < life.profile.visitors_until:
            return found
        return found + [self._finding(life, say) for look in _LOOKS for say in look(life, at)]

    def _set_clock(self, life: Life, now: int) -> None:
        """Local time, and the next of the looks that every home gets; homes take turns."""
        if now < life.next_look:
            return
        zone = self._zones[life.home]
        turn = now // EVERY
        if self._offsets.get(zone, (0, 0))[0] != turn:
            self._offsets[zone] = turn, int(offsets([zone], now)[0])
        life.offset = self._offsets[zone][1]
        life.next_look = turn * EVERY + EVERY + life.home * 7919 % (EVERY // SECOND) * SECOND
        self._wait(life, life.next_look)

    def _close(self, life: Life, day: int) -> list[Say]:
        """Finish the running day if another has begun; a day with an alarm of its own, with guests or on
        which hardly anybody was there is not learned from."""
        if day == life.day.day:
            return []
        done, life.day = life.day, Day(day, place=life.day.place, at=life.day.at)
        guests = done.day <= day_of(life.profile.visitors_until + life.offset)
        odd = (1.0,) if life.spoiled or guests else ()
        finished = HomeDay(life.home, done.day, (*done.figures(), *odd))
        if done.day and done.active:
            self._days.append(finished)
        if finished.teaches:
            life.learn(done.figures())
        life.spoiled = bool(life.open)
        return [
            Say(kind, life.open[kind].onset, life.last, Reason(f"{kind}.over", {}), cleared=True)
            for kind in _NIGHTLY
            if kind in life.open
        ]

    def _finding(self, life: Life, say: Say) -> Finding:
        stands = life.open.get(say.kind)
        revision = stands.revision + 1 if stands else 0
        # Who has moved in since does not make it another finding.
        resident = stands.resident if stands else life.resident
        if say.cleared:
            life.open.pop(say.kind, None)
            life.end(say.kind, say.at, say.reason.params)
        else:
            life.open[say.kind] = Standing(say.onset, revision, resident)
            life.spoiled = True
        return Finding(
            say.kind, life.home, say.onset, say.at, say.reason, resident=resident,
            evidence=say.evidence, revision=revision, cleared=say.cleared,
        )  # fmt: skip
