"""`python -m api.description`: makes the published descriptions and the client anew, and says what changed.

A change that breaks programs written before is refused without `--breaking REASON`; the reason and the
changes are then kept in docs/api-changes.md.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from api.description import asyncapi, changes, client
from api.description.schemas import Change

ROOT = Path(__file__).parents[2]
OPENAPI, ASYNCAPI = ROOT / "docs" / "openapi.json", ROOT / "docs" / "asyncapi.json"
LOG = ROOT / "docs" / "api-changes.md"
CLIENT = ROOT / "clients" / "python" / "nowalls_client"

Compare = Callable[[Mapping[str, Any], Mapping[str, Any]], list[Change]]
_COMPARED: tuple[tuple[Path, Compare], ...] = ((OPENAPI, changes.openapi), (ASYNCAPI, changes.asyncapi))


def made() -> dict[Path, str]:
    """The text of every file that is made, as the code says it now."""
    from api.app import create_app  # noqa: PLC0415 - the client can be made without the whole program
    from api.settings import ApiSettings  # noqa: PLC0415
    from core.settings import Settings  # noqa: PLC0415

    described = create_app(Settings(), ApiSettings()).openapi()
    return {
        OPENAPI: _text(described),
        ASYNCAPI: _text(asyncapi.document()),
        CLIENT / "models.py": client.models(described),
        CLIENT / "calls.py": client.calls(described),
    }


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def changed(files: Mapping[Path, str]) -> list[Change]:
    """What differs from the descriptions in the repository."""
    found: list[Change] = []
    for path, compare in _COMPARED:
        if path.exists():
            found += compare(json.loads(path.read_text(encoding="utf-8")), json.loads(files[path]))
    return found


def stale(files: Mapping[Path, str]) -> list[str]:
    """The files in the repository that are not what the code says."""
    return [
        str(path.relative_to(ROOT))
        for path, text in files.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


@click.group(invoke_without_command=True)
@click.option("--breaking", metavar="REASON", default="", help="why programs written before must change")
@click.pass_context
def main(context: click.Context, breaking: str) -> None:
    """Make descriptions and client anew."""
    if context.invoked_subcommand:
        return
    files = made()
    found = changed(files)
    for change in found:
        click.echo(str(change))
    broken = [change for change in found if change.breaks]
    if broken and not breaking:
        click.echo(
            f"\n{len(broken)} of these break programs: say --breaking REASON, or keep what was", err=True
        )
        sys.exit(1)
    if broken:
        _keep(breaking, broken)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _keep(reason: str, broken: Iterable[Change]) -> None:
    lines = "".join(f"- `{change.where}` {change.what}\n" for change in broken)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n## {reason}\n\n{lines}")


@main.command()
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
def diff(old: Path, new: Path) -> None:
    """Compare two OpenAPI, or two AsyncAPI, documents; ends with 1 when something breaks."""
    before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (old, new))
    compare = changes.asyncapi if "asyncapi" in before else changes.openapi
    found = compare(before, after)
    for change in found:
        click.echo(str(change))
    sys.exit(any(change.breaks for change in found))


if __name__ == "__main__":
    main()
