""".ci/descriptions: a change that breaks programs written before is red, until somebody says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATHS: dict[str, object] = {name: {"get": {"responses": {}}} for name in ("/kept", "/gone")}
BOTH = {"openapi": "3.1.0", "info": {}, "paths": PATHS}


class Checkout:
    """A repository with one published description."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / ".ci").mkdir()
        (folder / "docs").mkdir()
        (folder / ".ci" / "descriptions").write_bytes((ROOT / ".ci" / "descriptions").read_bytes())
        self.publishes(BOTH)

    def publishes(self, document: object) -> None:
        (self.folder / "docs" / "openapi.json").write_text(json.dumps(document), encoding="utf-8")

    def git(self, *words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def commits(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "work")

    def checked(self) -> subprocess.CompletedProcess[str]:
        told = {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
        command = ["bash", str(self.folder / ".ci" / "descriptions")]
        return subprocess.run(command, env=told, check=False, capture_output=True, text=True, timeout=120)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path)
    made.git("init", "-q", "-b", "main")
    made.commits()
    return made


def test_a_break_is_red_until_it_is_explained(checkout: Checkout) -> None:
    checkout.publishes({**BOTH, "paths": {"/kept": PATHS["/kept"]}})
    checkout.commits()
    broken = checkout.checked()
    assert broken.returncode == 1, broken.stderr
    assert "GET /gone" in broken.stdout
    (checkout.folder / "docs" / "api-changes.md").write_text("## Nobody used it\n", encoding="utf-8")
    explained = checkout.checked()
    assert explained.returncode == 0, explained.stderr
    assert "says why" in explained.stdout


def test_without_history_it_says_so_loudly(checkout: Checkout) -> None:
    told = checkout.checked()
    assert told.returncode == 0
    assert "NO HISTORY HERE" in told.stderr
