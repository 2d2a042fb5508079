"""Somebody calls for help in a message that must be refused: the call is heard, and the maker learns."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.escalation.policy import Book
from alerts.policy import defaults
from alerts.triage import Case, Verdict, after, rule
from analytics.immediate import ImmediateDetector
from core.batch import Batch
from core.directory import DeviceEntry, Directory
from core.finding import Finding
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.quantity import BY_NAME
from ingest.decode import Decoded, Decoder
from ingest.message import Message

NOW = 1_790_000_000 * SECOND
T = NOW // 1000 - 700  # milliseconds: pressed 0.7 s ago
BUTTON = DeviceEntry(11, "b1", 1, "h1", 7, resident=5, kind="button", since=NOW - DAY)
DIRECTORY = Directory.of([BUTTON], {1: (5,)})


def message(body: object, received: int = NOW, stream: str = "event", **known: Any) -> Message:
    return Message(f"nw/v1/h1/b1/{stream}", json.dumps(body).encode(), received, **known)


def decode(*messages: Message) -> Decoded:
    return Decoder(DIRECTORY).decode(messages, NOW)


def heard(decoded: Decoded) -> list[tuple[str, float, int]]:
    """Quantity, state and instant of every reading; each is about now and of the button."""
    names = {quantity.id: name for name, quantity in BY_NAME.items()}
    rows = decoded.batch.readings
    assert set(rows[["home", "device", "resident", "live"]].tolist()) <= {(1, 11, 5, True)}
    return [(names[row["metric"]], float(row["value"]), int(row["time"])) for row in rows]


def press(**other: Any) -> dict[str, Any]:
    return {"t": T, "seq": 7, "kind": "button", "state": 1} | other


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in press().items() if key != name}


OWN = T * 1000  # the time it says itself

TRIFLES = [
    ("no t", without("t"), "missing_field", ("button", 1, NOW)),
    ("t is null", press(t=None), "wrong_type", ("button", 1, NOW)),
    ("t is a text", press(t=str(T)), "wrong_type", ("button", 1, NOW)),
    ("t in nanoseconds", press(t=T * 10**6), "impossible_value", ("button", 1, NOW)),
    ("seq is a text", press(seq="7"), "wrong_type", ("button", 1, OWN)),
    ("a negative seq", press(seq=-1), "impossible_value", ("button", 1, OWN)),
    ("the state is null", press(state=None), "wrong_type", ("button", 1, OWN + 7)),
    ("the state is a word", press(state="pressed"), "wrong_type", ("button", 1, OWN + 7)),
    ("a strange test", press(test="false"), "wrong_type", ("button", 1, OWN + 7)),
    ("smoke 255", press(kind="smoke", state=255), "impossible_value", ("smoke", 1, OWN + 7)),
    ("gas -1", press(kind="gas", state=-1), "impossible_value", ("gas", 1, OWN + 7)),
    ("water on", press(kind="water", state="ON"), "wrong_type", ("water", 1, OWN + 7)),
    ("CO as text", press(kind="co", state="1"), "wrong_type", ("co", 1, OWN + 7)),
    ("a newer kind beside", [press(), press(kind="hum")], "unknown_kind", ("button", 1, OWN + 7)),
    ("no object beside", [17, press()], "wrong_type", ("button", 1, OWN + 7)),
    (
        "a clock ahead beside",
        [press(kind="need_help"), press(kind="presence", t=T + 60_000)],
        "future_clock",
        ("need_help", 1, OWN + 7),
    ),
    ("no t and a wrong door", [without("t"), press(kind="door", state="ajar")], None, ("button", 1, NOW)),
    ("a fall in 1970", [press(kind="fall", t=3), press(kind="door", state=7)], None, ("fall", 1, NOW)),
]  # fmt: skip


@pytest.mark.parametrize(("body", "reason", "cry"), [c[1:] for c in TRIFLES], ids=[c[0] for c in TRIFLES])
def test_a_cry_for_help_is_heard_whatever_else_is_wrong(
    body: object, reason: str | None, cry: tuple[str, float, int]
) -> None:
    out = decode(message(body))
    assert heard(out) == [cry]
    assert [refused.message for refused in out.refused] == [message(body)]
    assert reason in (None, out.refused[0].fault)
    assert (out.news[11].online, out.news[11].last_seen) == (True, NOW)


NO_CRIES = [
    ("an all-clear", press(kind="smoke", state=0, t=None)),
    ("an all-clear in a word", press(kind="smoke", state="off")),
    ("a state that says nothing", press(kind="smoke", state=None)),
    ("a word nobody knows", press(kind="smoke", state="unknown")),
    ("a test", press(kind="smoke", test=True, t=None)),
    ("a test in a word", press(kind="smoke", test="true")),
    ("a door", press(kind="door", t=None)),
    ("an answer that all is well", press(kind="all_right", t=None)),
    ("a kind that is no text", press(kind=["button"])),
    ("a button let go", press(state=0, t=None)),
]


@pytest.mark.parametrize("body", [c[1] for c in NO_CRIES], ids=[c[0] for c in NO_CRIES])
def test_what_is_no_cry_for_help_waits_in_quarantine(body: object) -> None:
    out = decode(message(body))
    assert heard(out) == []
    assert len(out.refused) == 1
    assert not out.news


def test_what_was_kept_or_comes_from_elsewhere_is_no_cry() -> None:
    strange = replace(message(without("t")), topic="nw/v1/h2/b1/event")
    out = decode(message(without("t"), retained=True), message(without("t"), stream="vital"), strange)
    assert heard(out) == []
    assert len(out.refused) == 3


def test_a_press_from_before_the_button_was_installed_here_counts_from_when_it_was_received() -> None:
    assert heard(decode(message(press(t=T - 2 * DAY // 1000, seq="7")))) == [("button", 1, NOW)]


def found(messages: Iterable[Message]) -> list[Finding]:
    """What is said of messages, each in a batch of its own."""
    detector, decoder = ImmediateDetector(), Decoder(DIRECTORY)
    detector.know(DIRECTORY)
    return [
        finding for one in messages for finding in detector.fold(decoder.decode([one], one.received).batch)
    ]


@pytest.mark.parametrize("later", [2 * SECOND, MINUTE])
@pytest.mark.parametrize("body", [without("t"), press(seq="7"), [press(), 17]])
def test_the_same_press_delivered_again_is_one_call(body: object, later: int) -> None:
    assert len(found([message(body), message(body, NOW + later)])) == 1


@pytest.mark.parametrize("later", [10 * MINUTE, 3 * HOUR, 2 * DAY])
def test_a_press_that_says_its_time_is_one_call_however_late_it_is_delivered_again(later: int) -> None:
    body = [press(), 17]
    assert len({finding.onset for finding in found([message(body), message(body, NOW + later)])}) == 1


@pytest.mark.parametrize("kind", ["button", "smoke"])
def test_a_call_without_a_time_delivered_again_much_later_is_what_is_dealt_with_already(kind: str) -> None:
    """Nobody can tell it from another press: it is found again, and makes no second incident while the first
    stands."""
    body = without("t") | {"kind": kind}
    first, second = found([message(body), message(body, NOW + 2 * HOUR)])
    book = Book({policy.kind: policy for policy in defaults()}, {})
    standing = after(rule(Case(first, 7, [], book, NOW)))
    assert standing is not None
    assert rule(Case(second, 7, [standing], book, NOW + 2 * HOUR)).verdict is Verdict.DUPLICATE


def test_a_button_without_a_clock_is_heard_every_time() -> None:
    """Its presses look the same to the last byte."""
    calls = found(message(without("t"), NOW + n * 5 * MINUTE) for n in range(3))
    assert [call.onset for call in calls] == [NOW + n * 5 * MINUTE for n in range(3)]


anything = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=6)
kinds = st.sampled_from(["button", "need_help", "fall", "smoke", "door", "test"])
odd_events = st.fixed_dictionaries(
    {"kind": kinds}, optional=dict.fromkeys(("t", "seq", "state", "test"), anything)
)


@given(st.lists(odd_events | anything, min_size=1, max_size=4))
def test_whatever_surrounds_it_nothing_breaks_and_a_plain_call_is_heard(beside: list[Any]) -> None:
    raw = msgspec.msgpack.encode([*beside, {"t": T, "kind": "need_help"}])
    out = decode(Message("nw/v1/h1/b1/event", raw, NOW))
    assert all(refused.fault != "unreadable" for refused in out.refused)
    rows = out.batch.readings
    assert np.isfinite(rows["value"]).all()
    assert (rows["metric"] == BY_NAME["need_help"].id).any()
    detector = ImmediateDetector()
    detector.know(DIRECTORY)
    assert "sos" in {finding.kind for finding in detector.fold(Batch(NOW, rows))}
