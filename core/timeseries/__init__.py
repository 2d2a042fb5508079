"""The one place where TimescaleDB and plain PostgreSQL differ.

Plain PostgreSQL uses native range partitions, made ahead and dropped whole, and rolls hours up itself;
TimescaleDB uses hypertables, compresses them, and keeps a continuous aggregate. Everything else in the
product speaks SQL that runs on both.
"""

from core.timeseries.adoption import adopt
from core.timeseries.room import drop_old, make_room
from core.timeseries.series import HOURS, SERIES, WITHOUT_ROW_SECURITY, Engine, Series, engine, fill_in
from core.timeseries.tending import Health, health, tend

__all__ = [
    "HOURS",
    "SERIES",
    "WITHOUT_ROW_SECURITY",
    "Engine",
    "Health",
    "Series",
    "adopt",
    "drop_old",
    "engine",
    "fill_in",
    "health",
    "make_room",
    "tend",
]
