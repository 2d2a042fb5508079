"""Whether the audit is still what was written: every link follows from the one before and fits its entry."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from api.audit import chain
from api.store.audit import SQL

_AT_ONCE = 5000
_SHOWN = 20
_SEALED_WITHIN = timedelta(minutes=5)  # entries younger than this may still wait for their link


@dataclass(slots=True)
class Verdict:
    """What was found.

    Attributes:
        links: how many were looked at. n, head: the last of them.
        faults: what does not fit, one sentence each.
    """

    links: int = 0
    n: int = 0
    head: bytes = b""
    faults: list[str] = field(default_factory=list)


def verify(conn: Connection[Any], now: datetime, anchors: Iterable[str] = ()) -> Verdict:
    """Look at the whole chain. `anchors` are lines kept elsewhere ("day n hash").

    The connection must be the owner's, and see one snapshot (repeatable read).
    """
    verdict = Verdict()
    wanted = dict(_parsed(anchors))
    with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(SQL["anchors"]).fetchall():
            wanted.setdefault(row["n"], bytes(row["hash"]).hex())
        retired = cursor.execute(SQL["retired"]).fetchone()
        if retired:
            verdict.n, verdict.head = retired["through_n"], bytes(retired["hash"])
        cut = (retired["month"] + timedelta(days=31)).replace(day=1) if retired else None
        for link in _links(cursor, verdict.n):
            gone = cut is not None and link["entry_at"].date() < cut
            _look(verdict, link, wanted, may_be_gone=gone)
        late = cursor.execute(SQL["unlinked"], {"before": now - _SEALED_WITHIN}).fetchall()
    verdict.faults += [f"entry {row['id']} has no link: it was put in or its link taken away" for row in late]
    verdict.faults += [f"the chain ends before the anchor at {n}" for n in wanted if n > verdict.n]
    return verdict


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the chain, as it was found.

    Attributes:
        verdict: about the links looked at. sealed_at: when the last was made.
        anchor: the latest, (day, n, hash). whole: the links looked at were all, or all since that anchor.
    """

    verdict: Verdict
    sealed_at: datetime | None
    anchor: tuple[date, int, bytes] | None
    whole: bool


def tail(conn: Connection[Any]) -> Tail:
    """Look at the links since the latest anchor, at most the last 5,000. For the sealer's role."""
    with conn.cursor(row_factory=dict_row) as cursor:
        kept = cursor.execute(SQL["latest_anchor"]).fetchone()
        anchor = (kept["day"], kept["n"], bytes(kept["hash"])) if kept else None
        retired = cursor.execute(SQL["retired"]).fetchone()
        head = cursor.execute(SQL["head"]).fetchone()
        start = max(anchor[1] if anchor else 0, retired["through_n"] if retired else 0)
        after = max(start, (head["n"] if head else 0) - _AT_ONCE)
        before = cursor.execute(SQL["link_at"], {"n": after}).fetchone() or retired
        verdict = Verdict(n=after, head=bytes(before["hash"]) if before else b"")
        if anchor and after == anchor[1]:
            verdict.head = anchor[2]
        rows = cursor.execute(SQL["links"], {"after": after, "limit": _AT_ONCE}).fetchall()
        for row in rows:
            _look(verdict, row, {}, may_be_gone=False)
    if anchor and verdict.n < anchor[1]:
        verdict.faults.append(f"the chain ends before the anchor at {anchor[1]}")
    return Tail(verdict, head["sealed_at"] if head else None, anchor, after == start)


def _links(cursor: Any, after: int) -> Iterator[Mapping[str, Any]]:
    while rows := cursor.execute(SQL["links"], {"after": after, "limit": _AT_ONCE}).fetchall():
        yield from rows
        after = rows[-1]["n"]


def _look(verdict: Verdict, row: Mapping[str, Any], wanted: Mapping[int, str], *, may_be_gone: bool) -> None:
    n, faults = row["n"], verdict.faults
    if n != verdict.n + 1:
        faults.append(f"links {verdict.n + 1} to {n - 1} are missing")
    if row["id"] is None:
        if not may_be_gone:
            faults.append(f"entry {row['entry_id']} is missing (link {n})")
    elif chain.digest(row) != bytes(row["digest"]):
        faults.append(f"entry {row['entry_id']} was changed (link {n})")
    if chain.follow(verdict.head, bytes(row["digest"])) != bytes(row["hash"]):
        faults.append(f"link {n} does not follow from the one before")
    if n in wanted and wanted[n] != bytes(row["hash"]).hex():
        faults.append(f"link {n} is not the one of its anchor")
    verdict.links, verdict.n, verdict.head = verdict.links + 1, n, bytes(row["hash"])


def _parsed(anchors: Iterable[str]) -> Iterator[tuple[int, str]]:
    for line in anchors:
        words = line.split()
        if len(words) == 3 and words[1].isdigit():
            yield int(words[1]), words[2]


def shown(faults: list[str]) -> list[str]:
    """The first of many."""
    more = len(faults) - _SHOWN
    return [*faults[:_SHOWN], f"... and {more} more"] if more > 0 else faults
