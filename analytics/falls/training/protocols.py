"""Honest ways to try a model on what it has not seen."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from analytics.falls.dataset import Trial
from analytics.falls.model import FallModel
from analytics.falls.training.people import person
from analytics.falls.training.train import Progress, train

Plan = list[tuple[FallModel, list[Trial]]]
"""Models, each with the trials it may be tried on."""

FOLDS = 5


def leave_people_out(trials: Sequence[Trial], seed: int, progress: Progress) -> Plan:
    """Every person is tried on a model trained without a fifth of the people, theirs among them."""
    people = sorted({person(trial) for trial in trials})
    fold_of = dict(zip(people, np.random.default_rng(seed).permutation(len(people)) % FOLDS, strict=True))
    plan: Plan = []
    for fold in progress(range(FOLDS), "training without a fifth of the people"):
        known = [trial for trial in trials if fold_of[person(trial)] != fold]
        held = [trial for trial in trials if fold_of[person(trial)] == fold]
        plan.append((train(known, f"without fold {fold}", seed), held))
    return plan


def leave_set_out(trials: Sequence[Trial], seed: int, progress: Progress) -> Plan:
    """Every data set is tried on a model trained on the others: another maker's device."""
    plan: Plan = []
    for name in progress(sorted({trial.dataset for trial in trials}), "training without a data set"):
        known = [trial for trial in trials if trial.dataset != name]
        held = [trial for trial in trials if trial.dataset == name]
        if not known:
            raise ValueError("leave-set-out needs at least two data sets")
        plan.append((train(known, f"without {name}", seed), held))
    return plan


PROTOCOLS: Mapping[str, Callable[[Sequence[Trial], int, Progress], Plan]] = {
    "leave-people-out": leave_people_out,
    "leave-set-out": leave_set_out,
}
