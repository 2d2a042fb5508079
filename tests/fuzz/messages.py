"""Messages by the million through the real worker and the real store: none may be lost, none may stop it."""

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg

from analytics.detectors import all_detectors
from core.clock import ManualClock
from core.instant import SECOND, from_datetime
from ingest import topic
from ingest.decode import Decoder
from ingest.message import Fault, Message
from ingest.worker import Worker
from ingest.writer import Writer
from tests.fuzz import corpus, mutate
from tests.support.feed import Feed
from tests.support.village import settle

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
BATCH = 2000


@dataclass(slots=True)
class Tally:
    """What became of the messages; `faults` are our own, and there must be none."""

    sent: int = 0
    read: int = 0
    refused: int = 0
    passed_over: int = 0  # the platform's own topics
    rows: int = 0
    quarantined: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


class _Faults(logging.Handler):
    """Keeps what is logged as an error: the stream went on, but not by design."""

    def __init__(self, into: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._into = into

    def emit(self, record: logging.LogRecord) -> None:
        known = {name: getattr(record, name, "") for name in ("error", "where", "detector")}
        self._into.append(f"{record.getMessage()} {known}")


@contextmanager
def _listening(into: list[str]) -> Iterator[None]:
    handler = _Faults(into)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def messages(draw: random.Random, now: int, number: int) -> list[Message]:
    """A batch of what devices might send, most of it wrong."""
    good = corpus.objects(now // 1000)
    return [_message(draw, now, *draw.choice(good)) for _ in range(number)]


def _message(draw: random.Random, now: int, stream: str, obj: object) -> Message:
    kind = draw.random()
    if kind < 0.45:
        for _ in range(draw.choice((1, 1, 2, 3))):
            obj = mutate.meaning(obj, draw)
    payload = corpus.encoded(obj, draw)
    if kind > 0.6:
        payload = mutate.bytes_of(payload, draw)
    if kind > 0.997:
        payload = draw.choice((mutate.nested(draw), b"", draw.randbytes(300), b"x" * 300_000))
    name = corpus.topics(draw, stream)
    if draw.random() < 0.02:
        name = mutate.bytes_of(name.encode(), draw).decode(errors=draw.choice(("replace", "ignore")))
    content = draw.choice(
        ("", "", "", "", "application/json", "application/cbor", "application/msgpack", "x")
    )
    return Message(name, payload, now, draw.random() < 0.05, content)


def run(dsn: str, count: int, seed: int) -> Tally:
    """Send `count` messages through a worker on the database `dsn`."""
    tally, draw, clock = Tally(), random.Random(seed), ManualClock(from_datetime(START))
    settle(dsn, START)
    writer = Writer(lambda: psycopg.connect(dsn))
    began = time.monotonic()
    with _listening(tally.faults):
        worker = Worker(Feed(), writer, all_detectors(), clock)
        aside = Decoder(worker._decoder.directory)
        while tally.sent < count:
            batch = messages(draw, clock.now(), min(BATCH, count - tally.sent))
            _judge(aside, batch, clock.now(), tally)
            assert worker.handle(batch)
            worker.tick(clock.now())
            tally.sent += len(batch)
            clock.instant += draw.choice((SECOND, 7 * SECOND))
    tally.seconds = time.monotonic() - began
    tally.rows = worker.figures.stored
    tally.quarantined = worker.figures.quarantined
    writer.close()
    _counted(dsn, tally)
    return tally


def _judge(decoder: Decoder, batch: list[Message], now: int, tally: Tally) -> None:
    """Each by itself: read, refused, or not ours. A message that is none of these was lost."""
    for message in batch:
        out = decoder.decode([message], now)
        if out.refused:
            tally.refused += 1
            reason = str(out.refused[0].fault)
            tally.reasons[reason] = tally.reasons.get(reason, 0) + 1
            if out.refused[0].fault is Fault.UNREADABLE:
                tally.faults.append(f"unreadable: {out.refused[0].detail}")
        elif len(out.batch.readings) or out.batch.motion or out.news:
            tally.read += 1
        elif topic.is_platform(message.topic):
            tally.passed_over += 1
        else:
            tally.faults.append(f"neither stored nor refused: {message.payload[:80]!r}")


def _counted(dsn: str, tally: Tally) -> None:
    """What the store says: nothing that was refused is missing from quarantine."""
    with psycopg.connect(dsn) as conn:
        row = conn.execute("SELECT coalesce(sum(times), 0) FROM quarantine").fetchone()
    assert row is not None
    if row[0] != tally.quarantined:
        tally.faults.append(f"{tally.quarantined} refused, {row[0]} in quarantine")
    if tally.read + tally.refused + tally.passed_over != tally.sent:
        tally.faults.append("the sums differ")
