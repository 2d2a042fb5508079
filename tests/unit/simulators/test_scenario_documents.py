"""A scenario is refused with the place of the mistake, and written out the same way each time."""

import csv
from pathlib import Path

import numpy as np
import pytest

from analytics.falls.dataset import COLUMNS
from core.instant import DAY, HOUR, SECOND
from core.kind import KINDS
from simulators.scenarios import steps
from simulators.scenarios.document import BadScenario, library, parse, read
from simulators.scenarios.script import FAULTS, write
from simulators.scenarios.span import span

NOON = 20_500 * DAY + 4 * HOUR
GOOD = """
name: one
title: Somebody presses a button
lasts: 2 min
homes:
  - code: home
    people: [{name: Ann}]
    devices: [{code: button, kind: button, wearer: Ann, reports: 30 s}]
timeline:
  - {at: 10 s, does: presses, device: button, called: the press}
faults:
  - {fault: duplicate, settings: {share: 1.0}}
expect:
  incidents:
    - {kind: sos, after: the press, within: 2 s}
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("lasts: 2 min", "lasts: soon"), "'soon' is no length of time.*lasts"),
        (("lasts: 2 min", "lasts: 5 s"), r"timeline\[0\]: at 10 s, after the end"),
        (
            ("does: presses", "does: sings"),
            r"'sings' - at `\$.timeline\[0\].does`: it is none of falls, moves, ",
        ),
        (("device: button, called", "device: bell, called"), r"timeline\[0\]: no device bell"),
        (("wearer: Ann", "wearer: Bob"), "worn by Bob, who does not live there"),
        (("kind: sos", "kind: boredom"), r"expect.incidents\[0\]: no kind boredom"),
        (("after: the press", "after: the end"), "nothing in the timeline is called 'the end'"),
        (("title:", "titel:"), "unknown field `titel`|missing required field `title`"),
        (("expect:", "expect: ]"), "not YAML"),
        (("share: 1.0", "portion: 1.0"), "fault 'duplicate'.*portion"),
        (("fault: duplicate", "fault: gremlins"), "gremlins.*there are drop"),
    ],
)
def test_a_mistake_is_named(change: tuple[str, str], said: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(BadScenario, match=said):
        write(parse(GOOD.replace(*change)), NOON)


def test_the_documented_scenario_can_be_played() -> None:
    page = Path(__file__).parents[3] / "docs" / "simulators.md"
    example = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert write(parse(example), NOON).posts


@pytest.mark.parametrize(("text", "seconds"), [("3 s", 3), ("1.5 min", 90), ("2h", 7200), ("250 ms", 0.25)])
def test_lengths_of_time_are_written_as_people_do(text: str, seconds: float) -> None:
    assert span(text) == seconds


def test_a_script_is_the_same_twice_and_has_codes_of_its_own() -> None:
    once, again = write(parse(GOOD), NOON, "a"), write(parse(GOOD), NOON, "a")
    assert once == again
    assert set(once.devices) == {"a-button"}
    assert set(write(parse(GOOD), NOON, "b").homes) == {"b-home"}
    assert once.marks["the press"] == NOON + 10 * SECOND
    presses = [post for post in once.posts if post.stream == "event"]
    assert len(presses) == 2
    assert presses[0].payload == presses[1].payload


def test_the_library_covers_every_fault_every_step_and_every_kind_of_finding() -> None:
    scenarios = [read(path) for path in library()]
    assert len(scenarios) >= 25
    assert {line.fault for scenario in scenarios for line in scenario.faults} == set(FAULTS)
    done = {type(step) for scenario in scenarios for step in scenario.timeline}
    assert done >= set(steps.Step.__args__) - {steps.Asks, steps.Replays}  # type: ignore[attr-defined]
    shown = {due.kind for scenario in scenarios for due in scenario.expect.incidents}
    assert len({kind.name for kind in KINDS} & shown) >= FEWEST_KINDS
    assert [path.stem for path in library()] == [scenario.name for scenario in scenarios]


REPLAY = """
name: spliced
title: A recorded trial in the middle of a simulated morning
lasts: 2 min
homes:
  - {code: home, people: [{name: Ann}], devices: [{code: watch, kind: wearable, wearer: Ann}]}
timeline:
  - {at: 10 s, does: moves, device: watch, lasts: 20 s}
  - {at: 40 s, does: replays, device: watch, data: made, trial: one, called: the trial}
expect: {}
"""


def test_a_recorded_trial_is_spliced_into_a_simulated_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "falls" / "made"
    folder.mkdir(parents=True)
    lived = np.tile(np.array([[0, 0, 1000]], np.int16), (200, 1))
    np.save(folder / "signals.npy", lived)
    with (folder / "trials.csv").open("w", newline="") as file:
        row = ("one", "A", "young", "wrist", "F1", 1, 50, 0, 200, "", "")
        csv.writer(file).writerows([COLUMNS, row])
    monkeypatch.setenv("NOWALLS_DATA", str(tmp_path))
    script = write(parse(REPLAY), NOON)
    begun = script.marks["the trial"]
    replayed = [p for p in script.posts if p.stream == "motion" and p.at > begun]
    assert [p.at - begun for p in replayed] == [2 * SECOND, 4 * SECOND]
    assert len([p for p in script.posts if p.stream == "motion"]) > 10
    with pytest.raises(BadScenario, match="no trial two in made"):
        write(parse(REPLAY.replace("trial: one", "trial: two")), NOON)


FEWEST_KINDS = 26
"""Kinds of finding that some scenario expects: the number may only grow."""
