"""A copy of everything that is held about somebody with an account, for themselves (PIPL art. 45)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from psycopg import Connection

from api.store import own_data as store
from care.rights.archive import Archive

_Piece = tuple[str, Sequence[str], Iterable[Sequence[Sequence[Any]]]]
_READ_ME = {
    "zh": "这里是本系统保存的关于您的账号的全部数据，导出于 {made_at}。密码、密钥等不在其中。\n",
    "en": "Everything that is held about your account here, written at {made_at}. No secrets are in it.\n",
}


def write(conn: Connection[Any], account: int, now: datetime, out: IO[bytes]) -> dict[str, int]:
    """The archive, one moment of the database; returns how many rows of each table are in it."""
    found: dict[str, int] = {}
    with conn.transaction(), Archive(out, now) as archive:
        for name in store.TABLES:
            with store.table(conn, name, account) as (columns, stretches):
                found[name] = archive.table(name, columns, stretches)
        archive.document(_pieces(conn, account))
        for language, words in _READ_ME.items():
            said = words.format(made_at=now.isoformat(timespec="seconds"))
            archive.file(f"README.{language}.txt", said.encode())
    return found


def _pieces(conn: Connection[Any], account: int) -> Iterator[_Piece]:
    for name in store.TABLES:
        with store.table(conn, name, account) as (columns, stretches):
            yield name, columns, stretches
