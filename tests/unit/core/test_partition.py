"""The parts of a town: the same for us and for the broker, even, and never nobody's."""

from collections import Counter

import pytest

from core.partition import Share, partition_of


@pytest.mark.parametrize(("code", "hashed"), [("a", 0xE40C292C), ("foobar", 0xBF9CF968), ("", 0x811C9DC5)])
def test_the_hash_is_the_one_that_the_broker_uses(code: str, hashed: int) -> None:
    """FNV-1a, 32 bits; the published test vectors."""
    assert partition_of(code, 2**32) == hashed


def test_every_home_is_looked_after_by_exactly_one() -> None:
    shares = [Share.nth(number, 5) for number in range(5)]
    homes = [f"h{number}" for number in range(2000)]
    held = Counter(number for home in homes for number, share in enumerate(shares) if share.has(home))
    assert sum(held.values()) == len(homes)
    assert min(held.values()) > 300


def test_whoever_holds_all_partitions_has_every_home() -> None:
    assert Share().has("anything")
    assert Share(4, frozenset(range(4))).has("anything")
    assert not Share(4, frozenset()).has("anything")


def test_a_partition_that_is_not_there_cannot_be_held() -> None:
    with pytest.raises(ValueError, match="0 to 3"):
        Share(4, frozenset({4}))
    with pytest.raises(ValueError, match="at least one"):
        partition_of("h1", 0)
