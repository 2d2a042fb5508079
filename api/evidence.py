"""The picture behind an incident: the motion clip, the movement in the home, the vital signs."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from api.models.incidents import ActivityPoints, Evidence, MotionClip, Series
from api.parts import Connection, Row
from api.store import evidence, incidents
from core.instant import to_datetime
from core.quantity import BY_ID

_BEFORE, _AFTER = timedelta(seconds=10), timedelta(seconds=20)
_WINDOW = timedelta(seconds=10)  # the longest a window may be: one of before can reach into the clip
_DAY = timedelta(days=1)
_VITAL_SLOT_S = 300
_TORN_S = 1.0  # a longer hole between windows ends the clip: samples are drawn as if they followed each other
_USUAL = ("longest_s", "usual_s", "usual_longest_s")


async def gather(conn: Connection, incident: Row, now: datetime) -> Evidence:
    """All there is about `incident`, a row of `incident_card` in the caller's scope."""
    findings = await incidents.findings(conn, incident["id"])
    facts = _facts(findings)
    return Evidence(
        motion=await _motion(conn, incident, facts),
        activity=await _activity(conn, incident, facts, now),
        vitals=await _vitals(conn, incident),
    )


def _facts(findings: Sequence[Row]) -> Mapping[str, Any]:
    """Everything the findings say, the later over the earlier."""
    facts: dict[str, Any] = {}
    for row in findings:
        facts |= row["reason_params"] | row["evidence"]
    return facts


def _instant(value: object) -> datetime | None:
    return to_datetime(value) if isinstance(value, int) and abs(value) < 10**17 else None


async def _motion(conn: Connection, incident: Row, facts: Mapping[str, Any]) -> MotionClip | None:
    if incident["kind"] not in ("fall", "sos"):
        return None
    moment: datetime = _instant(facts.get("impact_at")) or incident["onset"]
    device = incident["device_id"]
    if incident["device_kind"] != "wearable" and incident["resident_id"] is not None:
        device = await evidence.wearable(conn, incident["resident_id"], moment)
    if device is None:
        return None
    rows = await evidence.motion(conn, device, moment - _BEFORE - _WINDOW, moment + _AFTER)
    shown = clip(device, rows, moment, _instant(facts.get("impact_at")))
    if shown is not None and isinstance(strength := facts.get("peak_g"), int | float):
        shown.impact_g = float(strength)
    return shown


def clip(device: int, rows: Sequence[Row], moment: datetime, impact: datetime | None) -> MotionClip | None:
    """One run of samples around `moment` from windows (time, hz, acc) in order; None where there are none.

    Windows after a hole are left out; those before one are dropped unless the hole comes after `moment`.
    """
    run: list[Row] = []
    for row in rows:
        if run and (row["hz"] != run[0]["hz"] or _ends(run[-1]) + timedelta(seconds=_TORN_S) < row["time"]):
            if _ends(run[-1]) >= moment:
                break
            run = []
        run.append(row)
    if not run:
        return None
    hz = float(run[0]["hz"])
    samples = np.concatenate([np.frombuffer(row["acc"], dtype="<i2") for row in run]).reshape(-1, 3)
    skip = max(0, int((moment - _BEFORE - run[0]["time"]).total_seconds() * hz))
    kept = samples[skip : skip + int((_BEFORE + _AFTER).total_seconds() * hz)]
    if not len(kept):
        return None
    return MotionClip(
        device_id=device,
        start=run[0]["time"] + timedelta(seconds=skip / hz),
        hz=hz,
        acc=[(int(x), int(y), int(z)) for x, y, z in kept],
        impact_at=impact,
    )


def _ends(row: Row) -> datetime:
    end: datetime = row["time"] + timedelta(seconds=len(row["acc"]) / 6 / float(row["hz"]))
    return end


async def _activity(
    conn: Connection, incident: Row, facts: Mapping[str, Any], now: datetime
) -> ActivityPoints | None:
    if incident["home_id"] is None:
        return None
    until = min(now, (incident["closed_at"] or now), incident["detected_at"] + _DAY)
    until = max(until, incident["detected_at"])
    since = min(incident["onset"], incident["detected_at"]) - _DAY
    points = await evidence.activity(conn, incident["home_id"], since, until)
    if not points:
        return None
    usual = next((float(facts[name]) for name in _USUAL if isinstance(facts.get(name), int | float)), None)
    return ActivityPoints(from_=since, to=until, points=points, usual_longest_s=usual)


async def _vitals(conn: Connection, incident: Row) -> list[Series]:
    if incident["resident_id"] is None or incident["home_id"] is None:
        return []
    until = incident["detected_at"] + timedelta(hours=1)
    rows = await evidence.vitals(
        conn, incident["home_id"], incident["resident_id"], until - _DAY, until, _VITAL_SLOT_S
    )
    by_metric: dict[int, list[tuple[datetime, float]]] = {}
    for row in rows:
        by_metric.setdefault(row["metric"], []).append((row["time"], round(row["value"], 2)))
    return [
        Series(metric=BY_ID[metric].name, unit=BY_ID[metric].unit, points=points)
        for metric, points in by_metric.items()
    ]
