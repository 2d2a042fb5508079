"""What the detector remembers of one device beside its cells."""

from dataclasses import dataclass, field
from typing import NamedTuple

from analytics.falls.confirmation import Watch
from analytics.falls.intake import Intake
from analytics.falls.quality import RateWitness

DOUBTS = 4
"""Impacts kept that would be falls if a device reported one."""

GOOD_LOOKS = 3
"""Looks in a row that must find nothing wrong before a fault is taken back."""


class Doubt(NamedTuple):
    """An impact that may be a fall: its cell, the cell at which it was judged, probability and evidence."""

    impact: int
    decided: int
    probability: float
    evidence: dict[str, object]


@dataclass(slots=True)
class Wearable:
    """One device's stream while one person of one home wears it.

    Attributes:
        slot: its row in the history.
        last_impact: cell of the last reported fall, or None.
        up_again: cell before which the wearer was seen to be up again after that fall; 0: not seen.
        doubts: the last impacts that a device's own report of a fall would settle.
        fault: what is wrong with its data ("rate", "scale", ...), or "".
        fault_since: instant of the look that found it.
        level: middle magnitude at the last look, milli-g.
        good_looks: looks in a row since that found nothing.
        idle: True after a tick has settled everything there was to settle.
        behind: how far its event time lies behind the server's, microseconds, when it last spoke.
    """

    home: int
    device: int
    resident: int | None
    site: str
    slot: int
    hz: float = 0.0
    intake: Intake = field(default_factory=Intake)
    rate: RateWitness = field(default_factory=RateWitness)
    watch: Watch | None = None
    last_impact: int | None = None
    up_again: int = 0
    doubts: tuple[Doubt, ...] = ()
    fault: str = ""
    fault_since: int = 0
    level: int = 0
    good_looks: int = 0
    idle: bool = False
    behind: int = 0

    def note_arrival(self, end: int, arrived: int | None) -> None:
        """A window that ends at `end` came at `arrived`; an old one among newer ones sets nothing back."""
        if arrived is not None:
            self.behind = max(0, arrived - max(end, self.intake.front or end))

    def is_overdue(self, now: int) -> bool:
        """True once for every time the device falls silent."""
        return not self.idle and self.intake.overdue(now)

    def judge(self, fault: str | None, at: int) -> str:
        """Take the outcome of one look; "found", "cleared", or "" when nothing changed."""
        if fault:
            self.good_looks = 0
            if self.fault:
                return ""
            self.fault, self.fault_since = fault, at
            return "found"
        if not self.fault:
            return ""
        self.good_looks += 1
        return "cleared" if self.good_looks >= GOOD_LOOKS else ""
