"""What a single fix proves: beyond every fence that holds now, within one, or neither. Pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from core.fence import Fence, Place

MARGIN_M = 25.0  # beyond the edge: a person on the doorstep has not left
ASSUMED_M = 30.0  # accuracy where the device does not tell
CERTAIN = 2.0  # accuracy is a radius of 68 %; twice as much is about 95 %
ROUGH_M = 150.0  # a fix worse than that proves no return


class Fix(NamedTuple):
    """One position: instant (Unix microseconds), WGS-84 degrees, radius of 68 % in metres, and whether the
    device says that it is indoors."""

    time: int
    lat: float
    lon: float
    accuracy_m: float
    indoor: bool

    @property
    def place(self) -> Place:
        """Latitude and longitude."""
        return self.lat, self.lon


class Proof(StrEnum):
    """What a fix proves."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    NOTHING = "nothing"


class Judgement(NamedTuple):
    """What a fix proves, the metres beyond the nearest fence that holds (negative inside), and its name."""

    proof: Proof
    beyond_m: float
    fence: str


def judge(fix: Fix, fences: Iterable[Fence], minute: int) -> Judgement:
    """`minute` of the local day.

    Where no fence holds nobody can be outside. That does not bring home who left before: inside is then only
    who is within one of the fences of other hours.
    """
    fences = list(fences)
    holding = [fence for fence in fences if fence.holds(minute)]
    if not fences:
        return Judgement(Proof.NOTHING, 0.0, "")
    beyond_m, nearest = min(
        ((fence.beyond_m(fix.place), fence) for fence in holding or fences), key=lambda pair: pair[0]
    )
    accuracy_m = fix.accuracy_m or ASSUMED_M
    proof = Proof.NOTHING
    if fix.indoor:
        # Under a roof, and perhaps at home: it denies an exit unless the place plainly is another.
        proof = Proof.INSIDE if beyond_m <= CERTAIN * accuracy_m else Proof.NOTHING
    elif beyond_m > max(MARGIN_M, CERTAIN * accuracy_m):
        proof = Proof.OUTSIDE if holding else Proof.NOTHING
    elif accuracy_m <= ROUGH_M and beyond_m <= -min(accuracy_m, nearest.depth_m / 2):
        proof = Proof.INSIDE
    return Judgement(proof, beyond_m, nearest.name)


def night_of(fences: Sequence[Fence], begin: int = 22 * 60, end: int = 6 * 60) -> Fence:
    """The local hours that are night for a resident: those of the fence that holds at two in the morning but
    not always, else from ten to six; as a fence without an area."""
    for fence in fences:
        if fence.from_minute != fence.until_minute and fence.holds(2 * 60):
            begin, end = fence.from_minute, fence.until_minute
    return Fence("night", (), None, begin, end)
