"""A gateway whose disk is full still hears, and sounds."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from core.clock import ManualClock
from ingest.edge.process import Process
from ingest.message import Message
from tests.unit.ingest.edge.home import CONFIG, NOW, said


class Home:
    """The devices' side of a gateway: what a test lets them say, in batches."""

    def __init__(self, batches: list[list[Message]]) -> None:
        self.batches, self.acknowledged = batches, 0
        self.published: list[tuple[str, bytes]] = []

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def take(self, limit: int, wait_s: float) -> list[Message]:
        threading.Event().wait(0.01)
        return self.batches.pop(0) if self.batches else []

    def acknowledge(self, messages: Any) -> None:
        self.acknowledged += len(messages)

    def publish(self, topic: str, payload: bytes, retain: bool = False, qos: int = 1) -> int:
        self.published.append((topic, payload))
        return 1


def _process(tmp_path: Path, batches: list[list[Message]], clock: ManualClock) -> tuple[Process, Home]:
    process = Process(CONFIG, tmp_path, clock)
    home = Home(batches)
    process._local = home  # type: ignore[assignment]
    process._uplink.start = process._uplink.stop = lambda: None  # type: ignore[method-assign]
    return process, home


def _full(*args: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("full", [False, True])
def test_a_full_disk_does_not_silence_the_smoke_alarm_that_comes_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    clock = ManualClock(NOW)
    batches = [[said("w1", "vital", NOW, heart_rate=70)], [said("s1", "event", NOW, kind="smoke", state=1)]]
    process, home = _process(tmp_path, batches, clock)
    if full:
        monkeypatch.setattr(process._store, "commit", _full)
    threading.Timer(1.0, process.stop).start()
    process.run()
    sounded = [payload for topic, payload in home.published if topic.endswith("/siren")]
    assert any(b'"high"' in payload for payload in sounded), "it burns, and nothing sounds"
    assert home.acknowledged == 2, "each once, or the broker hands out nothing more"


def test_what_the_disk_did_not_take_is_kept_once_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = [
        [said("w1", "vital", NOW, heart_rate=70)],
        [said("w1", "vital", NOW + 1_000_000, heart_rate=71)],
    ]
    process, home = _process(tmp_path, batches, ManualClock(NOW))
    kept: list[Any] = []
    answers = iter([_full, _full, _full])

    def commit(work: Any, messages: Any, now: int) -> None:
        next(answers, lambda *_: kept.extend(messages))()

    monkeypatch.setattr(process._store, "commit", commit)
    threading.Timer(2.5, process.stop).start()
    process.run()
    assert len(kept) == home.acknowledged == 2


def test_what_is_owed_to_the_disk_holds_up_no_siren(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room again; on a memory card each commit takes its time."""
    process, home = _process(tmp_path, [], ManualClock(NOW))
    monkeypatch.setattr(process._store, "commit", _full)
    for n in range(60):
        process._hear([said("w1", "vital", NOW + n * 1_000_000, heart_rate=70)])
    sounded_before: list[bool] = []

    def commit(work: Any, messages: Any, now: int) -> None:
        sounded_before.append(any(topic.endswith("/siren") for topic, _ in home.published))

    monkeypatch.setattr(process._store, "commit", commit)
    process._hear([said("s1", "event", NOW, kind="smoke", state=1)])
    assert sounded_before
    assert all(sounded_before), "the siren waits for the disk"
    assert len(sounded_before) < 60, "who is owed to is paid before anybody is heard again"
