"""A sheet on its way in: looked at, accepted, taken in. Whatever ends a process, the next one goes on."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from care.intake import sheet
from care.intake.checking import Preview, check
from care.store import intake as people
from care.store.errors import CareError, Conflict, Unknown
from care.store.rows import Connection, Row, key, row, rows
from core import queries
from core.database import WATCHFUL
from core.sealed import SealedError

Q = queries.load(Path(__file__).with_suffix(".sql"))

_EVERY = 2000  # people between two words of progress


def add(
    conn: Connection, account: int, paths: Sequence[str], name: str, content: bytes, now: datetime
) -> int:
    """A sheet that `account` sent, who may take people in below `paths`; returns its key."""
    values = {"account": account, "paths": list(paths), "name": name, "content": content, "now": now}
    added = key(conn, Q["add"], values)
    assert added is not None
    return added


def page(conn: Connection, account: int) -> list[Row]:
    """An account's own sheets, the latest first."""
    return rows(conn, Q["page"], {"account": account, "intake": None})


def one(conn: Connection, account: int, intake: int) -> Row:
    """One of them; raises Unknown for somebody else's."""
    found = row(conn, Q["page"], {"account": account, "intake": intake})
    if found is None:
        raise Unknown(f"there is no sheet {intake}")
    return found


def problems(conn: Connection, intake: int, limit: int, after: int = 0) -> list[Row]:
    """n, line, cell, key, params of what is wrong, in the order of the sheet."""
    return rows(conn, Q["problems"], {"intake": intake, "limit": limit, "after": after})


def accept(conn: Connection, account: int, paths: Sequence[str], intake: int, now: datetime) -> None:
    """Take in every row without a problem, below `paths`, which are the account's now. Raises Conflict unless
    it is ready and there is somebody."""
    values = {"account": account, "intake": intake, "now": now, "paths": list(paths)}
    if not conn.execute(Q["accept"], values).rowcount:
        raise Conflict("it is not ready, or there is nobody to take in")


def drop(conn: Connection, account: int, intake: int, now: datetime) -> None:
    """Forget the file. Raises Conflict when it is being taken in, or was."""
    if not conn.execute(Q["drop"], {"account": account, "intake": intake, "now": now}).rowcount:
        raise Conflict("it is being taken in, or was")


def due(conn: Connection, now: datetime) -> list[int]:
    """Sheets to be worked on; previews that nobody accepted in a week are dropped."""
    conn.execute(Q["forget"], {"now": now})
    return [found[0] for found in conn.execute(Q["due"], {})]


def work(conninfo: str, intake: int, now: datetime) -> bool:
    """Look at a sheet, or take it in, on connections of its own; False while another process does.

    Takes seconds to a minute of one core: run it in a process of its own.
    """
    with (
        psycopg.connect(conninfo, autocommit=True, options="-c TimeZone=UTC", **WATCHFUL) as conn,
        psycopg.connect(conninfo, autocommit=True, **WATCHFUL) as side,
    ):
        if not _true(side, "claim", intake):
            return False
        try:
            _step(conn, side, intake, now)
        finally:
            side.execute(Q["let_go"], {"intake": intake})
    return True


def _step(conn: Connection, side: Connection, intake: int, now: datetime) -> None:
    held = row(conn, Q["sheet"], {"intake": intake})
    if held is None or held["content"] is None or held["state"] not in ("checking", "accepting"):
        return
    try:
        with conn.transaction():
            found = sheet.read(bytes(held["content"]), held["name"])
            known = people.known(conn, found.rows, held["paths"], now)
            preview = check(found.rows, known, now.date())
            if held["state"] == "checking":
                _show(conn, intake, found, preview, now)
            else:
                _take_in(conn, side, held, preview, now)
    except (sheet.SheetError, CareError, SealedError) as error:
        conn.execute(Q["failed"], {"intake": intake, "now": now, "why": str(error)[:300]})


def _show(conn: Connection, intake: int, found: sheet.Sheet, preview: Preview, now: datetime) -> None:
    conn.execute(Q["forget_problems"], {"intake": intake})
    columns = "COPY intake_problem (intake_id, n, line, cell, key, params) FROM STDIN"
    with conn.cursor() as cursor, cursor.copy(columns) as copy:
        for n, one_ in enumerate(preview.problems, start=1):
            copy.write_row((intake, n, one_.line, one_.column, one_.key, Jsonb(dict(one_.params))))
    counts = {"rows": len(found.rows), "people": len(preview.people), "problems": len(preview.problems)}
    conn.execute(Q["looked"], {"intake": intake, "now": now, "ignored": list(found.ignored), **counts})


def _take_in(conn: Connection, side: Connection, held: Row, preview: Preview, now: datetime) -> None:
    def progress(done: int) -> None:
        if done % _EVERY == 0:  # said on the other connection: this one's words are heard at the end
            side.execute(Q["progress"], {"intake": held["id"], "done": done})

    taken = people.take_in(conn, preview.people, held["paths"], now, progress)
    # The row is not locked until here: progress was told on the other connection.
    if conn.execute(Q["done"], {"intake": held["id"], "now": now, "done": taken}).rowcount != 1:
        raise Conflict("it was taken in meanwhile")


def _true(conn: Connection, name: str, intake: int) -> bool:
    found = conn.execute(Q[name], {"intake": intake}).fetchone()
    return bool(found and found[0])
