"""Vital signs that drift away from what is usual for the person: worth a look, not an alarm."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.baseline import Baseline, spread
from analytics.courses import onset
from analytics.memory import Memory, Notebook
from core.finding import Finding, Reason
from core.quantity import BY_ID, BY_NAME

CALM = 0.5  # of the difference that raised it: nearer than that it is over
SPREADS = 3.0
OTHER_PERSON = 0.1  # a weight that differs by more of itself is somebody else's


class Trend(NamedTuple):
    """One row.

    Attributes:
        metric, way: what rises or falls.
        by: by so much, in its unit, or in shares of the usual value where `share` is true.
        recent: over so many days, today among them.
        oldest, newest: against the days from so many days ago to so many days ago.
        known: of which so many must be known.
        lowest: compare with the lowest (way "rising") or highest of them, not with their median.
    """

    metric: str
    way: str
    by: float
    recent: int
    oldest: int
    newest: int
    known: int
    share: bool = False
    lowest: bool = False


# Weight by the European heart failure guideline (ESC 2021: more than 2 kg in 3 days); 5 % in a month is a
# criterion of malnutrition (GLIM 2019: more than 5 % within six months). The others are ours.
TRENDS = (
    Trend("weight", "rising", 2.0, 1, 3, 1, 2),
    Trend("weight", "falling", 0.05, 3, 28, 14, 4, share=True),
    Trend("heart_rate", "rising", 8.0, 3, 28, 4, 7),
    Trend("spo2", "falling", 3.0, 3, 28, 4, 7),
    Trend("respiration", "rising", 4.0, 3, 28, 4, 7),
    Trend("systolic", "rising", 20.0, 3, 28, 4, 7),
    Trend("systolic", "falling", 20.0, 3, 28, 4, 7),
    Trend("body_temperature", "rising", 1.1, 1, 28, 2, 7),
)
METRICS: NDArray[np.int16] = np.array(sorted({BY_NAME[trend.metric].id for trend in TRENDS}), np.int16)
_RESTING = BY_NAME["heart_rate"].id
_OF = {
    metric: [(number, t) for number, t in enumerate(TRENDS) if BY_NAME[t.metric].id == metric]
    for metric in METRICS.tolist()
}

Subject = tuple[int, int, int]  # resident, device, metric


class Trends:
    """Baselines of everybody, and the drifts that stand; about 1.1 kB a person and metric."""

    def __init__(self, topic: int) -> None:
        self._topic = topic
        self._baselines: dict[Subject, Baseline] = {}
        self._open: dict[tuple[Subject, int], Finding] = {}
        self._notebook = Notebook()

    def keep(self, devices: Container[int]) -> None:
        """Forget other devices."""
        self._baselines = {s: b for s, b in self._baselines.items() if s[1] in devices}
        self._open = {key: f for key, f in self._open.items() if key[0][1] in devices}

    def recall(self, memory: Memory) -> None:
        """What was usual before a restart."""
        metric = memory.topic - self._topic
        subject = (int(memory.numbers[0]), memory.subject, metric)
        self._baselines[subject] = Baseline.of(memory.numbers[1:], metric == _RESTING)

    def memories(self, detector: str, now: int) -> Iterable[Memory]:
        """The same, once an hour where something was learnt."""
        due = set(self._notebook.due(now))
        if not due:
            return
        for subject in sorted(s for s in self._baselines if s[1:] in due):
            numbers = [float(subject[0]), *self._baselines[subject].numbers()]
            yield Memory(detector, subject[1], self._topic + subject[2], numbers)

    def resume(self, finding: Finding) -> None:
        """Reopen what stood open."""
        if finding.kind != "vitals_trend" or finding.device is None or "trend" not in finding.evidence:
            return
        metric = BY_NAME[str(finding.evidence["metric"])].id
        subject = (int(finding.evidence["resident"]), finding.device, metric)
        key = (subject, int(finding.evidence["trend"]))
        if finding.cleared:
            self._open.pop(key, None)
        else:
            self._open[key] = finding

    def learn(self, subject: Subject, home: int, time: int, local: int, value: float) -> list[Finding]:
        """A value in order."""
        baseline = self._baseline(subject)
        if not baseline.learn(time, local, value):
            return []
        self._notebook.note(subject[1], subject[2])
        found = (self._judge(subject, home, time, value, number, trend) for number, trend in _OF[subject[2]])
        return [finding for finding in found if finding]

    def spoil(self, subject: Subject, time: int, local: int) -> None:
        """A value out of order: its day teaches nothing."""
        self._baseline(subject).spoil(time, local)
        self._notebook.note(subject[1], subject[2])

    def usual(self, subject: Subject) -> Mapping[str, float] | None:
        """Median and spread of the last four weeks; None before a week is known."""
        baseline = self._baselines.get(subject)
        values = baseline.between(28, 1) if baseline else np.zeros(0)
        if len(values) < 7:
            return None
        return {"median": float(np.median(values)), "spread": spread(values)}

    def _baseline(self, subject: Subject) -> Baseline:
        baseline = self._baselines.get(subject)
        if baseline is None:
            baseline = self._baselines[subject] = Baseline(subject[2] == _RESTING)
        return baseline

    def _judge(
        self, subject: Subject, home: int, time: int, value: float, number: int, trend: Trend
    ) -> Finding | None:
        baseline, key = self._baselines[subject], (subject, number)
        recent, before = baseline.between(trend.recent - 1, 0), baseline.between(trend.oldest, trend.newest)
        if not len(recent) or len(before) < trend.known:
            return None
        now, usual = float(np.median(recent)), float(np.median(before))
        sign = 1.0 if trend.way == "rising" else -1.0
        if trend.lowest:
            usual = float(before.min() if sign > 0 else before.max())
        by = (
            trend.by * usual
            if trend.share
            else max(trend.by, 0.0 if trend.lowest else SPREADS * spread(before))
        )
        moved, standing = sign * (now - usual), self._open.get(key)
        if trend.metric == "weight" and abs(now - usual) > OTHER_PERSON * usual:
            return None
        if standing is None and moved >= by and len(recent) >= min(trend.recent, 2):
            self._open[key] = _drift(subject, home, time, number, trend, now, usual, len(before))
            return self._open[key]
        if standing is not None and moved < CALM * by and time > standing.at:
            return _over(self._open.pop(key), time, now)
        return None


def _drift(
    subject: Subject, home: int, time: int, number: int, trend: Trend, now: float, usual: float, known: int
) -> Finding:
    name = BY_ID[subject[2]].name
    params = {
        "metric": name, "value": round(now, 1), "usual": round(usual, 1), "by": round(abs(now - usual), 1),
        "recent": trend.recent, "days": known, "oldest": trend.oldest,
    }  # fmt: skip
    evidence = {"metric": name, "resident": subject[0], "trend": number, "value": now, "usual": usual}
    return Finding(
        "vitals_trend", home, onset(time, 100 + number), time,
        Reason(f"vitals_trend.{trend.way}{'_soon' if trend.recent == 1 else ''}", params),
        resident=subject[0] or None, device=subject[1], severity=f"{name}_{trend.way}", evidence=evidence,
    )  # fmt: skip


def _over(standing: Finding, time: int, now: float) -> Finding:
    params = {**standing.reason.params, "value": round(now, 1)}
    return replace(
        standing, at=time, revision=standing.revision + 1, cleared=True,
        reason=Reason("vitals_trend.over", params),
    )  # fmt: skip
