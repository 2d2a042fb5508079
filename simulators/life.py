"""A community alive in real time: its sensors, its wearables and what its devices say of themselves."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from core.clock import Clock
from core.instant import HOUR, MINUTE, SECOND
from simulators import answers, homes, people, places, vitals, wire
from simulators.body import Track
from simulators.daily import pose, rest
from simulators.device import Device
from simulators.people import OUTSIDE, Person
from simulators.village import Household
from simulators.wearables import Chip, Samples, activity, mounting, sample, windows

WINDOW_S = 2.0
STILL_EVERY_S = (6.0, 14.0)
_CHIP_HZ = 50.0


@dataclass(eq=False)
class Wearer:
    """Somebody with a wearable; `fate` is a movement that must be lived through next (a fall), `says` what
    they press when they are asked whether all is well."""

    person: Person
    house: Household
    device: Device
    draw: np.random.Generator
    chip: Chip
    fate: Track | None = None
    quiet: bool = False
    says: str = answers.NOTHING


@dataclass(eq=False)
class Life:
    """Everything that goes on by itself.

    Attributes:
        devices: by code, all connected by their own links.
        hushed: homes whose sensors see nobody before this instant (somebody lies there).
        silent: homes where nobody has stirred for hours.
        battery: charge of each device, 0 to 1.
    """

    houses: list[Household]
    devices: dict[str, Device]
    clock: Clock
    seed: int
    silent: frozenset[str] = frozenset()
    hushed: dict[str, int] = field(default_factory=dict)
    battery: dict[str, float] = field(default_factory=dict)
    wearers: list[Wearer] = field(default_factory=list)

    def __post_init__(self) -> None:
        for house in self.houses:
            for someone, code in zip(house.home.people, house.wearables, strict=True):
                draw = np.random.default_rng([self.seed, someone.number, self.clock.now() // SECOND])
                chip = Chip(hz=_CHIP_HZ, turn=mounting(np.random.default_rng([self.seed, someone.number])))
                quiet = house.code in self.silent
                wearer = Wearer(someone, house, self.devices[code], draw, chip, quiet=quiet)
                answers.Wearer(wearer.device, self.clock, partial(getattr, wearer, "says"), after_s=7)
                self.wearers.append(wearer)
        for index, code in enumerate(self.devices):
            self.battery[code] = 0.55 + 0.44 * ((index * 37) % 100) / 100

    async def run(self) -> None:
        """Live until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for house in self.houses:
                tasks.create_task(self._sensors(house))
                for device in self._reporting(house):
                    tasks.create_task(self._status(*device))
                if "cuff" in house.others:
                    tasks.create_task(self._cuff(house))
            for wearer in self.wearers:
                tasks.create_task(self._wear(wearer))
                tasks.create_task(self._pulse(wearer))
                tasks.create_task(self._track(wearer))

    async def until(self, instant: int) -> None:
        """Wait until the clock shows `instant`."""
        while (left := instant - self.clock.now()) > 0:
            await asyncio.sleep(min(self.clock.sleep_s(left / SECOND), 3600))

    async def _sensors(self, house: Household) -> None:
        since = self.clock.now()
        while True:
            for seen in homes.sightings(house.home, since, since + HOUR):
                await self.until(int(seen["time"]))
                hushed = house.code in self.silent or self.hushed.get(house.code, 0) > seen["time"]
                if not hushed:
                    self.report(house, int(seen["sensor"]), int(seen["time"]), int(seen["state"]))
            since += HOUR
            await self.until(since)

    def report(self, house: Household, sensor: int, at: int, state: int) -> None:
        """A sensor of the household says what it saw."""
        kind = house.home.sensors[sensor]
        device = self.devices[house.codes[sensor]]
        seq = device.sequence("event")
        device.say("event", wire.event(at, seq, homes.EVENTS[kind.kind], state, kind.room))

    def _reporting(self, house: Household) -> Iterable[tuple[Device, int]]:
        for row in house.document["devices"]:
            if "report_every_s" in row:
                yield self.devices[row["code"]], int(row["report_every_s"])

    async def _status(self, device: Device, every_s: int) -> None:
        draw = np.random.default_rng([self.seed, *device.identity.code.encode()])
        begun = self.clock.now()
        await asyncio.sleep(self.clock.sleep_s(draw.uniform(0, 10)))
        while True:
            now = self.clock.now()
            self.say_status(device, now, (now - begun) // SECOND, int(draw.normal(-64, 5)))
            await asyncio.sleep(self.clock.sleep_s(every_s * draw.uniform(0.85, 1.0)))

    def say_status(self, device: Device, now: int, uptime_s: int, rssi: int) -> None:
        """Battery, signal and uptime, kept by the broker for who asks later."""
        code = device.identity.code
        self.battery[code] = max(0.0, self.battery[code] - 2e-6 * 60)
        payload = wire.status(
            now, device.sequence("status"), battery=self.battery[code], rssi=rssi, uptime_s=uptime_s
        )
        device.say("status", payload, retain=True)

    async def _pulse(self, wearer: Wearer) -> None:
        while True:
            await asyncio.sleep(self.clock.sleep_s(wearer.draw.uniform(240, 420)))
            now = self.clock.now()
            values = vitals.pulse(wearer.person, now)
            wearer.device.say("vital", wire.vital(now, wearer.device.sequence("vital"), values))

    async def _track(self, wearer: Wearer) -> None:
        """Where somebody is, each minute while they are out; nothing of who is lying somewhere."""
        home = (wearer.house.document["lat"], wearer.house.document["lon"])
        since = self.clock.now()
        while True:
            for at, *fix in places.fixes(wearer.person, home, since, since + HOUR):
                await self.until(at)
                if not wearer.quiet and self.hushed.get(wearer.house.code, 0) <= at:
                    said = wire.position(at, wearer.device.sequence("position"), *fix)
                    wearer.device.say("position", said)
            since += HOUR
            await self.until(since)

    async def _cuff(self, house: Household) -> None:
        """Mornings and evenings as people do, and more often than they would, so that a visitor sees some."""
        device, someone = self.devices[house.others["cuff"]], house.home.people[0]
        draw = np.random.default_rng([self.seed, house.home.number, self.clock.now() // SECOND])
        while True:
            await asyncio.sleep(self.clock.sleep_s(draw.uniform(300, 1500)))
            now = self.clock.now()
            device.say("vital", wire.vital(now, device.sequence("vital"), vitals.spot(someone, now)))

    async def _wear(self, wearer: Wearer) -> None:
        draw = wearer.draw
        await asyncio.sleep(self.clock.sleep_s(draw.uniform(0, STILL_EVERY_S[1])))
        while True:
            if wearer.fate is not None:
                track, wearer.fate = wearer.fate, None
                await self._move(wearer, track)
            elif draw.random() < self._liveliness(wearer):
                await self._move(wearer, activity(draw, draw.uniform(10, 30)))
            else:
                await self._keep_still(wearer)

    def _liveliness(self, wearer: Wearer) -> float:
        """Chance that the next half minute is movement and not rest."""
        now = self.clock.now()
        if wearer.quiet or self.hushed.get(wearer.house.code, 0) > now:
            return 0.0
        day = people.day(wearer.person, people.day_number(wearer.person, now))
        if now < day.starts[0]:
            day = people.day(wearer.person, people.day_number(wearer.person, now) - 1)
        at = int(np.searchsorted(day.starts, now, side="right")) - 1
        return 0.7 if day.rooms[at] == OUTSIDE else min(0.5, 0.6 * float(day.activity[at]))

    async def _move(self, wearer: Wearer, track: Track) -> None:
        """Send a movement window by window, each when its last sample is taken."""
        start = self.clock.now()
        samples = sample(track, wearer.chip, wearer.draw)
        for at, acc in windows(samples, wearer.chip.hz, start, WINDOW_S):
            await self.until(at + round(len(acc) / wearer.chip.hz * SECOND))
            self._say_motion(wearer, [(at, acc)])

    async def _keep_still(self, wearer: Wearer) -> None:
        """Half a minute of rest, of which only a sign of life now and then is sent.

        Each is two short windows that join: from windows with equal gaps nobody could tell a device that
        sleeps in between from one that lies about its rate.
        """
        up = pose("wrist", "lap", wearer.draw)
        for _ in range(3):
            start = self.clock.now()
            samples = sample(rest(up, WINDOW_S, wearer.draw), wearer.chip, wearer.draw)
            await self.until(start + round(WINDOW_S * SECOND))
            self._say_motion(wearer, list(windows(samples, wearer.chip.hz, start, WINDOW_S / 2)))
            await asyncio.sleep(self.clock.sleep_s(wearer.draw.uniform(*STILL_EVERY_S) - WINDOW_S))
            if wearer.fate is not None:
                return

    def _say_motion(self, wearer: Wearer, pieces: Sequence[tuple[int, Samples]]) -> None:
        device, hz = wearer.device, wearer.chip.hz
        said = [wire.motion(at, device.sequence("motion"), hz, acc, "wrist") for at, acc in pieces]
        device.say("motion", said if len(said) > 1 else said[0])

    def hush(self, house: Household, minutes: float) -> None:
        """Nobody moves about in this home for a while."""
        self.hushed[house.code] = self.clock.now() + round(minutes * MINUTE)
