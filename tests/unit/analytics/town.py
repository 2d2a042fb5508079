"""A small invented town for detector tests: homes, their devices, and what the devices say."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.detector import Detector
from core.batch import READING, Batch
from core.directory import DeviceEntry, Directory
from core.finding import Finding
from core.instant import SECOND
from core.motion import MotionWindow
from core.quantity import BY_NAME

MORNING = 1_750_032_000 * SECOND  # 2025-06-16 08:00 in Shanghai, a Monday

KINDS = (
    # kind, room, reports every so many seconds, worn
    ("wearable", "", 60, True),
    ("pir", "bathroom", 300, False),
    ("smoke", "kitchen", 300, False),
    ("button", "bedroom", None, False),
    ("door", "hallway", 300, False),
)


@dataclass(frozen=True)
class Said:
    """One reading: `at` by the device's clock, `received` by ours."""

    device: int
    metric: str
    value: float
    at: int
    received: int
    live: bool = True


class Town:
    """`homes` homes numbered from 1, each with one resident (100 + home) and the devices of KINDS."""

    def __init__(self, homes: int, kinds: Sequence[tuple[str, str, int | None, bool]] = KINDS) -> None:
        self.devices: dict[tuple[int, str], DeviceEntry] = {}
        for home in range(1, homes + 1):
            for place, (kind, room, every, worn) in enumerate(kinds):
                self.devices[home, kind] = DeviceEntry(
                    id=home * 10 + place, code=f"{kind}-{home}", home=home, home_code=f"home-{home}",
                    station=1, resident=100 + home if worn else None,
                    kind=kind, room=room, report_every_s=every,
                )  # fmt: skip
        self.directory = Directory.of(
            self.devices.values(), {home: (100 + home,) for home in range(1, homes + 1)}
        )

    def says(
        self,
        home: int,
        kind: str,
        metric: str,
        value: float,
        at: int,
        *,
        late_s: float = 0.2,
        live: bool = True,
    ) -> Said:
        """What a device of `home` says at `at`, received `late_s` later."""
        return Said(
            self.devices[home, kind].id,
            metric,
            value,
            at,
            at + round(late_s * SECOND),
            live,
        )

    def heartbeats(
        self,
        until: int,
        *,
        begin: int = MORNING,
        silent: Iterable[tuple[int, str]] = (),
    ) -> list[Said]:
        """Signal strength from every reporting device in its own rhythm, except the `silent` ones."""
        quiet = set(silent)
        said = []
        for (home, kind), entry in self.devices.items():
            if entry.report_every_s and (home, kind) not in quiet:
                phase = (entry.id * 7919) % entry.report_every_s * SECOND
                times = range(begin + phase, until, entry.report_every_s * SECOND)
                said += [self.says(home, kind, "rssi", -60, at) for at in times]
        return said

    def readings(self, said: Iterable[Said]) -> NDArray[np.void]:
        """As columns, in order of arrival."""
        return np.array(
            [
                (s.at, s.value, s.received, entry.home, s.device, self.directory.subject(entry) or 0,
                 BY_NAME[s.metric].id, s.live)
                for s in sorted(said, key=lambda s: s.received)
                for entry in [self.directory.by_id[s.device]]
            ],
            dtype=READING,
        )  # fmt: skip


def play(
    detector: Detector,
    readings: NDArray[np.void],
    until: int,
    *,
    begin: int = MORNING,
    every_s: int = 10,
    pieces: int = 1,
    motion: Sequence[MotionWindow] = (),
) -> list[Finding]:
    """Fold `readings` by arrival, in `pieces` batches between two ticks `every_s` apart, up to `until`, with
    the windows of `motion` as soon as they have ended."""
    found: list[Finding] = []
    step = every_s * SECOND
    order = np.argsort((readings["received"] - begin + step - 1) // step, kind="stable")
    readings = readings[order]
    ticks = (readings["received"] - begin + step - 1) // step
    starts = np.searchsorted(ticks, np.arange((until - begin) // step + 2))
    ends = [window.start + round(len(window.acc) / window.hz * SECOND) for window in motion]
    for tick, instant in enumerate(range(begin, until + 1, step)):
        moved = [w for w, end in zip(motion, ends, strict=True) if instant - step < end <= instant]
        for piece in np.array_split(readings[starts[tick] : starts[tick + 1]], pieces):
            found += detector.fold(Batch(now=instant, readings=piece))
        for windows in np.array_split(np.arange(len(moved)), pieces) if moved else ():
            found += detector.fold(Batch(now=instant, motion=[moved[i] for i in windows]))
        found += detector.tick(instant)
    return found


def facts(findings: Iterable[Finding]) -> Iterator[tuple[str, int, bool]]:
    """What the store would keep apart: identity, revision and whether it is over, in order."""
    return ((str(f.id), f.revision, f.cleared) for f in findings)
