"""Open-loop load: messages are due when the plan says, not when the last one came back.

A slow server therefore shows as latency and not as a lower rate: every latency counts from the instant at
which the message should have been sent (no coordinated omission).
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.instant import SECOND
from simulators import falling, wire
from simulators.device import Device, Identity, joined
from simulators.fleet import Broker
from simulators.wearables import Chip, Samples, activity, sample

MOTION, VITAL, EVENT, FALL = range(4)
"""What a message is: an ordinary window, vital signs, an event, a window out of a simulated fall."""

SENT = np.dtype(
    [
        ("device", "i4"),
        ("kind", "i1"),
        ("t", "i8"),
        ("seq", "i8"),
        ("due", "f8"),
        ("sent", "f8"),
        ("acked", "f8"),
    ]
)
"""One message. `t`: its own instant, Unix microseconds (whole milliseconds), as `reading.time` or
`motion.time` without the last three digits, which the server fills with `seq` % 1000. `due`, `sent`, `acked`:
real instants, seconds (time.time); `acked` is NaN when the broker did not acknowledge in time."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the kinds of messages; the rest are events. `falls` simulated falls a second come on top."""

    motion: float = 0.6
    vital: float = 0.2
    falls: float = 0.0
    window_s: float = 1.0
    hz: float = 50


@dataclass(eq=False)
class Load:
    """A running load.

    Attributes:
        rows: records of SENT, one a message.
        fallen: (device, instant of impact, Unix microseconds) of each simulated fall.
    """

    devices: Sequence[Device]
    mix: Mix
    rows: NDArray[np.void]
    fallen: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0

    def send(self, index: int, kind: int, payload: wire.Payload, due: float) -> None:
        """Hand one message to the device's connection and note when."""
        stream = ("motion", "vital", "event", "motion")[kind]
        at, self.count = self.count, self.count + 1
        row = self.rows[at]
        row["device"], row["kind"], row["t"], row["seq"] = index, kind, payload["t"] * 1000, payload["seq"]
        row["due"], row["acked"] = due, np.nan
        device = self.devices[index]
        row["sent"] = time.time()
        acked = self.rows["acked"]

        def acknowledged() -> None:
            acked[at] = time.time()

        device.link.send(device.topic(stream), wire.encode(payload), done=acknowledged)


async def run_load(
    identities: Sequence[Identity],
    broker: Broker,
    *,
    rate: float,
    seconds: float,
    mix: Mix | None = None,
    seed: int = 0,
) -> Load:
    """Send `rate` messages a second for `seconds` over one connection a device; open loop.

    The devices must be installed. Messages take turns over the devices, so each device's stream is in order.
    Returns after every acknowledgement, or ten seconds after the last message.
    """
    mix = mix or Mix()
    now = time.time_ns() // 1000
    async with joined([Device(identity, now) for identity in identities], broker) as devices:
        total = int(rate * seconds) + int(mix.falls * seconds + 1) * int(30 / mix.window_s)
        load = Load(devices, mix, np.zeros(total, SENT))
        begun = time.time() + 0.2
        falls = [
            asyncio.create_task(_fall(load, number % len(devices), begun + number / mix.falls, seed + number))
            for number in range(int(mix.falls * seconds))
        ]
        await _steady(load, rate, seconds, begun, seed)
        await asyncio.gather(*falls)
        deadline = time.time() + 10
        while time.time() < deadline and any(device.link.unacknowledged for device in devices):
            await asyncio.sleep(0.01)
    load.rows = load.rows[: load.count]
    return load


async def _steady(load: Load, rate: float, seconds: float, begun: float, seed: int) -> None:
    """The even stream: message n is due at begun + n / rate."""
    draw = np.random.default_rng(seed)
    total = int(rate * seconds)
    edges = np.cumsum([load.mix.motion, load.mix.vital])
    kinds = np.searchsorted(edges, draw.random(total), side="right")
    ordinary = _ordinary(load.mix, draw)
    for number in range(total):
        due = begun + number / rate
        early = due - time.time()
        if early > 0.0005:
            await asyncio.sleep(early)
        elif number % 50 == 0:
            await asyncio.sleep(0)  # late already, but acknowledgements must be read
        index = number % len(load.devices)
        load.send(
            index, int(kinds[number]), _payload(load, index, int(kinds[number]), due, ordinary, number), due
        )


def _ordinary(mix: Mix, draw: np.random.Generator) -> list[Samples]:
    """A minute of ordinary life, cut into windows."""
    size = round(mix.hz * mix.window_s)
    samples = sample(activity(draw, 60), Chip(hz=mix.hz), draw)
    return [samples[at : at + size] for at in range(0, len(samples) - size, size)]


def _payload(
    load: Load, index: int, kind: int, due: float, ordinary: list[Samples], number: int
) -> wire.Payload:
    device, t = load.devices[index], round(due * SECOND)
    if kind == MOTION:
        start = t - round(load.mix.window_s * SECOND)
        acc = ordinary[number % len(ordinary)]
        return wire.motion(start, device.sequence("motion"), load.mix.hz, acc, "wrist")
    if kind == VITAL:
        values = {"heart_rate": 60.0 + number % 40, "spo2": 97.0}
        return wire.vital(t, device.sequence("vital"), values)
    return wire.event(t, device.sequence("event"), "presence", 1, "bedroom")


async def _fall(load: Load, index: int, begin: float, seed: int) -> None:
    """One simulated fall, window by window, each due when its last sample is taken."""
    draw = np.random.default_rng([seed, 99])
    fall = falling.fall("forward", draw, lead_s=6, still_s=12)
    samples = sample(fall.track, Chip(hz=load.mix.hz), draw)
    start = round(begin * SECOND) // 1000 * 1000
    load.fallen.append((index, start + round(fall.impact_s * SECOND)))
    size = round(load.mix.hz * load.mix.window_s)
    for number, at in enumerate(range(0, len(samples) - size, size)):
        due = begin + (number + 1) * load.mix.window_s
        await asyncio.sleep(max(0.0, due - time.time()))
        device = load.devices[index]
        t = start + round(number * load.mix.window_s * SECOND)
        payload = wire.motion(t, device.sequence("motion"), load.mix.hz, samples[at : at + size], "wrist")
        load.send(index, FALL, payload, due)
