"""The running day of a home as a row of numbers, and back."""

from collections.abc import Sequence

from analytics.activity import BATHROOM, KITCHEN
from analytics.living.day import UP_SIGNS, Day
from analytics.living.life import Life

_PLAIN = (
    "day", "minute", "active", "night", "night_visits", "outings", "place", "at",
    "bathroom_s", "bed_absence_s", "weight",
)  # fmt: skip
_DOORS = -1  # no walk takes so long: what follows tells of outer doors
_FIXED = len(_PLAIN) + 2 + 6 + UP_SIGNS


def numbers(life: Life) -> list[float]:
    """Everything that readings of the last hour cannot tell again."""
    day = life.day
    row = [float(getattr(day, name)) for name in _PLAIN]
    row += [day.visits.get(KITCHEN, 0), day.visits.get(BATHROOM, 0)]
    row += [life.last, life.place, life.bath, life.bed, life.left, life.spoiled]
    row += [*day.up, *[0] * (UP_SIGNS - len(day.up))]
    row += [*day.walks, _DOORS, life.out]
    for device in sorted(life.closing | life.doors.keys()):
        row += [device, life.doors.get(device, 0), device in life.closing]
    return [float(value) for value in row]


def recall(life: Life, row: Sequence[float]) -> None:
    """Take up where `numbers` left off."""
    if len(row) < _FIXED:
        return
    plain, rest = row[: len(_PLAIN)], row[len(_PLAIN) :]
    floats = ("bathroom_s", "bed_absence_s", "weight")
    day = Day()
    for name, value in zip(_PLAIN, plain, strict=True):
        setattr(day, name, float(value) if name in floats else int(value))
    day.visits = {KITCHEN: int(rest[0]), BATHROOM: int(rest[1])}
    life.last, life.place, life.bath, life.bed, life.left = (int(value) for value in rest[2:7])
    life.spoiled = life.spoiled or bool(rest[7])
    day.up = [int(value) for value in rest[8 : 8 + UP_SIGNS] if value]
    tail = [int(value) for value in rest[8 + UP_SIGNS :]]
    end = tail.index(_DOORS) if _DOORS in tail else len(tail)  # rows of earlier versions know of no doors
    day.walks = tail[:end]
    life.day = day
    life.out = next(iter(tail[end + 1 : end + 2]), 0)
    doors = tail[end + 2 :]
    for device, opened, closes in zip(doors[::3], doors[1::3], doors[2::3], strict=True):
        if opened:
            life.doors[device] = opened
        if closes:
            life.closing.add(device)
