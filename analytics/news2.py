"""The National Early Warning Score 2: seven observations, points for each, and their sum.

Source: Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017. A home rarely
measures all of them: what is missing gives no points, so that the sum is a lower bound of the score.
Consciousness is taken as alert, for no device tells it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from core.directory import VitalSetting

# Of each band: up to and including this value, these points.
_RESPIRATION = ((8, 3), (11, 1), (20, 0), (24, 2), (float("inf"), 3))
_SPO2_1 = ((91, 3), (93, 2), (95, 1), (float("inf"), 0))
_SPO2_2_AIR = ((83, 3), (85, 2), (87, 1), (float("inf"), 0))
_SPO2_2_OXYGEN = ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (float("inf"), 3))
_SYSTOLIC = ((90, 3), (100, 2), (110, 1), (219, 0), (float("inf"), 3))
_PULSE = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (float("inf"), 3))
_TEMPERATURE = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (float("inf"), 2))
_OXYGEN = 2

MEASURED = ("respiration", "spo2", "systolic", "heart_rate", "body_temperature")
NEEDED = 3  # of these; fewer are no score

URGENT, EMERGENCY = 5, 7  # sums that call for an urgent review, and for an emergency one


class Score(NamedTuple):
    """The sum, and the points of each observation that was there."""

    total: int
    points: Mapping[str, int]


def score(values: Mapping[str, float], setting: VitalSetting) -> Score | None:
    """The score of `values` by name of quantity (per minute, %, mm Hg, degrees Celsius); None when fewer than
    NEEDED of them are there. Values are rounded as an observation chart has them."""
    points = {name: _points(name, values[name], setting) for name in MEASURED if name in values}
    if len(points) < NEEDED:
        return None
    return Score(sum(points.values()) + (_OXYGEN if setting.oxygen else 0), points)


def _points(name: str, value: float, setting: VitalSetting) -> int:
    value = round(value, 1) if name == "body_temperature" else round(value)
    return next(points for upto, points in _table(name, setting) if value <= upto)


def _table(name: str, setting: VitalSetting) -> tuple[tuple[float, int], ...]:
    if name == "spo2" and setting.spo2_scale == 2:
        return _SPO2_2_OXYGEN if setting.oxygen else _SPO2_2_AIR
    tables = {
        "respiration": _RESPIRATION, "spo2": _SPO2_1, "systolic": _SYSTOLIC, "heart_rate": _PULSE,
        "body_temperature": _TEMPERATURE,
    }  # fmt: skip
    return tables[name]
