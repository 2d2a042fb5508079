"""What a device stored while it was cut off comes through whole, however often we are started anew meanwhile;
who floods without having been silent is shut out all the same."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.memory import Memory
from core.directory import DeviceEntry, Directory
from core.instant import DAY, HOUR, MINUTE, SECOND
from ingest.budget import Budget, Limits, Split
from ingest.credit import GRACE, SILENT, SUM
from ingest.message import Message
from tests.support.feed import said

NOW = 1_750_000_000 * SECOND
TOWN = Directory.of([DeviceEntry(n, f"w{n}", n, f"h{n}", 1) for n in (1, 2)], {})
LIMITS = Limits(rate=0.02, burst=20)


class Ingest:
    """A worker's budget and what its store knows: when each device was last heard, and what was kept."""

    def __init__(self, limits: Limits = LIMITS, now: int = NOW) -> None:
        self.limits, self.now = limits, now
        self.last_seen: dict[int, int] = {}
        self.memories: dict[int, Memory] = {}
        self.start()

    def start(self) -> None:
        """As after a kill -9: only the store is left."""
        self.budget = Budget(self.limits, self.now)
        self.budget.heard(self.last_seen.items())
        self.budget.recall(self.memories.values())

    def hear(self, messages: Sequence[Message], dies: str = "", free: bool = False) -> Split:
        """A batch; the worker `dies` "before" or "after" it is stored: unstored, it comes again."""
        self.now = max(self.now, messages[-1].received)
        if dies == "before":
            self.budget.split(messages, TOWN, free)
            self.start()
        out = self.budget.split(messages, TOWN, free)
        self.memories |= {memory.subject: memory for memory in self.budget.kept()}
        for message in out.kept:
            self.last_seen[TOWN.by_code[message.topic.split("/")[3]].id] = message.received
        if dies == "after":
            self.start()
        return out


def burst(number: int, at: int, device: int = 1) -> list[Message]:
    return [said(f"h{device}/w{device}/vital", at, n, heart_rate=70) for n in range(number)]


def test_two_days_of_a_wearable_come_through_whole_with_a_restart_in_the_middle() -> None:
    ingest = Ingest(Limits())
    ingest.hear(burst(1, NOW))
    back = NOW + 2 * DAY
    one = Message("nw/v1/h1/w1/vital", b'{"t":1,"seq":1,"heart_rate":70}', back)
    refused = 0
    for batch in range(85):
        refused += len(ingest.hear([one] * 2000, "after" if batch == 40 else "").refused)
    assert refused == 0


def test_a_silence_is_remembered_that_ended_in_the_very_batch_before_the_restart() -> None:
    ingest = Ingest()
    ingest.hear(burst(1, NOW))
    back = NOW + 2 * DAY
    ingest.hear(burst(1, back), "after")
    assert ingest.hear(burst(3400, back), "").refused == []


def test_a_silence_as_long_as_the_one_before_is_remembered_as_long_again() -> None:
    """What it earns is what is written down already; until when it counts is not."""
    ingest, back = Ingest(), NOW
    ingest.hear(burst(1, NOW))
    for _ in range(2):
        back += DAY + HOUR
        ingest.hear(burst(1, back), "after")
    assert ingest.hear(burst(1400, back), "").refused == []


def test_the_second_two_days_of_a_wearable_come_through_as_the_first_did() -> None:
    ingest = Ingest()
    now = NOW
    ingest.hear(burst(1, now))
    now += 48 * HOUR
    assert ingest.hear(burst(3000, now)).refused == []
    now += 47 * HOUR + 59 * MINUTE  # away again; back a minute before the first silence is forgotten
    assert ingest.hear(burst(1, now)).refused == []
    now += 2 * MINUTE
    assert ingest.hear(burst(3000, now)).refused == []


def test_a_silence_that_ended_while_everything_was_free_is_remembered() -> None:
    ingest = Ingest()
    ingest.hear(burst(1, NOW))
    back = NOW + 2 * DAY
    ingest.hear(burst(500, back), "after", free=True)
    assert ingest.hear(burst(2900, back), "").refused == []


def test_a_last_will_is_not_the_device_speaking() -> None:
    ingest = Ingest()
    ingest.hear(burst(1, NOW))
    ingest.hear([Message("nw/v1/h1/w1/status", b'{"online":false}', NOW + 2 * DAY - MINUTE)])
    assert ingest.hear(burst(3400, NOW + 2 * DAY)).refused == []


def test_who_was_never_heard_has_nothing_stored() -> None:
    assert len(Ingest().hear(burst(100, NOW)).kept) == 20


def test_the_credit_of_a_long_silence_lapses_and_quiet_nights_do_not_add_up() -> None:
    ingest = Ingest()
    ingest.hear(burst(1, NOW))
    ingest.hear(burst(1, NOW + 5 * DAY))
    live = NOW + 5 * DAY
    for _ in range(20_000):  # ten weeks of a message every five minutes
        live += 5 * MINUTE
        ingest.hear(burst(1, live))
    most = LIMITS.burst + LIMITS.rate * SUM / SECOND
    assert len(ingest.hear(burst(3 * round(most), live)).kept) <= most


chunks = st.tuples(
    st.integers(1, 60), st.integers(0, 3 * MINUTE), st.sampled_from(["", "", "", "before", "after"])
)


@settings(deadline=None)
@given(st.data())
def test_nothing_within_rate_times_silence_and_burst_is_refused(data: st.DataObject) -> None:
    """The memory of a silence at any pace, an ordinary life beside it, restarts anywhere."""
    ingest = Ingest()
    ingest.hear(burst(1, NOW), data.draw(st.sampled_from(["", "after"])))
    now = NOW
    for silence in data.draw(st.lists(st.integers(MINUTE, 3 * DAY), min_size=1, max_size=3)):
        now += silence
        stored = int(LIMITS.rate * silence / SECOND)
        backlog = data.draw(st.integers(0, stored)) + 1  # and what it says now
        latest = now + max(DAY, silence)
        while backlog > 0 and now < latest:
            size, pause, dies = data.draw(chunks)
            size = min(backlog, size * max(1, stored // 100))
            out = ingest.hear(burst(size, now), dies)
            assert out.refused == []
            backlog -= size
            now += pause


@given(
    st.lists(
        st.tuples(st.integers(SILENT, HOUR), st.sampled_from(["", "before", "after"])), min_size=2, max_size=6
    )
)
def test_a_line_that_comes_and_goes_adds_up(gaps: list[tuple[int, str]]) -> None:
    ingest = Ingest()
    ingest.hear(burst(1, NOW))
    now = NOW
    for gap, dies in gaps:
        now += gap
        assert ingest.hear(burst(1, now), dies).refused == []
    stored = int(LIMITS.rate * (now - NOW) / SECOND)
    assert ingest.hear(burst(stored + 1, now)).refused == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.integers(0, SILENT - 1), st.sampled_from(["", "", "after"])),
        min_size=1,
        max_size=20,
    )
)
def test_a_flood_of_who_was_not_silent_is_bounded(flood: list[tuple[int, int, str]]) -> None:
    ingest = Ingest()
    ingest.hear(burst(1, NOW))
    now, kept, restarts = NOW, 1, 0
    for number, pause, dies in flood:
        now += pause
        kept += len(ingest.hear(burst(number, now), dies).kept)
        assert ingest.hear(burst(1, now, device=2)).refused == []
        restarts += dies == "after"
    rate = LIMITS.rate / SECOND
    most = LIMITS.burst * (1 + restarts) + rate * (now - NOW) + rate * (GRACE + HOUR) * restarts
    assert kept <= most + 1
