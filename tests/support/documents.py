"""The examples of a document, to be run as they are written.

Blocks of `sh` and `python` are run; a block of `text` after one is what it prints: each of its lines is found
there, in order, with anything where it says `…`.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from typing import Self

from tests.conftest import _open_folder
from tests.support.house import PATIENCE_S, ROOT, ctrl_c, wait_until_said

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RUN = ("sh", "python")
STARTS = ".venv/bin/nowalls up"


@dataclass(frozen=True, slots=True)
class Block:
    """One example: the word after the fence, what stands in it, its line in the document."""

    language: str
    text: str
    line: int


def blocks(document: str) -> list[Block]:
    """The examples of a document in Markdown, in order."""
    return [
        Block(found[1], found[2], document.count("\n", 0, found.start()) + 1)
        for found in _BLOCK.finditer(document)
    ]


def shows(printed: str, promised: str) -> bool:
    """Whether the lines of `promised` are in `printed` in this order, with anything for `…`."""
    lines = (".*".join(map(re.escape, line.split("…"))) for line in promised.strip().splitlines())
    return re.search(".*".join(lines), printed, re.DOTALL) is not None


class Reader:
    """Somebody who follows a document in a fresh clone, on free ports."""

    def __init__(self, http: int, mqtt: int) -> None:
        self.place = _open_folder()
        for name in (".venv", "docs", "Makefile"):
            (self.place / name).symlink_to(ROOT / name)
        self._ports = {"8080": str(http), "1883": str(mqtt)}
        self._up: subprocess.Popen[bytes] | None = None
        self.printed = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._up is not None:
            os.killpg(self._up.pid, ctrl_c())
            self._up.wait(timeout=PATIENCE_S)

    @property
    def said(self) -> str:
        """What the house that runs has printed."""
        return (self.place / "said").read_text()

    def follow(self, block: Block) -> None:
        """Do what the block says; fails when it fails, or does not print what it promises."""
        if block.language == "text":
            assert shows(self.printed, block.text), f"line {block.line}: {self.printed!r}"
        elif block.language == "sh" and block.text.startswith(STARTS):
            self._start(block.text.strip())
        elif block.language == "sh":
            self._run(["sh", "-ec", block.text], block)
        elif block.language == "python":
            text = block.text
            for usual, ours in self._ports.items():
                text = text.replace(usual, ours)
            self._run([".venv/bin/python", "-c", text], block)

    def _run(self, command: list[str], block: Block) -> None:
        done = subprocess.run(
            command, cwd=self.place, capture_output=True, text=True, check=False, timeout=90
        )
        assert done.returncode == 0, f"line {block.line}: {done.stderr}"
        self.printed = done.stdout

    def _start(self, command: str) -> None:
        http, mqtt = self._ports["8080"], self._ports["1883"]
        with (self.place / "said").open("wb") as said:
            self._up = subprocess.Popen(
                ["sh", "-c", f"exec {command} --http-port {http} --mqtt-port {mqtt}"],
                cwd=self.place,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until_said(self._up, self.place / "said", "administrator http")
