"""What a gateway keeps: an SQLite file that a kill -9 or a power cut cannot harm."""

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
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
IN_MEMORY = 48 * MIB  # of what waits, while there is no file
KEPT_BYTES = 32 * MIB  # of messages that a restart shows again: an hour of a hundred wearers' heart rates


class Store:
    """One file, one connection, one thread.

    Every commit is on the disk before it returns (`synchronous` FULL): a gateway dies of power cuts.
    """

    def __init__(self, path: Path, capacity: int) -> None:
        """`capacity`: bytes of entries that may wait. A broken file is put aside and named in the log. Where
        there can be no file - a card that is full, or takes nothing any more - memory takes its place."""
        self._path, self._capacity, self._most = path, capacity, capacity
        self._conn = self._opened()
        self._look()

    def _opened(self) -> sqlite3.Connection:
        self.on_disk, self._capacity = True, self._most
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return _open(self._path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                _put_aside(self._path)
                return _open(self._path)
        except (sqlite3.OperationalError, OSError) as error:
            log.error("no store on the disk; memory takes its place", extra={"error": type(error).__name__})
            self.on_disk, self._capacity = False, min(self._most, IN_MEMORY)
            return _open(Path(":memory:"))

    def try_disk(self) -> bool:
        """Where memory took its place: perhaps there can be a file by now. Whether what is held went into it;
        its entries have other numbers then."""
        if self.on_disk:
            return False
        held, self._conn = self._conn, self._opened()
        try:
            if self.on_disk:
                self._conn.execute("BEGIN IMMEDIATE")
                for name in ("outgoing", "recent", "finding", "clock", "ringing"):
                    rows = held.execute(Q[f"all_{name}"]).fetchall()
                    self._conn.executemany(Q[f"copy_{name}"], rows)
                self._conn.execute("COMMIT")
                held.close()
                self._look()
                return True
        except sqlite3.Error as error:
            log.error("store takes nothing", extra={"error": type(error).__name__})
        self._conn.close()
        self._conn, self.on_disk, self._capacity = held, False, min(self._most, IN_MEMORY)
        return False

    def _look(self) -> None:
        """What is there already."""
        self._waiting, self._bytes = self._conn.execute(Q["waiting"]).fetchone()
        self._dropped: dict[int, int] = dict(self._conn.execute(Q["tally"]).fetchall())
        self._remembered = KEPT_BYTES  # since it was last counted how much is kept for a restart

    def begin_anew(self) -> None:
        """The card broke while we ran: what can be kept from here on is."""
        self._conn.close()
        with suppress(OSError):
            _put_aside(self._path)
        self._conn = self._opened()
        self._look()

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
        return dict(self._dropped)

    def commit(self, work: Work, messages: Sequence[Message], now: int) -> None:
        """All that follows from `messages`, or nothing; raises sqlite3.Error."""
        waiting, dropped = (self._waiting, self._bytes), dict(self._dropped)
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
            (self._waiting, self._bytes), self._dropped = waiting, dropped
            self._undo()
            raise

    def next(self, limit: int) -> list[tuple[int, bytes]]:
        """(id, entry) of the first to be sent."""
        return self._conn.execute(Q["next"], (limit,)).fetchall()

    def sent(self, ids: Sequence[int]) -> None:
        """These are safe elsewhere; raises sqlite3.Error, and they wait on."""
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            self._conn.executemany(Q["sent"], [(one,) for one in ids])
            self._conn.execute("COMMIT")
        except BaseException:
            self._undo()
            raise
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
        self._remembered += sum(len(message.payload) for message in heard)
        self._bound()
        if work.findings:
            self._conn.executemany(Q["put_finding"], [_finding(finding) for finding in work.findings])
            self._conn.execute(Q["forget_findings"], (now - _FINDINGS,))
        self._conn.executemany(Q["put_clock"], work.clocks)
        if work.sound is not None:
            self._conn.execute(Q["hush"])
            rings = [(one.finding, one.kind, one.resident, one.since, one.until) for one in work.ringing]
            self._conn.executemany(Q["ring"], rings)

    def _bound(self) -> None:
        """A device that says too much must not fill the card, nor the memory of who starts again."""
        if self._remembered < KEPT_BYTES // 4:
            return
        self._remembered = 0
        sizes = self._conn.execute(Q["remembered"]).fetchall()
        size = sum(size for _, size in sizes)
        for key, one in sizes if size > KEPT_BYTES * 3 // 4 else ():
            if size <= KEPT_BYTES // 2:
                break
            self._conn.execute(Q["forget_one"], (key,))
            size -= one

    def _undo(self) -> None:
        if self._conn.in_transaction:
            self._conn.execute("ROLLBACK")

    def _make_room(self) -> None:
        while self._bytes > self._capacity:
            for key, rank, size in self._conn.execute(Q["least"], (_DROP,)).fetchall():
                if self._bytes <= self._capacity:
                    return
                self._conn.execute(Q["sent"], (key,))
                self._conn.execute(Q["dropped"], (rank,))
                self._dropped[rank] = self._dropped.get(rank, 0) + 1
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
