"""A worker process that shares the town with others: takes its part of the parts, and works on them."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

import psycopg

from core.clock import Clock
from core.instant import HOUR, SECOND, to_datetime
from ingest.partitions.share_out import Standing, next_move
from ingest.partitions.store import Leases

log = logging.getLogger(__name__)

_EVERY_S = 0.25
_AGAIN_S = 0.3
_SETTLE = 10 * SECOND
_CLEAR_EVERY = HOUR


class Works(Protocol):
    """Who works on one part; see ingest.partitions.tenant."""

    number: int
    epoch: int
    failure: Exception | None

    @property
    def ended(self) -> bool:
        """Whether it works no more."""
        ...

    def stop(self, *, lost: bool = False) -> None:
        """End after the batch at hand; `lost`: somebody else has the part already."""
        ...

    def wait(self) -> None:
        """Until it has ended."""
        ...


class Host:
    """Runs until `stop`; a database that goes away is waited for, and its tenants wait for it themselves."""

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection[Any]],
        begin: Callable[[int, int], Works],
        count: int,
        name: str,
        wall: Clock,
    ) -> None:
        """`begin(part, epoch)` starts the work on a part; `name` is for people; `wall` is real time."""
        self._connect, self._begin, self._count, self._name, self._wall = connect, begin, count, name, wall
        self._stop = threading.Event()
        self._tenants: dict[int, Works] = {}
        self._leases: Leases | None = None
        self._settled_at = self._cleared = 0
        self._me: int | None = None
        self._first: Callable[[], None] | None = None

    def stop(self) -> None:
        """Leave `run`."""
        self._stop.set()

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until stopped, then give everything back; `ready` is called once when we are among the
        living. Raises what ended a tenant that failed."""
        self._first = ready
        try:
            while not self._stop.is_set():
                try:
                    self._turn()
                except psycopg.Error as error:
                    log.warning("leases wait for the database", extra={"error": type(error).__name__})
                    self._drop()
                    self._stop.wait(_AGAIN_S)
        finally:
            self._leave()

    def _turn(self) -> None:
        now = self._wall.now()
        leases = self._leases or self._come_in(now)
        seen = leases.look(to_datetime(now))
        if self._first is not None:
            self._first()
            self._first = None
        if self._reap(leases, seen):
            return  # and look again
        for number in seen.mine.keys() - self._tenants.keys():
            # Ours by the table alone: we could not say that we gave it back.
            self._tenants[number] = self._begin(number, seen.mine[number])
        move = next_move(seen, self._count + 1)
        for number in move.give:
            self._tenants[number].stop()
        for number in move.take if now >= self._settled_at else ():
            epoch = leases.claim(number, list(seen.living), to_datetime(now))
            if epoch is not None:
                log.info("a part is ours", extra={"part": number, "epoch": epoch})
                self._tenants[number] = self._begin(number, epoch)
        if now - self._cleared >= _CLEAR_EVERY:
            self._cleared = now
            leases.clear(to_datetime(now))
        leases.wait(_EVERY_S)

    def _come_in(self, now: int) -> Leases:
        self._leases = Leases(self._connect(), self._count, self._name, self._me)
        if self._me is not None:
            # The database was away, perhaps for all: the others come back in these moments, and their parts
            # are theirs.
            self._settled_at = now + _SETTLE
        self._me = self._leases.me
        return self._leases

    def _reap(self, leases: Leases, seen: Standing) -> bool:
        """Stop those whose lease is somebody else's, and see off those who ended; whether one did."""
        reaped = False
        for number, tenant in list(self._tenants.items()):
            if seen.mine.get(number) != tenant.epoch:
                tenant.stop(lost=True)
            if tenant.failure is not None:
                raise tenant.failure
            if tenant.ended:
                # Given back only now: nothing of ours is under way any more.
                leases.give_back(number, tenant.epoch, to_datetime(self._wall.now()))
                del self._tenants[number]
                reaped = True
        return reaped

    def _drop(self) -> None:
        if self._leases is not None:
            self._leases.close()
        self._leases = None

    def _leave(self) -> None:
        for tenant in self._tenants.values():
            tenant.stop()
        for tenant in self._tenants.values():
            tenant.wait()
        try:
            if self._leases is not None:
                for number, tenant in self._tenants.items():
                    self._leases.give_back(number, tenant.epoch, to_datetime(self._wall.now()))
                self._leases.leave()
        except psycopg.Error as error:
            log.warning("leases are left to lapse", extra={"error": type(error).__name__})
        self._drop()
