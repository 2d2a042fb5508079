"""From something right to something nearly right: in its meaning, or in its bytes."""

import random
from collections.abc import Callable
from typing import Any

NUMBERS: tuple[Any, ...] = (
    0, -0.0, 1, -1, 0.5, 255, 256, 2**15, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64,
    10**400, 1e-320, 1e15, 1e18, 1e308, float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, "", "0", "1", "-1", "true", "off", "NaN", "x" * 70, "\x00", "\ud800", "é😀", [], {},
    [[]], [1, 2], {"": {}}, b"", b"\xff" * 6, "AAAAAAAA", "A", "' OR 1=1", "<b>", "%s", [[1, 2, 3]] * 2,
)  # fmt: skip
_NAMES = (
    "t",
    "seq",
    "kind",
    "state",
    "test",
    "hz",
    "acc",
    "acc_b64",
    "gyr",
    "unit",
    "lat",
    "lon",
    "datum",
    "",
)


def value(draw: random.Random) -> Any:
    """Something that is rarely what was asked for."""
    return draw.choice(NUMBERS) if draw.random() < 0.6 else draw.choice(ODD)


def meaning(obj: Any, draw: random.Random, depth: int = 0) -> Any:
    """`obj` with a field changed, added, taken away, or put where it does not belong."""
    if isinstance(obj, dict) and obj:
        out, name = dict(obj), draw.choice(list(obj))
        act = draw.random()
        if act < 0.55:
            out[name] = (
                meaning(out[name], draw, depth + 1) if depth < 4 and draw.random() < 0.3 else value(draw)
            )
        elif act < 0.75:
            del out[name]
        elif act < 0.95:
            out[draw.choice(_NAMES)] = value(draw)
        else:
            return [out] * draw.choice((0, 1, 2, 5))
        return out
    if isinstance(obj, list) and obj:
        copy = list(obj)
        copy[draw.randrange(len(copy))] = meaning(copy[0], draw, depth + 1) if depth < 4 else value(draw)
        return copy if draw.random() < 0.8 else copy[: draw.randrange(len(copy))]
    if isinstance(obj, int | float) and not isinstance(obj, bool) and abs(obj) < 1e300:
        if draw.random() < 0.6:
            return value(draw)
        return obj * draw.choice((-1, 0, 0.999, 1000, 1e-3)) + draw.choice((0, 1, -1, 1e9))
    return value(draw)


def nested(draw: random.Random) -> bytes:
    """Brackets within brackets, in each encoding."""
    deep = draw.choice((50, 600, 5_000, 100_000))
    return draw.choice((b"[", b'{"a":', b"\x81", b"\x91", b"\x81\xa1a", b"\xa1aa", b"\xc1")) * deep


def tail(data: bytes, draw: random.Random) -> bytes:
    """Cut off."""
    return data[: draw.randrange(len(data) + 1)]


def flip(data: bytes, draw: random.Random) -> bytes:
    """Some bits turned."""
    out = bytearray(data or b"\x00")
    for _ in range(draw.choice((1, 1, 2, 8))):
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out)


def splice(data: bytes, draw: random.Random) -> bytes:
    """A piece of itself, or of nothing sensible, in the middle of it."""
    at, begin = draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)
    piece = (
        data[begin : begin + draw.randrange(20)]
        if draw.random() < 0.5
        else draw.randbytes(draw.randrange(12))
    )
    return data[:at] + piece * draw.choice((1, 1, 3)) + data[at:]


_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (tail, flip, flip, splice)


def bytes_of(data: bytes, draw: random.Random) -> bytes:
    """`data`, damaged."""
    return draw.choice(_BYTES)(data, draw)
