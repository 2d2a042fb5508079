"""The load of a stage, generated in a process of its own so that it does not wait for the measuring."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.device import Identity, broker
from simulators.load import Load, Mix, run_load


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: `rate` messages a second from the steady devices, and `falls` falls a second."""

    rate: float
    seconds: float
    mix: Mix
    falls: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent (records of simulators.load.SENT; `device` indexes `codes`)."""

    codes: list[str]
    rows: NDArray[np.void]


def generate(
    plan: Plan, steady: Sequence[Identity], falling: Sequence[Identity], broker_url: str
) -> tuple[Sent, Sent]:
    """Send it; returns (steady, falls) when all is acknowledged."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_send, (plan, list(steady), list(falling), broker_url))


def _send(plan: Plan, steady: list[Identity], falling: list[Identity], broker_url: str) -> tuple[Sent, Sent]:
    return asyncio.run(_both(plan, steady, falling, broker_url))


async def _both(
    plan: Plan, steady: list[Identity], falling: list[Identity], broker_url: str
) -> tuple[Sent, Sent]:
    where = broker(broker_url)
    tasks: list[Any] = [
        run_load(steady, where, rate=plan.rate, seconds=plan.seconds, mix=plan.mix, seed=plan.seed)
    ]
    if plan.falls:
        mix = Mix(motion=0, vital=0, falls=plan.falls)
        tasks.append(run_load(falling, where, rate=0, seconds=plan.seconds, mix=mix, seed=plan.seed))
    loads: list[Load] = await asyncio.gather(*tasks)
    sent = [Sent([d.identity.code for d in load.devices], load.rows) for load in loads]
    return sent[0], sent[1] if plan.falls else Sent([], sent[0].rows[:0])
