"""Recorded trials streamed through the detector exactly as live windows are, and what came of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from analytics.falls.dataset import Trial
from analytics.falls.detector import FallDetector
from analytics.falls.model import FallModel
from core.finding import Finding
from core.instant import MINUTE, SECOND

START = 1_700_000_000 * SECOND
"""When every streamed trial begins; any instant does."""

WINDOW_S = 1.0

LOT = 100
"""Trials streamed side by side."""

IN_TIME_S = 2.5
"""From the impact to the first report at most."""

RESAMPLES = 1000
"""Bootstrap draws of people for an interval."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the detector made of one trial.

    Attributes:
        probability: highest of any impact in the trial, 0 without one.
        alarms: fall findings raised.
        delay_s: from impact to the first report in event time, None without an alarm.
        heard_s: from impact to the end of the window that brought the first report.
        unusable: reason words of motion_unusable findings.
    """

    dataset: str
    trial: str
    person: str
    group: str
    placement: str
    activity: str
    is_fall: bool
    seconds: float
    probability: float
    alarms: int
    delay_s: float | None
    heard_s: float | None
    unusable: tuple[str, ...]


def stream(
    trials: Sequence[Trial], model: FallModel, window_s: float = WINDOW_S, lot: int = LOT
) -> Iterator[Outcome]:
    """Fold the trials window by window, then let time pass until nothing can be pending.

    `lot` trials run side by side, each as a device of its own: one fold takes the next window of each,
    as it takes those of many wearers in the live system.
    """
    for begin in range(0, len(trials), lot):
        yield from _stream_lot(trials[begin : begin + lot], model, window_s)


def _stream_lot(trials: Sequence[Trial], model: FallModel, window_s: float) -> list[Outcome]:
    heard: dict[int, float] = {}

    def listen(device: int, _impact: int, probability: float) -> None:
        heard[device] = max(heard.get(device, 0.0), probability)

    detector = FallDetector(model, on_candidate=listen)
    said: list[Finding] = []
    sent: dict[int, int] = {}
    heard_at: dict[UUID, int] = {}
    streams = [trial.windows(seconds=window_s, start=START, device=i) for i, trial in enumerate(trials)]
    for windows in zip_longest(*streams):
        batch = [window for window in windows if window is not None]
        sent |= {window.device: window.start + round(len(window.acc) * 1e6 / window.hz) for window in batch}
        news = detector.fold(batch)
        heard_at |= {one.id: sent[one.device or 0] for one in news if not one.revision}
        said += news
    longest = max(trial.seconds for trial in trials)
    said += detector.tick(START + round(longest * SECOND) + MINUTE)
    of: dict[int | None, list[Finding]] = {}
    for finding in said:
        of.setdefault(finding.device, []).append(finding)
    return [_outcome(trial, heard.get(i, 0.0), of.get(i, []), heard_at) for i, trial in enumerate(trials)]


def _outcome(
    trial: Trial, probability: float, said: Sequence[Finding], heard_at: Mapping[UUID, int]
) -> Outcome:
    alarms = [finding for finding in said if finding.kind == "fall" and finding.revision == 0]
    return Outcome(
        dataset=trial.dataset,
        trial=trial.trial,
        person=f"{trial.dataset}/{trial.subject}",
        group=trial.group,
        placement=trial.placement,
        activity=trial.activity,
        is_fall=trial.is_fall,
        seconds=trial.seconds,
        probability=probability,
        alarms=len(alarms),
        delay_s=(alarms[0].at - alarms[0].onset) / SECOND if alarms else None,
        # A report that waits for the end of the recording is heard when the silence is noticed.
        heard_s=(heard_at.get(alarms[0].id, alarms[0].at) - alarms[0].onset) / SECOND if alarms else None,
        unusable=tuple(finding.severity for finding in said if finding.kind == "motion_unusable"),
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number with its 95 % interval over people; NaN where it cannot be measured."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        if np.isnan(self.value):
            return "-"
        if np.isnan(self.low):
            return f"{self.value:.3f}"
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one group of trials.

    `delay` counts event time, `heard` also the rest of the window a report came with; `heard_in_time` is the
    share of the reported falls heard within IN_TIME_S.
    """

    trials: int
    falls: int
    people: int
    hours: float
    sensitivity: Figure
    specificity: Figure
    f1: Figure
    auc: Figure
    false_alarms_an_hour: Figure
    delay_median_s: float
    delay_longest_s: float
    heard_median_s: float
    heard_in_time: float
    brier: float
    unusable: int


Statistic = Callable[[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]], float]


