"""Recorded falls through the real chain: broker, ingest, detector, database, and back to the eye."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.falls.dataset import Trial
from core.instant import DAY, SECOND
from core.settings import Settings
from simulators import takes, wire
from simulators.demo import admit_document, kept_secrets
from simulators.device import Device, Identity, broker_of, joined
from simulators.store import Witness
from simulators.takes import Line
from simulators.verdict import Published, Result, judge
from simulators.wearables import windows

SETTLE_S = 5.0
"""Quiet seconds after the last window in which everything that can be decided has been said."""

Progress = Callable[[float, int], None]
"""Told the share that is published and the falls found so far."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """How the time lines map on the wall clock: event time runs `speed` times as fast and ends about now.

    Attributes:
        begun: real instant of the beginning, seconds.
        start: event instant of the beginning, Unix microseconds.
    """

    begun: float
    start: int
    speed: float

    def due(self, instant: int) -> float:
        """Real instant, seconds, at which what was complete at the event instant `instant` is sent."""
        return self.begun + (instant - self.start) / SECOND / self.speed


async def replay(
    trials: Sequence[Trial],
    settings: Settings,
    *,
    wearers: int,
    speed: float,
    window_s: float,
    progress: Progress,
) -> Result:
    """Publish `trials` as wearables of simulated residents and wait for what is found.

    Raises demo.CannotBegin when the wearers cannot be taken in.
    """
    lines = takes.lay_out(trials, wearers)
    homes = [f"rec{line.wearer + 1:03d}" for line in lines]
    codes = [f"{home}-watch" for home in homes]
    known = kept_secrets(settings.data_dir / "replay-secrets.json", codes)
    now = round(time.time() * SECOND)
    document = json.dumps(community(lines, homes, known), ensure_ascii=False)
    await asyncio.to_thread(admit_document, document, now - 30 * DAY, settings)
    witness = Witness(settings)
    published = Published()
    where = broker_of(settings)
    watches = [Device(Identity(c, h, known[c]), now) for c, h in zip(codes, homes, strict=True)]
    async with joined(watches, where) as devices:
        longest = max(line.seconds for line in lines)
        begun = time.time()
        tempo = Tempo(begun, round((begun + longest / speed - longest) * SECOND), speed)
        sending = [
            asyncio.create_task(_wear(line, device, tempo, window_s, published))
            for line, device in zip(lines, devices, strict=True)
        ]
        await _watch(sending, witness, longest / speed, begun, progress)
    wall_s = time.time() - begun
    outcomes, stray = judge(lines, codes, witness.seen, tempo.start, published)
    unusable = len({f.id for f in witness.seen if f.kind == "motion_unusable"})
    incidents = witness.incidents([o.alarm.id for o in outcomes if o.alarm])
    stored = witness.stored_motion(codes)
    witness.close()
    return Result(outcomes, published.count, stored, incidents, stray, unusable, wall_s, speed)


def community(lines: Sequence[Line], homes: Sequence[str], known: dict[str, str]) -> dict[str, Any]:
    """A street of people who live alone and wear one watch each."""
    station = {"code": "replay", "level": "community", "name": "回放站", "name_en": "Replay Station"}
    return {"stations": [station], "homes": [_home(*pair, known) for pair in zip(lines, homes, strict=True)]}


def _home(line: Line, code: str, known: dict[str, str]) -> dict[str, Any]:
    person = {"name": f"Wearer {line.wearer + 1}", "living": "alone", "consents": ["monitoring"]}
    watch = {"code": f"{code}-watch", "kind": "wearable", "site": line.site, "wearer": 0, "model": "replay"}
    watch["secret"] = known[f"{code}-watch"]
    return {"code": code, "station": "replay", "residents": [person], "devices": [watch]}


async def _wear(line: Line, device: Device, tempo: Tempo, window_s: float, published: Published) -> None:
    """Publish one time line, each window when its last sample is taken."""
    samples = np.concatenate(line.samples)
    for at, acc in windows(samples, line.hz, tempo.start, window_s):
        end = at + round(len(acc) / line.hz * SECOND)
        await asyncio.sleep(max(0.0, tempo.due(end) - time.time()))
        payload = wire.motion(at, device.sequence("motion"), line.hz, acc, line.site)
        published.note(device.identity.code, end - round(SECOND / line.hz), time.time())
        await device.deliver("motion", payload)


async def _watch(
    sending: Sequence["asyncio.Task[None]"],
    witness: Witness,
    expected_s: float,
    begun: float,
    progress: Progress,
) -> None:
    """Read findings as they appear until everything is sent and nothing more comes."""
    quiet_since = None
    while quiet_since is None or time.time() - quiet_since < SETTLE_S:
        fresh = await asyncio.to_thread(witness.wait, 0.25)
        sent = all(task.done() for task in sending)
        for task in sending:
            if task.done():
                task.result()
        if not sent or fresh:
            quiet_since = time.time() if sent else None
        elif quiet_since is None:
            quiet_since = time.time()
        found = len({f.id for f in witness.seen if f.kind == "fall"})
        progress(1.0 if sent else min(0.999, (time.time() - begun) / expected_s), found)
