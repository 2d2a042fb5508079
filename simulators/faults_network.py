"""Faults between a device and the broker: what is lost, doubled, late, cut off, or kept for ever."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.instant import SECOND
from simulators.faults import Fault
from simulators.post import BACK, CUT, SAY, Post, Sender, in_order

_AT_ONCE = 400
"""Objects in one message of what a device stored: its memory and its packets are small."""


def drop(share: float) -> Fault:
    """Messages are lost, each with the chance `share`."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        return (post for post in posts if post.verb != SAY or draw.random() >= share)

    return fault


def duplicate(share: float, within_s: float = 5) -> Fault:
    """Messages come twice, the second within `within_s` seconds: an acknowledgement was lost."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        def twice(post: Post) -> list[Post]:
            if post.verb != SAY or draw.random() >= share:
                return [post]
            return [post, post.later(_draw_s(draw, within_s))]

        return in_order((post.at, twice(post)) for post in posts)

    return fault


def reorder(within_s: float) -> Fault:
    """Messages overtake each other: each is late by up to `within_s` seconds."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        return in_order(
            (post.at, [post.later(_draw_s(draw, within_s) if post.verb == SAY else 0)]) for post in posts
        )

    return fault


def delay(seconds: float) -> Fault:
    """Everything comes `seconds` late, in order: a slow line."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        return (post.later(round(seconds * SECOND)) for post in posts)

    return fault


def cut_off(
    since: int, until: int, batched: bool = True, every_s: float = 0.2, broker: bool = False
) -> Fault:
    """No network in [since, until): devices store what they would say and hand it over afterwards.

    `batched`: as arrays of up to 400 objects, a stream after another, oldest first; else one by one, a
    message every `every_s` seconds. What is new goes out beside that.
    `broker`: it is the broker that is cut off from the platform, so that nobody says a last will.
    """

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        stored: dict[Sender, list[Post]] = {}

        def groups() -> Iterator[tuple[int, list[Post]]]:
            for post in posts:
                if post.at >= until and stored:
                    yield until, _handed_over(stored, until, batched, every_s)
                if not since <= post.at < until:
                    yield post.at, [post]
                    continue
                if post.sender not in stored and not broker:
                    yield post.at, [Post(post.at, post.sender, verb=CUT)]
                stored.setdefault(post.sender, []).append(post)
            if stored:
                yield until, _handed_over(stored, until, batched, every_s)

        return in_order(groups())

    return fault


def _handed_over(stored: dict[Sender, list[Post]], until: int, batched: bool, every_s: float) -> list[Post]:
    """What each device sends when it is back, in order of time; empties the store."""
    out: list[Post] = []
    for sender, posts in stored.items():
        out.append(Post(until, sender, verb=BACK))
        told = [post for post in posts if post.verb == SAY]
        pieces = list(_pieces(told)) if batched else told
        out += [
            replace(piece, at=until + round((n + 1) * every_s * SECOND)) for n, piece in enumerate(pieces)
        ]
    stored.clear()
    return sorted(out, key=lambda post: post.at)


def _pieces(posts: list[Post]) -> Iterator[Post]:
    """One stream after another as arrays; what somebody broke goes as it is."""
    streams: dict[str, list[Post]] = {}
    for post in posts:
        streams.setdefault(post.stream, []).append(post)
    for own in streams.values():
        yield from (post for post in own if not post.said)
        objects = [obj for post in own if not isinstance(post.body, bytes) for obj in post.body]
        for first in range(0, len(objects), _AT_ONCE):
            yield own[-1].saying(*objects[first : first + _AT_ONCE])


def weak_signal(
    rssi: int = -92, lost: float = 0.15, late_s: float = 20, breaks_every_s: float = 900
) -> Fault:
    """At the edge of the radio: a low `rssi` (dBm), messages lost or late, and now and then a broken link."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        broken: dict[str, int] = {}

        def suffer(post: Post) -> list[Post]:
            out: list[Post] = []
            due = broken.setdefault(post.sender.device, post.at + _draw_s(draw, 2 * breaks_every_s))
            if post.at >= due:
                broken[post.sender.device] = post.at + _draw_s(draw, 2 * breaks_every_s)
                out = [
                    Post(post.at, post.sender, verb=CUT),
                    Post(post.at + SECOND, post.sender, verb=BACK),
                ]
            if post.verb == SAY and draw.random() < lost:
                return out
            if post.said and post.stream == "status" and not isinstance(post.body, bytes):
                weak = [{**obj, "rssi": rssi + int(draw.integers(-4, 5))} for obj in post.body]
                post = post.saying(*weak)
            return [*out, post.later(round(float(draw.exponential(late_s / 4)) * SECOND))]

        return in_order((post.at, suffer(post)) for post in posts)

    return fault


def reconnect_storm(at: int, times: int, every_s: float = 2.0) -> Fault:
    """From `at` every device loses its link and comes back, `times` times, and repeats its last message."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        last: dict[str, Post] = {}

        def storm() -> list[Post]:
            out = []
            for post in last.values():
                for n in range(times):
                    moment = at + round((n + draw.random() * 0.5) * every_s * SECOND)
                    out.append(Post(moment, post.sender, verb=CUT))
                    out.append(Post(moment + SECOND // 4, post.sender, verb=BACK))
                    out.append(replace(post, at=moment + SECOND // 2))
            return out

        def groups() -> Iterator[tuple[int, list[Post]]]:
            raged = False
            for post in posts:
                if post.at >= at and not raged:
                    raged = True
                    yield at, storm()
                if post.said:
                    last[post.sender.device] = post
                yield post.at, [post]
            if not raged:
                yield at, storm()

        return in_order(groups())

    return fault


def retained_junk(age_s: float, at: int) -> Fault:
    """Devices had asked the broker to keep what they say: at `at` somebody subscribes anew and gets the first
    message of each device and stream again, as if it were `age_s` seconds older than it is."""

    def fault(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        kept: dict[tuple[str, str], Post] = {}

        def aged(post: Post) -> Post:
            objects = post.body if not isinstance(post.body, bytes) else ()
            old = [{**obj, "t": int(obj["t"]) - round(age_s * 1000)} for obj in objects if "t" in obj]
            return replace(post, at=at, body=tuple(old), retain=True, kept=True)

        def groups() -> Iterator[tuple[int, list[Post]]]:
            given = False
            for post in posts:
                if post.at >= at and not given:
                    given = True
                    yield at, [aged(one) for one in kept.values()]
                if post.said:
                    kept.setdefault((post.sender.device, post.stream), post)
                yield post.at, [post]
            if not given:
                yield at, [aged(one) for one in kept.values()]

        return in_order(groups())

    return fault


def _draw_s(draw: np.random.Generator, seconds: float) -> int:
    return round(float(draw.uniform(0, seconds)) * SECOND)
