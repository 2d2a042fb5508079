"""The API and the alerts package use the same words."""

from typing import get_args

from alerts.incident import OUTCOMES
from alerts.lifecycle import ACTIONS
from api.models.incidents import ActionName, Outcome
from api.models.residents import LiveState
from core import messages
from core.kind import KINDS


def test_actions_and_outcomes_are_those_of_the_life_cycle() -> None:
    assert set(get_args(ActionName)) == set(ACTIONS)
    assert set(get_args(Outcome)) == set(OUTCOMES)


def test_every_kind_and_every_state_has_its_sentence() -> None:
    catalogue = messages.catalogue()
    assert not [kind.name for kind in KINDS if f"title.{kind.name}" not in catalogue]
    states = (*get_args(LiveState), "helped", "telling")
    assert not [state for state in states if f"headline.{state}" not in catalogue]
