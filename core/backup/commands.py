"""`nowalls backup` and `nowalls restore`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from core.backup import server as running
from core.backup import take as taking
from core.backup.keys import DAYS, copy_keys
from core.backup.place import BackupError, Place
from core.backup.restore import restore as bring_back
from core.clock import SystemClock
from core.embedded.claim import ClaimError
from core.embedded.process import StartError
from core.instant import to_datetime
from core.settings import Settings, load

_MIB = 1024 * 1024


class Failing(click.Group):
    """A group whose commands say what went wrong instead of showing a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BackupError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Failing)
def backup() -> None:
    """Copies of everything, taken while the house goes on working."""


@backup.command("take")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Folder of the backups; else NOWALLS_ARCHIVE."
)
@click.option("--keep", default=4, show_default=True, type=click.IntRange(1), help="How many copies stay.")
def take_command(folder: Path | None, keep: int) -> None:
    """Copy the running database and its secrets, check the copy, and remove the oldest."""
    settings = load()
    data = settings.data_dir
    server = running.find(data, settings.database_url.get_secret_value())
    place = _place(folder)
    base = taking.take(data, server, place, SystemClock())
    click.echo(f"{base.stamp}: {base.bytes / _MIB:.0f} MiB, taken and checked, as of {_seconds(base.ended)}")
    for gone in place.tidy(keep):
        click.echo(f"{gone} removed")
    if place.reaches_to() is None:
        click.echo(
            "without a log: start nowalls with --archive to be able to go back to any instant", err=True
        )
    if any(path.is_file() for path in _keys(settings).rglob("*")):
        click.echo("the residents' keys are not in it: nowalls backup keys --to ANOTHER_FOLDER", err=True)


@backup.command("list")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
def list_command(folder: Path | None) -> None:
    """What there is, and between which instants it can be brought back."""
    place = _place(folder)
    for base in place.bases():
        click.echo(
            f"{base.stamp}  {base.bytes / _MIB:8.0f} MiB  from {_seconds(base.ended)}  {base.migration}"
        )
    if (until := place.reaches_to()) is not None:
        click.echo(f"the log reaches to {until.isoformat(timespec='seconds')}")


@backup.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True))
def check_command(folder: Path | None) -> None:
    """Read every copy again and compare it with the checksums taken when it was made."""
    place = _place(folder)
    bases = place.bases()
    for base in bases:
        taking.check(place, base)
        click.echo(f"{base.stamp} is whole")
    if not bases:
        raise BackupError(f"there is no backup in {place.folder}")


@backup.command("keys")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    help="Not the backups' folder; else NOWALLS_KEY_COPIES.",
)
@click.option("--days", default=DAYS, show_default=True, type=click.IntRange(1), help="Older copies go.")
def keys_command(folder: Path | None, days: int) -> None:
    """Copy the residents' keys, apart from everything else and for a short time only."""
    settings = load()
    folder = folder or settings.key_copies
    if folder is None:
        raise BackupError("say where to: --to FOLDER, or NOWALLS_KEY_COPIES")
    made, gone = copy_keys(_keys(settings), folder, to_datetime(SystemClock().now()), days)
    click.echo(f"{made.name} copied, {gone} older than {days} days removed")


@click.command()
@click.option("--from", "folder", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A new folder for the house.")
@click.option("--at", "instant", help="ISO 8601 with its zone, 2026-11-22T03:00+08:00; without: the latest.")
@click.option("--keys", type=click.Path(path_type=Path, exists=True), help="Where `backup keys` put them.")
@click.option("--timeline", default="latest", show_default=True, help="Which branch of the log to follow.")
def restore(folder: Path, data: Path, instant: str | None, keys: Path | None, timeline: str) -> None:
    """Make a house anew from a backup, as it was at an instant."""
    at = _instant(instant) if instant else None
    try:
        done = bring_back(Place(folder), data.absolute(), at, keys, timeline)
    except (BackupError, ClaimError, StartError) as error:
        raise click.ClickException(str(error)) from error
    last = (
        done.last_change.astimezone(UTC).isoformat()
        if done.last_change
        else f"{done.base.ended}, the copy itself"
    )
    took = f"{done.copy_s + done.replay_s:.1f} s (files {done.copy_s:.1f} s, log {done.replay_s:.1f} s)"
    click.echo(f"brought back from {done.base.stamp} in {took}; the last change in it is of {last}")
    if keys is None and not (data / "keys").exists():
        click.echo(
            f"WITHOUT THE KEYS NO NAME CAN BE READ: copy the newest of them to {data / 'keys'} before you"
            " start it, or say --keys FOLDER next time",
            err=True,
        )
    click.echo(f"start it with: nowalls up --data {data}")


def _seconds(instant: str) -> str:
    return datetime.fromisoformat(instant).isoformat(timespec="seconds")


def _place(folder: Path | None) -> Place:
    """The folder of backups: the one that was said, or the one that the log is streamed to."""
    folder = folder or load().archive
    if folder is None:
        raise BackupError("say which folder of backups, or start nowalls with --archive FOLDER")
    return Place(folder)


def _keys(settings: Settings) -> Path:
    return settings.keys_dir or settings.data_dir / "keys"


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text} is no instant, such as 2026-11-22T03:00+08:00") from error
    if at.tzinfo is None:
        raise click.BadParameter(f"{text} names no zone; add one, such as +08:00 or Z")
    return at
