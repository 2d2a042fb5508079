"""From a committed finding to the board, timers among many, and a city without power."""

import json
import time
from typing import Any

import numpy as np
import psycopg

from benchmarks.board import Board
from benchmarks.stages import quantiles
from benchmarks.town import Town
from core.finding import Finding, Reason
from core.instant import to_datetime

_PATIENCE_S = 120.0
_FINDING = (
    "INSERT INTO finding (id, revision, kind, severity, home_id, resident_id, device_id, onset, detected_at,"
    " written_at, reason_key, reason_params, evidence, cleared)"
    " VALUES (%(id)s, 0, %(kind)s, '', %(home)s, NULL, %(device)s, %(at)s, %(at)s, %(at)s,"
    " 'smoke.raised', '{}', '{}', false)"
)


def _row(kind: str, home: int, device: int | None) -> dict[str, Any]:
    now = time.time_ns() // 1000
    finding = Finding(kind, home, now, now, Reason("smoke.raised"), device=device)
    return {"id": finding.id, "kind": kind, "home": home, "device": device, "at": to_datetime(now)}


def _connect(town: Town) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(town.settings.database_url.get_secret_value(), autocommit=True)


def to_board(town: Town, rate: float = 50.0, seconds: float = 20.0) -> dict[str, Any]:
    """Findings at `rate` a second, each committed by itself; until each stands on the station's socket."""
    homes = [row[0] for row in town.rows("SELECT id FROM home ORDER BY id")]
    committed: dict[str, float] = {}
    with Board(town) as board, _connect(town) as conn:
        began = time.time()
        for n in range(int(rate * seconds)):
            time.sleep(max(0.0, began + n / rate - time.time()))
            row = _row("smoke", homes[n % len(homes)], 1_000_000 + n)
            with conn.transaction():
                conn.execute(_FINDING, row)
                conn.execute("SELECT pg_notify('finding', '')")
                committed[str(row["id"])] = time.time()  # before the commit: what it takes counts
        end = time.monotonic() + 10
        while len(board.seen.keys() & committed.keys()) < len(committed) and time.monotonic() < end:
            time.sleep(0.05)
        seen = dict(board.seen)
    waits = np.array([seen[key] - at for key, at in committed.items() if key in seen])
    return {"rate_per_s": rate, "incidents": len(committed), "on_board": len(waits), "ms": quantiles(waits)}


_OPEN = (
    "INSERT INTO incident (id, version, kind, severity, priority, state, station_id, home_id, finding_id,"
    " onset, detected_at, opened_at, state_since, next_step_at, reason_key, reason_params)"
    " SELECT gen_random_uuid(), 1, 'bench', '', 'high', 'open', (SELECT min(id) FROM station), NULL,"
    " gen_random_uuid(), t, t, t, t, %s::timestamptz + n * %s * interval '1 s', 'report.by_hand', '{}'"
    " FROM generate_series(1, %s) AS n, (SELECT %s::timestamptz AS t) AS at"
)


def timers(town: Town, count: int = 100_000, due: int = 200, every_s: float = 0.1) -> dict[str, Any]:
    """`due` escalations one after the other among `count` timers: from each instant to its step's commit."""
    with _connect(town) as conn:
        conn.execute(_OPEN, ("2030-01-01", 1.0, count, "2026-01-01"))
        conn.execute("ANALYZE incident")
        first = float(conn.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()[0]) + 5  # type: ignore[index]
        conn.execute(_OPEN.replace("'bench'", "'bench_due'").replace("%s::timestamptz + n",
                     "to_timestamp(%s) + n").encode(), (first, every_s, due, "2026-01-01"))  # fmt: skip
    time.sleep(5 + due * every_s + 3)
    rows = town.rows(
        "SELECT extract(epoch FROM pg_xact_commit_timestamp(e.xmin) - (%s::float8 * interval '1 s'"
        " + '1970-01-01 00:00+00'::timestamptz))::float8,"
        " (e.data ->> 'next_step_at')::bigint / 1e6, i.id"
        " FROM incident_event e JOIN incident i ON i.id = e.incident_id"
        " WHERE i.kind = 'bench_due' AND e.kind = 'escalated' AND e.n = 2 ORDER BY e.position",
        first,
    )
    # The n-th due instant is first + n * every_s; the steps were taken in that order.
    commits = np.sort(np.array([row[0] for row in rows]))
    waits = commits - np.arange(1, len(commits) + 1) * every_s
    return {"open_timers": count, "steps": len(waits), "due": due, "ms": quantiles(waits)}


def clear(town: Town) -> None:
    """Close what the other stages left open."""
    with _connect(town) as conn:
        conn.execute("UPDATE incident SET closed_at = opened_at, next_step_at = NULL, state = 'resolved'"
                     " WHERE closed_at IS NULL")  # fmt: skip


_CUT = (
    "FROM finding f JOIN triage t ON t.finding_id = f.id JOIN home h ON h.id = f.home_id"
    " WHERE starts_with(h.code, 'cut')"
)


def power_cut(town: Town, count: int = 10_000, urgent: int = 500) -> dict[str, Any]:
    """`count` findings in one transaction, `urgent` of them of high priority and written last: how long until
    all are ruled on, and what came before the last urgent one."""
    with _connect(town) as conn:
        conn.execute(
            "INSERT INTO home (code, station_id, created_at)"
            " SELECT 'cut' || n, (SELECT min(id) FROM station), '2026-01-01'"
            " FROM generate_series(1, %s) AS n",
            (count,),
        )
        homes = [row[0] for row in conn.execute("SELECT id FROM home WHERE code LIKE 'cut%'")]
        rows = []
        for n, home in enumerate(homes):
            # Half of the others are grouped as one, half are incidents of their own.
            kind = "smoke" if n >= count - urgent else ("home_offline", "vitals")[n % 2]
            rows.append(_row(kind, home, n if kind != "home_offline" else None))
        with conn.transaction(), conn.cursor() as cursor:
            cursor.executemany(_FINDING, rows)
            cursor.execute("SELECT pg_notify('finding', '')")
        began = time.time()
        query = "SELECT count(*) " + _CUT
        end = time.monotonic() + _PATIENCE_S
        while conn.execute(query).fetchone() != (count,) and time.monotonic() < end:
            time.sleep(0.1)
    ruled = town.rows(
        "SELECT f.kind, t.verdict, extract(epoch FROM pg_xact_commit_timestamp(t.xmin))::float8 " + _CUT  # noqa: S608 - no input
    )
    last_urgent = max(at for kind, _, at in ruled if kind == "smoke")
    return {
        "findings": count,
        "ruled": len(ruled),
        "all_ruled_s": round(max(at for _, _, at in ruled) - began, 2),
        "urgent_ruled_s": round(last_urgent - began, 2),
        "others_before_the_last_urgent": sum(at < last_urgent for kind, _, at in ruled if kind != "smoke"),
        "verdicts": {v: sum(r[1] == v for r in ruled) for v in sorted({r[1] for r in ruled})},
    }


def measure(town: Town) -> dict[str, Any]:
    """All three."""
    found = {"board": to_board(town)}
    clear(town)
    found["power_cut"] = power_cut(town)
    clear(town)
    found["timers"] = timers(town)
    return found


if __name__ == "__main__":
    from benchmarks.town import town as running

    with running(200, 1) as here:
        print(json.dumps(measure(here), indent=1))
