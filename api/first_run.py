"""The first run: while nobody can invite anybody, a one-time link makes the first administrator."""

import logging
import os
import sys
from pathlib import Path

from api import inviting, tokens
from api.parts import Connection, Parts
from api.store import invitations

log = logging.getLogger(__name__)


def link_file(parts: Parts) -> Path:
    """Where the links lie, one a line, until they are used: only the owner may read it."""
    return parts.settings.data_dir / "run" / "first-link"


def _codes(path: Path) -> list[str]:
    if not path.exists():
        return []
    return [line.partition("#")[2] for line in path.read_text(encoding="utf-8").split() if "#" in line]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


async def _wishes(conn: Connection, parts: Parts) -> list[tuple[str, int | None, int | None]] | None:
    """(role, station, resident) of each link to make; None while the demo community is not there yet."""
    # On everything, not on the top station: what no station answers for (the platform's own incidents,
    # messages of homes nobody knows) would otherwise be seen by nobody.
    wishes: list[tuple[str, int | None, int | None]] = [("administrator", None, None)]
    if not parts.own.demo:
        return wishes
    subjects = await invitations.demo_subjects(conn)
    if subjects is None:
        return None
    street, resident = subjects
    return [*wishes, ("operator", street, None), ("responder", street, None), ("family", None, resident)]


async def see_to(parts: Parts) -> bool:
    """Make the links if they are needed and show them once; False when it is too early (demo).

    Links of an earlier start that lie in the file and still work lead to where the pages are now.
    """
    path = link_file(parts)
    lines = []
    async with parts.pool.connection() as conn, conn.transaction():
        await invitations.lock_first_run(conn)
        if await invitations.administrator_exists(conn):
            return True
        codes = _codes(path)
        if codes and await invitations.open_codes(conn, [tokens.digest(c) for c in codes], parts.wall_now):
            _show_where_we_are(path, parts)
            return True
        wishes = await _wishes(conn, parts)
        if wishes is None:
            return False
        await invitations.end_first_links(conn, parts.wall_now)
        for role, station, resident in wishes:
            code, _ = await inviting.mint(
                conn, parts.wall_now, role, station_id=station, resident_id=resident, first_run=True
            )
            lines.append(f"{role} {inviting.link(parts.settings, code)}")
        _write(path, "\n".join(lines) + "\n")
    if sys.stdout.isatty():  # under a supervisor it is a log, and a log keeps no secrets
        print("Open once to make the first account:", *lines, sep="\n  ", flush=True)
    log.info("first links made", extra={"links": len(lines)})
    return True


def _show_where_we_are(path: Path, parts: Parts) -> None:
    """Since the start that made the links, the port, the scheme or the public address may have changed."""
    before = path.read_text(encoding="utf-8")
    known = (line.partition("#")[::2] for line in before.splitlines())
    lines = [f"{words.split()[0]} {inviting.link(parts.settings, code)}" for words, code in known if code]
    if (text := "\n".join(lines) + "\n") != before:
        _write(path, text)


def forget(parts: Parts, code: str) -> None:
    """Take the line of a used code out of the file, and the file away with the last one."""
    path = link_file(parts)
    if not path.exists():
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.partition("#")[2] != code]
    if kept == lines:
        return
    if kept:
        _write(path, "\n".join(kept) + "\n")
    else:
        path.unlink(missing_ok=True)
