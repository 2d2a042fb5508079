"""The findings of this package: what is said of a fall, its aftermath, and of unusable motion data."""

from math import isfinite
from typing import Any

import numpy as np

from analytics.falls.conditioning import RATE, STEP
from analytics.falls.confirmation import SETTLING_S, Watch
from analytics.falls.judging import Judgement
from analytics.falls.trigger import BEFORE
from analytics.falls.wearable import Wearable
from core.finding import Finding, Reason

SHOWN = ("peak_g", "turn_deg", "after_mg")
"""Evidence of the impact that the sentence names."""

CLIP_BEFORE = 5 * RATE
CLIP_AFTER = 10 * RATE
"""The clip that an operator sees around the impact."""


def possible(wearable: Wearable, watch: Watch, decided: int) -> Finding:
    """First report of a fall, known from cell `decided` on."""
    return _fall(watch, "possible", decided, {"site": wearable.site})


def aftermath(watch: Watch, severity: str) -> Finding:
    """The fall of `watch`, now known to be a long lie or over."""
    end = watch.second * RATE
    seconds = (end - watch.impact) // RATE
    known = {"recovered": {"seconds": seconds}, "long_lie": {"still_s": seconds - SETTLING_S}}
    return _fall(watch, severity, end, known[severity])


def _fall(watch: Watch, severity: str, cell: int, more: dict[str, Any]) -> Finding:
    evidence = watch.evidence | more
    shown: dict[str, Any] = {key: evidence[key] for key in SHOWN if key in evidence}
    shown |= {key: value for key, value in more.items() if key != "site"}
    if watch.probability is not None:
        shown["percent"] = round(100 * watch.probability)
    word = severity if watch.probability is not None else f"reported_{severity}"
    return Finding(
        kind="fall",
        home=watch.home,
        resident=watch.resident,
        device=watch.device,
        onset=watch.impact * STEP,
        at=cell * STEP,
        severity=severity,
        probability=watch.probability,
        reason=Reason(f"fall.{word}", shown),
        evidence=evidence,
        revision=watch.revision,
    )


def evidence(word: Judgement) -> dict[str, Any]:
    """What decided, in words and units an operator knows."""
    impact, clip, columns = word.impact, word.clip, word.features
    size = np.linalg.norm(clip, axis=1)
    second = size[BEFORE - RATE : BEFORE + 1]
    return {
        "impact_at": impact * STEP,
        "clip_from": (impact - CLIP_BEFORE) * STEP,
        "clip_to": (impact + CLIP_AFTER) * STEP,
        "peak_g": round(float(size[BEFORE - 3 : BEFORE + 4].max()), 1),
        "lightest_g": round(float(second.min()), 2),
        "light_ms": int((second < 0.8).sum()) * (1000 // RATE),
        "turn_deg": round(float(np.degrees(columns["turn_before_after"]))),
        "after_mg": round(1000 * float(np.sqrt(clip[BEFORE + RATE :].var(axis=0).sum()))),
    }


def unusable(wearable: Wearable, cleared_at: int | None = None) -> Finding:
    """The device's motion cannot be used, or (`cleared_at`) can be used again."""
    cleared = cleared_at is not None
    shown = (
        {}
        if cleared
        else {"hz": round(wearable.hz, 1) if isfinite(wearable.hz) else None, "level": wearable.level}
    )
    return Finding(
        kind="motion_unusable",
        home=wearable.home,
        device=wearable.device,
        onset=wearable.fault_since,
        at=wearable.fault_since if cleared_at is None else cleared_at,
        severity=wearable.fault,
        reason=Reason("motion.usable" if cleared else f"motion.{wearable.fault}", shown),
        evidence=shown,
        revision=1 if cleared else 0,
        cleared=cleared,
    )