def score(outcomes: Sequence[Outcome], seed: int = 0) -> Score:
    """All figures of `outcomes`; intervals from drawing people, not trials."""
    delays = [outcome.delay_s for outcome in outcomes if outcome.is_fall and outcome.delay_s is not None]
    heard = [outcome.heard_s for outcome in outcomes if outcome.is_fall and outcome.heard_s is not None]
    fall = np.array([outcome.is_fall for outcome in outcomes], bool)
    probability = np.array([outcome.probability for outcome in outcomes])
    seconds = np.array([outcome.seconds for outcome in outcomes])
    figures = {name: _interval(outcomes, statistic, seed) for name, statistic in STATISTICS.items()}
    return Score(
        trials=len(outcomes),
        falls=int(fall.sum()),
        people=len({outcome.person for outcome in outcomes}),
        hours=round(float(seconds.sum()) / 3600, 2),
        delay_median_s=float(np.median(delays)) if delays else float("nan"),
        delay_longest_s=max(delays, default=float("nan")),
        heard_median_s=float(np.median(heard)) if heard else float("nan"),
        heard_in_time=float(np.mean(np.array(heard) <= IN_TIME_S)) if heard else float("nan"),
        brier=float(np.mean((probability - fall) ** 2)) if len(outcomes) else float("nan"),
        unusable=sum(bool(outcome.unusable) for outcome in outcomes),
        **figures,
    )


def _sensitivity(
    fall: NDArray[np.bool_], alarms: NDArray[np.float64], _p: NDArray[np.float64], _s: NDArray[np.float64]
) -> float:
    return float((alarms[fall] > 0).mean()) if fall.any() else float("nan")


def _specificity(
    fall: NDArray[np.bool_], alarms: NDArray[np.float64], _p: NDArray[np.float64], _s: NDArray[np.float64]
) -> float:
    return float((alarms[~fall] == 0).mean()) if (~fall).any() else float("nan")


def _f1(
    fall: NDArray[np.bool_], alarms: NDArray[np.float64], _p: NDArray[np.float64], _s: NDArray[np.float64]
) -> float:
    hits = ((alarms > 0) & fall).sum()
    total = (alarms > 0).sum() + fall.sum()
    return float(2 * hits / total) if fall.any() and (~fall).any() else float("nan")


def _auc(
    fall: NDArray[np.bool_],
    _alarms: NDArray[np.float64],
    probability: NDArray[np.float64],
    _s: NDArray[np.float64],
) -> float:
    """Share of (fall, other) pairs in the right order; ties count half."""
    if not fall.any() or fall.all():
        return float("nan")
    others = np.sort(probability[~fall])
    below = np.searchsorted(others, probability[fall], side="left")
    up_to = np.searchsorted(others, probability[fall], side="right")
    return float((below + up_to).mean() / (2 * len(others)))


def _false_alarms(
    fall: NDArray[np.bool_],
    alarms: NDArray[np.float64],
    _p: NDArray[np.float64],
    seconds: NDArray[np.float64],
) -> float:
    return float(alarms[~fall].sum() / seconds[~fall].sum() * 3600) if (~fall).any() else float("nan")


STATISTICS = {
    "sensitivity": _sensitivity,
    "specificity": _specificity,
    "f1": _f1,
    "auc": _auc,
    "false_alarms_an_hour": _false_alarms,
}


def _interval(outcomes: Sequence[Outcome], statistic: Any, seed: int) -> Figure:
    fall = np.array([outcome.is_fall for outcome in outcomes], bool)
    alarms = np.array([outcome.alarms for outcome in outcomes], float)
    probability = np.array([outcome.probability for outcome in outcomes])
    seconds = np.array([outcome.seconds for outcome in outcomes])
    people, whose = np.unique([outcome.person for outcome in outcomes], return_inverse=True)
    rows = [np.flatnonzero(whose == index) for index in range(len(people))]
    value = statistic(fall, alarms, probability, seconds)
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(RESAMPLES if len(people) > 1 else 0):
        pick = np.concatenate([rows[index] for index in rng.integers(len(people), size=len(people))])
        drawn.append(statistic(fall[pick], alarms[pick], probability[pick], seconds[pick]))
    if not drawn or np.isnan(drawn).all():
        return Figure(value, float("nan"), float("nan"))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Figure(value, float(low), float(high))


BREAKDOWNS: Mapping[str, Callable[[Outcome], str]] = {
    "data set and placement": lambda outcome: f"{outcome.dataset} {outcome.placement}",
    "age group": lambda outcome: f"{outcome.dataset} {outcome.placement} {outcome.group}",
    "activity": lambda outcome: f"{outcome.dataset} {outcome.placement} {outcome.activity}",
}


def break_down(outcomes: Iterable[Outcome], by: Callable[[Outcome], str], seed: int = 0) -> dict[str, Score]:
    """Figures of every group that `by` names, in order of name."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(by(outcome), []).append(outcome)
    return {name: score(groups[name], seed) for name in sorted(groups)}


def calibration(outcomes: Sequence[Outcome], bins: int = 10) -> list[dict[str, float]]:
    """Mean probability and share of falls in each tenth of the probability scale."""
    probability = np.array([outcome.probability for outcome in outcomes])
    fall = np.array([outcome.is_fall for outcome in outcomes], float)
    which = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        {
            "from": index / bins,
            "trials": int(inside.sum()),
            "said": float(probability[inside].mean()),
            "fell": float(fall[inside].mean()),
        }
        for index in range(bins)
        if (inside := which == index).any()
    ]


def as_json(value: Any) -> Any:
    """Scores and figures as plain JSON values; NaN as null."""
    if isinstance(value, Score | Figure | Outcome):
        return as_json(asdict(value))
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return None if isinstance(value, float) and np.isnan(value) else value
