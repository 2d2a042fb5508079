"""Faults of delivery are incidents: somebody must mend them before the next night."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

from psycopg import Connection

from alerts import actions, store
from alerts.deciding import Telling, told
from alerts.delivery.plan import FAILING_AFTER, Endpoint
from alerts.delivery.store import Held
from alerts.incident import RECOVERED, Event
from alerts.store import Change
from core.instant import from_datetime
from core.queries import load

Q = load(Path(__file__).with_name("faults.sql"))
CHANNEL_FAILING = "channel_failing"


def watch(conn: Connection[Any], held: Held, endpoint: Endpoint, failures: int, now: datetime) -> None:
    """`endpoint` has now failed `failures` times in a row: raise the fault, or take it back when it works."""
    if failures >= FAILING_AFTER and failures % FAILING_AFTER == 0:
        params = {"channel": endpoint.channel, "failures": failures, "endpoint": endpoint.id}
        actions.report(
            conn,
            kind=CHANNEL_FAILING,
            station=held.station,
            now=from_datetime(now),
            reason_key="fault.channel",
            reason_params=params,
        )
    elif failures == 0 and endpoint.failures >= FAILING_AFTER:
        params = {"kind": CHANNEL_FAILING, "endpoint": endpoint.id, "failures": FAILING_AFTER}
        recovered(conn, "mended", params, from_datetime(now))


def recovered(
    conn: Connection[Any],
    query: str,
    params: Mapping[str, Any],
    now: int,
    queries: Mapping[str, LiteralString] = Q,
) -> int:
    """Close the incidents that the named one of `queries` finds: what they spoke of works again. How many."""
    with conn.transaction():
        ids = [row[0] for row in conn.execute(queries[query], params)]
        held = [found for found in (store.locked(conn, one) for one in ids) if found and not found.closed]
        data = {"cleared": True, "outcome": RECOVERED, "next_step_at": None}
        changes = [Change(incident, [Event("recovered", now, data=data)]) for incident in held]
        told(Telling(conn, store.policies(conn), now), changes)
        return len(changes)
