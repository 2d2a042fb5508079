"""One village and one API for all tests of a module; between two tests everything that happened is undone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from alerts import store
from core.instant import from_datetime
from tests.support.api import START, ApiHouse, api_house
from tests.support.village import settle

_numbers = count(1)
_EVERYTHING = (
    "TRUNCATE station, home, resident, device, intake, reading, care_count, people_count, coverage_month,"
    " coverage_stale RESTART IDENTITY CASCADE"
)


@contextmanager
def shared(server: Any, template: str, folder: Path) -> Iterator[ApiHouse]:
    """A served house on a database of its own; `server` and `template` are fixtures of the session."""
    name = f"care_{os.getpid()}_{next(_numbers)}"
    try:
        with api_house(server.create(name, template), folder) as built, built.serves():
            yield built
    finally:
        server.drop(name)


def as_new(house: ApiHouse) -> ApiHouse:
    """Stations, homes, people and devices as on the first day, and nothing else; accounts have no role."""
    house.clock.instant = house.wall.instant = from_datetime(START)
    for _ in range(20):
        try:
            house.conn.execute(_EVERYTHING)
            break
        except psycopg.errors.DeadlockDetected:  # with a chore of the API
            continue
    store.seed_policies(house.conn, START)
    settle(house.dsn, START, homes=4)
    return house
