"""A broker that lives and cannot write any more is ended, but not while another start could not help."""

from collections import namedtuple
from pathlib import Path

import pytest

from core.embedded import checkup
from core.embedded.checkup import ROOM, Checkup

Usage = namedtuple("Usage", "total used free")


class Broker:
    """Broken or not, as it is told; another start mends it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broken = False
        self.ended = 0

    def is_broken(self) -> bool:
        return self.broken

    def end(self) -> None:
        self.broken = False
        self.ended += 1


def test_it_is_ended_once_there_is_room_on_the_disk_again_and_the_full_disk_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [0, 0, 2 * ROOM]
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _: Usage(0, 0, free.pop(0)))
    said: list[str] = []
    broker = Broker(tmp_path)
    doctor = Checkup(broker, said.append)
    doctor.look()
    broker.broken = True
    for _ in range(4):
        doctor.look()
    assert said == [
        "the disk is full: the broker takes nothing in, devices keep what they have to say",
        "the broker cannot write any more and is ended",
    ]
    assert broker.ended == 1
