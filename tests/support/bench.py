"""A wearable on a technician's bench, who does what the conformance kit asks for."""

import asyncio
import json
import threading
import time
from collections.abc import Coroutine
from typing import Any

import numpy as np

from core.instant import SECOND
from simulators import wire
from simulators.device import Device, Identity
from simulators.fleet import Broker

REST = np.tile(np.array([0, 0, 1000], np.int16), (50, 1))


class Bench:
    """The device speaks every second from a loop of its own; `do` is what the technician does with it.

    `away_s`: how long its network is taken away; it tells of that time as if it had been two minutes.
    """

    def __init__(self, identity: Identity, where: Broker, away_s: float = 120.0) -> None:
        self.device = Device(identity, time.time_ns() // 1000)
        self.device.link.on_message = self._told
        self.device.link.subscribe(self.device.topic("cmd"))
        self._where, self._away_s = where, away_s
        self._answered: set[str] = set()
        self._kept: list[wire.Payload] = []
        self._staying: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._living = asyncio.run_coroutine_threadsafe(self._live(), self._loop)

    def do(self, ask: str) -> None:
        """What the technician is asked for, by the kit's own words."""
        if "Switch the device on" in ask or "power back" in ask:
            self._run(self._switch_on())
        elif "Use it" in ask:
            self._run(self._use())
        elif "network away" in ask:
            self._run(self._lose_network())
        elif "power away" in ask:
            self._run(self._lose_power())

    def close(self) -> None:
        self._living.cancel()
        self._run(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(self._away_s + 60)

    async def _leave(self) -> None:
        if self._staying:
            self._staying.cancel()
        await self.device.link.leave()
        await asyncio.sleep(0.1)

    async def _switch_on(self) -> None:
        self.device.powered = True
        await self._join()
        now = time.time_ns() // 1000
        status = wire.status(now, self.device.sequence("status"), battery=0.9, rssi=-50, uptime_s=1)
        self.device.say("status", status, retain=True)

    async def _join(self) -> None:
        self._staying = asyncio.create_task(self.device.link.keep(self._where, patience_s=1))
        while not self.device.link.open:
            await asyncio.sleep(0.05)

    async def _use(self) -> None:
        now = time.time_ns() // 1000
        for kind, state in (("button", 1), ("service_request", 1)):
            self.device.say("event", wire.event(now, self.device.sequence("event"), kind, state))
        vital = wire.vital(now, self.device.sequence("vital"), {"heart_rate": 71.0})
        self.device.say("vital", vital)

    async def _lose_network(self) -> None:
        self._part()
        await asyncio.sleep(self._away_s)
        now = time.time_ns() // 1000
        kept = [
            wire.vital(now - second * SECOND, self.device.sequence("vital"), {"heart_rate": 70.0})
            for second in range(110, 10, -10)
        ]
        await self._join()
        self.device.say("vital", kept)

    async def _lose_power(self) -> None:
        if self._staying:
            self._staying.cancel()
        self.device.lose_power()

    def _part(self) -> None:
        if self._staying:
            self._staying.cancel()
        self.device.link.cut()

    async def _live(self) -> None:
        while True:
            if self.device.link.open:
                begun = time.time_ns() // 1000 - SECOND
                self.device.say("motion", wire.motion(begun, self.device.sequence("motion"), 50, REST))
            await asyncio.sleep(1)

    def _told(self, topic: str, payload: bytes) -> None:
        said = json.loads(payload)
        now = time.time_ns() // 1000
        if said.get("cmd") == "ask_ok" and said["id"] not in self._answered and said["until"] * 1000 > now:
            self._answered.add(said["id"])
            self.device.say("event", wire.event(now, self.device.sequence("event"), "all_right", 1))
