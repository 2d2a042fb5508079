"""A gateway's file is made by hand, and older than who lives in the home now: its falls are heard even so.

The platform does not look for falls in motion that came through a gateway, so nobody else would tell of them.
"""

from dataclasses import replace

import pytest

from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import SECOND
from ingest.decode import Decoder
from ingest.edge import entry
from ingest.message import Message
from tests.unit.ingest.edge.home import CONFIG, NOW

CODES = {device.id: device.code for device in CONFIG.devices}
FALL = Finding(
    "fall", 1, NOW - SECOND, NOW, Reason("fall.possible", {"percent": 93}), resident=5, device=11,
    severity="possible", probability=0.93,
)  # fmt: skip
TOLD = Message("nw/v1/h1/g1/relay", entry.message_of([entry.of_finding(FALL, CODES).body]), NOW)


def today(residents: tuple[int, ...], *, another_watch: bool = False) -> Directory:
    """Who lives there and what is worn by now."""
    entries = [
        replace(one, resident=residents[0] if one.resident and len(residents) == 1 else None)
        for one in CONFIG.directory.by_id.values()
        if not (another_watch and one.id == FALL.device)
    ]
    return Directory.of(entries, {CONFIG.home: residents})


@pytest.mark.parametrize(
    ("residents", "another_watch", "whose"),
    [((6,), False, 6), ((6, 7), False, None), ((), False, None), ((5,), True, 5)],
    ids=[
        "somebody else lives there",
        "a couple does",
        "moved out an hour ago",
        "another watch, the same wrist",
    ],
)
def test_a_fall_is_told_of_the_home_and_never_of_who_lives_elsewhere(
    residents: tuple[int, ...], another_watch: bool, whose: int | None
) -> None:
    decoded = Decoder(today(residents, another_watch=another_watch)).decode([TOLD], NOW)
    (fall,) = decoded.told
    assert decoded.refused == []
    assert (fall.kind, fall.home, fall.resident) == ("fall", CONFIG.home, whose)


def test_a_device_that_hangs_in_another_home_by_now_names_nobody_there() -> None:
    entries = [
        replace(one, home=2, home_code="h2", resident=9) if one.id == FALL.device else one
        for one in CONFIG.directory.by_id.values()
    ]
    directory = Directory.of(entries, {CONFIG.home: (6,), 2: (9,)})
    (fall,) = Decoder(directory).decode([TOLD], NOW).told
    assert (fall.home, fall.resident, fall.device) == (CONFIG.home, 6, None)
