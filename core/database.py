"""Connections to the database."""

from typing import Any, TypeVar

import psycopg

from core.access.roles import OF_APPLICATION
from core.settings import Settings

# How every connection of a part is made: a machine that is gone is noticed within seconds, not after the
# quarter of an hour for which the kernel sends again what nobody confirms. In s, the last in ms.
WATCHFUL: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

Kind = TypeVar("Kind", bound="psycopg.Connection[Any]")


def connect(settings: Settings, application: str) -> psycopg.Connection[Any]:
    """A connection in UTC that notices a dead peer; raises psycopg.OperationalError when there is none.

    A part of the program that has a database role of its own (`core.access.roles`) works as that role.
    """
    return connect_as(psycopg.Connection, settings, application)


def connect_as(kind: type[Kind], settings: Settings, application: str, more: str = "") -> Kind:
    """The same of another `kind`; `more`: further options of the session ("-c name=value")."""
    role = OF_APPLICATION.get(application)
    return kind.connect(
        settings.database_url.get_secret_value(),
        application_name=application,
        options=f"-c TimeZone=UTC {more}" + (f" -c role={role}" if role else ""),
        **WATCHFUL,
    )
