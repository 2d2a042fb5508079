"""Who may lose their way: fences left and come back to, trackers that die outside, doors at night.

Only residents with fences are watched. An exit needs two fixes that prove it, one after the other; a return
needs one that proves it. Between the two lie a margin and the fixes' own accuracy, so that jitter at the edge
changes nothing. Findings: `wandering`, `tracker_lost`, and `night_exit` (analytics.night_exit).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from analytics.memory import Memory, Notebook
from analytics.night_exit import DOORS_AND_MOVES, NightExits
from analytics.order import HOLD, InOrder
from analytics.rows import UNKNOWN, Rows
from analytics.whereabouts import Fix, Judgement, Proof, judge
from core.batch import Batch
from core.directory import Directory
from core.fence import apart_m
from core.finding import Finding, Reason
from core.instant import MINUTE, SECOND, to_datetime
from core.messages import zone
from core.quantity import BY_NAME, Among

OLD = 10 * MINUTE  # a fix out of a memory tells where somebody was
APART = 20 * SECOND  # two fixes of one bad moment prove one thing
TOGETHER = 15 * MINUTE  # the second fix must come within, or within 2.5 reporting intervals
MOVED_M, EVERY = 100.0, 5 * MINUTE  # a new place is told when it is so far away, but not oftener
FLAT, CHARGED = 0.05, 0.15
_LAT, _LON, _ACCURACY, _INDOOR, _BATTERY = (
    BY_NAME[name].id for name in ("lat", "lon", "accuracy_m", "indoor", "battery")
)
_OF_TRACKERS = Among([_LAT, _LON, _ACCURACY, _INDOOR, _BATTERY])


@dataclass(slots=True)
class Track:
    """One tracker of one resident.

    Attributes:
        fix: the newest place, kept over a restart. judged: newest instant judged.
        first: the first of the fixes that prove an exit, or None. open: the wandering finding that stands.
        told: the fix that was told of last. lost: the tracker_lost finding that stands.
        deadline: instant at which a tracker outside has been silent for too long, or 0.
        inside: since when it has shown nothing but being inside, or 0.
    """

    resident: int
    home: int
    within: int
    judged: int = 0
    fix: Fix | None = None
    first: Fix | None = None
    open: Finding | None = None
    told: Fix | None = None
    lost: Finding | None = None
    deadline: int = 0
    inside: int = 0

    @property
    def last(self) -> int:
        """Instant of the newest fix that is known."""
        return max(self.judged, self.fix.time if self.fix else 0)

    def speaks(self, time: int) -> bool:
        """Whether it has told of an exit and still says where the person is."""
        return self.open is not None and self.deadline > time


class WanderingDetector:
    """Fold over positions of fenced residents' trackers and their homes' doors; a few hundred bytes each."""

    name = "wandering"
    may_wait_s = 0.2

    def __init__(self) -> None:
        self._directory = Directory()
        self._order = InOrder()
        self._tracks: dict[int, Track] = {}  # by device
        self._nights = NightExits()
        self._devices, self._homes = Rows(), Rows()
        self._notebook, self._now = Notebook(), 0

    # --- what is installed, and what was known ---------------------------------------------------------

    def know(self, directory: Directory) -> None:
        """Trackers are all devices that a fenced resident wears."""
        self._directory = directory
        old, self._tracks = self._tracks, {}
        for entry in directory.by_id.values():
            if entry.resident is None or entry.resident not in directory.fences:
                continue
            within = max(TOGETHER, round(2.5 * (entry.report_every_s or 0)) * SECOND)
            known = old.get(entry.id)
            if known is None or known.resident != entry.resident:
                known = Track(entry.resident, entry.home, within)
            known.within, known.home = within, entry.home
            self._tracks[entry.id] = known
        self._nights.know(directory)
        self._devices, self._homes = Rows(self._tracks), Rows(self._nights.homes.tolist())

    def recall(self, memories: Iterable[Memory]) -> None:
        """The last known places."""
        for memory in memories:
            track = self._tracks.get(memory.subject)
            if track is not None and int(memory.numbers[0]) == track.resident:
                time, lat, lon, accuracy_m = memory.numbers[1:5]
                track.fix = Fix(int(time), lat, lon, accuracy_m, False)
                track.inside = int(next(iter(memory.numbers[5:]), 0))

    def memories(self) -> list[Memory]:
        """The last known places, once an hour."""
        rows = []
        for device, topic in self._notebook.due(self._now):
            track = self._tracks.get(device)
            if track is not None and track.fix is not None:
                rows.append(Memory(self.name, device, topic, [track.resident, *track.fix[:4], track.inside]))
        return rows

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open; what was judged before is not judged again."""
        findings = list(findings)
        self._nights.resume(findings)
        for finding in findings:
            track = self._tracks.get(finding.device or 0)
            if track is None or finding.kind not in ("wandering", "tracker_lost"):
                continue
            if finding.kind == "tracker_lost":
                track.lost = None if finding.cleared else finding
                continue
            track.judged = max(track.judged, finding.at)
            if not finding.cleared:
                track.open, track.told = finding, _fix_of(finding)
                track.deadline = max(finding.at, track.last) + track.within

    # --- data and time ---------------------------------------------------------------------------------

    def fold(self, batch: Batch) -> list[Finding]:
        """Take in what matters; it is judged when its turn comes."""
        if not self._tracks and not len(self._nights.homes):
            return []
        rows = batch.readings
        metric = rows["metric"]
        mine = _OF_TRACKERS(metric) & (self._devices.of(rows["device"]) != UNKNOWN)
        mine |= DOORS_AND_MOVES(metric) & (self._homes.of(rows["home"]) != UNKNOWN)
        self._order.add(rows[mine])
        return []

    def tick(self, now: int) -> list[Finding]:
        """Judge what has waited long enough, and see who has been silent outside."""
        self._now = now
        found: list[Finding] = []
        rows = self._order.drain(now)
        for _, same in groupby(rows, key=lambda row: (int(row["time"]), int(row["device"]))):
            found += self._message(list(same))
        found += self._nights.passed(now - HOLD)
        for device, track in self._tracks.items():
            if track.deadline and track.deadline <= now - HOLD:
                found += self._silent(device, track)
        return found

    def _message(self, rows: list[NDArray[np.void]]) -> Iterator[Finding]:
        """What one device said at one instant."""
        row, values = rows[0], {int(r["metric"]): float(r["value"]) for r in rows}
        device, time = int(row["device"]), int(row["time"])
        yield from self._nights.message(device, int(row["home"]), time, int(row["received"]), values)
        track = self._tracks.get(device)
        if track is None:
            return
        if track.deadline and track.deadline <= time:
            yield from self._silent(device, track)
        late = int(row["received"]) - time > OLD
        if _LAT in values and _LON in values and (values[_LAT], values[_LON]) != (0.0, 0.0):
            fix = Fix(
                time, values[_LAT], values[_LON], values.get(_ACCURACY, 0.0), values.get(_INDOOR, 0.0) > 0
            )
            yield from self._placed(device, track, fix, late)
        if _BATTERY in values and not late:
            yield from self._charge(device, track, time, values[_BATTERY])

    def _placed(self, device: int, track: Track, fix: Fix, late: bool) -> Iterator[Finding]:
        if track.fix is None or fix.time > track.fix.time:
            track.fix = fix
            self._notebook.note(device, 0)
        if late or fix.time <= track.judged:
            return
        track.judged = fix.time
        if track.lost is not None and track.lost.severity == "silent" and fix.time > track.lost.onset:
            yield self._found_again(device, track, fix.time)
        verdict = self._judge(device, track, fix)
        if verdict.proof is Proof.OUTSIDE:
            track.inside = 0
            yield from self._outside(device, track, fix, verdict)
        elif verdict.proof is Proof.INSIDE:
            track.first, track.inside = None, track.inside or fix.time
            yield from self._returned(track, fix)
            for silent in self._of(track.resident):
                # Inside before that one's last word, it was left at home and proves nothing of the person.
                if silent.open and not silent.speaks(fix.time) and track.inside > silent.last:
                    yield from self._returned(silent, fix)
        if track.open is not None:
            track.deadline = fix.time + track.within

    def _judge(self, device: int, track: Track, fix: Fix) -> Judgement:
        local = to_datetime(fix.time).astimezone(zone(self._directory.by_id[device].time_zone))
        fences = self._directory.fences[track.resident]
        return judge(fix, fences, local.hour * 60 + local.minute)

    # --- fences ----------------------------------------------------------------------------------------

    def _outside(self, device: int, track: Track, fix: Fix, verdict: Judgement) -> Iterator[Finding]:
        standing = track.open
        if standing is not None:
            far = track.told is None or apart_m(fix.place, track.told.place) >= MOVED_M
            if far and fix.time - standing.at >= EVERY:
                track.open = _revised(standing, fix, verdict, "wandering.moving")
                track.told = fix
                yield track.open
            return
        first = track.first
        if first is None or fix.time - first.time > track.within:
            track.first = fix
            return
        if fix.time - first.time < APART or any(t.speaks(fix.time) for t in self._of(track.resident)):
            return
        params, evidence = _where(fix, verdict)
        track.open = Finding(
            "wandering", track.home, first.time, fix.time,
            Reason("wandering.left", {**params, "since_at": first.time}),
            resident=track.resident, device=device, evidence=evidence,
        )  # fmt: skip
        track.first, track.told = None, fix
        yield track.open

    def _of(self, resident: int) -> list[Track]:
        """The trackers of this resident."""
        return [track for track in self._tracks.values() if track.resident == resident]

    def _returned(self, track: Track, fix: Fix) -> Iterator[Finding]:
        if track.open is None:
            return
        params = {"since_at": track.open.onset, "back_at": fix.time}
        params["away_s"] = (fix.time - track.open.onset) // SECOND
        yield replace(
            track.open, at=fix.time, revision=track.open.revision + 1, cleared=True,
            reason=Reason("wandering.back", params),
        )  # fmt: skip
        track.open, track.told, track.deadline = None, None, 0

    # --- trackers that are lost ------------------------------------------------------------------------

    def _charge(self, device: int, track: Track, time: int, charge: float) -> Iterator[Finding]:
        lost = track.lost
        if charge <= FLAT and lost is None:
            yield self._lost(device, track, time, time, "battery", {"percent": round(100 * charge)})
        elif charge >= CHARGED and lost is not None and lost.severity == "battery" and time > lost.onset:
            yield self._found_again(device, track, time)

    def _silent(self, device: int, track: Track) -> Iterator[Finding]:
        """A tracker outside has not said where it is for too long."""
        at, track.deadline = track.deadline, 0
        if track.lost is None:
            silent_s = track.within // SECOND
            yield self._lost(device, track, at - track.within, at, "silent", {"silent_s": silent_s})

    def _lost(
        self, device: int, track: Track, onset: int, at: int, why: str, params: dict[str, object]
    ) -> Finding:
        evidence: dict[str, object] = {}
        key = f"tracker_lost.{why}_nowhere"
        if track.fix is not None:
            where, evidence = _where(track.fix, self._judge(device, track, track.fix))
            params = {**params, **where, "seen_at": track.fix.time}
            key = f"tracker_lost.{why}"
        track.lost = Finding(
            "tracker_lost", track.home, onset, at, Reason(key, params), resident=track.resident,
            device=device, severity=why, evidence=evidence,
        )  # fmt: skip
        return track.lost

    def _found_again(self, device: int, track: Track, time: int) -> Finding:
        lost, track.lost = track.lost, None
        if lost is None:
            raise RuntimeError("nothing was lost")
        params = {"since_at": lost.onset, "back_at": time}
        return replace(
            lost,
            at=time,
            revision=lost.revision + 1,
            cleared=True,
            reason=Reason("tracker_lost.found", params),
        )


def _where(fix: Fix, verdict: Judgement) -> tuple[dict[str, object], dict[str, object]]:
    """(for the sentence, for the evidence): the place in WGS-84, to about a metre."""
    words: dict[str, object] = {
        "lat": f"{fix.lat:.5f}", "lon": f"{fix.lon:.5f}", "accuracy": round(fix.accuracy_m),
        "beyond": round(max(0.0, verdict.beyond_m)), "fence": verdict.fence or "-",
    }  # fmt: skip
    evidence = {"lat": fix.lat, "lon": fix.lon, "accuracy_m": fix.accuracy_m, "beyond_m": verdict.beyond_m}
    return words, {**evidence, "fix_at": fix.time}


def _revised(standing: Finding, fix: Fix, verdict: Judgement, key: str) -> Finding:
    words, evidence = _where(fix, verdict)
    reason = Reason(key, {**words, "since_at": standing.onset, "seen_at": fix.time})
    return replace(standing, at=fix.time, revision=standing.revision + 1, reason=reason, evidence=evidence)


def _fix_of(finding: Finding) -> Fix:
    told = finding.evidence
    return Fix(int(told["fix_at"]), told["lat"], told["lon"], told["accuracy_m"], False)
