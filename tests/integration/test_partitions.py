"""Leases on parts of the town: who has one writes, who lost it does not, whatever it believes."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from core.clock import ManualClock
from core.instant import from_datetime
from core.settings import Settings
from ingest.partitions.host import Host
from ingest.partitions.store import LEASE, Fenced, LeaseLost, Leases, connect, connect_under
from tests.support.mqtt import wait_for

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
PARTS = 2
WRITE = "UPDATE ingest_worker SET received = received + 1 WHERE name = 'x'"


class Office:
    """Workers, each with a connection for its leases, on one database."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.settings = Settings(database_url=dsn, data_dir=folder)  # type: ignore[arg-type]
        self._stack = ExitStack()

    def worker(self, name: str) -> Leases:
        leases = Leases(connect(self.settings), PARTS, name)
        self._stack.callback(leases.close)
        return leases

    def writer(self, part: int, epoch: int) -> Fenced:
        return self._stack.enter_context(connect_under(self.settings, (PARTS, part, epoch)))

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def office(dsn: str, tmp_path: Path) -> Iterator[Office]:
    with psycopg.connect(dsn) as conn:
        conn.execute("INSERT INTO ingest_worker (name, started_at) VALUES ('x', %s)", (NOW,))
    made = Office(dsn, tmp_path)
    yield made
    made.close()


def written(office: Office) -> int:
    with psycopg.connect(office.settings.database_url.get_secret_value()) as conn:
        row = conn.execute("SELECT received FROM ingest_worker WHERE name = 'x'").fetchone()
    assert row is not None
    return int(row[0])


def living(leases: Leases, now: datetime = NOW) -> list[int]:
    return list(leases.look(now).living)


def test_what_one_has_nobody_else_gets_while_it_lives(office: Office) -> None:
    a, b = office.worker("a"), office.worker("b")
    a.look(NOW)
    assert a.claim(0, living(a), NOW) == 1
    assert b.claim(0, living(b), NOW) is None
    assert b.look(NOW).free == (1, 2)


def test_the_death_of_a_session_shows_at_once(office: Office) -> None:
    a, b = office.worker("a"), office.worker("b")
    a.look(NOW)
    a.claim(0, living(a), NOW)
    a.close()
    wait_for(lambda: living(b) == [b.me], "the server has noticed")
    assert b.claim(0, living(b), NOW) == 2


def test_one_that_says_nothing_any_more_is_passed_over_although_its_session_stands(office: Office) -> None:
    a, b = office.worker("a"), office.worker("b")
    a.look(NOW)
    a.claim(0, living(a), NOW)
    later = NOW + LEASE + timedelta(seconds=1)
    assert b.claim(0, living(b, later), later) == 2
    assert a.look(later).mine == {}, "and sees it when it wakes"


def test_who_lost_a_part_writes_nothing_there(office: Office) -> None:
    a, b = office.worker("a"), office.worker("b")
    epoch = a.claim(0, living(a), NOW)
    assert epoch is not None
    writer = office.writer(0, epoch)
    with writer.transaction():
        writer.execute(WRITE)
    b.claim(0, [], NOW)
    with pytest.raises(LeaseLost), writer.transaction():
        writer.execute(WRITE)
    assert written(office) == 1


def test_who_hangs_in_the_middle_of_a_transaction_is_ended_and_wrote_nothing(office: Office) -> None:
    a, b = office.worker("a"), office.worker("b")
    epoch = a.claim(0, living(a), NOW)
    assert epoch is not None
    writer = office.writer(0, epoch)

    def write_while_somebody_takes_over() -> None:
        with writer.transaction():
            writer.execute(WRITE)
            assert b.claim(0, [], NOW) is None, "not while the other may still commit"
            writer.execute(WRITE)

    with pytest.raises(psycopg.OperationalError):
        write_while_somebody_takes_over()
    assert b.claim(0, [], NOW) == 2
    assert written(office) == 0


def test_a_transaction_within_another_is_fenced_once(office: Office) -> None:
    a = office.worker("a")
    epoch = a.claim(1, living(a), NOW)
    assert epoch is not None
    writer = office.writer(1, epoch)
    with writer.transaction(), writer.transaction():
        writer.execute(WRITE)
    assert written(office) == 1


def test_what_is_given_back_is_free_and_a_second_word_about_it_changes_nothing(office: Office) -> None:
    a, b = office.worker("a"), office.worker("b")
    epoch = a.claim(0, living(a), NOW)
    assert epoch is not None
    a.give_back(0, epoch, NOW)
    assert b.claim(0, living(b), NOW) == 2
    a.give_back(0, epoch, NOW)
    assert b.look(NOW).mine == {0: 2}


class Tenant:
    """Work that does nothing."""

    def __init__(self, number: int, epoch: int) -> None:
        self.number, self.epoch, self.failure, self.ended = number, epoch, None, False

    def stop(self, *, lost: bool = False) -> None:
        self.ended = True

    def wait(self) -> None:
        assert self.ended


def test_a_host_that_is_stopped_gives_everything_back(office: Office) -> None:
    begun: list[Tenant] = []

    def begin(number: int, epoch: int) -> Tenant:
        begun.append(Tenant(number, epoch))
        if len(begun) == PARTS + 1:
            host.stop()
        return begun[-1]

    clock = ManualClock(from_datetime(NOW))
    host = Host(lambda: connect(office.settings), begin, PARTS, f"host/{os.getpid()}", clock)
    host.run()
    assert {tenant.number for tenant in begun} == {0, 1, 2}, "and the rest"
    other = office.worker("b")
    assert other.look(NOW).free == (0, 1, 2)
    assert living(other) == [other.me]


def test_a_host_whose_work_fails_ends_with_what_failed(office: Office) -> None:
    class Failing(Tenant):
        def __init__(self, number: int, epoch: int) -> None:
            super().__init__(number, epoch)
            self.failure, self.ended = RuntimeError("it cannot be"), True  # type: ignore[assignment]

    host = Host(lambda: connect(office.settings), Failing, PARTS, "host", ManualClock(from_datetime(NOW)))
    with pytest.raises(RuntimeError, match="cannot be"):
        host.run()
