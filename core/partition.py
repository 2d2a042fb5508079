"""Which part of the town a home belongs to: the same everywhere, and the same as the broker's own count.

NATS distributes subjects with `{{partition(count, token)}}`: FNV-1a of 32 bits over the token, modulo the
count (Fowler, Noll, Vo, draft-eastlake-fnv). Ours agrees with it, so that a broker may do the sorting.
"""

from dataclasses import dataclass

_BASIS, _PRIME, _MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


def partition_of(home_code: str, count: int) -> int:
    """The partition of a home among `count`, 0 to count - 1; raises ValueError when there is none."""
    if count < 1:
        raise ValueError(f"a town has at least one partition, not {count}")
    hashed = _BASIS
    for byte in home_code.encode():
        hashed = (hashed ^ byte) * _PRIME & _MASK
    return hashed % count


@dataclass(frozen=True, slots=True)
class Share:
    """The partitions that one worker looks after.

    Attributes:
        count: how many there are in all.
        held: which of them are ours.
    """

    count: int = 1
    held: frozenset[int] = frozenset({0})

    def __post_init__(self) -> None:
        if not all(0 <= number < self.count for number in self.held):
            raise ValueError(f"partitions are 0 to {self.count - 1}, not {sorted(self.held)}")

    @classmethod
    def nth(cls, number: int, workers: int) -> "Share":
        """What worker `number` of `workers` looks after when each has one partition."""
        return cls(workers, frozenset({number}))

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole town."""
        return len(self.held) == self.count

    def has(self, home_code: str) -> bool:
        """Whether the home of this code is ours."""
        return self.is_whole or partition_of(home_code, self.count) in self.held


WHOLE = Share()
