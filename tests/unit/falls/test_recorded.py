"""The shipped model on recorded test people; needs NOWALLS_DATA, a folder that holds falls/."""

import os
from pathlib import Path

import pytest

from analytics.falls import dataset, evaluation
from analytics.falls.model import load
from analytics.falls.training.people import is_test

DATA = os.environ.get("NOWALLS_DATA")

pytestmark = pytest.mark.skipif(not DATA, reason="NOWALLS_DATA is not set: recorded falls are NOT tested")


@pytest.mark.parametrize(
    ("name", "placement", "sensitivity", "specificity", "auc"),
    [("weda-fall", "wrist", 0.93, 0.98, 0.995), ("umafall", "wrist", 0.94, 0.95, 0.98)],
)
def test_test_people_are_told_apart(name, placement, sensitivity, specificity, auc):
    """What the card says, and hardly less."""
    trials = [
        trial
        for trial in dataset.load(Path(DATA) / "falls" / name)
        if is_test(trial) and trial.placement == placement
    ]
    score = evaluation.score(list(evaluation.stream(trials, load())))
    assert score.sensitivity.value >= sensitivity
    assert score.specificity.value >= specificity
    assert score.auc.value >= auc
    assert score.delay_longest_s <= 2.5
    assert score.heard_in_time >= 0.85
