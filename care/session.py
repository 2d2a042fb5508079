"""How every command of this package reaches the database, and says what went wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
import msgspec
import psycopg

from care.store.errors import CareError
from care.store.registry import Connection
from core.clock import parse as parse_clock
from core.database import connect
from core.instant import to_datetime
from core.settings import load

_QUOTED = re.compile(r" '.*'")


@contextmanager
def opened(database_url: str) -> Iterator[tuple[Connection, datetime]]:
    """A connection and the instant; what the store refuses becomes a plain sentence."""
    settings = load()
    if database_url:
        settings = settings.model_copy(update={"database_url": type(settings.database_url)(database_url)})
    now = to_datetime(parse_clock(settings.clock).now())
    try:
        with connect(settings, "nowalls care") as conn:
            yield conn, now
    except CareError as error:
        raise click.ClickException(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        where = _QUOTED.sub("", str(error))  # where it is wrong; what stands there may be a person's
        raise click.ClickException(f"the document cannot be read: {where}") from error
    except psycopg.Error as error:
        if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
            raise  # the database is away: core.command says so, and where it was looked for
        raise click.ClickException(_refusal(error)) from error


def _refusal(error: psycopg.Error) -> str:
    """What went wrong, in one line; never the server's own sentence about a row, which quotes the row."""
    known = error.diag
    where = known.constraint_name or ".".join(name for name in (known.table_name, known.column_name) if name)
    return f"the database refused it: {type(error).__name__}" + (f" ({where})" if where else "")


database_option = click.option(
    "--database-url", default="", help="Database to work on; NOWALLS_DATABASE_URL when not given."
)
