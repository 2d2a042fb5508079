"""What each sensor's word makes the system say. The table is the documentation.

A row: what a device says, how often and how late; what is said about it, and how the
word for its severity begins.
"""

import pytest

from analytics.immediate import ImmediateDetector
from analytics.supervision import SupervisionDetector
from analytics.vitals import VitalsDetector
from core.instant import HOUR, MINUTE
from tests.unit.analytics.town import MORNING, Town, play

TOWN = Town(1)

TABLE = [
    # device      quantity            values, five minutes apart   late     kind           severity
    ("button", "button", [1], "at once", "sos", ""),
    ("button", "button", [1], "5 h late", "sos", ""),
    ("button", "button", [0], "at once", None, ""),
    ("smoke", "smoke", [1], "at once", "smoke", ""),
    ("smoke", "gas", [1], "at once", "gas", ""),
    ("smoke", "co", [1], "at once", "co", ""),
    ("smoke", "water", [1], "5 h late", "water", ""),
    ("door", "tamper", [1], "at once", "tamper", ""),
    ("door", "tamper", [1], "7 h late", None, ""),
    ("wearable", "fall", [1], "at once", "fall", "reported"),
    ("wearable", "heart_rate", [131], "at once", None, ""),
    ("wearable", "heart_rate", [140, 140], "at once", "vitals", "heart_rate_high"),
    ("wearable", "heart_rate", [140, 80, 140], "at once", None, ""),
    ("wearable", "heart_rate", [140, 140], "5 h late", None, ""),
    ("wearable", "heart_rate", [185], "at once", "vitals", "heart_rate_high"),
    ("wearable", "heart_rate", [38, 38], "at once", "vitals", "heart_rate_low"),
    ("wearable", "spo2", [88, 89], "at once", "vitals", "spo2_low"),
    ("wearable", "spo2", [50, 50], "at once", None, ""),
    ("wearable", "spo2", [50, 50, 50], "at once", "device_fault", "not_measured"),
    ("wearable", "skin_temperature", [70, 70, 70], "at once", "device_fault", "too_hot"),
    ("wearable", "body_temperature", [43, 43, 43], "at once", "device_fault", "too_hot"),
    ("wearable", "body_temperature", [39.5, 39.5], "at once", "vitals", "body_temperature_high"),
    ("wearable", "systolic", [190, 185], "at once", "vitals", "systolic_high"),
    ("wearable", "glucose", [2.8], "at once", "vitals", "glucose_low"),
    ("pir", "battery", [0.16], "at once", None, ""),
    ("pir", "battery", [0.15, 0.14], "at once", "low_battery", ""),
    ("wearable", "online", [1, 0], "at once", "offline", ""),
]


@pytest.mark.parametrize(("device", "quantity", "values", "late", "kind", "severity"), TABLE)
def test_what_is_said(device, quantity, values, late, kind, severity):
    late_s = 0.2 if late == "at once" else float(late.split()[0]) * 3600
    said = [
        TOWN.says(1, device, quantity, value, MORNING + i * 5 * MINUTE, late_s=late_s, live=late == "at once")
        for i, value in enumerate(values)
    ]
    until = MORNING + len(values) * 5 * MINUTE + round(late_s / 3600) * HOUR
    # Other devices of the home go on talking, so that only the one in question can be missed.
    spoken = TOWN.readings(said + TOWN.heartbeats(until))
    found = []
    for detector in (ImmediateDetector(), VitalsDetector(), SupervisionDetector()):
        detector.know(TOWN.directory)
        found += play(detector, spoken, until, every_s=5)
    raised = [f for f in found if not f.cleared]
    assert [f.kind for f in raised] == ([] if kind is None else [kind])
    assert all(f.severity.startswith(severity) for f in raised)
