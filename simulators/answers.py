"""Are you all right? What a wearer does when the wearable on their wrist asks (docs/protocol.md)."""

import asyncio
from collections.abc import Callable

import msgspec

from core.clock import Clock
from core.instant import SECOND
from simulators import wire
from simulators.device import Device

ALL_RIGHT, NEED_HELP, NOTHING = "all_right", "need_help", "nothing"
BEHAVIOURS = (ALL_RIGHT, NEED_HELP, NOTHING)


class _Command(msgspec.Struct):
    cmd: str
    id: str = ""
    until: int = 0


class Wearer:
    """Hears the commands of a wearable and answers each question once, as `behaviour` says.

    Attributes:
        behaviour: gives one of BEHAVIOURS at each question.
        after_s: seconds of the clock from the question to the press.
        asked: ids of all questions heard.
    """

    def __init__(
        self, device: Device, clock: Clock, behaviour: Callable[[], str], after_s: float = 4
    ) -> None:
        self._device, self._clock = device, clock
        self.behaviour, self.after_s = behaviour, after_s
        self.asked: list[str] = []
        device.link.on_message = self.hear
        device.link.subscribe(device.topic("cmd"))

    def hear(self, topic: str, payload: bytes) -> None:
        """A command comes; what is none, and what was asked before, changes nothing."""
        try:
            said = msgspec.json.decode(payload, type=_Command)
        except msgspec.DecodeError:
            return
        if said.cmd != "ask_ok" or said.id in self.asked:
            return
        self.asked.append(said.id)
        what = self.behaviour()
        in_time = self._clock.now() + self.after_s * SECOND <= said.until * 1000
        if what != NOTHING and in_time:
            asyncio.get_running_loop().call_later(self._clock.sleep_s(self.after_s), self.press, what)

    def press(self, what: str) -> None:
        """The wearer presses one of the two buttons."""
        event = wire.event(self._clock.now(), self._device.sequence("event"), what, 1)
        self._device.say("event", event)
