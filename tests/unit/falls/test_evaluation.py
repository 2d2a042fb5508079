"""Figures that can be checked by hand, and the commands on a made-up data set."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from analytics.falls import commands, dataset, evaluation
from analytics.falls.dataset import COLUMNS
from analytics.falls.evaluation import Outcome
from analytics.falls.model import load
from tests.unit.falls import acted


def outcome(person, *, fall, alarms, probability, seconds=36.0, heard=2.3):
    return Outcome(
        dataset="made-up",
        trial="T",
        person=person,
        group="young",
        placement="wrist",
        activity="F" if fall else "D",
        is_fall=fall,
        seconds=seconds,
        probability=probability,
        alarms=alarms,
        delay_s=2.0 if alarms else None,
        heard_s=heard if alarms else None,
        unusable=(),
    )


OUTCOMES = [
    outcome("a", fall=True, alarms=1, probability=0.9),
    outcome("a", fall=False, alarms=0, probability=0.1),
    outcome("b", fall=True, alarms=0, probability=0.3),
    outcome("b", fall=False, alarms=1, probability=0.8),
]


def test_the_figures_by_hand():
    score = evaluation.score(OUTCOMES)
    assert (score.sensitivity.value, score.specificity.value, score.f1.value) == (0.5, 0.5, 0.5)
    assert score.auc.value == 0.75
    assert score.false_alarms_an_hour.value == pytest.approx(50)
    assert (score.people, score.falls, score.delay_median_s) == (2, 2, 2.0)
    assert score.sensitivity.low == 0
    assert score.sensitivity.high == 1


def test_what_cannot_be_measured_is_a_dash():
    score = evaluation.score([OUTCOMES[1]])
    assert str(score.sensitivity) == "-"
    assert evaluation.as_json(score)["auc"]["value"] is None


def test_calibration_counts_each_tenth():
    assert [(tenth["from"], tenth["fell"]) for tenth in evaluation.calibration(OUTCOMES)] == [
        (0.1, 0.0),
        (0.3, 1.0),
        (0.8, 0.0),
        (0.9, 1.0),
    ]


@pytest.fixture
def made_up(tmp_path):
    """Six people, each with a fall and a walk; P1 and P2 are for testing."""
    folder = tmp_path / "made-up"
    folder.mkdir()
    parts, rows, start = [], [], 0
    for person in range(1, 7):
        for fall in (0, 1):
            samples = acted.fall() if fall else acted.walk(12, seed=person)
            activity = "F" if fall else "D"
            person_and_site = f"P{person},young,wrist,{activity},{fall}"
            rows.append(f"T{person}{fall},{person_and_site},50,{start},{len(samples)},,")
            parts.append(samples)
            start += len(samples)
    (folder / "trials.csv").write_text("\n".join([",".join(COLUMNS), *rows]))
    np.save(folder / "signals.npy", np.concatenate(parts))
    return folder


def test_evaluate_writes_figures_and_a_page(made_up, tmp_path):
    out, page = tmp_path / "out.json", tmp_path / "out.html"
    arguments = [
        "--data",
        str(made_up),
        "--test-subjects",
        "P1,P2",
        "--json",
        str(out),
        "--report",
        str(page),
    ]
    result = CliRunner().invoke(commands.evaluate, arguments)
    assert result.exit_code == 0, result.output
    figures = json.loads(out.read_text())
    assert figures["all"]["trials"] == 4
    assert figures["all"]["sensitivity"]["value"] == 1
    assert "<h2>Calibration</h2>" in page.read_text()


def test_nothing_to_evaluate_is_said(made_up):
    result = CliRunner().invoke(commands.evaluate, ["--data", str(made_up), "--placement", "ankle"])
    assert result.exit_code == 1
    assert "no trial" in result.output


def test_a_broken_data_set_is_one_line(made_up):
    (made_up / "trials.csv").write_text("nothing")
    result = CliRunner().invoke(commands.evaluate, ["--data", str(made_up)])
    assert result.exit_code == 1
    assert "missing column" in result.output


def test_what_is_heard_in_time_counts_the_window_the_report_came_with():
    trials = [
        outcome("a", fall=True, alarms=1, probability=0.9, heard=heard) for heard in (1.6, 2.4, 2.6, 3.0)
    ]
    figures = evaluation.score(trials)
    assert figures.heard_in_time == 0.5
    assert figures.heard_median_s == 2.5


def test_a_report_is_heard_at_the_end_of_the_window_that_brought_it(made_up):
    falls = [trial for trial in dataset.load(made_up) if trial.is_fall]
    quick, slow = (next(evaluation.stream(falls, load(), window_s=length)) for length in (1.0, 5.0))
    assert quick.delay_s == slow.delay_s
    assert quick.delay_s <= quick.heard_s <= quick.delay_s + 1.0
    assert slow.heard_s > quick.heard_s
