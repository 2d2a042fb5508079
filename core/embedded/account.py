"""Under which user the embedded programs run, and where their files can lie so that this user reaches them.

PostgreSQL refuses to run as root. Started by root, the embedded programs run as `nobody`, and that user
must be able to enter every folder on the way to its files. We never open a folder of root's for it:
when the data folder lies behind one, the files go to /var/lib/nowalls and a link stands in their place.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

VAR = Path("/var/lib/nowalls")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the system other than ourselves."""

    uid: int
    gid: int


def unprivileged() -> Account | None:
    """`nobody` when we are root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def can_enter(path: Path, account: Account) -> bool:
    """Whether `account` may pass through `path` and all above it; what is not yet made counts as open."""
    for folder in (path, *path.parents):
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue
        bit = stat.S_IXUSR if found.st_uid == account.uid else stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def private_folder(path: Path, account: Account | None) -> Path:
    """Make the folder `path`, mode 0700, for `account` alone; returns where it really lies."""
    real = path.resolve()
    if account and not can_enter(real.parent, account):
        real = VAR / secrets.token_hex(8) / path.name
        for folder in (VAR, real.parent):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(real)
    real.mkdir(mode=0o700, parents=True, exist_ok=True)
    give(real, account)
    return real


def give(path: Path | int, account: Account | None) -> None:
    """Make `path` or an open file (not what lies in it) the property of `account`."""
    if account:
        os.chown(path, account.uid, account.gid)


def package_folder(name: str) -> Path:
    """Where the installed package `name` lies; it is not imported. Raises ModuleNotFoundError."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {name} is not installed")
    return Path(spec.submodule_search_locations[0]).resolve()


def reachable(sources: Sequence[Path], shelf: Path, version: str, account: Account | None) -> Path:
    """The folder in which `account` can use `sources` (neighbours): their own, or a copy below `shelf`.

    The copy bears the `version`, so that another release is copied anew.
    """
    if account is None or all(can_enter(source, account) for source in sources):
        return sources[0].parent
    target = shelf / version
    if target.exists():
        return target
    making = shelf / "making"
    shutil.rmtree(shelf, ignore_errors=True)
    making.mkdir(parents=True)
    for source in sources:
        shutil.copytree(source, making / source.name, symlinks=True)
    for path in (shelf, making, *making.rglob("*")):
        os.lchown(path, account.uid, account.gid)
    return making.rename(target)
