"""What the devices post when a step of a timeline is played."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path
from typing import Any

import numpy as np

from analytics.falls import dataset
from analytics.falls.dataset import Trial
from core.instant import SECOND
from simulators import falling, homes, wire
from simulators.body import Track, join
from simulators.daily import clap, pose, rest
from simulators.post import Post, Sender
from simulators.scenarios.document import BadScenario, Device, Scenario
from simulators.scenarios.steps import (
    Falls,
    Is,
    Measures,
    Moves,
    Presses,
    Replays,
    Reports,
    Says,
    Step,
    Switches,
)
from simulators.wearables import Chip, activity, mounting, sample, windows

WINDOW_S = 2.0
LEAD_S = 6.0
_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the devices of a scenario by their name in it, and when it begins and ends."""

    scenario: Scenario
    begin: int
    end: int
    devices: Mapping[str, tuple[Sender, Device]]

    def instant(self, seconds: float) -> int:
        """The instant `seconds` after the beginning."""
        return self.begin + round(seconds * SECOND)

    def sender(self, code: str) -> Sender:
        """The connection of a device."""
        return self.devices[code][0]

    def post(self, device: str, stream: str, at: int, body: dict[str, Any]) -> Post:
        """One message of `device` at `at`."""
        return Post(at, self.sender(device), stream, (body,), retain=stream == "status")


def played(step: Step, number: int, cast: Cast) -> Iterator[Post]:
    """The posts of the `number`-th step, in order of time; none where it is people who act."""
    draw = np.random.default_rng([cast.scenario.seed, number, getattr(step, "seed", 1)])
    return _posts(step, cast, draw)


@singledispatch
def _posts(step: Any, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    return iter(())


@_posts.register
def _(step: Falls, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    rises = None if step.rises is None else float(step.rises)
    _, device = cast.devices[step.device]
    site = device.site or "wrist"
    fall = falling.fall(step.kind, draw, site=site, lead_s=LEAD_S, still_s=step.lies, up_again_s=rises)
    begin = cast.instant(step.at) - round(fall.impact_s * SECOND)
    return _motion(fall.track, begin, step.device, cast, draw)


@_posts.register
def _(step: Moves, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    _, device = cast.devices[step.device]
    site = device.site or "wrist"
    if step.how == "active":
        track = activity(draw, step.lasts, site)
    elif step.how == "still":
        track = rest(pose(site, "lap", draw), step.lasts, draw)
    else:
        track = join(*(clap(draw, site) for _ in range(max(1, round(step.lasts / 4)))))
    return _motion(track, cast.instant(step.at), step.device, cast, draw)


def _motion(track: Track, begin: int, code: str, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    """Windows of a movement, each posted when its last sample is taken."""
    _, device = cast.devices[code]
    chip = Chip(device.hz, device.range_g, device.step_mg, turn=mounting(np.random.default_rng(len(code))))
    samples = sample(track, chip, draw)
    for at, acc in windows(samples, device.hz, begin, WINDOW_S):
        body = wire.motion(at, 0, device.hz, acc, device.site or "wrist")
        del body["seq"]
        yield cast.post(code, "motion", at + round(len(acc) / device.hz * SECOND), body)


@_posts.register
def _(step: Replays, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    trial = recording(step.data, step.trial)
    for at, acc in windows(np.asarray(trial.samples), trial.hz, cast.instant(step.at), WINDOW_S):
        body = wire.motion(at, 0, trial.hz, acc, trial.placement)
        del body["seq"]
        yield cast.post(step.device, "motion", at + round(len(acc) / trial.hz * SECOND), body)


def recording(data: str, name: str) -> Trial:
    """A recorded trial by name; raises BadScenario when it is not there."""
    folder = Path(os.environ.get("NOWALLS_DATA", "")) / "falls" / data
    try:
        found = next((trial for trial in dataset.load(folder) if trial.trial == name), None)
    except (dataset.BadDataset, OSError) as error:
        raise BadScenario(f"no recordings {data} in NOWALLS_DATA: {error}") from error
    if found is None:
        raise BadScenario(f"no trial {name} in {data}")
    return found


@_posts.register
def _(step: Presses, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    for n in range(step.times):
        at = cast.instant(step.at + n * step.every)
        yield cast.post(step.device, "event", at, {"t": at // 1000, "kind": "button", "state": 1})


@_posts.register
def _(step: Switches, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    _, device = cast.devices[step.device]
    kind = step.kind or homes.EVENTS.get(device.kind, device.kind)
    changes = [(step.at + n * step.every, step.state) for n in range(step.times)]
    if step.back_after is not None:
        changes += [(at + step.back_after, 1 - step.state) for at, _ in changes]
    for after, state in sorted(changes):
        at = cast.instant(after)
        body: dict[str, Any] = {"t": at // 1000, "kind": kind, "state": state}
        yield cast.post(step.device, "event", at, body | ({"room": device.room} if device.room else {}))


@_posts.register
def _(step: Measures, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    for n in range(step.times):
        at = cast.instant(step.at + n * step.every)
        values = {name: round(v + n * step.change.get(name, 0), 2) for name, v in step.values.items()}
        yield cast.post(step.device, "vital", at, {"t": at // 1000, **values})


@_posts.register
def _(step: Is, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    for n in range(step.times):
        at = cast.instant(step.at + n * step.every)
        lat = step.lat + n * step.north_m / _METRES_A_DEGREE
        lon = step.lon + n * step.east_m / (_METRES_A_DEGREE * float(np.cos(np.radians(step.lat))))
        place = {"lat": round(lat, 7), "lon": round(lon, 7), "accuracy_m": step.accuracy_m}
        yield cast.post(step.device, "position", at, {"t": at // 1000, **place, "datum": step.datum})


@_posts.register
def _(step: Reports, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    at = cast.instant(step.at)
    body: dict[str, Any] = {"t": at // 1000, "online": True, "rssi": step.rssi, "uptime_s": 3600}
    body |= {} if step.battery is None else {"battery": step.battery}
    yield cast.post(step.device, "status", at, body)


@_posts.register
def _(step: Says, cast: Cast, draw: np.random.Generator) -> Iterator[Post]:
    at, sender = cast.instant(step.at), cast.sender(step.device)
    if step.text or step.size:
        yield Post(at, sender, step.stream, step.text.encode() or b"x" * step.size)
    else:
        yield Post(at, sender, step.stream, ({"t": at // 1000, **step.fields},))
