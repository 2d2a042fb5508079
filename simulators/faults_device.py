"""Faults inside a device: its clock, its battery, its sensor, its firmware."""

import base64
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from core.instant import HOUR, SECOND
from simulators.faults import Fault, changed
from simulators.post import BACK, CUT, SAY, Post, in_order


def clock(offset_s: float = 0, drift_ppm: float = 0, jump_at: int | None = None, jump_s: float = 0) -> Fault:
    """The device's clock is `offset_s` fast, gains `drift_ppm` microseconds a second from its first message
    on, and at the true instant `jump_at` is set forward by `jump_s` more (negative: slow, back)."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        first: dict[str, int] = {}
        for post in posts:
            begun = first.setdefault(post.sender.device, post.at)

            def wrong(obj: Mapping[str, Any], begun: int = begun) -> Mapping[str, Any]:
                if "t" not in obj:
                    return obj
                t = int(obj["t"])
                error = offset_s + drift_ppm * 1e-6 * (t * 1000 - begun) / SECOND
                if jump_at is not None and t * 1000 >= jump_at:
                    error += jump_s
                return {**obj, "t": t + round(error * 1000)}

            yield changed(post, wrong)

    return fault


def reboot(at: int, away_s: float = 8) -> Fault:
    """The device loses power at `at`, is gone for `away_s` seconds, and counts `seq` and uptime from 0."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        back = at + round(away_s * SECOND)
        counts: dict[tuple[str, str], int] = defaultdict(int)
        gone: set[str] = set()

        def afresh(post: Post) -> Post:
            def change(obj: Mapping[str, Any]) -> Mapping[str, Any]:
                seq = counts[post.sender.device, post.stream]
                counts[post.sender.device, post.stream] += 1
                new = {**obj, "seq": seq}
                if "uptime_s" in obj:
                    new["uptime_s"] = (post.at - back) // SECOND
                return new

            return changed(post, change)

        def live(post: Post) -> list[Post]:
            out: list[Post] = []
            if post.at >= at and post.sender.device not in gone:
                gone.add(post.sender.device)
                out = [Post(post.at, post.sender, verb=CUT), Post(max(post.at, back), post.sender, verb=BACK)]
            if post.at < at:
                return [post]
            return [*out, afresh(post)] if post.at >= back else out

        return in_order((post.at, live(post)) for post in posts)

    return fault


def drain(since: int, level: float, per_hour: float) -> Fault:
    """The battery stands at `level` (0 to 1) at `since` and falls by `per_hour`; empty, it is dead."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        dead: set[str] = set()
        for post in posts:
            left = level - per_hour * max(0, post.at - since) / HOUR
            if post.at < since:
                yield post
            elif left > 0:
                yield changed(post, partial(_charged, left))
            elif post.sender.device not in dead:
                dead.add(post.sender.device)
                yield Post(post.at, post.sender, verb=CUT)

    return fault


def _charged(left: float, obj: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**obj, "battery": round(left, 3)} if "battery" in obj else obj


def stuck(field: str = "") -> Fault:
    """The sensor is stuck: `field` (all measured ones without it) keeps the value of the first message."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        first: dict[tuple[str, str, str], Any] = {}
        for post in posts:

            def hold(obj: Mapping[str, Any], post: Post = post) -> Mapping[str, Any]:
                names = [field] if field else [n for n in obj if n not in _NOT_MEASURED]
                return {
                    **obj,
                    **{
                        name: first.setdefault((post.sender.device, post.stream, name), obj[name])
                        for name in names
                        if name in obj
                    },
                }

            yield changed(post, hold)

    return fault


_NOT_MEASURED = frozenset({"t", "seq", "hz", "unit", "site", "kind", "room", "firmware", "datum", "uptime_s"})


def garbage(share: float) -> Fault:
    """Bytes arrive broken: cut short, bits flipped, or noise."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        for post in posts:
            if post.verb != SAY or draw.random() >= share:
                yield post
                continue
            yield replace(post, body=_broken(bytearray(post.payload), draw))

    return fault


def _broken(raw: bytearray, draw: np.random.Generator) -> bytes:
    how = int(draw.integers(3))
    if how == 0:
        return bytes(raw[: int(draw.integers(1, max(2, len(raw))))])[:-1] + b"\xff"
    if how == 1:
        for place in draw.integers(0, len(raw), max(1, len(raw) // 12)):
            raw[int(place)] ^= int(draw.integers(128, 256))
        return bytes(raw)
    return b"\xfe" + draw.bytes(int(draw.integers(4, 60)))


_UNITS: Mapping[str, Callable[[float], float]] = {
    "degF": lambda celsius: celsius * 9 / 5 + 32,
    "kPa": lambda mmhg: mmhg / 7.50062,
    "lb": lambda kilograms: kilograms * 2.20462,
    "mg/dL": lambda mmol: mmol * 18.016,
    "fraction": lambda percent: percent / 100,
}
UNITS = (*_UNITS, "g", "m/s2")


def wrong_unit(field: str, unit: str) -> Fault:
    """A firmware that measures `field` in another unit and does not say so.

    `unit`: degF, kPa, lb, mg/dL or fraction for a vital; g or m/s2 for `acc` (the numbers then come as int16
    of that unit, still called milli-g).
    """
    if unit not in UNITS:
        raise ValueError(f"unit {unit!r} is none of {', '.join(UNITS)}")
    factor = {"g": 0.001, "m/s2": 0.00980665}.get(unit)

    def change(obj: Mapping[str, Any]) -> Mapping[str, Any]:
        if factor is not None and "acc_b64" in obj:
            acc = np.frombuffer(base64.b64decode(obj["acc_b64"]), "<i2")
            small = np.rint(acc * factor).astype("<i2").tobytes()
            return {**obj, "acc_b64": base64.b64encode(small).decode()}
        if factor is None and field in obj:
            return {**obj, field: round(_UNITS[unit](float(obj[field])), 2)}
        return obj

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        return (changed(post, change) for post in posts)

    return fault


def wrong_home(home: str) -> Fault:
    """A device set up with the code of another home."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        return (replace(post, home=home) for post in posts)

    return fault


def resend(every: int, at_most: int = 200) -> Fault:
    """A clumsy firmware: with every `every`-th message it sends the last `at_most` all over again."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        told: dict[str, list[Post]] = defaultdict(list)
        counts: dict[str, int] = defaultdict(int)
        for post in posts:
            yield post
            if post.verb != SAY:
                continue
            device = post.sender.device
            told[device] = [*told[device][1 - at_most :], post]
            counts[device] += 1
            if counts[device] % every == 0:
                yield from (replace(old, at=post.at) for old in told[device])

    return fault
