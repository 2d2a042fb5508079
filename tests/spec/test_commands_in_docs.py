"""Every `nowalls ...` that a document shows is a command that there is, with options that it has."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from core.command import main

ROOT = Path(__file__).parents[2]
WRITTEN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.service")])
_CALL = re.compile(
    r"(?:^\s*|[`(]|bin/|(?:--|;|&&) )nowalls (?=--data|[a-z]+(?![\w./-]))([^`\n|<>;&)]*)", re.MULTILINE
)
_CODE = re.compile(r"(?s:```.*?```)|`[^`\n]+`|^ {4}\S.*$|^ExecStart=.*$", re.MULTILINE)


def calls(text: str) -> Iterator[str]:
    for code in _CODE.findall(text):
        yield from (found.split(" # ")[0].strip() for found in _CALL.findall(code.replace("\\\n", " ")))


def complaint(call: str) -> str:
    """What is wrong with the command line `call`, as far as its names go; "" for nothing."""
    command: click.Command = main
    context = click.Context(main)
    for word in call.split():
        name = word.partition("=")[0]
        if name.startswith("-"):
            known = {text for option in command.params for text in (*option.opts, *option.secondary_opts)}
            if name not in known | {"--help", "-h", "--"}:
                return f"{command.name} has no option {name}"
        elif isinstance(command, click.Group):
            inner = command.get_command(context, word)
            if inner is not None:
                command = inner
            elif word.islower() and word.isalpha():
                return f"{command.name} has no command {word}"
    return ""


# Behind --data stands a folder, which may look like a command: it is taken away first.
def plain(call: str) -> str:
    return re.sub(r"--data[ =]\S+ ?", "", call, count=1) if call.startswith("--data") else call


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_shows_only_commands_that_there_are(path: Path) -> None:
    found = {call: why for call in calls(path.read_text(encoding="utf-8")) if (why := complaint(plain(call)))}
    assert found == {}


@pytest.mark.parametrize("wrong", ["backup everything", "up --port 80", "devices list --all", "fly"])
def test_a_command_that_there_is_not_is_noticed(wrong: str) -> None:
    assert list(calls(f"`nowalls {wrong}`")) == [wrong]
    assert complaint(wrong)
