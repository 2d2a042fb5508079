"""The residents' keys are copied apart from all other backups, and a copy is kept for days, not for years.

Erasing a person destroys their key; the copies of the database that lie about can then be read by nobody. A
copy of the keys that lay beside them, or for ever, would undo that.
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.backup.place import BackupError

DAYS = 30
_STAMP = "%Y%m%dT%H%M%SZ"


def copy_keys(keys: Path, target: Path, now: datetime, days: int = DAYS) -> tuple[Path, int]:
    """Copy the folder `keys` into `target`, and remove the copies older than `days`.

    Returns where the copy lies and how many were removed.

    Raises:
        BackupError: `target` lies where the database's backups lie, or there are no keys.
    """
    for folder in (target.absolute(), *target.absolute().parents):
        if (folder / "nowalls.json").exists():
            raise BackupError(f"{folder} holds backups of the database: keys must lie elsewhere")
    if not any(path.is_file() for path in keys.rglob("*")):
        raise BackupError(f"there are no keys in {keys}")
    _same_book(keys, target)
    for left in target.glob("2*Z.new"):  # of a copy that was cut off: nothing else would ever remove it
        shutil.rmtree(left)
    made = target / now.astimezone(UTC).strftime(_STAMP)
    _copy(keys, made.with_suffix(".new"))
    made.with_suffix(".new").rename(made)
    oldest = (now - timedelta(days=days)).astimezone(UTC).strftime(_STAMP)
    old = [path for path in _copies(target) if path.name < oldest]
    for path in old:
        shutil.rmtree(path)
    return made, len(old)


def copied_at(target: Path) -> datetime | None:
    """When the newest copy in `target` was made; None when there is none."""
    copies = _copies(target)
    return datetime.strptime(copies[-1].name, _STAMP).replace(tzinfo=UTC) if copies else None


def copy_back(source: Path, keys: Path) -> Path:
    """Put the newest copy below `source` into the house; returns which it was. Raises BackupError."""
    copies = _copies(source)
    if not copies:
        raise BackupError(f"there is no copy of keys in {source}")
    _copy(copies[-1], keys)
    return copies[-1]


def _same_book(keys: Path, target: Path) -> None:
    """Raises BackupError when the copy before is of another book: one begun where keys were lost is not to
    push the right ones out."""
    for last in _copies(target)[-1:]:
        before, here = last / "people.keys", keys / "people.keys"
        if not before.is_file():
            continue
        if not here.is_file() or _head(here) != _head(before):
            raise BackupError(
                f"the keys in {keys} are not those of the copy before, {before}: put the right ones back, or"
                " choose another folder if they are lost"
            )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)


def _copies(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("2*Z") if path.is_dir())


def _copy(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        if path.is_file():
            own = target / path.relative_to(source)
            own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, own)
            own.chmod(0o600)
