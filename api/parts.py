"""What every route needs, made once by the composition root and found through the application's state."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import psycopg
from fastapi import Depends
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, ConnectionPool
from starlette.requests import HTTPConnection

from api.buckets import Buckets
from api.condition import Condition
from api.provider import Asked
from api.settings import ApiSettings
from core.clock import Clock
from core.instant import to_datetime
from core.settings import Settings

if TYPE_CHECKING:
    from alerts.mqtt import Line
    from api.live.hub import Hub

Row = dict[str, Any]
Connection = AsyncConnection[Row]
Pool = AsyncConnectionPool[Connection]


@dataclass(slots=True)
class Parts:
    """The pieces of one API process.

    Attributes:
        settings, own: the platform's settings and the API's own.
        clock: the clock the care runs on; virtual in a simulation.
        wall: the real one, by which sessions and invitations end.
        pool: connections to the database; rows come as dicts, every statement commits by itself.
        acting: connections for the alerts package, which writes incidents.
        caring: others of the kind for the care package: a long list keeps nobody from acknowledging an alarm.
        hub: the live feed; None where it does not run (some tests).
        mouth: the line to the broker of who speaks in devices' names; None without one.
        probed: when each account last sent itself a test message (real time, Unix microseconds).
        buckets: how much each caller has left of what is dear.
        provider: what the city's identity provider said about itself.
        ready: whether the first run was seen to and the migrations are current.
        care_due: set when a chore of care should not wait for its turn.
        exporting: one file at a time is made.
        condition: how the whole is, for the page of status.
    """

    settings: Settings
    own: ApiSettings
    clock: Clock
    wall: Clock
    pool: Pool
    acting: ConnectionPool[psycopg.Connection]
    caring: ConnectionPool[psycopg.Connection]
    hub: Hub | None = None
    mouth: Line | None = None
    probed: dict[int, int] = field(default_factory=dict)
    buckets: Buckets = field(default_factory=Buckets)
    provider: Asked = field(default_factory=Asked)
    ready: bool = False
    care_due: asyncio.Event = field(default_factory=asyncio.Event)
    exporting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    condition: Condition = field(init=False)

    def __post_init__(self) -> None:
        self.condition = Condition(self.settings, self.wall)

    @property
    def now(self) -> datetime:
        """The instant for everything about care."""
        return to_datetime(self.clock.now())

    @property
    def wall_now(self) -> datetime:
        """The instant for everything about signing in."""
        return to_datetime(self.wall.now())


def parts_of(connection: HTTPConnection) -> Parts:
    """The parts of the application that serves `connection`."""
    return cast("Parts", connection.app.state.parts)


Needs = Annotated[Parts, Depends(parts_of)]
