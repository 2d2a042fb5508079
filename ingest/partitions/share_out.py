"""How workers share the parts of the town: a pure decision of each from what all can see."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Standing:
    """What a worker sees.

    Attributes:
        me: its number.
        living: how many parts each living worker has; `me` is among them.
        mine: part -> epoch, of what it has.
        free: parts that nobody who lives has.
    """

    me: int
    living: Mapping[int, int]
    mine: Mapping[int, int] = field(default_factory=dict)
    free: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """What it does next: give these back, try to take those."""

    give: tuple[int, ...] = ()
    take: tuple[int, ...] = ()


def due_to(me: int, living: Mapping[int, int], parts: int) -> int:
    """How many of `parts` are due to a worker: as even as it goes.

    Where it does not go evenly, one more is due to those who have the most already, so that few parts move.
    """
    least, more = divmod(parts, len(living))
    order = sorted(living, key=lambda worker: (-living[worker], worker))
    return least + (order.index(me) < more)


def next_move(seen: Standing, parts: int) -> Move:
    """What to do, of so many parts in all. Nobody gives and takes at once."""
    due = due_to(seen.me, seen.living, parts)
    have = len(seen.mine)
    if have > due:
        return Move(give=tuple(sorted(seen.mine))[due - have :])
    # Workers that look at the same time begin at different ends, so that they seldom want the same.
    start = seen.me % len(seen.free) if seen.free else 0
    order = seen.free[start:] + seen.free[:start]
    return Move(take=order[: due - have])
