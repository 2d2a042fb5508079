"""What each part can do at best on this machine, this minute: the references for the ratios."""

import json
import time
from typing import Any

import numpy as np
import psycopg

from benchmarks.town import Town
from core.batch import READING
from core.clock import SystemClock
from core.directory import DeviceEntry, Directory
from ingest.columns import copy_bytes
from ingest.decode import Decoder
from ingest.message import Message

_ROWS = 100_000


def copy_rate(town: Town) -> dict[str, Any]:
    """Rows a second of a bare binary COPY into a table like `reading`, in one transaction."""
    readings = np.zeros(_ROWS, READING)
    readings["time"] = time.time_ns() // 1000 + np.arange(_ROWS)
    readings["received"] = readings["time"]
    with psycopg.connect(town.settings.database_url.get_secret_value()) as conn:
        conn.execute("CREATE TABLE floor (time timestamptz, value float8, received timestamptz, home_id int,"
                     " device_id int, resident_id int, metric smallint)")  # fmt: skip
        began = time.perf_counter()
        with conn.cursor() as cursor, cursor.copy("COPY floor FROM STDIN (FORMAT binary)") as copy:
            copy.write(copy_bytes(readings))
        conn.commit()
        took = time.perf_counter() - began
        conn.execute("DROP TABLE floor")
    return {"rows_per_s": round(_ROWS / took)}


def decode_cost() -> dict[str, Any]:
    """Microseconds a message of ingest's decoding alone, on one core."""
    now = SystemClock().now()
    device = DeviceEntry(1, "w1", 1, "h1", 1, kind="wearable")
    decoder = Decoder(Directory.of([device], {1: (1,)}))
    acc = [[0, 0, 1000]] * 50
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "vital": ("vital", {"heart_rate": 70, "spo2": 97}),
        "event": ("event", {"kind": "presence", "state": 1}),
        "motion_b64": ("motion", {"hz": 50, "acc_b64": "AAAAAAAA" * 50}),
        "motion_lists": ("motion", {"hz": 50, "acc": acc}),
    }
    costs = {}
    for name, (stream, body) in bodies.items():
        messages = [
            Message(
                f"nw/v1/h1/w1/{stream}", json.dumps({"t": now // 1000 + n, "seq": n, **body}).encode(), now
            )
            for n in range(2000)
        ]
        began = time.perf_counter()
        decoded = decoder.decode(messages, now)
        costs[name] = round((time.perf_counter() - began) / len(messages) * 1e6, 2)
        if decoded.refused:
            raise RuntimeError(f"the benchmark's own message was refused: {decoded.refused[0].detail}")
    return {"us_per_message": costs}
