"""docs/threats.md names the test that covers each threat: every one of them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in TEXT.splitlines() if re.match(r"\| [STRIDE] \|", line)]


@pytest.mark.parametrize("row", ROWS, ids=[row[1].strip()[:40] for row in ROWS])
def test_the_test_that_covers_a_threat_exists(row: list[str]) -> None:
    assert len(row) == 4
    named = re.findall(r"`(tests/[\w./-]+)(?:::(\w+))?`", row[3])
    assert named
    for path, test in named:
        code = (ROOT / path).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in code


def test_each_kind_of_threat_is_thought_of() -> None:
    assert {row[0].strip() for row in ROWS} == set("STRIDE")
    assert len(ROWS) > 30
