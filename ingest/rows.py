"""Rows of the store from values and back; no database here."""

import hashlib
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from analytics.routine import RoutineDay
from core.finding import Finding, Reason
from core.instant import to_datetime
from ingest.message import Fault, Refused


def triplets(packed: bytes) -> Any:
    """Samples of a stored window, int16 milli-g, shape (n, 3)."""
    return np.frombuffer(packed, dtype="<i2").reshape(-1, 3)


def routine_row(day: RoutineDay) -> tuple[Any, ...]:
    """For `put_routine`."""
    return day.home, day.day, list(day.longest_s), day.hours, day.last_at, day.door_at


def finding_of(row: tuple[Any, ...]) -> Finding:
    """From `open_findings`."""
    kind, home, resident, device, onset, at, severity, probability, key, params, evidence = row[:11]
    return Finding(
        kind=kind,
        home=home or 0,
        onset=onset,
        at=at,
        reason=Reason(key, params),
        resident=resident,
        device=device,
        severity=severity,
        probability=probability,
        evidence=evidence,
        revision=row[11],
        cleared=row[12],
    )


def finding_row(finding: Finding, now: datetime) -> dict[str, Any]:
    """For `insert_finding`; reason_params and evidence as JSON can hold them."""
    return {
        "id": finding.id,
        "revision": finding.revision,
        "kind": finding.kind,
        "severity": finding.severity,
        "home": finding.home or None,
        "resident": finding.resident,
        "device": finding.device,
        "onset": to_datetime(finding.onset),
        "detected_at": to_datetime(finding.at),
        "now": now,
        "probability": finding.probability,
        "reason_key": finding.reason.key,
        "reason_params": _plain(finding.reason.params),
        "evidence": _plain(finding.evidence),
        "cleared": finding.cleared,
    }


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it: NumPy's numbers as Python's, and what is not finite as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _digest(item: Refused, topic: str) -> bytes:
    """What makes two refusals one row that counts; of a flood one message stands for all."""
    if item.fault is Fault.TOO_MANY:
        return hashlib.sha256(f"{item.fault}\x00{item.device_code}".encode(errors="replace")).digest()
    return hashlib.sha256(topic.encode(errors="replace") + b"\x00" + item.message.payload).digest()


def refused_row(item: Refused) -> dict[str, Any]:
    """For `quarantine`."""
    message = item.message
    topic = message.topic.replace("\x00", "")[:1000]
    received = to_datetime(message.received)
    return {
        "topic": topic,
        "digest": _digest(item, topic),
        "reason": str(item.fault),
        "detail": item.detail.replace("\x00", "")[:500],
        "payload": message.payload,
        "home_code": item.home_code.replace("\x00", "")[:100],
        "device_code": item.device_code.replace("\x00", "")[:100],
        "first_at": received,
        "last_at": received,
        "times": 1,
    }
