"""A part of which a thread has ended by an error is no part any more."""

import subprocess
import sys
from pathlib import Path

import pytest

from core import whole
from core.supervisor_module import _ENTRY
from core.up import PARTS
from tests.support.house import ROOT

PART = """
import threading
from core import logs, whole
logs.setup("part")
whole.or_not_at_all()
def work():
    raise {error}
thread = threading.Thread(target=work)
thread.start()
thread.join()
print("works on")
"""


def run(error: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", PART.format(error=error)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_an_error_that_ends_a_thread_ends_the_process_and_is_logged() -> None:
    ended = run("AttributeError('of somebody')")
    assert ended.returncode == whole.STATUS
    assert ended.stdout == ""
    assert "AttributeError" in ended.stderr
    assert "somebody" not in ended.stderr


def test_a_thread_that_leaves_by_itself_ends_nothing() -> None:
    assert run("SystemExit").stdout == "works on\n"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_whole_or_not_at_all(part: str) -> None:
    main = ROOT.joinpath(*_ENTRY.get(part, part).split("."), "__main__.py")
    lines = [line.strip() for line in Path(main).read_text().splitlines()]
    logging = next(n for n, line in enumerate(lines) if line.startswith("logs.setup("))
    assert lines[logging + 1] == "whole.or_not_at_all()", "before anything begins a thread"
