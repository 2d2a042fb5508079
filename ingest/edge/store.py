"""What a gateway keeps: an SQLite file that a kill -9 or a power cut cannot harm."""

import logging
import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from core.finding import Finding
from core.instant import DAY
from core.statements import load
from ingest.edge.alarm import Ringing
from ingest.edge.gateway import LOOK_BACK, LOOK_BACK_MOTION, Past, Work
from ingest.message import Message

log = logging.getLogger(__name__)

Q = load(Path(__file__).parent / "queries.sql")
_FINDINGS = 40 * DAY
_TABLES = ("outgoing", "outgoing_order", "recent", "recent_order", "finding", "clock", "ringing", "tally")
_DROP = 64  # looked at together
MIB = 1024 * 1024


class Store:
    """One file, one connection, one thread.

    Every commit is on the disk before it returns (`synchronous` FULL): a gateway dies of power cuts.
    """

    def __init__(self, path: Path, capacity: int) -> None:
        """`capacity`: bytes of entries that may wait. A broken file is put aside and named in the log."""
        self._capacity = capacity
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._conn = _open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            aside = path.with_name(
                f"{path.name}.broken-{len(list(path.parent.glob(f'{path.name}.broken-*')))}"
            )
            path.rename(aside)
            for rest in ("-wal", "-shm"):
                path.with_name(path.name + rest).unlink(missing_ok=True)
            log.error("store is broken and was put aside", extra={"file": aside.name})
            self._conn = _open(path)
        self._waiting, self._bytes = self._conn.execute(Q["waiting"]).fetchone()

    def close(self) -> None:
        """Close the file."""
        self._conn.close()

    @property
    def waiting(self) -> tuple[int, int]:
        """(entries, bytes) that wait for the line."""
        return self._waiting, self._bytes

    @property
    def dropped(self) -> dict[int, int]:
        """How many were dropped for want of room, by rank."""
        return dict(self._conn.execute(Q["tally"]).fetchall())

    def commit(self, work: Work, messages: Sequence[Message], now: int) -> None:
        """All that follows from `messages`, or nothing; raises sqlite3.Error."""
        waiting = self._waiting, self._bytes
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            for entry in work.entries:
                put = self._conn.execute(Q["put"], (entry.rank, _digest(entry.body), entry.body))
                if put.rowcount > 0:
                    self._waiting, self._bytes = self._waiting + 1, self._bytes + len(entry.body)
            self._keep(work, messages, now)
            self._make_room()
            self._conn.execute("COMMIT")
        except BaseException:
            self._waiting, self._bytes = waiting
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
            raise

    def next(self, limit: int) -> list[tuple[int, bytes]]:
        """(id, entry) of the first to be sent."""
        return self._conn.execute(Q["next"], (limit,)).fetchall()

    def sent(self, ids: Sequence[int]) -> None:
        """These are safe elsewhere."""
        self._conn.execute("BEGIN IMMEDIATE")
        self._conn.executemany(Q["sent"], [(one,) for one in ids])
        self._conn.execute("COMMIT")
        self._waiting, self._bytes = self._conn.execute(Q["waiting"]).fetchone()

    def past(self) -> Past:
        """What a gateway starts from."""
        messages = [Message(*row) for row in self._conn.execute(Q["recent"])]
        findings = [msgspec.json.decode(body, type=Finding) for (body,) in self._conn.execute(Q["findings"])]
        clocks = self._conn.execute(Q["clocks"]).fetchall()
        return Past(messages, findings, clocks, [Ringing(*row) for row in self._conn.execute(Q["ringing"])])

    def _keep(self, work: Work, messages: Sequence[Message], now: int) -> None:
        heard = [message for message in messages if not message.retained]
        rows = [(m.received, m.topic.endswith("/motion"), m.topic, m.payload) for m in heard]
        self._conn.executemany(Q["remember"], rows)
        self._conn.execute(Q["forget"], (True, now - LOOK_BACK_MOTION))
        self._conn.execute(Q["forget"], (False, now - LOOK_BACK))
        if work.findings:
            self._conn.executemany(Q["put_finding"], [_finding(finding) for finding in work.findings])
            self._conn.execute(Q["forget_findings"], (now - _FINDINGS,))
        self._conn.executemany(Q["put_clock"], work.clocks)
        if work.sound is not None:
            self._conn.execute(Q["hush"])
            rings = [(one.finding, one.kind, one.resident, one.since, one.until) for one in work.ringing]
            self._conn.executemany(Q["ring"], rings)

    def _make_room(self) -> None:
        while self._bytes > self._capacity:
            for key, rank, size in self._conn.execute(Q["least"], (_DROP,)).fetchall():
                if self._bytes <= self._capacity:
                    return
                self._conn.execute(Q["sent"], (key,))
                self._conn.execute(Q["dropped"], (rank,))
                self._waiting, self._bytes = self._waiting - 1, self._bytes - size


def _open(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None, timeout=30)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA cache_size = -2000")  # KiB: a gateway is small
    if conn.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        conn.close()
        raise sqlite3.DatabaseError("quick_check")
    for table in _TABLES:
        conn.execute(Q[f"make_{table}"])
    return conn


def _put_aside(path: Path) -> None:
    """An SD card that forgot: begin anew, and leave what there is to whoever can read it."""
    number = len(list(path.parent.glob(f"{path.name}.broken-*")))
    aside = path.with_name(f"{path.name}.broken-{number}")
    path.rename(aside)
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    log.error("store is broken and was put aside", extra={"file": aside.name})


def _digest(body: bytes) -> int:
    return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def _finding(finding: Finding) -> tuple[str, int, int, bytes]:
    body = msgspec.json.encode(finding, enc_hook=_number)
    return str(finding.id), finding.revision, finding.at, body


def _number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} in a finding")
