"""The stages: steady load with falls in it, a burst, and the floors they are compared with."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.board import Board
from benchmarks.load import Plan, Sent, generate
from benchmarks.town import Town
from benchmarks.usage import usage
from core.instant import SECOND
from simulators.load import MOTION, VITAL, Mix

_DRAIN_S = 120.0


def quantiles(seconds: NDArray[np.float64]) -> dict[str, float]:
    """Milliseconds at p50, p95, p99 and the most; NaN where nothing was measured."""
    if len(seconds) == 0:
        return dict.fromkeys(("p50", "p95", "p99", "max"), float("nan"))
    points = np.percentile(seconds, [50, 95, 99, 100]) * 1000
    return dict(zip(("p50", "p95", "p99", "max"), (round(float(p), 2) for p in points), strict=True))


def steady(town: Town, rate: float, seconds: float, falls: float) -> dict[str, Any]:
    """Mixed traffic at `rate` messages a second, and people falling; latencies from the intended instant."""
    before = usage(town.settings.data_dir)
    with Board(town) as board:
        plan = Plan(rate, seconds, Mix(motion=0.4, vital=0.4), falls)
        began = time.time()
        sent, fell = generate(plan, town.steady, town.falling, town.settings.broker_url.get_secret_value())
        _drain(town, len(sent.rows) + len(fell.rows))
        elapsed = time.time() - began
        time.sleep(2)  # the last incidents are on their way to the board
        seen = dict(board.seen)
    after = usage(town.settings.data_dir)
    to_row = np.concatenate([_to_row(town, sent), _to_row(town, fell)])
    to_finding, to_board, found = _to_board(town, fell, seen)
    readings = _readings(sent) + _readings(fell)
    cpu = {name: after[name].cpu_s - before[name].cpu_s for name in after}
    return {
        "rate_per_s": rate,
        "messages": len(sent.rows) + len(fell.rows),
        "lost": len(sent.rows) + len(fell.rows) - len(to_row),
        "publish_to_puback_ms": quantiles(_acked(sent)),
        "publish_to_row_ms": quantiles(to_row),
        "falls": int(falls * seconds),
        "falls_found": found,
        "falls_on_board": len(to_board),
        "fall_window_to_finding_ms": quantiles(to_finding),
        "fall_window_to_board_ms": quantiles(to_board),
        "cpu_us_per_message": {
            name: round(s * 1e6 / (len(sent.rows) + len(fell.rows)), 1) for name, s in cpu.items()
        },
        "cpu_us_per_reading": round(sum(cpu.values()) * 1e6 / readings, 1),
        "cpu_share_of_one_core": round(sum(cpu.values()) / elapsed, 3),
        "memory_mib": {name: round(after[name].memory_mib, 1) for name in after},
    }


def burst(town: Town, count: int) -> dict[str, Any]:
    """`count` vital messages as fast as they can be sent: how fast they become rows, and are all there."""
    before_rows = _stored(town)
    rate = 50_000.0
    plan = Plan(rate, count / rate, Mix(motion=0, vital=1.0), seed=2)
    sent, _ = generate(plan, town.steady, [], town.settings.broker_url.get_secret_value())
    _drain(town, len(sent.rows), before_rows)
    first = float(sent.rows["sent"].min())
    last = float(
        town.rows(
            "SELECT extract(epoch FROM max(pg_xact_commit_timestamp(xmin))) FROM reading"
            " WHERE reading.received >= to_timestamp(%s)",
            first,
        )[0][0]
    )
    stored = _to_row(town, sent)
    return {
        "messages": len(sent.rows),
        "lost": len(sent.rows) - len(stored),
        "messages_per_s": round(len(sent.rows) / (last - first)),
        "sending_s": round(float(sent.rows["sent"].max()) - first, 2),
    }


def _acked(sent: Sent) -> NDArray[np.float64]:
    waits: NDArray[np.float64] = sent.rows["acked"] - sent.rows["due"]
    return waits[np.isfinite(waits)]


def _readings(sent: Sent) -> int:
    """Rows stored: a vital message carries two readings, the others one."""
    return len(sent.rows) + int(np.count_nonzero(sent.rows["kind"] == VITAL))


def _stored(town: Town) -> int:
    (row,) = town.rows("SELECT coalesce(sum(received), 0) FROM ingest_worker")
    return int(row[0])


def _drain(town: Town, count: int, before: int = 0) -> None:
    """Until the worker says that it has stored so many messages."""
    end = time.monotonic() + _DRAIN_S
    while _stored(town) < before + count:
        if time.monotonic() > end:
            return  # what is missing is counted as lost
        time.sleep(0.2)


def _to_row(town: Town, sent: Sent) -> NDArray[np.float64]:
    """Seconds from the intended instant to the commit, of the messages that became rows."""
    keys = {row[0]: row[1] for row in town.rows("SELECT code, id FROM device")}
    devices = np.array([keys[code] for code in sent.codes], dtype=np.int64)
    parts = []
    for motion in (False, True):
        is_motion = (sent.rows["kind"] == MOTION) | (sent.rows["kind"] > 2)
        rows = sent.rows[is_motion == motion]
        if len(rows):
            parts.append(_join(rows, devices, _commits(town, "motion" if motion else "reading", rows)))
    return np.concatenate(parts) if parts else np.empty(0)


def _commits(town: Town, table: str, rows: NDArray[np.void]) -> dict[tuple[int, int], float]:
    span = (int(rows["t"].min()) / SECOND - 1, int(rows["t"].max()) / SECOND + 1)
    select = (
        "SELECT device_id, (extract(epoch FROM time) * 1000000)::bigint,"
        " extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM "
    )
    found = town.rows(select + table + " WHERE time BETWEEN to_timestamp(%s) AND to_timestamp(%s)", *span)
    return {(device, time_us): commit for device, time_us, commit in found}


def _join(
    rows: NDArray[np.void], devices: NDArray[np.int64], commits: dict[tuple[int, int], float]
) -> NDArray[np.float64]:
    waits = [
        commit - due
        for device, t, seq, due in zip(
            devices[rows["device"]].tolist(), rows["t"].tolist(), rows["seq"].tolist(), rows["due"].tolist(),
            strict=True,
        )
        if (commit := commits.get((device, t + seq % 1000))) is not None
    ]  # fmt: skip
    return np.array(waits)


def _to_board(
    town: Town, fell: Sent, seen: dict[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Seconds from the instant at which the window that let a fall be known was due: to the commit of the
    finding, to the incident on the board; and how many falls were found."""
    found = town.rows(
        "SELECT i.id::text, d.code, (extract(epoch FROM f.detected_at) * 1000000)::bigint,"
        " extract(epoch FROM pg_xact_commit_timestamp(f.xmin))::float8"
        " FROM finding f JOIN incident i ON i.finding_id = f.id JOIN device d ON d.id = f.device_id"
        " WHERE f.kind = 'fall' AND f.revision = 0"
    )
    index = {code: n for n, code in enumerate(fell.codes)}
    findings, waits = [], []
    for incident, code, known_at, committed in found:
        if code not in index:
            continue
        rows = fell.rows[fell.rows["device"] == index[code]]
        decisive = rows[rows["t"] + SECOND >= known_at]
        if not len(decisive):
            continue
        due = float(decisive["due"][0])
        findings.append(committed - due)
        if incident in seen:
            waits.append(seen[incident] - due)
    return np.array(findings), np.array(waits), sum(code in index for _, code, _, _ in found)
