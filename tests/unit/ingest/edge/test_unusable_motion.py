"""A wearable whose motion can show no fall is told of behind a gateway too: nobody above looks at it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.instant import SECOND
from ingest.message import Message
from tests.unit.falls.acted import walk, windows
from tests.unit.ingest.edge.home import CONFIG, NOW, Home, Platform, fallen, moved


def without_gravity() -> list[Message]:
    samples = walk(40).astype(np.int32) - [0, 1000, 0]
    return [moved(w, w.start + SECOND) for w in windows(samples.astype(np.int16), start=NOW, device=11)]


def at_a_rate_that_lies() -> list[Message]:
    """It says 50 Hz and sends a second's samples each two seconds."""
    sent = windows(walk(40), start=NOW, device=11)
    return [moved(replace(w, start=NOW + 2 * (w.start - NOW)), 2 * w.start - NOW + 2 * SECOND) for w in sent]


@pytest.mark.parametrize("spoilt", [without_gravity, at_a_rate_that_lies])
def test_a_wearable_that_cannot_see_falls_is_told_of(
    tmp_path: Path, spoilt: Callable[[], list[Message]]
) -> None:
    home, platform = Home(tmp_path), Platform()
    for message in spoilt():
        home.hear([message], message.received)
        home.tick(message.received)
        home.hand_up(platform, message.received)
        platform.tick(message.received)
    assert platform.refused == []
    assert "motion_unusable" in platform.kinds()


@pytest.mark.parametrize("detectors", [(), ("immediate", "hazards", "vitals")])
def test_falls_are_looked_for_whatever_the_file_names(tmp_path: Path, detectors: tuple[str, ...]) -> None:
    """Nobody else does."""
    home, platform = Home(tmp_path, msgspec.structs.replace(CONFIG, detectors=detectors)), Platform()
    for message in fallen(NOW):
        home.hear([message], message.received)
        home.hand_up(platform, message.received)
    platform.tick(NOW + 200 * SECOND)
    assert "fall" in platform.kinds()
