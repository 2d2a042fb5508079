"""How much each caller has left of what is dear: pure arithmetic."""

from dataclasses import dataclass, field

from core.instant import MINUTE

_MOST_KNOWN = 20_000


@dataclass(slots=True)
class Buckets:
    """Buckets by whom and what: (what is left of it, when that was; Unix microseconds)."""

    filled: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def take(self, what: str, whom: str, per_minute: int, now: int) -> int:
        """Take one of `per_minute`; the seconds to wait when none is left, else 0.

        A bucket holds a minute's worth and fills evenly.
        """
        left, at = self.filled.get((what, whom), (float(per_minute), now))
        left = min(per_minute, left + max(0, now - at) / MINUTE * per_minute)
        if left < 1:
            return int((1 - left) * 60 / per_minute) + 1
        if len(self.filled) >= _MOST_KNOWN:  # whoever is forgotten begins with a full bucket
            self.filled.pop(next(iter(self.filled)))
        self.filled.pop((what, whom), None)
        self.filled[what, whom] = (left - 1, now)
        return 0
