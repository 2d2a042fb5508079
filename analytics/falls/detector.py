"""The fall detector: a fold over motion windows of many devices.

windows -> intake (order, duplicates) -> grid -> history -> trigger -> model -> watch -> findings
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.falls import findings
from analytics.falls.calibration import Change, Verdicts, adjusted, calibration_of, changes
from analytics.falls.conditioning import RATE, STEP, Run, resample
from analytics.falls.confirmation import Watch
from analytics.falls.fusion import REPORTED, TOGETHER
from analytics.falls.history import CELLS, VOID, History
from analytics.falls.intake import end_of
from analytics.falls.judging import judged
from analytics.falls.model import FallModel, load
from analytics.falls.quality import level_fault, plainly_worn, rate_is_plausible
from analytics.falls.reports import Reports
from analytics.falls.rounds import LOOK, Cells, rounds, void
from analytics.falls.trigger import AFTER, THRESHOLD
from analytics.falls.wearable import DOUBTS, Doubt, Wearable
from core.finding import Finding
from core.instant import MINUTE
from core.motion import SITES, MotionWindow

REFRACTORY = 30 * RATE
"""Cells after a reported impact in which further impacts belong to the same fall."""

FUTURE = 2 * MINUTE
"""A window that starts later than this after the last tick and after it came has a wrong clock and is left
out. Ticks stand still while the broker or the database is away, and motion goes on."""

JUDGED = 10 * RATE
"""Cells that a look at the quality sees; half of them must be known."""

Slots = NDArray[np.int64]


class FallDetector:
    """State = fold(windows); no clock, no I/O after loading, nothing shared between devices.

    Args:
        model: None for the shipped one.
        on_candidate: told device, instant and final probability of every impact that could be judged,
            also of those that are not reported; for evaluation and for tuning in the field.
    """

    lookback_s = 90
    """After a restart, fold this many seconds of stored windows again and all is as before."""

    def __init__(
        self,
        model: FallModel | None = None,
        on_candidate: Callable[[int, int, float], None] | None = None,
    ) -> None:
        self.model = model or load()
        self._verdicts: Verdicts = {}
        self._on_candidate = on_candidate
        self._history = History()
        self._wearables: dict[int, Wearable] = {}
        self._of_slot: dict[int, Wearable] = {}
        self._sites: Mapping[int, str] = {}
        self._reports = Reports()
        self._faults: dict[int, Finding] = {}  # device -> what stood open before a restart
        self._now: int | None = None

    def fold(self, windows: Sequence[MotionWindow], arrived: int | None = None) -> list[Finding]:
        """Take windows of any devices, in any order and pieces, and say what they show.

        `arrived` is when they came by the server's clock: a device that hands over its memory lives behind
        us, and a tick must not take that for silence. Without it the windows are about now.
        """
        said: list[Finding] = []
        touched: dict[int, Wearable] = {}
        latest = None if self._now is None else max(self._now, arrived or self._now) + FUTURE
        for window in windows:
            if not len(window.acc) or (latest is not None and window.start > latest):
                continue
            wearable = self._wearable(window)
            if rate_is_plausible(window.hz):
                wearable.intake.offer(window)
                wearable.note_arrival(end_of(window), arrived)
                touched[window.device] = wearable
            else:
                said += self._judge(wearable, "rate", window.start)
        return _in_order(said + self._advance(touched.values(), None))

    def tick(self, now: int) -> list[Finding]:
        """Event time has reached `now`: settle what hangs on devices that fell silent."""
        self._now = now
        ahead = [key for key, one in self._wearables.items() if (one.intake.front or 0) > now + 2 * FUTURE]
        for device in ahead:  # by a clock that was set back since: until then all it sends would be old
            self.forget(device)
        late = [one for one in self._wearables.values() if one.is_overdue(now - one.behind)]
        return _in_order(self._advance(late, now) + self._settle(late))

    def heed(self, verdicts: Verdicts, now: int) -> list[Change]:
        """Be more or less careful with each resident after what was said of past falls; it replaces what was
        heeded before. An impact is judged by the verdicts before it alone (`analytics.falls.calibration`)."""
        changed = changes(self._verdicts, verdicts, now)
        self._verdicts = dict(verdicts)
        return changed

    def report(self, resident: int | None, device: int, at: int, home: int) -> list[Finding]:
        """A device says itself that `resident` fell at instant `at` in `home`: impacts of theirs within a
        minute that were not certain by themselves are falls now. What the device's own motion shows of the
        half minute that follows is said as of any fall. Saying it twice changes nothing."""
        self._reports.add(resident, device, at, home)
        if resident is None:
            return []
        said: list[Finding] = []
        for wearable in [one for one in self._wearables.values() if one.resident == resident]:
            near = [one for one in wearable.doubts if abs(one.impact * STEP - at) <= TOGETHER]
            wearable.doubts = tuple(one for one in wearable.doubts if one not in near)
            # The first is the fall, as it is when the report comes before the motion.
            said += [self._report(wearable, one) for one in near if not _same_fall(wearable, one.impact)]
            said += self._watch(wearable, int(self._history.head[wearable.slot]))
        return _in_order(said)

    def resume(self, unusable: Iterable[Finding]) -> None:
        """Wearables whose motion was last said to be unusable, or to be well again, before a restart."""
        for finding in unusable:
            if finding.device is not None:
                self._faults[finding.device] = finding

    def know(self, sites: Mapping[int, str]) -> None:
        """Body site of every installed device, for windows that do not say it (stored ones do not); what is
        known of other devices is dropped."""
        self._sites = {device: site for device, site in sites.items() if site in SITES}
        for device in self._wearables.keys() - sites.keys():
            self.forget(device)
        self._faults = {device: known for device, known in self._faults.items() if device in sites}

    def forget(self, device: int) -> None:
        """Drop all state of a device that was given back or handed on."""
        wearable = self._wearables.pop(device, None)
        if wearable is not None:
            del self._of_slot[wearable.slot]
            self._history.close(wearable.slot)

    def _wearable(self, window: MotionWindow) -> Wearable:
        wearable = self._wearables.get(window.device)
        if wearable is not None and (wearable.home, wearable.resident) != (window.home, window.resident):
            self.forget(window.device)  # handed on: what the last wearer did is not theirs who wear it now
            wearable = None
        if wearable is None:
            slot = self._history.open(0)
            wearable = Wearable(window.home, window.device, window.resident, self._site(window), slot)
            self._wearables[window.device] = self._of_slot[slot] = wearable
            known = self._faults.pop(window.device, None)
            if known is not None and not known.cleared and known.home == window.home:
                wearable.fault, wearable.fault_since = known.severity, known.onset
        wearable.hz = window.hz
        return wearable

    def _site(self, window: MotionWindow) -> str:
        """Where the device is worn: as it says itself, else as it was installed."""
        return window.site if window.site != "unknown" else self._sites.get(window.device, "unknown")

    def _advance(self, wearables: Iterable[Wearable], now: int | None) -> list[Finding]:
        """Turn the windows whose turn has come into cells and live through them."""
        said: list[Finding] = []
        released: list[tuple[Wearable, Run]] = []
        for wearable in wearables:
            runs, taken = wearable.intake.release(now)
            released += [(wearable, run) for run in runs if run.stop > run.first]
            said += self._judge_rate(wearable, taken)
        queues: dict[int, list[Cells]] = defaultdict(list)
        for (wearable, run), cells in zip(released, _split(released), strict=True):
            said += self._enqueue(wearable, run, cells, queues)
        return said + self._live(queues)

    def _enqueue(
        self, wearable: Wearable, run: Run, cells: Cells, queues: dict[int, list[Cells]]
    ) -> list[Finding]:
        """Queue the cells of a run behind what its device has, with void cells for a gap."""
        slot, wearable.idle = wearable.slot, False
        said: list[Finding] = []
        if not self._history.head[slot]:
            self._history.clear(slot, run.first)
        gap = run.first - int(self._history.head[slot]) - sum(map(len, queues[slot]))
        if gap > CELLS:
            said = self._live({slot: [*queues.pop(slot), void(CELLS)]})
            self._history.clear(slot, run.first)
        elif gap > 0:
            queues[slot].append(void(gap))
        queues[slot].append(cells)
        return said

    def _settle(self, wearables: Iterable[Wearable]) -> list[Finding]:
        """Decide impacts that the silence of their devices left undecided, as if nothing followed."""
        queues: dict[int, list[Cells]] = {}
        for wearable in wearables:
            slot, wearable.idle = wearable.slot, True
            head = self._history.head[[slot]]
            last = self._history.magnitudes(np.array([slot]), head - AFTER - 1, AFTER + 1)
            if last.max() >= THRESHOLD:
                queues[slot] = [void(AFTER + 1)]
                wearable.intake.skip_to(int(head[0]) + AFTER + 1)
        return self._live(queues)

    def _live(self, queues: dict[int, list[Cells]]) -> list[Finding]:
        """Append the queued cells round by round and look at them."""
        said: list[Finding] = []
        heads = {slot: int(self._history.head[slot]) for slot in queues}
        for slots, counts, cells in rounds(heads, queues):
            self._history.append(slots, counts, cells)
            said += self._look_for_falls(slots, counts)
            said += self._look_at_levels(slots[self._history.head[slots] % LOOK == 0])
            for slot in slots:
                wearable = self._of_slot[slot]
                if self._reports.unwatched:
                    self._watch_reported(wearable)
                if wearable.watch is not None:
                    said += self._watch(wearable, int(self._history.head[slot]))
        return said

    def _look_for_falls(self, slots: Slots, counts: Slots) -> list[Finding]:
        """Report the impacts that have become decidable and reach the threshold of a judge."""
        said: list[Finding] = []
        for word in judged(self._history, slots, counts, self.model):
            wearable, impact, final = self._of_slot[word.slot], word.impact, word.judge is self.model.final
            if not self._can_be_judged(wearable, word.decided):
                continue
            said += self._watch(wearable, impact)  # who was up again before it has fallen once more
            probability = self._adjusted(wearable, word.probability, impact * STEP)
            if final and self._on_candidate is not None:
                self._on_candidate(wearable.device, impact * STEP, probability)
            threshold = word.judge.thresholds.of(wearable.site, wearable.hz)
            least = threshold if not final else adjusted(threshold, -REPORTED)
            if probability < least or _same_fall(wearable, impact):
                continue
            doubt = Doubt(impact, word.decided, probability, findings.evidence(word))
            certain = probability >= threshold
            if certain or self._reports.at(wearable.resident, impact * STEP) is not None:
                said += self._watch(wearable, word.decided)
                said.append(self._report(wearable, doubt, certain))
            else:
                wearable.doubts = (*wearable.doubts[1 - DOUBTS :], doubt)
        return said

    def _adjusted(self, wearable: Wearable, probability: float, at: int) -> float:
        """The probability as this resident's calibration saw it at instant `at`."""
        if wearable.resident is None or not (said := self._verdicts.get(wearable.resident)):
            return probability
        return adjusted(probability, calibration_of(said, at).shift)

    def _can_be_judged(self, wearable: Wearable, until: int) -> bool:
        """False while the data before cell `until` are unusable; units are looked at afresh."""
        if wearable.fault in ("rate", "no_gravity"):
            return False
        slot, first = np.array([wearable.slot]), np.array([until - JUDGED])
        in_reach = until - JUDGED >= self._history.head[wearable.slot] - CELLS
        if in_reach and plainly_worn(self._history.magnitudes(slot, first, JUDGED))[0][0]:
            return True
        return self._level(wearable, until)[0] is None

    def _report(self, wearable: Wearable, fall: Doubt, certain: bool = False) -> Finding:
        """Report a fall and watch what follows; what is not `certain` is known with a device's own report."""
        wearable.last_impact = fall.impact
        wearable.watch = Watch(
            fall.impact,
            wearable.home,
            wearable.resident,
            wearable.device,
            round(fall.probability, 3),
            fall.evidence,
        )
        said = findings.possible(wearable, wearable.watch, fall.decided)
        if certain:
            return said
        return replace(said, at=max(said.at, self._reports.at(wearable.resident, said.onset) or 0))

    def _watch_reported(self, wearable: Wearable) -> None:
        """Watch what follows a fall that the device reported itself and nobody felt."""
        at = self._reports.to_watch(wearable.device, wearable.home, wearable.resident)
        if at is None or wearable.watch is not None:
            return
        last = wearable.last_impact
        if last is None or abs(last * STEP - at) > TOGETHER:
            wearable.watch = Watch(at // STEP, wearable.home, wearable.resident, wearable.device, None, {})

    def _watch(self, wearable: Wearable, until: int) -> list[Finding]:
        """Show the open watch every whole second before cell `until`."""
        said: list[Finding] = []
        while (watch := wearable.watch) is not None and (watch.second + 1) * RATE <= until:
            first = watch.second * RATE
            gone = first < self._history.head[wearable.slot] - CELLS
            cells = void(RATE) if gone else self._cut(wearable, first, RATE)
            severity = watch.see(cells)
            if severity is not None:
                watch.revision += 1
                said.append(findings.aftermath(watch, severity))
            if severity == "recovered":
                wearable.up_again = watch.second * RATE
            if severity is not None or watch.is_over():
                wearable.watch = None
        return said

    def _cut(self, wearable: Wearable, first: int, count: int) -> Cells:
        return np.asarray(self._history.cut(np.array([wearable.slot]), np.array([first]), count)[0])

    def _level(self, wearable: Wearable, until: int) -> tuple[str | None, int]:
        """Fault and middle magnitude of the ten seconds before cell `until`; needs half of them."""
        reach = min(JUDGED, until - int(self._history.head[wearable.slot]) + CELLS)
        acc = self._cut(wearable, until - reach, reach)
        acc = acc[acc[:, 0] != VOID]
        if len(acc) < JUDGED // 4:
            return None, 0
        magnitude = np.linalg.norm(acc.astype(np.float32), axis=1)
        return level_fault(magnitude, acc), round(float(np.median(magnitude)))

    def _look_at_levels(self, slots: Slots) -> list[Finding]:
        """Look at the last ten seconds of devices; the plain cases together."""
        if not len(slots):
            return []
        said: list[Finding] = []
        heads = self._history.head[slots]
        worn, middle = plainly_worn(self._history.magnitudes(slots, heads - JUDGED, JUDGED))
        for slot, head, plain, level in zip(
            slots.tolist(), heads.tolist(), worn.tolist(), middle.tolist(), strict=True
        ):
            wearable = self._of_slot[slot]
            fault, wearable.level = (None, level) if plain else self._level(wearable, head)
            if wearable.fault != "rate":
                said += self._judge(wearable, fault, head * STEP)
        return said

    def _judge_rate(self, wearable: Wearable, taken: Sequence[MotionWindow]) -> list[Finding]:
        said: list[Finding] = []
        for window in taken:
            wearable.site = self._site(window)
            wearable.rate.see(window)
            lies = wearable.rate.lies()
            if lies or wearable.fault == "rate":
                said += self._judge(wearable, "rate" if lies is not False else None, window.start)
        return said

    def _judge(self, wearable: Wearable, fault: str | None, at: int) -> list[Finding]:
        outcome = wearable.judge(fault, at)
        if outcome == "found":
            return [findings.unusable(wearable)]
        if outcome == "cleared":
            said = findings.unusable(wearable, cleared_at=at)
            wearable.fault = ""
            return [said]
        return []


def _same_fall(wearable: Wearable, impact: int) -> bool:
    """True for a further impact of the fall reported last; whoever was up in between has fallen again."""
    last = wearable.last_impact
    return last is not None and impact - last < REFRACTORY and not last < wearable.up_again <= impact


def _split(released: Sequence[tuple[Wearable, Run]]) -> list[Cells]:
    """The grid cells of every released run."""
    if not released:
        return []
    runs = [run for _, run in released]
    ends = np.cumsum([run.stop - run.first for run in runs])
    return np.split(resample(runs), ends[:-1])


def _in_order(said: list[Finding]) -> list[Finding]:
    return sorted(said, key=lambda finding: (finding.at, finding.device or 0, finding.revision))
