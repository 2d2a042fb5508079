"""Workers share the parts of the town by looking at the same table; nobody tells them."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.partitions.share_out import Move, Standing, due_to, next_move


def rounds(owners: dict[int, int | None], living: set[int], most: int = 200) -> tuple[dict[int, int], int]:
    """Let each worker do its move in turn until nobody moves; who has what, and how many parts moved."""
    moved, owner = 0, {part: who if who in living else None for part, who in owners.items()}
    for _ in range(most):
        before = dict(owner)
        for me in sorted(living):
            have = {who: sum(1 for o in owner.values() if o == who) for who in living}
            mine = {part: 1 for part, who in owner.items() if who == me}
            free = tuple(part for part, who in owner.items() if who is None)
            move = next_move(Standing(me, have, mine, free), len(owner))
            for part in move.give:
                owner[part] = None
            for part in move.take:
                owner[part], moved = me, moved + 1
        if owner == before:
            return {part: who for part, who in owner.items() if who is not None}, moved
    raise AssertionError("they never come to rest")


@given(
    parts=st.integers(1, 40),
    living=st.sets(st.integers(1, 1000), min_size=1, max_size=12),
    seed=st.lists(st.one_of(st.none(), st.integers(1, 1000)), min_size=40, max_size=40),
)
def test_from_any_beginning_every_part_gets_one_owner_and_nobody_much_more_than_another(
    parts: int, living: set[int], seed: list[int | None]
) -> None:
    owners, _ = rounds(dict(enumerate(seed[:parts])), living)
    assert set(owners) == set(range(parts))
    loads = [sum(1 for who in owners.values() if who == me) for me in living]
    assert max(loads) - min(loads) <= 1


def test_when_one_dies_only_its_parts_move() -> None:
    owners, _ = rounds(dict.fromkeys(range(17)), {1, 2, 3})
    its = sum(1 for who in owners.values() if who == 2)
    after, moved = rounds(owners, {1, 3})  # type: ignore[arg-type]
    assert moved <= its + 1
    assert all(after[part] == who for part, who in owners.items() if who == 1)


def test_when_one_comes_it_gets_its_share_and_the_others_keep_theirs() -> None:
    owners, _ = rounds(dict.fromkeys(range(16)), {1, 2, 3})
    after, moved = rounds(owners, {1, 2, 3, 4})  # type: ignore[arg-type]
    assert moved == 4
    assert sum(1 for who in after.values() if who == 4) == 4


def test_one_more_is_due_to_who_has_more() -> None:
    assert [due_to(me, {1: 2, 2: 3}, 5) for me in (1, 2)] == [2, 3]
    assert next_move(Standing(1, {1: 2, 2: 3}, {0: 1, 1: 1}), 5) == Move()
