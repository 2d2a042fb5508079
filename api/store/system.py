"""Whether the database is there and current, and how the parts are."""

from datetime import datetime
from pathlib import Path

from api.parts import Connection, Pool, Row
from core import migrate, queries

_SQL = queries.load(Path(__file__).with_suffix(".sql"))


async def current(pool: Pool, timeout_s: float = 2.0) -> bool:
    """Whether every migration ran; raises what psycopg raises when the database cannot be reached."""
    async with pool.connection(timeout=timeout_s) as conn:
        table = await (await conn.execute(_SQL["migration_table"])).fetchone()
        if table is None or not table["yes"]:
            return False
        rows = await (await conn.execute(_SQL["migrations"])).fetchall()
    return {path.name for path in migrate.files()} <= {row["name"] for row in rows}


async def ingest(conn: Connection, now: datetime) -> Row:
    """received_total, quarantined_total, last_batch_at, lag_ms, queued, workers over all ingest workers."""
    row = await (await conn.execute(_SQL["ingest"], {"now": now})).fetchone()
    assert row is not None
    return row


async def alerts(conn: Connection, before: datetime) -> Row:
    """waiting, overdue, unsent: what an alert engine should have done before `before`."""
    row = await (await conn.execute(_SQL["alerts"], {"before": before})).fetchone()
    assert row is not None
    return row
