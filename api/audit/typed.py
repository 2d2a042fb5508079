"""Commands that touch people's data are noted like requests: who typed it, where, and about whom."""

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
import psycopg
from pydantic import SecretStr

from api.audit.trail import Looked
from api.store.audit import SQL
from core import looked
from core.clock import SystemClock
from core.database import connect
from core.instant import to_datetime
from core.settings import load

_DONE, _FAILED = 200, 500


def watch(command: click.Command, name: str, personal: tuple[str, ...]) -> None:
    """Have every run of `command`, or of its subcommands `personal`, noted; what cannot be is not run."""
    if getattr(command, "watched", False):
        return
    run = command.invoke

    def invoke(context: click.Context) -> Any:
        given = [*context._protected_args, *context.args]
        sub = given[0] if isinstance(command, click.Group) and given else ""
        if sub not in personal or {"--help", "-h"} & set(given):
            return run(context)
        with noted(
            f"nowalls {name} {sub}".strip(), _database(given) or context.params.get("database_url", "")
        ):
            return run(context)

    setattr(command, "invoke", invoke)  # noqa: B010 - on this one command, not on its class
    setattr(command, "watched", True)  # noqa: B010


@contextmanager
def noted(what: str, database_url: str = "") -> Iterator[None]:
    """Note what happens here as `what`, also when it fails; raises ClickException when that cannot be."""
    settings = load()
    if database_url:
        settings = settings.model_copy(update={"database_url": SecretStr(database_url)})
    try:
        with connect(settings, "nowalls audit") as conn:
            conn.autocommit = True
            account = _account(conn)
    except psycopg.Error as error:
        if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
            raise  # the database is away: core.command says so, and where it was looked for
        raise click.ClickException(
            f"what touches people's data is noted, and that cannot be done: {type(error).__name__}"
        ) from error
    seen, outcome = Looked(), _FAILED
    stop = looked.listen(seen.add)
    try:
        yield
        outcome = _DONE
    except (SystemExit, click.exceptions.Exit):
        outcome = _DONE  # a command says by its status what it found
        raise
    finally:
        stop()
        with connect(settings, "nowalls audit") as conn:
            _note(conn, what, account, seen, outcome)


def _database(given: list[str]) -> str:
    """The value of --database-url among the words of a command line."""
    for word, after in zip(given, [*given, ""][1:], strict=True):
        if word.startswith("--database-url"):
            return word.partition("=")[2] or after
    return ""


def _account(conn: psycopg.Connection[Any]) -> int:
    """The account that stands for this user of this machine; nobody can sign in with it."""
    user = os.environ.get("SUDO_USER") or getpass.getuser()
    conn.execute(SQL["make_room"], {"now": _now()})
    params = {"login": f"shell:{user}", "name": f"命令行 command line ({user})", "now": _now()}
    row = conn.execute(SQL["typist"], params).fetchone()
    assert row is not None
    return int(row[0])


def _note(conn: psycopg.Connection[Any], what: str, account: int, seen: Looked, outcome: int) -> None:
    conn.execute(
        SQL["add"],
        {
            "at": _now(),
            "account": account,
            "what": what[:200],
            "actions": [],
            "residents": sorted(seen.residents),
            "within": _everywhere(conn) if seen.many else [],
            "incident": None,
            "why": "",
            "address": socket.gethostname()[:100],
            "outcome": outcome,
        },
    )


def _everywhere(conn: psycopg.Connection[Any]) -> list[str]:
    return [str(row[0]) for row in conn.execute(SQL["roots"]).fetchall()]


def _now() -> datetime:
    return to_datetime(SystemClock().now())
