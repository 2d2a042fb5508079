"""What each sensor's word makes the system say, and who is told of it when nobody answers. The tables are the
documentation.

A row of the first: what a device says, how often and how late; what is said about it, and how the word for
its severity begins. A row of the second: a finding, and who is told so many seconds after it.
"""

from dataclasses import replace
from datetime import time

import pytest

from alerts import lifecycle
from alerts.escalation.notices import notices
from alerts.escalation.policy import Book
from alerts.escalation.who import Around
from alerts.incident import fold
from alerts.policy import defaults
from alerts.triage import Case, rule
from analytics.immediate import ImmediateDetector
from analytics.supervision import SupervisionDetector
from analytics.vitals import VitalsDetector
from core.finding import Finding, Reason
from core.instant import HOUR, MINUTE, SECOND
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


NAMES = {
    ("station", 4): "console", ("station", 3): "street's console", ("station", 2): "district's console",
    ("station", 1): "city's console", ("account", 40): "operator on duty",
    ("account", 41): "operator off duty", ("account", 30): "street's operator",
    ("account", 10): "city's operator", ("account", 45): "responder",
    ("account", 39): "volunteer (address only)", ("account", 19): "rescue team (address only)",
    ("account", 77): "daughter's phone", ("contact", 1): "daughter", ("contact", 2): "neighbour",
    ("account", 1): "administrator of everything",
}  # fmt: skip
AROUND = Around(
    chain=(4, 3, 2, 1),
    zone="Asia/Shanghai",
    granted={
        (4, "operator"): (40, 41), (3, "operator"): (30,), (1, "operator"): (10,), (4, "responder"): (45,)
    },
    duty={(4, "operator"): (40,), (3, "volunteer"): (39,), (1, "rescue"): (19,)},
    contacts=((1, 1), (2, 2)),
    family=(77,),
)  # fmt: skip
# What is about the platform itself is about no station and no home.
PLATFORM = Around(roots=(1,), administrators=(1,))
OF_PLATFORM = {"city's console", "administrator of everything"}
ALL_CONSOLES = {"console", "street's console", "district's console", "city's console"}
AT_ONCE = {"console", "operator on duty"}
STREET_TOO = AT_ONCE | {"street's console", "street's operator"}
FAMILY = {"daughter", "neighbour", "daughter's phone"}
DISTRICT_TOO = STREET_TOO | {"district's console"}

TOLD = [
    # kind, severity       after s, who is told (the same again counts as told)
    ("sos", "", {0: AT_ONCE, 60: STREET_TOO | {"responder", "daughter"}}),
    ("sos", "", {120: DISTRICT_TOO | {"volunteer (address only)"} | FAMILY}),
    ("sos", "", {180: ALL_CONSOLES | {
        "operator on duty", "operator off duty", "street's operator", "city's operator",
        "rescue team (address only)"} | FAMILY}),
    ("fall", "possible", {0: set(), 29: set(), 30: AT_ONCE, 90: STREET_TOO | {"responder", "daughter"}}),
    ("fall", "long_lie", {0: AT_ONCE, 60: STREET_TOO | {"responder", "daughter"}}),
    ("smoke", "", {0: AT_ONCE, 60: STREET_TOO | {"responder", "daughter"}}),
    ("water", "", {0: AT_ONCE, 60: set(), 300: STREET_TOO | {"responder"}, 600: DISTRICT_TOO | {"daughter"}}),
    ("low_battery", "", {0: AT_ONCE, 3600: set(), 86_400: AT_ONCE}),
    ("meteorite", "", {0: AT_ONCE, 300: STREET_TOO | {"responder"}}),
]  # fmt: skip

# The same while contacts sleep: (kind, who of the contacts does not want to be called now, who is told when).
# High priority may always; what can wait goes to the next who is awake, and to the desk when nobody is.
AT_NIGHT = [
    ("sos", {1, 2}, {60: STREET_TOO | {"responder", "daughter"}}),
    ("water", {1}, {600: DISTRICT_TOO | {"neighbour"}}),
    ("water", {2}, {600: DISTRICT_TOO | {"daughter"}}),
    ("water", {1, 2}, {600: DISTRICT_TOO}),
]


@pytest.mark.parametrize(("kind", "severity", "expected"), TOLD)
def test_who_is_told_when_nobody_answers(kind, severity, expected):
    assert told_of(kind, severity, expected, 4, AROUND) == expected


@pytest.mark.parametrize(("kind", "asleep", "expected"), AT_NIGHT)
def test_who_is_told_while_contacts_do_not_want_to_be_called(kind, asleep, expected):
    around = replace(AROUND, resting=frozenset(asleep))
    assert told_of(kind, "", expected, 4, around) == expected


@pytest.mark.parametrize(("kind", "expected"), [
    ("platform_outage", {0: OF_PLATFORM, 300: OF_PLATFORM, 600: OF_PLATFORM}),
])  # fmt: skip
def test_who_is_told_of_what_is_about_the_platform_itself(kind, expected):
    assert told_of(kind, "", expected, None, PLATFORM) == expected


def told_of(kind, severity, expected, station, around):
    """Who is told at each of the seconds of `expected`."""
    book = Book({policy.kind: policy for policy in defaults()}, {})
    finding = Finding(kind, 1, MORNING, MORNING, Reason(f"{kind}.x"), resident=1, severity=severity)
    ruling = rule(Case(finding, station, (), book, MORNING, around=around))
    plan = book.plan(kind, ruling.incident.priority, around.chain, time(12))
    incident, told = ruling.incident, {}
    events, now = list(ruling.events), MORNING
    while now - MORNING <= max(expected) * SECOND:
        asked = notices(incident, events, plan, around)
        told.setdefault((now - MORNING) // SECOND, set()).update(NAMES[n.to.kind, n.to.id] for n in asked)
        incident = fold(incident, events)
        now = incident.next_step_at
        events = lifecycle.due(incident, plan, now)
    return {after: told.get(after, set()) for after in expected}
