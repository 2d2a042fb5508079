"""What goes wrong in the demo, about once a minute: falls, pressed buttons, smoke, lost devices, garbage."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from core.instant import MINUTE
from simulators import answers, falling, vitals, wire
from simulators.device import Device
from simulators.fleet import Broker
from simulators.life import Life, Wearer

log = logging.getLogger(__name__)

T = TypeVar("T")

Happening = Callable[["Stage"], Awaitable[None]]


class NobodyThere(LookupError):
    """There is nobody, or no device, to whom this could happen now."""


class Stage:
    """Where things happen: the life of the community, the broker, and the dice."""

    def __init__(self, life: Life, broker: Broker, links: dict[str, asyncio.Task[None]], seed: int) -> None:
        self.life = life
        self.broker = broker
        self.links = links
        self.draw = np.random.default_rng([seed, life.clock.now() // MINUTE, 11])

    def anybody(self) -> Wearer:
        """Somebody who is not lying somewhere already."""
        now = self.life.clock.now()
        free = [
            w
            for w in self.life.wearers
            if w.fate is None and not w.quiet and self.life.hushed.get(w.house.code, 0) < now
        ]
        return self._one(free)

    def any_device(self, kind: str) -> Device:
        """A device of this kind in some home."""
        return self.life.devices[self._one([h.others[kind] for h in self.life.houses if kind in h.others])]

    def any_sensor(self) -> Device:
        """A sensor that is on line, where somebody stirs."""
        codes = [house.codes[0] for house in self.life.houses if house.code not in self.life.silent]
        return self.life.devices[self._one([code for code in codes if code in self.links])]

    def _one(self, of: Sequence[T]) -> T:
        if not of:
            raise NobodyThere
        return of[int(self.draw.integers(len(of)))]

    async def pause(self, seconds: float) -> None:
        """Let time pass by the community's clock."""
        await asyncio.sleep(self.life.clock.sleep_s(seconds))


async def fall_and_lie(stage: Stage) -> None:
    """Somebody falls and cannot get up."""
    wearer = stage.anybody()
    wearer.says = answers.NOTHING
    kind = str(stage.draw.choice([k for k in falling.KINDS if k != "slide"]))
    wearer.fate = falling.fall(kind, wearer.draw, lead_s=6, still_s=75).track
    stage.life.hush(wearer.house, 6)


async def fall_and_rise(stage: Stage) -> None:
    """Somebody falls and is up again after a quarter of a minute; asked whether all is well, they say yes,
    no, or nothing."""
    wearer = stage.anybody()
    wearer.says = str(stage.draw.choice(answers.BEHAVIOURS, p=(0.4, 0.2, 0.4)))
    kind = str(stage.draw.choice(["trip", "forward", "sideways"]))
    wearer.fate = falling.fall(kind, wearer.draw, lead_s=6, still_s=25, up_again_s=12).track


async def press(stage: Stage) -> None:
    """Somebody presses the SOS button."""
    _switch(stage, stage.any_device("button"), "button", 1)


async def smoke(stage: Stage) -> None:
    """Something burns on the stove; the air clears after two minutes."""
    await _alarm(stage, "smoke", 120)


async def gas(stage: Stage) -> None:
    """Gas is smelt for a minute and a half."""
    await _alarm(stage, "gas", 90)


async def water(stage: Stage) -> None:
    """The bath runs over."""
    await _alarm(stage, "water", 180)


async def lose(stage: Stage) -> None:
    """A device vanishes without a word and is back after six minutes."""
    device = stage.any_sensor()
    stage.links.pop(device.identity.code).cancel()
    device.link.cut()
    await stage.pause(360)
    stage.links[device.identity.code] = asyncio.create_task(device.link.keep(stage.broker))


async def run_down(stage: Stage) -> None:
    """A battery is nearly empty."""
    wearer = stage.anybody()
    stage.life.battery[wearer.device.identity.code] = 0.06
    stage.life.say_status(wearer.device, stage.life.clock.now(), 3600, -71)


async def ill(stage: Stage) -> None:
    """A cuff measures a pressure that needs a doctor, twice."""
    device = stage.any_device("cuff")
    house = next(h for h in stage.life.houses if h.others.get("cuff") == device.identity.code)
    for _ in range(2):
        now = stage.life.clock.now()
        values = vitals.spot(house.home.people[0], now) | {"systolic": 192.0, "diastolic": 112.0}
        device.say("vital", wire.vital(now, device.sequence("vital"), values))
        await stage.pause(70)


async def garble(stage: Stage) -> None:
    """A broken device sends what nobody can understand, each thing wrong in its own way."""
    device = stage.any_device("cuff")
    now = stage.life.clock.now()
    broken: Sequence[tuple[str, bytes]] = (
        ("vital", b'{"t":17322300'),
        ("vital", wire.encode(wire.vital(now, device.sequence("vital"), {"heart_rate": 4000.0}))),
        ("event", wire.encode({"t": now // 1000, "seq": 1, "kind": "earthquake", "state": 1})),
        ("vital", b""),
        ("weather", b'{"t":1}'),
    )
    for stream, payload in broken:
        device.link.send(device.topic(stream), payload)


REPERTOIRE: tuple[tuple[Happening, int], ...] = (
    (fall_and_lie, 5),
    (fall_and_rise, 4),
    (press, 4),
    (smoke, 2),
    (gas, 1),
    (water, 1),
    (lose, 2),
    (run_down, 1),
    (ill, 2),
    (garble, 2),
)
"""What may happen, and how often compared with the others."""

OPENING: tuple[Happening, ...] = (fall_and_lie, press, smoke, fall_and_rise, garble, ill, lose, water)
"""What a visitor sees in the first minutes: one of each."""


def _switch(stage: Stage, device: Device, kind: str, state: int) -> None:
    device.say("event", wire.event(stage.life.clock.now(), device.sequence("event"), kind, state))


async def _alarm(stage: Stage, kind: str, seconds: float) -> None:
    device = stage.any_device(kind)
    _switch(stage, device, kind, 1)
    await stage.pause(seconds)
    _switch(stage, device, kind, 0)


async def play(stage: Stage, every_s: float) -> None:
    """Let something happen about every `every_s` seconds, for ever."""
    running: set[asyncio.Task[None]] = set()
    for happening in _programme(stage):
        log.info("something happens", extra={"happening": happening.__name__})
        task = asyncio.create_task(_happen(happening, stage))
        running.add(task)
        task.add_done_callback(running.discard)
        await stage.pause(every_s * stage.draw.uniform(0.7, 1.3))


async def _happen(happening: Happening, stage: Stage) -> None:
    try:
        await happening(stage)
    except NobodyThere:
        log.info("nobody there for it", extra={"happening": happening.__name__})


def _programme(stage: Stage) -> Iterator[Happening]:
    yield from OPENING
    weights = np.array([weight for _, weight in REPERTOIRE], float)
    while True:
        yield REPERTOIRE[int(stage.draw.choice(len(REPERTOIRE), p=weights / weights.sum()))][0]
