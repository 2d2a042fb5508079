"""The trace of an alarm: one finding, one trace, every step under the one before it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from api.tracing import ROOT, Span, measure, span_id, spans
from tests.support.counted import counting

NIGHT = datetime(2026, 11, 22, 19, tzinfo=UTC)
FINDING, INCIDENT = UUID(int=0xA11CE), UUID(int=0x1)


def after(ms: int) -> datetime:
    return NIGHT + timedelta(milliseconds=ms)


ALARM: dict[str, Any] = {
    "finding": FINDING, "incident": INCIDENT, "kind": "fall", "priority": "high", "drill": False,
    "detected_at": NIGHT, "received": after(120), "written_at": after(150), "ruled_at": after(180),
}  # fmt: skip
PUSH: dict[str, Any] = {
    "id": 7, "incident": INCIDENT, "recipient_kind": "account", "purpose": "alarm", "channel": "web_push",
    "queued_at": after(180), "sent_at": after(900), "delivered_at": after(1400), "seen_at": None,
}  # fmt: skip
TRY: dict[str, Any] = {
    "message": 7, "try": 1, "channel": "web_push", "outcome": "sent",
    "started_at": after(200), "ended_at": after(900),
}  # fmt: skip


def made(alarm: dict[str, Any] = ALARM, messages: Any = (PUSH,), tries: Any = (TRY,)) -> dict[str, Span]:
    return {span.step or span.name: span for span in spans(alarm, list(messages), list(tries))}


def milliseconds(span: Span) -> float:
    return (span.ended - span.began) / 1000


def test_each_step_takes_what_it_took_and_lies_under_its_parent() -> None:
    found = made()
    assert {name: milliseconds(span) for name, span in found.items()} == {
        ROOT: 1400, "wire": 120, "ingest": 30, "triage": 30,
        "message 7": 1220, "message 7 try 1": 700, "message 7 screen": 1220,
    }  # fmt: skip
    by_id = {span.span_id: span for span in found.values()}
    assert len(by_id) == len(found)
    for span in found.values():
        assert span.trace_id == FINDING.int
        if span.parent_id is not None:
            assert by_id[span.parent_id].began <= span.began
    assert [name for name, span in found.items() if span.parent_id is None] == [ROOT]


def test_whoever_knows_the_finding_knows_the_ids() -> None:
    assert made()["wire"].span_id == span_id(FINDING, "wire")
    assert span_id(FINDING, "wire") != span_id(UUID(int=0xB0B), "wire")
    assert 0 < span_id(FINDING, "wire") < 2**64


def test_a_clock_of_a_device_that_is_ahead_makes_no_step_shorter_than_nothing() -> None:
    found = made(ALARM | {"received": NIGHT - timedelta(seconds=3)})
    assert milliseconds(found["wire"]) == 0
    assert milliseconds(found["ingest"]) == 150


def test_what_nobody_was_told_ends_with_the_verdict() -> None:
    found = made(messages=(), tries=())
    assert set(found) == {ROOT, "wire", "ingest", "triage"}
    assert milliseconds(found[ROOT]) == 180


def test_messages_of_another_incident_are_not_in_it() -> None:
    assert "message 7" not in made(messages=(PUSH | {"incident": UUID(int=2)},))


def test_no_span_says_who_it_was_about() -> None:
    said = {name for span in made().values() for name in span.attributes}
    assert said == {"kind", "priority", "drill", "recipient", "purpose", "channel", "outcome"}


def test_each_step_of_an_alarm_is_measured_and_none_of_a_rehearsal() -> None:
    rehearsal = ALARM | {"drill": True, "finding": UUID(int=0xB0B)}
    with counting("nowalls_alarm_seconds") as more:
        measure([*spans(ALARM, [PUSH], [TRY]), *spans(rehearsal, [], [])])
    assert more == {(step,): 1 for step in (ROOT, "wire", "ingest", "triage", "send", "screen")}
