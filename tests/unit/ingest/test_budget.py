"""One device says too much: it is heard no further, the others are, and a cry for help always."""

from core.directory import DeviceEntry, Directory
from core.instant import MINUTE, SECOND
from ingest.budget import BYTES, FLOOD, UNLIMITED, Budget, Limits
from ingest.message import Fault, Message
from tests.support.feed import said

NOW = 1_750_000_000 * SECOND
TOWN = Directory.of([DeviceEntry(n, f"w{n}", n, f"h{n}", 1) for n in (1, 2)], {})
LIMITS = Limits(rate=10, burst=100)


def burst(number: int, device: int = 1, at: int = NOW) -> list[Message]:
    return [said(f"h{device}/w{device}/vital", at, n, heart_rate=70) for n in range(number)]


def test_what_is_beyond_the_bucket_is_refused_and_the_others_are_read() -> None:
    out = Budget(LIMITS, NOW).split([*burst(150), *burst(60, device=2)], TOWN)
    assert len(out.kept) == 160
    assert {item.fault for item in out.refused} == {Fault.TOO_MANY}
    assert {item.device_code for item in out.refused} == {"w1"}


def test_the_bucket_fills_again() -> None:
    budget = Budget(LIMITS, NOW)
    budget.split(burst(150), TOWN)
    assert len(budget.split(burst(150, at=NOW + 3 * SECOND), TOWN).kept) == 30
    assert len(budget.split(burst(150, at=NOW + 13 * SECOND), TOWN).kept) == 100


def test_a_large_message_counts_for_many() -> None:
    large = Message("nw/v1/h1/w1/motion", b"x" * (9 * BYTES), NOW)
    assert len(Budget(LIMITS, NOW).split([large] * 20, TOWN).kept) == 10


def test_what_the_broker_kept_while_nobody_listened_is_not_too_much() -> None:
    assert len(Budget(LIMITS, NOW, away=MINUTE).split(burst(900), TOWN).kept) == 700
    budget = Budget(LIMITS, NOW)
    budget.split(burst(100), TOWN)
    budget.forgive(MINUTE)
    assert len(budget.split(burst(900), TOWN).kept) == 600


def test_a_cry_for_help_is_heard_beyond_the_budget() -> None:
    budget = Budget(LIMITS, NOW)
    budget.split(burst(150), TOWN)
    cry = said("h1/w1/event", NOW, 1, kind="button", state=1)
    assert budget.split([*burst(50), cry, *burst(50)], TOWN).kept == [cry]
    # Which is no way around it.
    assert len(budget.split([cry] * 100, TOWN).kept) == 5


def test_a_flood_is_said_once_and_that_it_is_over() -> None:
    budget = Budget(LIMITS, NOW)
    first = budget.split(burst(100 + FLOOD), TOWN)
    assert first.floods == [1]
    assert [(f.kind, f.device, f.severity) for f in first.findings] == [("device_fault", 1, "flooding")]
    again = budget.split(burst(FLOOD, at=NOW + SECOND), TOWN)
    assert again.findings == []
    assert budget.quiet(NOW + MINUTE) == []
    (over,) = budget.quiet(NOW + 11 * MINUTE)
    assert over.id == first.findings[0].id
    assert over.cleared
    assert over.revision == 1


def test_a_flood_is_taken_up_after_a_restart() -> None:
    finding = Budget(LIMITS, NOW).split(burst(100 + FLOOD), TOWN).findings[0]
    again = Budget(LIMITS, NOW + MINUTE)
    again.resume([finding], TOWN)
    assert again.split(burst(100 + FLOOD, at=NOW + MINUTE), TOWN).findings == []
    assert [f.id for f in again.quiet(NOW + 12 * MINUTE)] == [finding.id]


def test_strangers_share_one_bucket() -> None:
    strangers = [Message(f"nw/v1/h9/x{n}/vital", b"{}", NOW) for n in range(150)]
    budget = Budget(LIMITS, NOW)
    assert len(budget.split([*strangers, Message("#", b"", NOW)], TOWN).kept) == 100
    assert len(budget.split(burst(50), TOWN).kept) == 50
    assert budget.split(strangers, TOWN).floods == []  # there is nobody to shut out


def test_without_a_limit_everything_is_read() -> None:
    assert len(Budget(UNLIMITED, NOW).split(burst(1000), TOWN).kept) == 1000
