"""Connections to the database: pools for the routes and for acting, and one that hears the doorbell.

Whoever takes one from a pool asks as their caller (api.lease).
"""

from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from api import lease
from api.audit.trail import AsyncNotingCursor, NotingCursor
from api.parts import Connection, Pool
from core.database import WATCHFUL

_CHECKED_S = 3.0  # a request that gets no connection for so long is answered with 503


def _alike(application: str) -> dict[str, Any]:
    return {"application_name": application, "options": "-c TimeZone=UTC", **WATCHFUL}


def routes_pool(conninfo: str, size: int) -> Pool:
    """For the routes: rows are dicts, every statement commits by itself, a dead connection is replaced."""
    return AsyncConnectionPool(
        conninfo,
        connection_class=Connection,
        kwargs={
            **_alike("nowalls-api"),
            "autocommit": True,
            "row_factory": dict_row,
            "cursor_factory": AsyncNotingCursor,
        },
        min_size=2,
        max_size=size,
        open=False,
        timeout=_CHECKED_S,
        max_waiting=500,
        reconnect_timeout=5,
        check=lease.check,
        name="api",
    )


def acting_pool(conninfo: str, size: int) -> ConnectionPool[psycopg.Connection]:
    """For the life cycle's plain (not async) code."""
    return ConnectionPool(
        conninfo,
        kwargs={**_alike("nowalls-api-act"), "cursor_factory": NotingCursor},
        min_size=1,
        max_size=size,
        open=False,
        timeout=_CHECKED_S,
        reconnect_timeout=5,
        check=lease.check_plain,
        name="act",
    )


async def doorbell(conninfo: str) -> psycopg.AsyncConnection[Any]:
    """A connection of its own that hears of incidents, of who has which open, and of rights that changed."""
    conn = await psycopg.AsyncConnection.connect(conninfo, autocommit=True, **_alike("nowalls-api-live"))
    await conn.execute("LISTEN incident")
    await conn.execute("LISTEN viewing")
    await conn.execute("LISTEN rights")
    return conn
