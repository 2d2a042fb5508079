"""A gateway whose power goes, whose clock is set, whose memory card breaks: as if our mother lived there."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.clock import ManualClock
from core.instant import DAY, HOUR, MINUTE, SECOND
from ingest.edge.gateway import Work
from ingest.edge.process import Process
from ingest.edge.store import KEPT_BYTES, MIB, Store
from ingest.message import Message
from tests.unit.ingest.edge.home import CONFIG, NOW, said

SMOKE, CLEAR = ({"kind": "smoke", "state": state} for state in (1, 0))


class Devices:
    """The home's side of a gateway."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self.siren: list[bytes] = []

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def acknowledge(self, messages: Any) -> None:
        self.acknowledged += len(messages)

    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> int:
        if topic.endswith("/siren"):
            self.siren.append(payload)
        return 1

    @property
    def sounds(self) -> bool | None:
        """What the broker in the home has kept for the siren; None: nothing was ever said."""
        return b'"high"' in self.siren[-1] if self.siren else None


class Up:
    """A line to the platform that takes all that is said."""

    connected, connections = True, 1

    def __init__(self) -> None:
        self.said: list[bytes] = []

    def confirmed(self) -> list[int]:
        return list(range(len(self.said)))

    def commands(self) -> list[Any]:
        return []

    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> int:
        self.said.append(payload)
        return len(self.said) - 1


def gateway(folder: Path, clock: ManualClock, devices: Devices, up: Up | None = None) -> Process:
    """A process just started, as `run` begins."""
    process = Process(CONFIG, folder, clock)
    process._local = devices  # type: ignore[assignment]
    process._uplink = up or Up()  # type: ignore[assignment]
    process.begin()
    return process


