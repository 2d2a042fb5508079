"""From which probability a candidate is reported: by where the device is worn, and whether its kind is known.

A device is familiar when devices at the same site and of about the same rate were trained on. Of any other
the model knows less than its probabilities say, so it must be surer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ABOUT = 0.25
"""Rates apart by at most this share are about the same."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of one judge.

    Attributes:
        familiar, unfamiliar: probability by site, for devices of a kind trained on and for others.
        rates: rates trained on, Hz, by site.
        elsewhere: for sites never trained on.
    """

    familiar: Mapping[str, float]
    unfamiliar: Mapping[str, float]
    rates: Mapping[str, tuple[float, ...]]
    elsewhere: float

    def of(self, site: str, hz: float) -> float:
        """The threshold of a device worn at `site` that samples at `hz`."""
        known = self.familiar if self.knows(site, hz) else self.unfamiliar
        return known.get(site, self.elsewhere)

    def knows(self, site: str, hz: float) -> bool:
        """Whether such a device was trained on."""
        return any(abs(hz / rate - 1) <= ABOUT for rate in self.rates.get(site, ()))

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "familiar": dict(self.familiar),
            "unfamiliar": dict(self.unfamiliar),
            "rates": {site: list(rates) for site, rates in self.rates.items()},
            "elsewhere": self.elsewhere,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Thresholds":
        """What `as_json` gave; raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            {site: float(value) for site, value in values["familiar"].items()},
            {site: float(value) for site, value in values["unfamiliar"].items()},
            {site: tuple(map(float, rates)) for site, rates in values["rates"].items()},
            float(values["elsewhere"]),
        )
