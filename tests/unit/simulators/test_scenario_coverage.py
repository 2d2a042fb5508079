"""What the code can find, decide and simulate, and whether a scenario shows it. The lists come from the code:
who adds a kind, a step, a verdict, a target or a fault is told that it has no scenario yet."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from alerts.escalation.policy import PRIORITIES, TARGETS, UNTIL, Variant, body
from alerts.escalation.policy import Escalation as Named
from alerts.escalation.policy import Step as EscalationStep
from alerts.lifecycle import ACTIONS
from alerts.triage import Verdict
from analytics.living.drift import DOWN, UP, WATCHED
from core.kind import KINDS
from simulators import answers, falling
from simulators.scenarios import steps
from simulators.scenarios.document import Scenario, library, read
from simulators.scenarios.script import FAULTS

ROOT = Path(__file__).parents[3]
# Found by the platform about itself and by no detector: tests/integration/test_delivery.py, test_drills.py.
OF_THE_PLATFORM = {"break_glass", "channel_failing", "part_silent", "self_test", "self_test_failed"}
# No device can bring these about: a drill is begun by people, and what they begin has no finding.
NEVER_BY_A_DEVICE = {Verdict.DRILL}
# No simulated life changes so; the detector is shown the figures: tests/unit/analytics/test_drift.py.
TOLD_BY_NUMBERS = {
    "drift.active_minutes_less", "drift.night_minutes_more", "drift.night_bathroom_visits_more",
    "drift.transition_s_more", "drift.weight_kg_more", "drift.weight_kg_less",
}  # fmt: skip
STANDARD = {"console", "operators", "responders", "contact:1", "volunteers", "contacts", "family",
            "all_operators", "rescue"}  # fmt: skip


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    return [read(path) for path in library()]


def written(folder: str, name: str, place: int) -> Iterator[str]:
    """The constants that stand at a place of every call of `name` in the sources of a folder."""
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != name:
                continue
            if len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield str(node.args[place].value)  # type: ignore[attr-defined]


def test_every_kind_of_finding_is_expected_somewhere(scenarios: list[Scenario]) -> None:
    expected = {due.kind for scenario in scenarios for due in scenario.expect.incidents}
    assert {kind.name for kind in KINDS} - OF_THE_PLATFORM - expected == set()


def test_every_step_of_an_incident_is_expected_somewhere(scenarios: list[Scenario]) -> None:
    possible = {event for _, event in ACTIONS.values()}
    possible |= set(written("alerts", "Event", 0)) | set(written("alerts", "_evidence", 2))
    dues = [due for scenario in scenarios for due in scenario.expect.incidents]
    expected = {step.step for due in dues for step in due.steps}
    assert len(possible) > 25
    assert possible - expected == set()


def test_every_verdict_on_a_finding_is_expected_somewhere(scenarios: list[Scenario]) -> None:
    expected = {ruling.verdict for scenario in scenarios for ruling in scenario.expect.ruled}
    assert {str(verdict) for verdict in set(Verdict) - NEVER_BY_A_DEVICE} - expected == set()


def test_every_word_of_an_escalation_policy_is_followed_somewhere(scenarios: list[Scenario]) -> None:
    variants = [v for scenario in scenarios for policy in scenario.policies for v in policy.variants]
    told = {word for variant in variants for step in variant["steps"] for word in step.get("tell", ())}
    # The standard's own words are followed by the scenario in which nobody answers; all are told there.
    (called,) = [s for s in scenarios if s.name == "everybody-is-called"]
    roles = {member.role for member in called.staff}
    assert {"operator", "responder", "volunteer", "rescue", "family"} <= roles
    assert TARGETS - told - STANDARD == set()
    assert {variant.get("until", "acknowledged") for variant in variants} == set(UNTIL)
    assert {word for v in variants for word in v.get("priorities", ())} | {"medium"} == PRIORITIES
    assert keys(variants) == keys([made()])
    assert keys([s for v in variants for s in v["steps"]]) | {"emergency"} == keys(made()["steps"])


def made() -> Any:
    """A variant as the platform writes it, with all fields."""
    return body(Named("", (Variant((EscalationStep(("console",)),)),)))["variants"][0]


def keys(rows: list[dict[str, Any]]) -> set[str]:
    return {key for row in rows for key in row}


def test_everything_that_may_happen_happens_somewhere(scenarios: list[Scenario]) -> None:
    taken = {type(step) for scenario in scenarios for step in scenario.timeline}
    assert set(get_args(steps.Step)) - taken - {steps.Asks, steps.Replays} == set()  # need people, recordings
    falls = {s.kind for scenario in scenarios for s in scenario.timeline if isinstance(s, steps.Falls)}
    assert set(falling.KINDS) - falls == set()
    acts = {s.action for scenario in scenarios for s in scenario.timeline if isinstance(s, steps.Acts)}
    assert set(ACTIONS) - acts == set()


def test_every_fault_strikes_somewhere(scenarios: list[Scenario]) -> None:
    assert set(FAULTS) - {line.fault for scenario in scenarios for line in scenario.faults} == set()


def test_every_answer_is_given_somewhere(scenarios: list[Scenario]) -> None:
    wearers = {device.says for scenario in scenarios for _, device in scenario.devices()}
    assert wearers == set(answers.BEHAVIOURS)
    asked = {member.answers for scenario in scenarios for member in scenario.staff}
    assert asked == {"accepts", "refuses", "silent"}


def test_slow_change_is_expected_by_name(scenarios: list[Scenario]) -> None:
    word = {UP: "more", DOWN: "less"}
    possible = {f"drift.{watch.figure}_{word[way]}" for watch in WATCHED for way in watch.ways}
    expected = {visit.reason for scenario in scenarios for visit in scenario.expect.worth_a_visit}
    assert expected <= possible, "a reason is a whole key, never the beginning of one"
    assert possible - expected == TOLD_BY_NUMBERS
