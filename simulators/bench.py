"""The device bench: the buttons of the demo's virtual devices, pressed from outside.

The devices' connections are held by the demo's process; it listens on a socket in the data folder that only
its own user may open. One line of JSON is a question, one line the answer:

    {"ask": "devices"}                               -> {"presses": {"<code>": ["fall", ...], ...}}
    {"ask": "press", "device": "<code>", "what": ...} -> {"sent_at": <Unix us>} or {"error": "unknown"}
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core.settings import Settings
from simulators import falling, wire
from simulators.answers import ALL_RIGHT, NEED_HELP, NOTHING
from simulators.device import Device
from simulators.happenings import Stage

log = logging.getLogger(__name__)

_SWITCHES: dict[str, tuple[tuple[str, str, int], ...]] = {
    # kind of device -> (button, kind of event, state)
    "button": (("sos", "button", 1),),
    "smoke": (("smoke", "smoke", 1), ("clear", "smoke", 0), ("tamper", "tamper", 1)),
    "gas": (("gas", "gas", 1), ("clear", "gas", 0), ("tamper", "tamper", 1)),
    "co": (("co", "co", 1), ("clear", "co", 0)),
    "water": (("water", "water", 1), ("clear", "water", 0)),
}
_POWER = ("battery_low", "battery_flat", "on")
_DIES_AFTER_S = 0.5
_LONGEST = 4096  # bytes of a question
_WALKS_S = 2.0  # before a fall somebody walks: the detector compares with it


class NoBench(ConnectionError):
    """No demo runs here, or it does not answer."""


def socket_path(settings: Settings) -> Path:
    """Where the demo listens."""
    return settings.data_dir / "run" / "bench.sock"


class Bench:
    """The virtual devices of a stage and their buttons."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._kinds = {
            row["code"]: str(row["kind"]) for house in stage.life.houses for row in house.document["devices"]
        }

    def presses(self) -> dict[str, list[str]]:
        """The buttons of each device; devices without any are absent."""
        found = {code: self._buttons(code) for code in self._kinds}
        return {code: buttons for code, buttons in found.items() if buttons}

    def _buttons(self, code: str) -> list[str]:
        kind = self._kinds[code]
        if not self._stage.life.devices[code].powered:
            return ["on"]
        if kind == "wearable":
            return ["fall", ALL_RIGHT, NEED_HELP, *_POWER]
        return [*(name for name, _, _ in _SWITCHES.get(kind, ())), *_POWER]

    def press(self, code: str, what: str) -> int | None:
        """Do it now; the instant, or None when there is no such device or button."""
        if code not in self._kinds or what not in self._buttons(code):
            return None
        life, device = self._stage.life, self._stage.life.devices[code]
        now = life.clock.now()
        if what in _POWER:
            self._charge(device, what, now)
        elif what == "fall":
            self._fall(code)
        elif what in (ALL_RIGHT, NEED_HELP):
            device.say("event", wire.event(now, device.sequence("event"), what, 1))
        else:
            self._switch(device, what, now)
        return now

    def _charge(self, device: Device, what: str, now: int) -> None:
        """The battery runs low, or out (a last word, and the device is gone), or is charged again."""
        code, life = device.identity.code, self._stage.life
        life.battery[code] = {"battery_low": 0.06, "battery_flat": 0.0, "on": 0.95}[what]
        device.powered = True
        if what == "on" and code not in self._stage.links:
            keep = device.link.keep(self._stage.broker, patience_s=2)
            self._stage.links[code] = asyncio.create_task(keep)
        life.say_status(device, now, 3600, -71)
        if what == "battery_flat":
            asyncio.get_running_loop().call_later(_DIES_AFTER_S, self._vanish, device)

    def _vanish(self, device: Device) -> None:
        if self._stage.life.battery[device.identity.code] > 0:
            return  # it was charged in the meantime
        if task := self._stage.links.pop(device.identity.code, None):
            task.cancel()
        device.lose_power()

    def _fall(self, code: str) -> None:
        life = self._stage.life
        wearer = next(one for one in life.wearers if one.device.identity.code == code)
        wearer.says = NOTHING  # the technician answers for them
        wearer.fate = falling.fall("forward", wearer.draw, lead_s=_WALKS_S, still_s=75).track
        life.hush(wearer.house, 6)

    def _switch(self, device: Device, what: str, now: int) -> None:
        kind = self._kinds[device.identity.code]
        event, state = next((event, state) for name, event, state in _SWITCHES[kind] if name == what)
        device.say("event", wire.event(now, device.sequence("event"), event, state))

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question."""
        if question.get("ask") == "devices":
            return {"presses": self.presses()}
        if question.get("ask") == "press":
            sent_at = self.press(str(question.get("device")), str(question.get("what")))
            return {"error": "unknown"} if sent_at is None else {"sent_at": sent_at}
        return {"error": "unknown"}


@asynccontextmanager
async def listening(bench: Bench, path: Path) -> AsyncIterator[None]:
    """While inside, questions that come to `path` are answered; a path too long for a socket is said."""

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads(await reader.readline())
            said = bench.answer(question if isinstance(question, dict) else {})
        except (ValueError, asyncio.LimitOverrunError):
            said = {"error": "unknown"}
        writer.write(json.dumps(said).encode() + b"\n")
        await writer.drain()
        writer.close()

    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    try:
        server = await asyncio.start_unix_server(answered, path, limit=_LONGEST)
    except OSError as error:
        log.warning("there is no device bench", extra={"error": type(error).__name__})
        yield
        return
    path.chmod(0o600)
    async with server:
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


async def ask(settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    """The demo's answer; raises NoBench."""
    try:
        async with asyncio.timeout(3):
            reader, writer = await asyncio.open_unix_connection(socket_path(settings), limit=1 << 20)
            try:
                writer.write(json.dumps(question).encode() + b"\n")
                said = json.loads(await reader.readline())
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError) as error:
        raise NoBench from error
    if not isinstance(said, dict):
        raise NoBench
    return said
