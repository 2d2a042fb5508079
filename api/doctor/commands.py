"""`nowalls doctor`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import click

from api.doctor.checks import examine, verdict
from api.doctor.facts import Level, Remark
from api.doctor.looking import look
from core import messages
from core.settings import load

_SIGN = {Level.WELL: "  ok    ", Level.SOON: "  soon  ", Level.BROKEN: "  BROKEN"}
_STATUS = {Level.WELL: 0, Level.SOON: 1, Level.BROKEN: 2}
_ZONE = "Asia/Shanghai"  # only durations are shown


@click.command()
@click.option("--language", type=click.Choice(messages.LANGUAGES), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs; both languages.")
def doctor(language: str, as_json: bool) -> None:
    """Look at everything that must hold. Status 0: all well; 1: something for today; 2: broken."""
    settings = load()
    if not settings.data_dir.is_dir():
        click.echo(f"there is no folder {settings.data_dir}: nowalls --data FOLDER doctor", err=True)
        raise SystemExit(_STATUS[Level.BROKEN])
    remarks = examine(look(settings))
    if as_json:
        click.echo(json.dumps([shown(remark) for remark in remarks], ensure_ascii=False, indent=1))
    else:
        for line in lines(remarks, language):
            click.echo(line)
    raise SystemExit(_STATUS[verdict(remarks)])


def lines(remarks: Iterable[Remark], language: str) -> list[str]:
    """Remarks for a person at a terminal."""
    return [
        f"{_SIGN[one.level]}  {one.check:<12}  {messages.render(one.key, one.params, language, _ZONE)}"
        for one in remarks
    ]


def shown(remark: Remark) -> Mapping[str, Any]:
    """A remark for a program."""
    return {
        "check": remark.check,
        "level": str(remark.level),
        "key": remark.key,
        "params": dict(remark.params),
        "text": messages.both(remark.key, remark.params, _ZONE),
    }
