"""The same minute's references: what a broker and a bare reader do with nothing behind them.

A reader takes messages and acknowledges them at once, once with paho and once with our lean one; devices send
as fast as they are let. The broker's and the reader's CPU a message bound what any chain behind them can do.
"""

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from typing import Any

from benchmarks.rates import offered
from benchmarks.usage import cpu_s_of
from core.clock import SystemClock
from ingest.lean import LeanSource
from ingest.mqtt import MqttSource
from simulators.device import Identity, broker
from simulators.swarm import Pace

READERS = {"paho": MqttSource, "lean": LeanSource}
_BATCH = 2000
_PATIENCE_S = 120.0


def bare_reader(
    identities: Sequence[Identity], url: str, reader: str, count: int, words: Sequence[str]
) -> dict[str, Any]:
    """`count` messages through the broker whose command line has `words` to a bare `reader`."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    told = context.SimpleQueue()
    process = context.Process(target=_read, args=(url, reader, count, ready, told), daemon=True)
    process.start()
    try:
        if not ready.wait(_PATIENCE_S):
            raise TimeoutError("the bare reader did not connect")
        before = cpu_s_of(words)
        drive = offered(identities, broker(url), Pace(50_000, count / 50_000))
        got, last, cpu_s = told.get()
    finally:
        process.terminate()
        process.join()
    return {
        "messages": count,
        "messages_per_s": round(got / (last - float(drive.due.min()))),
        "lost": count - got,
        "reader_us_per_message": round(cpu_s * 1e6 / count, 1),
        "broker_us_per_message": round((cpu_s_of(words) - before) * 1e6 / count, 1),
        "generator_us_per_message": round(drive.cpu_s * 1e6 / count, 1),
    }


def _read(url: str, reader: str, count: int, ready: Event, told: Any) -> None:
    source = READERS[reader](url, f"bare-{reader}", SystemClock())
    source.start()
    source.wait_until_connected(_PATIENCE_S)
    ready.set()
    begun, got, last, end = time.process_time(), 0, time.time(), time.monotonic() + _PATIENCE_S
    while got < count and time.monotonic() < end:
        messages = source.take(_BATCH, 0.5)
        source.acknowledge(messages)
        got, last = got + len(messages), time.time() if messages else last
    told.put((got, last, time.process_time() - begun))
    source.stop()
