"""The device bench: the demonstration's devices, pressed through the API by administrators in their scope."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.clock import ManualClock
from core.settings import Settings
from simulators.bench import Bench, listening, socket_path
from tests.support.api import EAST, START, ApiHouse, api_house, until

pytestmark = pytest.mark.integration


class FakeDevice:
    """Keeps what it says."""

    def __init__(self, code: str) -> None:
        self.identity = SimpleNamespace(code=code)
        self.said: list[dict[str, Any]] = []
        self.powered = True
        self.cut = threading.Event()

    def sequence(self, stream: str) -> int:
        return 1

    def say(self, stream: str, payload: dict[str, Any]) -> None:
        self.said.append(payload)

    def lose_power(self) -> None:
        self.powered = False
        self.cut.set()


class FakeLife:
    """A community of two homes: a button in each."""

    def __init__(self) -> None:
        kinds = {"b1": "button", "b2": "button", "p1": "pir"}
        self.devices = {code: FakeDevice(code) for code in kinds}
        rows = [{"code": code, "kind": kind} for code, kind in kinds.items()]
        self.houses = [SimpleNamespace(document={"devices": rows})]
        self.clock = ManualClock(int(START.timestamp()) * 1_000_000)
        self.battery: dict[str, float] = {}
        self.links = {code: SimpleNamespace(cancel=lambda: None) for code in kinds}

    def say_status(self, device: FakeDevice, now: int, uptime_s: int, rssi: int) -> None:
        device.say("status", {"battery": self.battery[device.identity.code]})


@contextmanager
def demonstration(life: FakeLife, path: Path) -> Iterator[None]:
    """The demo's process, in a thread."""
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        async with listening(Bench(cast("Any", SimpleNamespace(life=life, links=life.links))), path):
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    until(path.exists)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(60)
        loop.close()


@pytest.fixture
def house(dsn: str, shelf: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, shelf) as built, built.serves():
        yield built


def test_a_button_is_pressed_and_the_device_says_so(house: ApiHouse) -> None:
    life = FakeLife()
    chief = house.person("administrator", EAST)
    path = socket_path(Settings(data_dir=house.folder))  # type: ignore[call-arg]
    with demonstration(life, path):
        found = {one["code"]: one["presses"] for one in chief.get("/bench/devices")["items"]}
        power = ["battery_low", "battery_flat", "on"]
        assert found == {"b1": ["sos", *power], "p1": power}  # b2 hangs in the west
        pressed = chief.post("/bench/devices/b1/press", what="sos")
        assert pressed.json() == {"sent_at": START.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
        assert [one["kind"] for one in life.devices["b1"].said] == ["button"]
        assert chief.post("/bench/devices/p1/press", what="battery_low").status_code == 200
        assert life.devices["p1"].said == [{"battery": 0.06}]
        assert chief.post("/bench/devices/p1/press", what="battery_flat").status_code == 200
        assert life.devices["p1"].said[-1] == {"battery": 0.0}
        assert life.devices["p1"].cut.wait(60), "it is gone after its last word"
        assert "p1" not in life.links
        flat = {one["code"]: one["presses"] for one in chief.get("/bench/devices")["items"]}
        assert flat["p1"] == ["on"]
        assert chief.post("/bench/devices/p1/press", what="battery_low").status_code == 404
        for code, what in (("b1", "fall"), ("b2", "sos"), ("nothing", "sos")):
            assert chief.post(f"/bench/devices/{code}/press", what=what).status_code == 404
        assert chief.post("/bench/devices/b1/press", what="; DROP").status_code == 422
        assert house.person("operator", EAST).http.get("/bench/devices").status_code == 403
    assert life.devices["b2"].said == []


def test_without_a_demonstration_there_is_no_bench(house: ApiHouse) -> None:
    chief = house.person("administrator", EAST)
    assert chief.http.get("/bench/devices").status_code == 404
    assert chief.post("/bench/devices/b1/press", what="sos").status_code == 404
