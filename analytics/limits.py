"""Limits of vital signs, as rows: what a device cannot have measured, what is out of order, what is grave.

The bands follow NEWS2 (Royal College of Physicians, 2017) where it has one (a value that alone scores 3, or
the outer edge of score 2 for temperature), else common home-monitoring thresholds for old adults. They are
for everybody: what is usual for one person is `analytics.baseline`.
"""

from typing import NamedTuple

from core.quantity import BY_NAME

DAY_AND_HALF = 36 * 3600  # seconds: what is measured once a day is confirmed by the next day's value


class Limit(NamedTuple):
    """One row.

    Attributes:
        metric: name of the quantity.
        low, high: from here on out of order, once a second value confirms it; None: no such limit.
        grave_low, grave_high: from here on a single value is enough.
        within_s: the second value must come within so many seconds; 0: none is waited for.
    """

    metric: str
    low: float | None
    high: float | None
    grave_low: float | None
    grave_high: float | None
    within_s: int

    @property
    def is_spot(self) -> bool:
        """Whether it is of what people measure now and then."""
        return self.within_s == 0 or self.within_s >= DAY_AND_HALF


LIMITS = (
    Limit("heart_rate", 40, 131, 30, 180, 600),
    Limit("spo2", 90, None, 80, None, 600),
    Limit("body_temperature", 35.0, 39.1, 33.0, 41.0, 3600),
    Limit("respiration", 8, 25, 5, 40, 600),
    Limit("systolic", 90, 180, 70, 220, DAY_AND_HALF),
    Limit("diastolic", 45, 110, 35, 130, DAY_AND_HALF),
    Limit("glucose", 3.9, 16.7, 3.0, 27.8, DAY_AND_HALF),
)

# The oxygen of people on scale 2 of NEWS2.
SPO2_SCALE_2 = Limit("spo2", 84, None, 78, None, 600)

# A nurse should look at the curve, and have it measured again: values of a cuff. The bands are those that
# agree best with what clinicians confirmed in TIHM (docs/detectors/vitals.md).
WATCH = (
    Limit("systolic", 100, 160, None, None, 0),
    Limit("diastolic", 50, 100, None, None, 0),
    Limit("heart_rate", 50, 100, None, None, 0),
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

# By name: of each value that everybody sends it is asked twice.
_FAULTS_OF = {fault.metric: tuple(f for f in FAULTS if f.metric == fault.metric) for fault in FAULTS}
BY_METRIC: dict[int, Limit] = {BY_NAME[limit.metric].id: limit for limit in LIMITS}
WATCHED: dict[int, Limit] = {BY_NAME[limit.metric].id: limit for limit in WATCH}


def fault_of(metric: str, value: float) -> Fault | None:
    """What the device did, or None when the value is plausible."""
    for fault in _FAULTS_OF.get(metric, ()):
        if fault.low <= value <= fault.high:
            return fault
    return None


def direction(limit: Limit, value: float) -> str:
    """ "low", "high" or "": on which side of the limit `value` lies. A limit itself is still in order."""
    if limit.low is not None and value < limit.low:
        return "low"
    return "high" if limit.high is not None and value > limit.high else ""


def is_grave(limit: Limit, value: float) -> bool:
    """Whether one value is enough."""
    low = limit.grave_low is not None and value <= limit.grave_low
    return low or (limit.grave_high is not None and value >= limit.grave_high)
