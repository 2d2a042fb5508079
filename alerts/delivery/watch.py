"""Who watches the watchman: parts that hang, self-tests, and an outside watcher that is called only while
everything provably works."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import time as local_time
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import urllib3
from psycopg import Connection

from alerts import actions
from alerts.delivery import faults
from alerts.drills import self_test
from alerts.drills import store as drills
from core import heartbeat
from core.clock import Clock
from core.instant import SECOND, to_datetime
from core.queries import load
from core.tls import RENEW_WITHIN

log = logging.getLogger(__name__)

Q = load(Path(__file__).with_name("watch.sql"))

PARTS = ("ingest", "triage", "steps", "deliver", "consoles", "api")
SOME_HAVE = ("foreign",)  # missed only where it has been at work before
PART_SILENT = "part_silent"
CERTIFICATE = "certificate"  # not a part, and without it no part is reached
SILENT_AFTER_S = 60.0  # real seconds
_STUCK_AFTER = timedelta(seconds=60)
_TESTED_WITHIN = timedelta(hours=26)
_LOOK_S = 1.0
_CHECK_S = 10.0
_PING_S = 60.0


class Watch:
    """A loop for alerts.loops. `ask` says whether the pages answer; `ping` calls the watcher outside."""

    def __init__(
        self,
        clock: Clock,
        stopping: Event,
        ask: Callable[[], bool],
        ping: Callable[[], None] | None,
        test_at: local_time | None,
        ends_soon: Callable[[], bool] = lambda: False,
    ) -> None:
        """`ping` None: nobody watches from outside; `test_at` None: no self-tests. `ends_soon` says whether
        a certificate of ours does: nobody comes in with one that has ended."""
        self._clock = clock
        self._stopping = stopping
        self._ask = ask
        self._ping = ping
        self._test_at = test_at
        self._ends_soon = ends_soon
        self._began = time.monotonic()
        self._checked = self._pinged = self._asked = -_PING_S
        self._answered = False

    def work(self, conn: Connection[Any]) -> None:
        """Until stopping."""
        while not self._stopping.is_set():
            mono = time.monotonic()
            now = self._clock.now()
            self_test.judge(conn, now)
            self._look_at_pages(conn)
            if mono - self._checked >= _CHECK_S:
                self._checked = mono
                self._check(conn, now)
            if mono - self._pinged >= _PING_S:
                self._pinged = mono
                self._call_outside(conn)
            self._stopping.wait(_LOOK_S)

    def _check(self, conn: Connection[Any], now: int) -> None:
        drills.finish_closed(conn, now)
        if self._test_at is not None:
            self_test.begin_due(conn, self._test_at, now)
        if time.monotonic() - self._began < SILENT_AFTER_S:
            return  # the others may still be on their way up
        silent = {*self.silent(conn), *self.behind(conn)}
        for part in (*PARTS, *SOME_HAVE):
            self._settle(conn, part, part in silent, SILENT_AFTER_S)
        self._settle(conn, CERTIFICATE, self._ends_soon(), RENEW_WITHIN.total_seconds())

    def _look_at_pages(self, conn: Connection[Any]) -> None:
        """Ask now and then; while all are on their way up every second, for they are the last to be there."""
        mono = time.monotonic()
        rising = not self._answered and mono - self._began < SILENT_AFTER_S
        if mono - self._asked >= (_LOOK_S if rising else _CHECK_S):
            self._asked, self._answered = mono, self._ask()
            if self._answered:
                heartbeat.beat(conn, "api", self._clock.now())

    def _settle(self, conn: Connection[Any], part: str, is_wrong: bool, limit_s: float) -> None:
        """An open incident exactly as long as something is wrong with the part."""
        if is_wrong:
            self._raise(conn, part, limit_s)
        else:
            faults.recovered(conn, "of_platform", {"kind": PART_SILENT, "part": part}, self._clock.now())

    def silent(self, conn: Connection[Any]) -> Sequence[str]:
        """Parts that have not been at work for a minute."""
        heartbeat.bring_back(conn, self._clock.now())
        beats, now = heartbeat.beats(conn), self._clock.now()
        parts = [*PARTS, *(part for part in SOME_HAVE if part in beats)]
        return [
            part
            for part in parts
            if self._clock.sleep_s((now - beats.get(part, 0)) / SECOND) > SILENT_AFTER_S
        ]

    def behind(self, conn: Connection[Any]) -> Sequence[str]:
        """Parts whose work has waited for more than a minute, though they may well be alive."""
        row = conn.execute(Q["behind"]).fetchone()
        now, oldest = self._clock.now(), zip(("triage", "steps"), row or (), strict=False)
        return [
            part
            for part, since in oldest
            if since is not None and self._clock.sleep_s((now - since) / SECOND) > SILENT_AFTER_S
        ]

    def troubles(self, conn: Connection[Any]) -> list[str]:
        """Why the watcher outside is not called: parts, "untriaged", "overdue", "untested", "stuck"; empty
        when everything works."""
        now = to_datetime(self._clock.now())
        found = list(self.silent(conn))
        found += [{"triage": "untriaged", "steps": "overdue"}[part] for part in self.behind(conn)]
        if self._test_at is not None and drills.untested(conn, now - _TESTED_WITHIN):
            found.append("untested")
        if drills.stuck(conn, now - _STUCK_AFTER):
            found.append("stuck")
        return found

    def _raise(self, conn: Connection[Any], part: str, limit_s: float) -> None:
        standing = {"kind": PART_SILENT, "part": part}
        if conn.execute(faults.Q["of_platform"], standing).fetchone():
            return
        log.error("a part is silent, or about to be", extra={"silent_part": part})
        actions.report(
            conn,
            kind=PART_SILENT,
            station=None,
            now=self._clock.now(),
            reason_key=f"fault.part.{part}",
            reason_params={"part": part, "limit_s": limit_s},
        )

    def _call_outside(self, conn: Connection[Any]) -> None:
        if self._ping is None:
            return
        troubles = self.troubles(conn)
        if troubles:
            log.warning("the watcher outside is not called", extra={"why": ",".join(troubles)})
        else:
            self._ping()


def pages_answer(host: str, port: int, authority: Path | None = None) -> Callable[[], bool]:
    """Asks the pages whether they can serve, at the address they listen on; over TLS with an `authority`."""
    # By the address they listen on, which need not be a name in their certificate.
    pool = urllib3.PoolManager(ca_certs=str(authority) if authority else None, assert_hostname=False)
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    shown = f"[{name}]" if ":" in name else name
    scheme = "https" if authority else "http"

    def ask() -> bool:
        try:
            answer = pool.request(
                "GET", f"{scheme}://{shown}:{port}/api/v1/ready", timeout=5.0, retries=False
            )
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == 200

    return ask


def calls(url: str) -> Callable[[], None] | None:
    """Calls the watcher at `url`; None without one."""
    if not url:
        return None

    def ping() -> None:
        try:
            urllib3.request("GET", url, timeout=10.0, retries=2)
        except urllib3.exceptions.HTTPError as error:
            log.warning("the watcher outside does not answer", extra={"error": type(error).__name__})

    return ping
