"""Limits of vital signs, as rows: what a device cannot have measured, what is out of order, what is grave.

The bands follow NEWS2 (Royal College of Physicians, 2017) where it has one (a value that alone scores 3, or
the outer edge of score 2 for temperature), else common home-monitoring thresholds for old adults. They are
for everybody; personal baselines belong to a later detector.
"""

from typing import NamedTuple

from core.quantity import BY_NAME


class Limit(NamedTuple):
    """One row.

    Attributes:
        metric: name of the quantity.
        low, high: from here on out of order, once a second value confirms it; None: no such limit.
        grave_low, grave_high: from here on a single value is enough.
        within_s: the second value must come within so many seconds.
    """

    metric: str
    low: float | None
    high: float | None
    grave_low: float | None
    grave_high: float | None
    within_s: int


LIMITS = (
    Limit("heart_rate", 40, 131, 30, 180, 600),
    Limit("spo2", 90, None, 80, None, 600),
    Limit("body_temperature", 35.0, 39.1, 33.0, 41.0, 3600),
    Limit("respiration", 8, 25, 5, 40, 600),
    Limit("systolic", 90, 180, 70, 220, 1800),
    Limit("diastolic", 45, 110, 35, 130, 1800),
    Limit("glucose", 3.9, 16.7, 3.0, 27.8, 1800),
)


class Fault(NamedTuple):
    """A value that only a device can produce: `low` to `high`, both included, and the word for it."""

    metric: str
    low: float
    high: float
    fault: str


FAULTS = (
    Fault("spo2", 0, 50, "not_measured"),  # exactly 50 is what many oximeters send instead of nothing
    Fault("skin_temperature", 60, 100, "too_hot"),
    Fault("body_temperature", 42.5000001, 50, "too_hot"),
    Fault("body_temperature", 10, 25, "not_worn"),
    Fault("heart_rate", 0, 19.9, "not_worn"),
    Fault("heart_rate", 250, 350, "too_fast"),
    Fault("respiration", 0, 1, "not_worn"),
)

BY_METRIC: dict[int, Limit] = {BY_NAME[limit.metric].id: limit for limit in LIMITS}


def fault_of(metric: str, value: float) -> str:
    """The word for what the device did, or "" when the value is plausible."""
    return next((f.fault for f in FAULTS if f.metric == metric and f.low <= value <= f.high), "")


def direction(limit: Limit, value: float) -> str:
    """ "low", "high" or "": on which side of the limit `value` lies. A limit itself is still in order."""
    if limit.low is not None and value < limit.low:
        return "low"
    return "high" if limit.high is not None and value > limit.high else ""


def is_grave(limit: Limit, value: float) -> bool:
    """Whether one value is enough."""
    low = limit.grave_low is not None and value <= limit.grave_low
    return low or (limit.grave_high is not None and value >= limit.grave_high)
