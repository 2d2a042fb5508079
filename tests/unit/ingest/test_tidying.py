"""Whose part of the quarantine is cut when: a few devices at a time, each in its turn."""

from core.directory import DeviceEntry, Directory
from ingest.message import Fault, Message, Refused
from ingest.tidying import AT_ONCE, EVERY_S, STRANGERS, Tidying

TOWN = Directory.of([DeviceEntry(n, f"w{n}", 1, "h1", 1) for n in range(20)], {})


def refused(code: str) -> Refused:
    return Refused(Message("nw/v1/h1/w1/vital", b"", 0), Fault.MALFORMED, "", "h1", code)


def test_faulty_devices_come_in_turn_a_few_at_a_time() -> None:
    tidying, seen = Tidying(), list[str]()
    tidying.note([refused(f"w{n}") for n in range(12)], TOWN)
    for step in range(1, 4):
        due = tidying.due(step * EVERY_S)
        assert len(due) <= AT_ONCE
        seen += due
        tidying.note([refused("w0")], TOWN)  # goes on, and waits for the others
    assert seen == [f"w{n}" for n in range(12)] + ["w0"]
    assert tidying.due(3.5 * EVERY_S) == []


def test_strangers_are_one() -> None:
    tidying = Tidying()
    tidying.note([refused(f"made-up-{n}") for n in range(1000)], TOWN)
    assert tidying.due(EVERY_S) == [STRANGERS]
    assert tidying.due(2 * EVERY_S) == []
