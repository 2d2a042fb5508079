"""From where on what devices hand over out of their memories is read again after a restart.

After a restart detectors see again what happened of late. What a device remembered happened long ago and
came of late: of a night that is being handed over, all that came before the restart would be missing. So each
batch notes, for every device in it that tells of the past, from which of its instants on. Pure: instants are
arguments.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from analytics.memory import Memory
from core.batch import Batch
from core.instant import HOUR, MINUTE, SECOND

NAME = "late"  # in the store, of what is noted
READINGS, MOTION = 0, 1
# What a worker reads again: what weeks have taught is stored every hour, so that an hour is enough.
LOOK_BACK = 70 * MINUTE
# Of motion, what a fall detector's state holds, and so much for devices that send a minute at once.
STATE, LATE_MOTION = 90 * SECOND, MINUTE
LOOK_BACK_MOTION = STATE + LATE_MOTION
# An hour from now a reading that comes so late is not among what happened within LOOK_BACK any more.
LATE = LOOK_BACK - HOUR
_STEP = 10 * SECOND  # of a device's motion: so much more is read again rather than a row written for each


class Span(NamedTuple):
    """What of a device is read again: from its instant `since` on; `received`: when some of it last came."""

    since: int
    received: int


class Late:
    """The spans of all devices that told of the past within LOOK_BACK."""

    def __init__(self) -> None:
        self._spans: dict[tuple[int, int], Span] = {}

    def recall(self, memories: Iterable[Memory]) -> None:
        """What was noted before a restart."""
        for memory in memories:
            since, received = memory.numbers
            self._spans[memory.subject, memory.topic] = Span(int(since), int(received))

    def since(self, topic: int, stopped: int) -> Mapping[int, int]:
        """Device -> instant from which on it is read again by who stopped at the instant `stopped`; `topic`:
        READINGS or MOTION."""
        first = stopped - LOOK_BACK
        return {
            device: span.since
            for (device, of), span in self._spans.items()
            if of == topic and span.received >= first
        }

    def note(self, batch: Batch) -> list[Memory]:
        """What is to be stored together with `batch`: a row for each device of which it has news."""
        rows = []
        for key, since in [*self._readings(batch), *self._motion(batch)]:
            self._spans[key] = span = Span(since, batch.now)
            rows.append(Memory(NAME, *key, span))
        return rows

    def _readings(self, batch: Batch) -> list[tuple[tuple[int, int], int]]:
        """The oldest of late of each device, where that is news."""
        readings = batch.readings
        late = readings[readings["time"] < batch.now - LATE]
        if not len(late):
            return []
        devices, places = np.unique(late["device"], return_inverse=True)
        oldest = np.full(len(devices), np.iinfo(np.int64).max)
        np.minimum.at(oldest, places, late["time"])
        found = []
        for device, since in zip(devices.tolist(), oldest.tolist(), strict=True):
            held = self._spans.get((device, READINGS))
            over = held is None or not 0 <= batch.now - held.received < LOOK_BACK
            if held is None or over or since < held.since or batch.now - held.received >= LATE:
                found.append(((device, READINGS), since if held is None or over else min(since, held.since)))
        return found

    def _motion(self, batch: Batch) -> list[tuple[tuple[int, int], int]]:
        """How far each device has come with what it remembers, less what a fall detector holds."""
        newest: dict[int, int] = {}
        for window in batch.motion:
            if window.start < batch.now - LATE_MOTION and not window.judged:
                newest[window.device] = max(window.start, newest.get(window.device, window.start))
        found = []
        for device, at in newest.items():
            held, since = self._spans.get((device, MOTION)), at - STATE
            if held is None or not 0 <= since - held.since < _STEP or batch.now - held.received >= LATE:
                found.append(((device, MOTION), since))
        return found
