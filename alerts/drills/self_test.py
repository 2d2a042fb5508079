"""The daily self-test: a synthetic alarm through every station's path, by day, waking nobody."""

import logging
from datetime import datetime, time, timedelta
from typing import Any

from psycopg import Connection

from alerts import actions
from alerts.delivery import faults
from alerts.drills import store
from alerts.drills.scenario import SELF_TEST, SELF_TEST_WITHIN_S
from core import messages
from core.instant import to_datetime

log = logging.getLogger(__name__)

FAILED = "self_test_failed"
WITHIN = timedelta(seconds=SELF_TEST_WITHIN_S)
_SPREAD_MIN = 60  # over an hour, so that a city's stations do not all ring at once
_LATEST = time(20)  # what was missed in the morning is made up for by then, or on the next day


def is_due(station: int, local: datetime, last: datetime | None, at: time) -> bool:
    """Whether `station` is to be tested at its local time `local`: once a day, from `at` on."""
    minute = timedelta(minutes=(station * 37) % _SPREAD_MIN)
    slot = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0) + minute
    if not slot <= local or local.time() >= _LATEST:
        return False
    return last is None or last < slot


def begin_due(conn: Connection[Any], at: time, now: int) -> int:
    """Begin the self-test of every station whose hour has come; returns how many."""
    begun = 0
    moment = to_datetime(now)
    for station, zone, last in conn.execute(store.Q["tested_stations"]).fetchall():
        if is_due(station, moment.astimezone(messages.zone(zone)), last, at):
            begun += isinstance(store.start(conn, station, SELF_TEST, None, now), int)
    return begun


def judge(conn: Connection[Any], now: int) -> int:
    """End those that came back, and those that did not in time: for these a fault is raised. How many."""
    ended = 0
    with conn.transaction():
        for drill, station, _, started, shown in conn.execute(store.Q["self_tests"]).fetchall():
            came_back = shown is not None and shown - started <= WITHIN
            if not came_back and to_datetime(now) - started <= WITHIN:
                continue
            store.end(conn, drill, None, now, judged=came_back)
            ended += 1
            if came_back:
                faults.recovered(conn, "of_station", {"kind": FAILED, "station": station}, now)
            else:
                log.warning("self-test did not come back", extra={"station_id": station, "drill_id": drill})
                actions.report(
                    conn,
                    kind=FAILED,
                    station=station,
                    now=now,
                    reason_key="fault.self_test",
                    reason_params={"limit_s": SELF_TEST_WITHIN_S},
                )
    return ended