def hear(process: Process, clock: ManualClock, **body: Any) -> None:
    process._hear([said("s1", "event", clock.now(), clock.now() // SECOND % 1000, **body)])


@pytest.mark.parametrize("away", [SECOND, 10 * MINUTE])
def test_a_siren_that_the_power_cut_off_sounds_again_only_for_its_time(tmp_path: Path, away: int) -> None:
    clock, devices = ManualClock(NOW), Devices()
    hear(gateway(tmp_path, clock, devices), clock, **SMOKE)
    assert devices.sounds
    clock.instant += away
    gateway(tmp_path, clock, devices)
    assert devices.sounds == (away < 3 * MINUTE), "what its broker kept for it must not sound for ever"


def test_a_kill_between_what_is_kept_and_what_is_said_leaves_no_siren_sounding(tmp_path: Path) -> None:
    clock, devices = ManualClock(NOW), Devices()
    process = gateway(tmp_path, clock, devices)
    hear(process, clock, **SMOKE)
    clock.instant += MINUTE
    process._sound = lambda sound: None  # type: ignore[method-assign]  # killed here
    hear(process, clock, **CLEAR)
    assert devices.sounds
    gateway(tmp_path, clock, devices)
    assert devices.sounds is False


@pytest.mark.parametrize("by", [2 * DAY, -2 * DAY])
def test_a_clock_that_is_set_leaves_a_siren_sounding_for_its_time_and_no_longer(
    tmp_path: Path, by: int
) -> None:
    """A board without a clock of its own learns the time from the network."""
    clock, devices = ManualClock(NOW), Devices()
    process = gateway(tmp_path, clock, devices)
    hear(process, clock, **SMOKE)
    clock.instant += by
    process._ticked = 0.0
    process._pass_time()
    clock.instant += 4 * MINUTE
    process._ticked = 0.0
    process._pass_time()
    assert devices.sounds is False


def test_a_home_is_said_to_live_after_the_clock_was_set_back(tmp_path: Path) -> None:
    clock, devices, up = ManualClock(NOW), Devices(), Up()
    process = gateway(tmp_path, clock, devices, up)

    def minutes(count: int) -> int:
        """So many minutes in which the smoke detector says that nothing burns; how many entries go up."""
        before = process._store.waiting[0] + sum(body.count(b'"device"') for body in up.said)
        for _ in range(count):
            clock.instant += MINUTE
            process._hear([said("w1", "vital", clock.now(), heart_rate=70)])
            process._ticked = 0.0
            process._pass_time()
        return process._store.waiting[0] + sum(body.count(b'"device"') for body in up.said) - before

    usual = minutes(30)
    clock.instant -= 2 * DAY
    assert minutes(30) >= usual > 0


def _fails(error: sqlite3.Error) -> Callable[..., Any]:
    def fail(*args: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("call", ["sent", "next"])
def test_a_disk_that_takes_nothing_ends_no_gateway_while_it_hands_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    clock, devices, up = ManualClock(NOW), Devices(), Up()
    process = gateway(tmp_path, clock, devices, up)
    process._hear([said("w1", "vital", NOW, heart_rate=70)])
    process._hand_up()
    with monkeypatch.context() as broken:
        broken.setattr(process._store, call, _fails(sqlite3.OperationalError("database or disk is full")))
        for _ in range(3):
            process._sent_at = process._ticked = process._beat_at = -1e9
            process._pass_time()
            process._hand_up()
        hear(process, clock, **SMOKE)
    assert devices.sounds
    process._sent_at = -1e9
    process._hand_up()
    process._sent_at = -1e9
    process._hand_up()
    assert process._store.waiting == (0, 0)


def test_what_is_confirmed_while_the_disk_is_full_is_taken_off_the_list_later(tmp_path: Path) -> None:
    store = Store(tmp_path / "gateway.sqlite", MIB)
    store.commit(Work(entries=[]), [], NOW)
    store._conn.execute("PRAGMA query_only = 1")
    with pytest.raises(sqlite3.OperationalError):
        store.sent([1])
    store._conn.execute("PRAGMA query_only = 0")
    store.commit(Work(), [said("w1", "vital", NOW, heart_rate=70)], NOW)
    assert len(store.past().messages) == 1


def test_a_card_that_breaks_while_we_run_silences_nothing_and_loses_nothing_that_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, devices = ManualClock(NOW), Devices()
    process = gateway(tmp_path, clock, devices)
    broken = process._store

    def aside() -> list[Path]:
        return list(tmp_path.glob("*.broken-*"))

    malformed, whole = _fails(sqlite3.DatabaseError("database disk image is malformed")), broken.commit
    monkeypatch.setattr(broken, "commit", lambda *work: whole(*work) if aside() else malformed())
    hear(process, clock, **SMOKE)
    assert devices.sounds
    assert devices.acknowledged == 1
    assert process._store.waiting[0] > 0
    assert len(aside()) == 1


def test_a_device_that_says_too_much_leaves_the_gateway_a_memory_that_it_can_read_again(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "gateway.sqlite", 512 * MIB)
    large = Message("nw/v1/h1/w1/vital", bytes(250_000), NOW)
    for n in range(KEPT_BYTES // 250_000 * 2 // 20):
        store.commit(Work(), [replace(large, received=NOW + n)] * 20, NOW + n)
    last = said("b1", "event", NOW + HOUR // 2, kind="button")
    store.commit(Work(), [last], last.received)
    store.close()
    past = Store(tmp_path / "gateway.sqlite", 512 * MIB).past()
    assert sum(len(message.payload) for message in past.messages) <= KEPT_BYTES
    assert past.messages[-1].payload == last.payload


def test_a_card_that_takes_nothing_at_the_start_silences_nothing_and_is_tried_again(tmp_path: Path) -> None:
    """As one that has become read-only: where the file would be there can be none."""
    clock, devices, file = ManualClock(NOW), Devices(), tmp_path / "gateway.sqlite"
    file.mkdir()
    process = gateway(tmp_path, clock, devices)
    hear(process, clock, **SMOKE)
    assert devices.sounds
    waiting = process._store.waiting
    assert waiting[0] == 1
    file.rmdir()
    process._ticked = process._disk_at = -1e9
    process._pass_time()
    again = Store(file, MIB)
    assert again.waiting == waiting
    assert [one.kind for one in again.past().ringing] == ["smoke"]
