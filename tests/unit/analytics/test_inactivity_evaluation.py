"""The evaluation, on invented homes in the recorded format; on the recorded ones where they are at hand."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analytics.commands import evaluate_inactivity, train_inactivity
from analytics.recording import BadRecording, read_tihm
from analytics.rehearsal import cuts, ordinary
from analytics.silence import from_json
from core.instant import DAY, HOUR

ROOMS = ("kitchen", "lounge", "bathroom", "bedroom", "hallway")


def write_homes(folder: Path, homes: int = 6, days: int = 12) -> Path:
    """Invented lives: up at seven, to bed at ten; all homes silent for two days from the eighth on."""
    draw = np.random.default_rng(4)
    lines = ["patient_id,location_name,date"]
    for home in range(homes):
        for day in range(days):
            minute = 7 * 60 + draw.uniform(0, 30)
            while minute < 22 * 60:
                if not 7 <= day < 9:
                    stamp = np.datetime64("2024-03-01T00:00:00") + np.timedelta64(
                        day * 86400 + round(minute * 60), "s"
                    )
                    room = "front-door" if draw.random() < 0.02 else ROOMS[draw.integers(len(ROOMS))]
                    lines.append(f"home{home},{room},{str(stamp).replace('T', ' ')}")
                minute += draw.exponential(9) + (draw.random() < 0.02) * draw.uniform(60, 200)
    (folder / "Activity.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_homes(tmp_path_factory.mktemp("homes"))


def test_an_outage_is_a_time_in_which_no_home_spoke(folder):
    (outage,) = read_tihm(folder).outages()
    assert 2 * DAY < outage[1] - outage[0] < 3 * DAY


def test_people_collapse_only_while_they_are_awake(folder):
    hours = [cut.at % DAY / HOUR for cut in cuts(read_tihm(folder))]
    assert len(hours) > 100
    assert min(hours) >= 5
    assert max(hours) < 22.5


def test_no_ordinary_silence_spans_the_outage(folder):
    recording = read_tihm(folder)
    ((begin, over),) = recording.outages()
    assert all(look.begun + look.length <= begin or look.begun >= over for look in ordinary(recording))


def test_a_folder_without_the_file_is_said_to_be_so(tmp_path):
    with pytest.raises(BadRecording, match=r"Activity\.csv"):
        read_tihm(tmp_path)


def test_the_command_prints_the_curve_and_writes_it(folder, tmp_path):
    figures, page = tmp_path / "figures.json", tmp_path / "page.html"
    done = CliRunner().invoke(
        evaluate_inactivity, ["--data", str(folder), "--json", str(figures), "--report", str(page)]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert told["homes"] == 6
    assert 40 < told["person_days"] < 6 * 12
    assert "<svg" in page.read_text(encoding="utf-8")
    assert [point["name"] for point in told["timers"]][:2] == ["3 h", "4 h"]
    for point, timer in zip(told["model"], told["best_timers"], strict=True):
        assert timer["false_alarms"] <= point["false_alarms"] + 1e-9


def test_training_writes_a_card_the_detector_reads(folder, tmp_path):
    card = tmp_path / "card.json"
    done = CliRunner().invoke(train_inactivity, ["--data", str(folder), "--out", str(card)])
    assert done.exit_code == 0, done.output
    assert from_json(json.loads(card.read_text(encoding="utf-8"))).weights.any()


@pytest.mark.skipif(not os.environ.get("NOWALLS_DATA"), reason="NOWALLS_DATA names no folder of recordings")
def test_the_recorded_homes_are_as_described():
    recording = read_tihm(Path(os.environ["NOWALLS_DATA"]) / "homes" / "tihm")
    assert len(recording.codes) == 28
    ((begin, over),) = recording.outages()
    assert 57 < (over - begin) / HOUR < 60
