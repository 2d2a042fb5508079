"""What is written for people: links lead somewhere, examples are run by a test that names their document."""

import json
import re
from pathlib import Path

import pytest

from tests.support.documents import RUN, blocks

ROOT = Path(__file__).parents[2]
WRITTEN = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if path.name != "CHANGELOG.md"
)
TESTS = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_is_run_by_a_test(path: Path) -> None:
    found = blocks(path.read_text(encoding="utf-8"))
    if any(block.language in RUN for block in found):
        assert any(f'"{path.name}"' in text for text in TESTS.values()), "no test names this document"
    for block in found:
        if block.language == "json" and "..." not in block.text:
            json.loads(block.text)


def test_both_readmes_begin_with_two_commands_and_run_the_same() -> None:
    english, chinese = (
        [block.text for block in blocks((ROOT / name).read_text(encoding="utf-8")) if block.language in RUN]
        for name in ("README.md", "README.zh.md")
    )
    assert english[0] == "make demo\nmake test\n"
    assert chinese == english
