"""`nowalls residents ...`: taking people in from a sheet, and finding them."""

from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from care.intake import sheet
from care.intake.checking import Preview, check
from care.session import database_option, opened
from care.store import handover, intake, people
from core import looked, messages

_SHOWN = 200
_LANGUAGE = click.option("--language", type=click.Choice(messages.LANGUAGES), default="zh", show_default=True)


@click.group()
def residents() -> None:
    """The people in our care: taking them in from a sheet, finding them."""


@residents.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--accept", is_flag=True, help="Take in every row that has no problem.")
@_LANGUAGE
@database_option
def import_residents(file: Path, accept: bool, language: str, database_url: str) -> None:
    """Look at a sheet of people (CSV or Excel): all problems are shown, nobody is taken in until --accept.

    Two columns are needed: name and station (its code). `nowalls residents columns` says what others there
    may be. Ends with 1 when a row has a problem.
    """
    console = Console(stderr=True)
    try:
        read = sheet.read(file.read_bytes(), file.name)
    except sheet.SheetError as error:
        raise click.ClickException(str(error)) from error
    with opened(database_url) as (conn, now):
        preview = check(read.rows, intake.known(conn, read.rows, [""], now), now.date())
        _show(console, preview, read.ignored, language)
        if not accept:
            click.echo(f"{len(preview.people)} people could be taken in; nothing was changed")
        else:
            with Progress(console=console, transient=True) as bar:
                task = bar.add_task("taking in", total=len(preview.people))
                taken = intake.take_in(
                    conn, preview.people, [""], now, lambda done: bar.update(task, completed=done)
                )
            click.echo(f"{taken} people taken in")
    raise SystemExit(1 if preview.problems else 0)


@residents.command("columns")
def columns() -> None:
    """What the columns of a sheet may be headed."""
    table = Table("column", "may be headed")
    for column, headings in sheet.HEADINGS.items():
        table.add_row(column, ", ".join(headings))
    Console().print(table)


@residents.command("find")
@click.argument("asked")
@database_option
def find(asked: str, database_url: str) -> None:
    """Keys of the people that ASKED may mean: name, pinyin, initials, telephone, last digits of a number."""
    with opened(database_url) as (conn, _):
        found = list(people.find(conn, asked, [""]))
        looked.at(found)
        for key in found:
            click.echo(key)


@residents.command("handover")
@click.argument("resident", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--incident", type=click.UUID, help="What it is about; default: the latest open incident.")
@_LANGUAGE
@database_option
def hand_over(resident: int, file: Path, incident: UUID | None, language: str, database_url: str) -> None:
    """Write the hand-over of RESIDENT (key) to FILE: a page for the ambulance (.pdf), or FHIR R4 (.json)."""
    from care.handover import fhir, page  # noqa: PLC0415 - their libraries take a second to load

    if file.suffix not in (".pdf", ".json"):
        raise click.ClickException("the file ends in .pdf or .json")
    with opened(database_url) as (conn, now):
        looked.at([resident])
        facts = handover.gather(conn, resident, now, incident)
    content = page.pdf(facts, language) if file.suffix == ".pdf" else fhir.bundle(facts).encode()
    file.write_bytes(content)
    file.chmod(0o600)  # it names a person


@residents.command("everything")
@click.argument("resident", type=int)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@database_option
def write_everything(resident: int, file: Path, database_url: str) -> None:
    """Write all that is held about RESIDENT (key) to FILE, a ZIP: CSV, JSON, FHIR R4, pictures."""
    from care.rights import everything  # noqa: PLC0415 - its libraries take a second to load

    with opened(database_url) as (conn, now), file.open("wb") as out:
        looked.at([resident])
        file.chmod(0o600)  # it names a person
        found = everything.write(conn, resident, now, out)
    click.echo(f"{sum(found.values())} rows of {sum(1 for number in found.values() if number)} tables")


@residents.command("index")
@database_option
def index(database_url: str) -> None:
    """Make the search keys of everybody anew: after an update that changes how people are found."""
    with opened(database_url) as (conn, _):
        click.echo(f"{people.index(conn)} people")


def _show(console: Console, preview: Preview, ignored: tuple[str, ...], language: str) -> None:
    if ignored:
        console.print(f"columns that mean nothing here: {', '.join(ignored)}", markup=False)
    if not preview.problems:
        return
    table = Table("line", "column", "problem")
    for problem in preview.problems[:_SHOWN]:
        text = messages.render(problem.key, problem.params, language, "UTC")
        table.add_row(str(problem.line), problem.column, text)
    console.print(table)
    if len(preview.problems) > _SHOWN:
        console.print(f"... and {len(preview.problems) - _SHOWN} more")
