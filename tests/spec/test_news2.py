"""NEWS2 as the Royal College of Physicians prints it: each observation's bands, and what they add up to."""

import pytest

from analytics.news2 import score
from core.directory import VitalSetting

AIR = VitalSetting()
SCALE_2 = VitalSetting(spo2_scale=2)
SCALE_2_OXYGEN = VitalSetting(spo2_scale=2, oxygen=True)
# Two observations that give no points, so that a third one makes a score of its own points.
CALM = {"respiration": 16, "systolic": 120, "heart_rate": 70, "body_temperature": 37.0, "spo2": 97}

BANDS = [
    ("respiration", AIR, {8: 3, 9: 1, 11: 1, 12: 0, 20: 0, 21: 2, 24: 2, 25: 3}),
    ("spo2", AIR, {91: 3, 92: 2, 93: 2, 94: 1, 95: 1, 96: 0, 100: 0}),
    ("spo2", SCALE_2, {83: 3, 84: 2, 85: 2, 86: 1, 87: 1, 88: 0, 92: 0, 93: 0, 97: 0}),
    ("spo2", SCALE_2_OXYGEN, {87: 1, 88: 0, 92: 0, 93: 1, 94: 1, 95: 2, 96: 2, 97: 3}),
    ("systolic", AIR, {90: 3, 91: 2, 100: 2, 101: 1, 110: 1, 111: 0, 219: 0, 220: 3}),
    ("heart_rate", AIR, {40: 3, 41: 1, 50: 1, 51: 0, 90: 0, 91: 1, 110: 1, 111: 2, 130: 2, 131: 3}),
    ("body_temperature", AIR, {35.0: 3, 35.1: 1, 36.0: 1, 36.1: 0, 38.0: 0, 38.1: 1, 39.0: 1, 39.1: 2}),
]


@pytest.mark.parametrize(
    ("name", "setting", "value", "points"),
    [(name, setting, value, points) for name, setting, bands in BANDS for value, points in bands.items()],
)
def test_bands(name, setting, value, points):
    found = score(CALM | {name: value}, setting)
    assert found.points[name] == points


@pytest.mark.parametrize(
    ("values", "setting", "total"),
    [
        (CALM, AIR, 0),
        (CALM | {"spo2": 90}, SCALE_2_OXYGEN, 2),
        ({"heart_rate": 112, "respiration": 22, "spo2": 93}, AIR, 6),
        (
            {"heart_rate": 131, "respiration": 25, "spo2": 90, "systolic": 85, "body_temperature": 34.9},
            AIR,
            15,
        ),
        ({"heart_rate": 131, "spo2": 90}, AIR, None),
    ],
)
def test_sums(values, setting, total):
    found = score(values, setting)
    assert (found and found.total) == total
