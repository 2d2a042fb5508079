"""What goes wrong with devices and networks, as wrappers around a stream of posts.

A fault takes a stream and a random generator and gives a stream. Faults compose:
`afflicted(posts, [drop(0.1), duplicate(0.2)], seed)` is a bad network that also stutters. The same seed gives
the same stream.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from simulators.post import Post, merged

Fault = Callable[[Iterator[Post], np.random.Generator], Iterator[Post]]


def afflicted(posts: Iterable[Post], faults: Sequence[Fault], seed: int) -> Iterator[Post]:
    """The stream with every fault around it, the first innermost."""
    stream = iter(posts)
    for number, fault in enumerate(faults):
        stream = fault(stream, np.random.default_rng([seed, number, 23]))
    return stream


def only(
    fault: Fault,
    *,
    devices: frozenset[str] | None = None,
    streams: frozenset[str] | None = None,
    since: int | None = None,
    until: int | None = None,
) -> Fault:
    """`fault` for these devices and streams in [since, until) alone; None means all."""

    def concerned(post: Post) -> bool:
        return (
            (devices is None or post.sender.device in devices)
            and (streams is None or post.stream in streams or not post.stream)
            and (since is None or post.at >= since)
            and (until is None or post.at < until)
        )

    def limited(posts: Iterator[Post], draw: np.random.Generator) -> Iterator[Post]:
        one, other = itertools.tee(posts)
        struck = fault((post for post in one if concerned(post)), draw)
        return merged(struck, (post for post in other if not concerned(post)))

    return limited


def changed(post: Post, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Post:
    """The post with every object changed; one that can no longer be read stays as it is."""
    if not post.said or isinstance(post.body, bytes):
        return post
    return post.saying(*(dict(change(obj)) for obj in post.body))
