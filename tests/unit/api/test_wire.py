"""Frames made once are frames as the library makes them."""

import pytest
from websockets.frames import Frame, Opcode

from api.live.wire import frame


@pytest.mark.parametrize("text", ["", "x", "x" * 125, "x" * 126, "é" * 40_000, "x" * 65_535, "x" * 65_536])
def test_a_frame_is_what_the_library_would_send(text: str) -> None:
    assert frame(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
