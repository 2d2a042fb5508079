"""What was asked and answered."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts; `faults` are answers that must not be, each said once."""

    sent: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    by_role: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def note(self, status: int, role: str) -> None:
        """One more."""
        self.sent += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.by_role[role] = self.by_role.get(role, 0) + 1
