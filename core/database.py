"""Connections to the database."""

import psycopg
from psycopg.rows import TupleRow

from core.settings import Settings


def connect(settings: Settings, application: str) -> psycopg.Connection[TupleRow]:
    """A connection in UTC that notices a dead peer; raises psycopg.OperationalError when there is none."""
    return psycopg.connect(
        settings.database_url.get_secret_value(),
        application_name=application,
        options="-c TimeZone=UTC",
        connect_timeout=5,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
    )
