"""Which tables are time series, how each is laid out, and which engine this database is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from psycopg import Connection

Engine = Literal["plain", "timescale"]

EPOCH = datetime(2000, 1, 3, tzinfo=UTC)  # a Monday: weeks begin with it


@dataclass(frozen=True, slots=True)
class Series:
    """A time-series table.

    Attributes:
        table: its name. chunk: how wide a part of it is.
        reach_back: how far back late rows are taken.
        kept_as: the class in the table `retention` that says how long it is kept.
        segment, order: TimescaleDB: what rows of one compressed batch share, and how they are ordered in it.
            The natural key lies within both, in this order: whether a late row is known already is asked by
            an index. What else is always the same costs nothing among them, and is found without unpacking.
        packed_after: TimescaleDB: compressed when so old; what devices remember has mostly come by then.
    """

    table: str
    chunk: timedelta
    reach_back: timedelta
    kept_as: str
    segment: str
    order: str
    packed_after: timedelta


SERIES = (
    Series(
        "reading",
        timedelta(days=7),
        timedelta(days=31),
        "readings",
        "device_id, metric, home_id, resident_id",
        "time",
        timedelta(days=10),
    ),
    Series(
        "motion",
        timedelta(days=1),
        timedelta(days=8),
        "motion",
        "device_id, home_id, resident_id",
        "time",
        timedelta(days=2),
    ),
)
# Readings hour by hour: a table of ours on plain PostgreSQL, a continuous aggregate on TimescaleDB.
HOURS = "reading_hour"
CONTINUOUS = "reading_by_hour"  # that aggregate; HOURS is a view of it there
# What row-level security cannot be on where TimescaleDB compresses or aggregates (docs/adr/0014).
WITHOUT_ROW_SECURITY = (*(series.table for series in SERIES), HOURS)

_ENGINE = """
SELECT CASE WHEN to_regclass('public.reading') IS NULL THEN EXISTS (
                SELECT FROM pg_available_extensions WHERE name = 'timescaledb')
            AND coalesce(current_setting('timescaledb.license', true), 'timescale') = 'timescale'
       ELSE (SELECT relkind = 'r' FROM pg_class WHERE oid = to_regclass('public.reading')) END"""


def engine(conn: Connection[Any]) -> Engine:
    """Which of the two this database is.

    A database stays what it was made as. A new one is TimescaleDB's where that is there to use, in the
    edition that compresses.
    """
    row = conn.execute(_ENGINE).fetchone()
    return "timescale" if row and row[0] else "plain"


def fill_in(statement: str, kind: Engine) -> str:
    """A migration with `{partition_by_time}` and `{engine}` replaced for the engine."""
    by_time = "PARTITION BY RANGE (time)" if kind == "plain" else ""
    return statement.replace("{partition_by_time}", by_time).replace("{engine}", kind)


def floor(moment: datetime, chunk: timedelta) -> datetime:
    """The beginning of the chunk that holds `moment`."""
    return EPOCH + (moment - EPOCH) // chunk * chunk
