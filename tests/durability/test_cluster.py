"""Three nodes carry what devices say and several workers share the town; nodes and workers are killed under
load, and everything is counted.

NOWALLS_CLUSTER_KILLS=20 makes the long run of it. What it measured is written to the file that
NOWALLS_CLUSTER_REPORT names.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster_town import Town, town
from tests.support.house import wait_for

pytestmark = [pytest.mark.integration, pytest.mark.cluster]

KILLS = int(os.environ.get("NOWALLS_CLUSTER_KILLS", "0"))
EVERY_S = 0.02 if KILLS else 0.05


@pytest.fixture
def place(dsn: str, shelf: Path) -> Iterator[Town]:
    with town(dsn, shelf, time.time_ns() // 1000) as built:
        yield built


def stored_exactly_once_and_in_order(place: Town) -> None:
    """Every acknowledged message is a row, once, and each home's rows were received as they were said."""
    safe = place.fall_silent()
    wait_for(lambda: place.rows() >= safe, "what was acknowledged is stored")
    stored = place.stored()
    for speaker in place.speakers:
        assert stored[speaker.home] == list(range(speaker.acknowledged)), speaker.code


def each_part_had_one_writer_at_a_time(place: Town) -> None:
    for part, sessions in place.intervals().items():
        assert len(sessions) == len(set(sessions)), f"two workers wrote into part {part} by turns: {sessions}"


def report(name: str, **figures: Any) -> None:
    if path := os.environ.get("NOWALLS_CLUSTER_REPORT"):
        with Path(path).open("a") as file:
            file.write(json.dumps({"run": name, **figures}) + "\n")


def longest_pause(place: Town) -> float:
    return max(max(speaker.pauses) for speaker in place.speakers)


def taken_over_within(place: Town, kill: Any, parts: set[int]) -> float:
    """Seconds from `kill()` until another session has written into each of `parts`."""
    before = {part: sessions[-1] for part, sessions in place.intervals().items() if part in parts}
    began = time.monotonic()
    kill()
    wait_for(
        lambda: all(place.intervals()[part][-1] != session for part, session in before.items()),
        "somebody else writes into the parts",
        60,
    )
    return time.monotonic() - began


@pytest.mark.timeout(300)
def test_nothing_is_lost_when_workers_and_a_node_die_or_hang_under_load(place: Town) -> None:
    place.start_worker("a")
    place.start_worker("b")
    wait_for(lambda: place.is_shared_by("a", "b"), "two workers share the town")
    place.speak(EVERY_S)
    place.everybody_says(20)

    its = place.parts_of("a") & set(place.intervals())
    killed_s = taken_over_within(place, lambda: place.kill_worker("a"), its)
    wait_for(lambda: place.is_shared_by("b"), "the one that is left has all")
    place.start_worker("c")
    wait_for(lambda: place.is_shared_by("b", "c"), "a worker that comes gets its share")
    place.everybody_says(10)

    its = place.parts_of("c") & set(place.intervals())
    hung_s = taken_over_within(place, lambda: place.signal_worker("c", signal.SIGSTOP), its)
    place.signal_worker("c", signal.SIGCONT)
    wait_for(lambda: place.is_shared_by("b", "c"), "it comes back and gets a share")
    workers_pause_s = longest_pause(place)

    place.kill_node(place.leader())
    place.everybody_says(20)

    stored_exactly_once_and_in_order(place)
    each_part_had_one_writer_at_a_time(place)
    report(
        "workers and a node",
        messages=sum(s.acknowledged for s in place.speakers),
        taken_over_from_a_dead_one_s=killed_s,
        taken_over_from_a_hanging_one_s=hung_s,
        pause_of_devices_by_workers_s=workers_pause_s,
        pause_of_devices_by_the_node_s=longest_pause(place),
    )


@pytest.mark.skipif(not KILLS, reason="NOWALLS_CLUSTER_KILLS says how many kills the long run has")
@pytest.mark.timeout(120 + 40 * KILLS)
def test_nothing_is_lost_however_often_nodes_and_workers_die(place: Town) -> None:
    draw = random.Random(7)
    names = iter(f"w{n}" for n in range(10_000))
    workers = [next(names) for _ in range(3)]
    for name in workers:
        place.start_worker(name)
    wait_for(lambda: place.is_shared_by(*workers), "three workers share the town")
    place.speak(EVERY_S)
    place.everybody_says(10)
    took, pauses = [], []
    for _ in range(KILLS):
        for speaker in place.speakers:
            speaker.pauses.clear()
            speaker.pauses.append(0.0)
        if draw.random() < 0.5:
            victim = workers.pop(draw.randrange(len(workers)))
            its = place.parts_of(victim) & set(place.intervals())
            took.append(taken_over_within(place, lambda name=victim: place.kill_worker(name), its))
            workers.append(next(names))
            place.start_worker(workers[-1])
            wait_for(lambda: place.is_shared_by(*workers), "they share the town again")
        else:
            node = place.leader() if draw.random() < 0.5 else draw.randrange(3)
            place.kill_node(node)
            place.everybody_says(10)
            pauses.append(longest_pause(place))
            place.revive_node(node)
        place.everybody_says(10)
    stored_exactly_once_and_in_order(place)
    each_part_had_one_writer_at_a_time(place)
    messages = sum(speaker.acknowledged for speaker in place.speakers)
    report("many kills", kills=KILLS, messages=messages, take_over_s=took, pauses_of_node_kills_s=pauses)
