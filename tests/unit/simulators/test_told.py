"""Who was told, when, and that nobody else was: judged as the document says it."""

import pytest

from core.instant import DAY, HOUR, SECOND
from simulators.scenarios.document import BadScenario, parse
from simulators.scenarios.script import write
from simulators.scenarios.verdict import Told, judge_told

NOON = 20_500 * DAY + 4 * HOUR
TEXT = """
name: one
title: Somebody presses a button
lasts: 5 min
live: false
homes:
  - code: home
    people: [{name: Ann, contacts: [{name: Her son}]}]
    devices: [{code: button, kind: button, wearer: Ann}]
staff:
  - {name: Wang, role: operator}
  - {name: Li, role: responder, answers: accepts}
  - {name: Her daughter, role: family, of: Ann}
timeline:
  - {at: 10 s, does: presses, device: button, called: the press}
expect:
  told:
    - {who: Wang, of: sos, as: alarm, after: the press, within: 3 s}
    - {who: Li, as: offer, after: the press, not_before: 60 s, within: 64 s, times: 1}
"""
PRESS = NOON + 10 * SECOND


def told(who: str, after_s: float, purpose: str = "alarm", kind: str = "sos") -> Told:
    return Told(kind, who, purpose, PRESS + round(after_s * SECOND))


GOOD = [told("Wang", 1), told("Li", 61, "offer")]


@pytest.mark.parametrize(
    ("seen", "failed"),
    [
        (GOOD, []),
        ([told("Wang", 4), GOOD[1]], ["Wang is told of sos as alarm"]),
        ([told("Wang", 1, kind="fall"), GOOD[1]], ["Wang is told of sos as alarm"]),
        ([GOOD[0], told("Li", 30, "offer")], ["Li is told as offer"]),
        ([*GOOD, told("Li", 62, "offer")], ["Li is told as offer"]),
        ([*GOOD, told("Her daughter", 100)], ["nobody else is told"]),
    ],
    ids=["as it must", "too late", "of something else", "too early", "twice", "somebody else"],
)
def test_what_must_be_told_is_told_and_nothing_else(seen: list[Told], failed: list[str]) -> None:
    checks = list(judge_told(write(parse(TEXT), NOON), seen, 0))
    assert len(checks) == 3
    wrong = [check.what for check in checks if not check.passed]
    assert len(wrong) == len(failed)
    assert all(what.startswith(start) for what, start in zip(wrong, failed, strict=True))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("of: Ann", "of: Bob"), "no person Bob"),
        (("role: family, of: Ann", "role: family"), "family is of somebody"),
        (("who: Wang, of", "who: Wong, of"), r"told\[0\]: no member of staff or contact Wong"),
        (("live: false", "live: true"), ""),
        (("who: Li, as: offer", "who: Her son, as: offer"), ""),
        (
            ("after: the press, within: 3 s", "after: the end, within: 3 s"),
            "nothing in the timeline is called",
        ),
        (("name: Li", "name: Her son"), "Her son stands there twice"),
    ],
)
def test_whom_nobody_knows_is_refused(change: tuple[str, str], said: str) -> None:
    assert change[0] in TEXT
    if not said:
        parse(TEXT.replace(*change))
        return
    with pytest.raises(BadScenario, match=said):
        parse(TEXT.replace(*change))


def test_a_contact_cannot_be_reached_by_a_rehearsal() -> None:
    text = TEXT.replace("who: Li, as: offer", "who: Her son, as: offer").replace("live: false", "live: true")
    with pytest.raises(BadScenario, match="contacts can be reached on virtual time only"):
        parse(text)


def test_people_come_with_contacts_consents_and_fences() -> None:
    fenced = TEXT.replace(
        "contacts: [{name: Her son}]",
        "contacts: [{name: Her son}], consents: [monitoring],"
        " fences: [{lat: 34.8, lon: 114.3, radius_m: 300}]",
    )
    (home,) = write(parse(fenced), NOON).community["homes"]
    (ann,) = home["residents"]
    assert ann["consents"] == ["monitoring"]
    assert ann["contacts"][0]["name"] == "Her son"
    assert ann["fences"][0]["points"] == [[34.8, 114.3]]
