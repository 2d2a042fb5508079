"""kill -9 of a delivery worker, again and again, while a sink counts what arrives."""

import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

import psycopg

from alerts.delivery.channels import channels
from alerts.delivery.keys import Keys
from alerts.delivery.post import Post
from alerts.delivery.settings import DeliverySettings
from alerts.loops import Loops
from core.clock import SystemClock
from tests.support.outbox import Outbox
from tests.support.sink import Sink


def work(dsn: str, folder: str, life: int) -> None:
    """One worker, until it is killed; its messages say which life it was."""
    loops = Loops(lambda: psycopg.connect(dsn, options="-c TimeZone=UTC"))
    own = DeliverySettings(allow_private_targets=True)
    post = Post(
        channels(own, Keys(Path(folder))), f"http://{life}", SystemClock(), loops.stopping, lambda *_: None
    )
    loops.run([post.work])


@dataclass(frozen=True)
class Count:
    notifications: int
    kills: int
    lost: int
    twice: int  # deliveries beyond the first
    worst: int  # deliveries of one message
    worst_of_a_kill: int  # messages that one life sent and a later one had to send again


def kill_again_and_again(box: Outbox, sink: Sink, kills: int, seed: int, each: int = 3) -> Count:
    """For every kill put `each` notifications into the outbox; kill after a random while; then count."""
    random, pause = Random(seed), Event()
    somebody = box.account()
    box.endpoint(somebody, f"{sink.url}/count")
    incident = box.incident()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.kills", "alerts.delivery.channels.webhook"])
    notes: list[int] = []
    for number in range(kills):
        notes += [box.notify(incident, somebody, n=number * each + k) for k in range(each)]
        before = len(sink.got)
        worker: Any = context.Process(target=work, args=(box.dsn, str(box.folder), number))
        worker.start()
        deadline = time.monotonic() + 20
        # From the first message of this life on, so that kills fall where the work is done.
        while len(sink.got) == before and time.monotonic() < deadline:
            pause.wait(0.001)
        pause.wait(random.uniform(0, 0.03))
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
    with box.worker():
        left, deadline = -1, 0.0
        while still := box.one("SELECT count(*) FROM notification WHERE due_at IS NOT NULL"):
            if still != left:
                left, deadline = still, time.monotonic() + 30
            assert time.monotonic() < deadline, "the outbox does not empty"
            pause.wait(0.05)
    lives: dict[str, list[str]] = {}
    for got in sink.got:
        lives.setdefault(got.headers["Idempotency-Key"], []).append(json.loads(got.body)["url"].split("/")[2])
    again = Counter(life for told in lives.values() for life in sorted(set(told), key=told.index)[:-1])
    by_key = Counter(got.headers["Idempotency-Key"] for got in sink.got)
    states = box.one("SELECT count(*) FROM notification WHERE state <> 'sent'")
    return Count(
        notifications=len(notes),
        kills=kills,
        lost=len(notes) - len(by_key) + states,
        twice=sum(by_key.values()) - len(by_key),
        worst=max(by_key.values()),
        worst_of_a_kill=max(again.values(), default=0),
    )
