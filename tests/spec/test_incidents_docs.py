"""docs/incidents.md names every state, verdict and word of a policy; a new one without a line fails here."""

from pathlib import Path

import pytest

from alerts.escalation.policy import TARGETS, UNTIL
from alerts.incident import State
from alerts.policy import Policy
from alerts.triage import LINE, Verdict

PAGE = (Path(__file__).parents[2] / "docs" / "incidents.md").read_text(encoding="utf-8")
WORDS = [
    *State,
    *(f"`{verdict}`" for verdict in Verdict),
    *(f"`{word}`" for word in (*sorted(TARGETS), *UNTIL)),
    *(f"`{name}`" for name in Policy._fields if name not in ("kind", "version")),
]


@pytest.mark.parametrize("word", WORDS)
def test_it_has_a_line(word: str) -> None:
    assert word in PAGE


def test_the_stages_stand_in_their_order() -> None:
    table = PAGE[PAGE.index("| stage |") :]
    rows = [line.split("|")[1].strip() for line in table.splitlines()[2:] if line.startswith("|")]
    names = {"answer": "answered", "inhibit": "inhibited", "silence": "silenced", "group": "grouped",
             "quiet hours": "quiet"}  # fmt: skip
    assert [names.get(row, row.replace(" ", "_")) for row in rows[: len(LINE)]] == list(LINE)
