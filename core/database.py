"""Connections to the database."""

import psycopg
from psycopg.rows import TupleRow

from core.access.roles import OF_APPLICATION
from core.settings import Settings


def connect(settings: Settings, application: str) -> psycopg.Connection[TupleRow]:
    """A connection in UTC that notices a dead peer; raises psycopg.OperationalError when there is none.

    A part of the program that has a database role of its own (`core.access.roles`) works as that role.
    """
    role = OF_APPLICATION.get(application)
    return psycopg.connect(
        settings.database_url.get_secret_value(),
        application_name=application,
        options="-c TimeZone=UTC" + (f" -c role={role}" if role else ""),
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )
