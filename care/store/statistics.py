"""Figures of any node of the tree: from counters that follow the rows, and from the rows, as proof."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

_Connection = psycopg.Connection[Any]
_AT_ONCE = 20  # stations whose month is counted again while somebody waits for the page


@dataclass(frozen=True, slots=True)
class Figures:
    """What a node has to show for a period.

    Attributes:
        people: (category, grade) -> people in our care now; grade -1: not assessed.
        living: how they live -> people.
        flows: what -> (number, amount): "visit/home/well" in minutes, "order/meal/confirmed",
            "rating/meal" in points, "hours/volunteer" in minutes, "money/provider" in fen.
    """

    people: Mapping[tuple[str, int], int]
    living: Mapping[str, int]
    flows: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A month's visits: category -> (people in care all the month, met by somebody); `stale` stations are
    being counted again."""

    categories: Mapping[str, tuple[int, int]]
    stale: int


def figures(
    conn: _Connection, paths: Sequence[str], first: date, last: date, *, from_rows: bool = False
) -> Figures:
    """The figures of the subtrees `paths` for first <= day < last; `from_rows` counts everything anew."""
    values = {"paths": list(paths), "first": first, "last": last}
    suffix = "_from_rows" if from_rows else ""
    people = conn.execute(Q[f"people{suffix}"], values).fetchall()
    flows = conn.execute(Q[f"flows{suffix}"], values).fetchall()
    return Figures(
        people={(row[0], row[1]): row[2] for row in people},
        living=dict(conn.execute(Q[f"living{suffix}"], values).fetchall()),
        flows={row[0]: (row[1], row[2]) for row in flows},
    )


def coverage(conn: _Connection, paths: Sequence[str], month: date) -> Coverage:
    """The coverage of a month (its first day); a few stations that changed are counted again first."""
    values = {"paths": list(paths), "month": month.replace(day=1)}
    conn.execute(Q["ask_for_month"], values)
    refresh(conn, paths, _AT_ONCE)
    rows = conn.execute(Q["coverage"], values).fetchall()
    stale = conn.execute(Q["still_stale"], values).fetchone()
    return Coverage({row[0]: (row[1], row[2]) for row in rows}, stale[0] if stale else 0)


def coverage_by_station(
    conn: _Connection, paths: Sequence[str], month: date, category: str | None, limit: int = 200
) -> list[tuple[int, str, str, int, int]]:
    """(station, name, category, people, met), the least covered first; of all categories for None."""
    values = {"paths": list(paths), "month": month.replace(day=1), "category": category, "limit": limit}
    return conn.execute(Q["coverage_by_station"], values).fetchall()


def refresh(conn: _Connection, paths: Sequence[str] = ("",), limit: int = 200) -> int:
    """Count up to `limit` changed months again; returns how many. Called now and then, and by the page."""
    with conn.transaction():
        rows = conn.execute(Q["stale"], {"paths": list(paths), "limit": limit}).fetchall()
        values = {"stations": [row[0] for row in rows], "months": [row[1] for row in rows]}
        if rows:
            conn.execute(Q["forget_month"], values)
            conn.execute(Q["count_month"], values)
    return len(rows)
