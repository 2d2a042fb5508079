"""Recorded homes played through the inactivity detector, stopping to look at chosen silences.

Two sorts of silence are looked at: ordinary ones, which ended when somebody moved, and cut ones: at a random
waking moment the person collapses and nothing follows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.inactivity import STEP, InactivityDetector
from analytics.recording import Recording
from analytics.silence import Silence
from analytics.silence_patience import Ruling
from core.batch import Batch
from core.finding import Finding
from core.instant import DAY, HOUR

CUTS_A_DAY = 4
AWAKE_FROM = 5 * HOUR  # the first movement after that begins the waking day, the last before midnight ends it
FEWEST_SIGNS = 20  # of a day on which somebody was plainly at home
SHORT = HOUR  # ordinary silences shorter than this interest nobody


@dataclass(frozen=True, slots=True)
class Look:
    """A silence to look at: in which home, from when on it can be seen, when it began, and its length in
    microseconds if it was ordinary; 0 if it was cut."""

    home: int
    at: int
    begun: int
    length: int


def ordinary(recording: Recording) -> Iterator[Look]:
    """Every silence of an hour and more that ended, outages left out."""
    outages = recording.outages()
    for home in recording.directory.residents:
        times = recording.signs(home)
        for index in np.flatnonzero(np.diff(times) > SHORT).tolist():
            begin, end = int(times[index]), int(times[index + 1])
            if not any(begin < over and end > start for start, over in outages):
                yield Look(home, begin, begin, end - begin)


def cuts(recording: Recording, seed: int = 1) -> Iterator[Look]:
    """Random waking moments, CUTS_A_DAY a day and home."""
    draw, outages = np.random.default_rng(seed), recording.outages()
    for home in recording.directory.residents:
        times = recording.signs(home)
        for day in range(int(times[0]) // DAY, int(times[-1]) // DAY + 1):
            awake = times[(times >= day * DAY + AWAKE_FROM) & (times < (day + 1) * DAY)]
            if len(awake) < FEWEST_SIGNS:
                continue
            begin, end = int(awake[0]), int(awake[-1])
            if any(begin < over and end > start for start, over in outages):
                continue
            for moment in draw.integers(begin, end, CUTS_A_DAY).tolist():
                begun = int(times[np.searchsorted(times, moment, side="right") - 1])
                yield Look(home, moment, begun, 0)


def rehearse(
    recording: Recording,
    detector: InactivityDetector,
    looks: Sequence[Look],
    see: Callable[[Look, Silence], None],
    progress: Callable[[float], None] = lambda share: None,
    *,
    ruled: bool = True,
) -> list[Finding]:
    """Play the recording in steps of a quarter of an hour; `see` is called for each look in order of time.

    With `ruled` somebody says of every alarm, once there is movement again, that it was false; otherwise
    nobody ever says anything.
    """
    readings = recording.readings
    times = readings["time"]
    order = sorted(looks, key=lambda look: look.at)
    detector.know(recording.directory)
    found: list[Finding] = []
    rulings: dict[int, list[Ruling]] = {}
    done, at_look, heard = 0, 0, 0
    begin, end = int(times[0]), int(times[-1])
    for now in range(begin - begin % STEP + STEP, end + DAY, STEP):
        while at_look < len(order) and order[at_look].at < now:
            look = order[at_look]
            done = _fold(detector, readings, done, look.at, found)
            see(look, detector.silences(np.array([look.home - 1])))
            at_look += 1
        done = _fold(detector, readings, done, now - 1, found)
        if ruled and (over := [finding for finding in found[heard:] if finding.cleared]):
            for f in over:
                rulings.setdefault(f.home, []).append(Ruling(f.home, f.onset, now, false=True))
            detector.heed_rulings(rulings, now)
        heard = len(found)
        if now <= end:
            found += detector.tick(now)
        detector.routine_rows()
        progress((now - begin) / (end - begin))
    return found


def _fold(
    detector: InactivityDetector, readings: NDArray[np.void], done: int, until: int, found: list[Finding]
) -> int:
    """Fold what came up to and including `until`; returns how many readings are done now."""
    upto = int(np.searchsorted(readings["time"], until, side="right"))
    if upto > done:
        found += detector.fold(Batch(now=until, readings=readings[done:upto]))
    return upto
