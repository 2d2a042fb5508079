"""What the detector costs: wearers a core can serve, and memory a wearer takes.

`python -m analytics.falls.cost` makes up wearers who rest, walk and clap, sends their windows in lots as
ingest does, and prints processor seconds for each second of all wearers. Making the windows up is not
counted; everything from `fold` to findings is.
"""

import time
import tracemalloc
from dataclasses import dataclass

import click
import numpy as np
from numpy.typing import NDArray

from analytics.falls.detector import FallDetector
from analytics.falls.model import load
from core.instant import SECOND
from core.motion import MotionWindow

START = 1_700_000_000 * SECOND
HZ = 50
LOT = 500
"""Windows in one fold."""

SMALL = 5
"""Windows in a small fold."""

WARM_UP_S = 6
"""The first seconds, in which rings fill, are not counted."""

RESTING, WALKING = 0.5, 0.4
"""Shares of the wearers; the others clap without end, the hardest work there is."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Measured on one core.

    Attributes:
        share: processor seconds a second of `wearers` wearers.
        candidates: impacts a second judged by the model.
        small_batch_ms: processor time of a fold of SMALL windows, as ingest makes when little comes at once.
        bytes_a_wearer: memory held after the run, all state of a wearer.
    """

    wearers: int
    share: float
    candidates: float
    small_batch_ms: float
    bytes_a_wearer: float


def motion(seconds: int, seed: int) -> NDArray[np.int16]:
    """One made-up wearer, shape (seconds * HZ, 3), milli-g."""
    rng = np.random.default_rng(seed)
    when = np.arange(seconds * HZ) / HZ
    signal = rng.normal((0, 0, 1000), 15, (len(when), 3))
    kind = rng.random()
    if kind > RESTING:
        signal[:, 2] += 200 * np.sin(2 * np.pi * 2 * when)
    if kind > RESTING + WALKING:
        strength = rng.uniform(0.4, 1, 2 * seconds)[(when / 0.5).astype(int)]
        signal[:, 0] += 4000 * strength * np.exp(-np.square((when % 0.5 - 0.25) / 0.02))
    return np.rint(signal).astype(np.int16)


def _windows(people: list[NDArray[np.int16]], wearers: int, second: int) -> list[MotionWindow]:
    return [
        MotionWindow(
            home=device,
            device=device,
            resident=device,
            start=START + second * SECOND + (device * 7919 % 50) * (SECOND // HZ),
            hz=HZ,
            acc=people[device % len(people)][second * HZ : (second + 1) * HZ],
            site="wrist",
        )
        for device in range(wearers)
    ]


def measure(wearers: int = 5000, seconds: int = 20) -> Cost:
    """Serve `wearers` for `seconds` of event time, windows of one second."""
    people = [motion(seconds, seed) for seed in range(97)]
    judged = [0]

    def count(_device: int, _impact: int, _probability: float) -> None:
        judged[0] += 1

    detector = FallDetector(load(), on_candidate=count)
    spent = 0.0
    for second in range(seconds):
        windows = _windows(people, wearers, second)
        if second == WARM_UP_S:
            judged[0] = 0
        begun = time.process_time()
        for first in range(0, wearers, LOT):
            detector.fold(windows[first : first + LOT])
        if second >= WARM_UP_S:
            spent += time.process_time() - begun
    counted = seconds - WARM_UP_S
    return Cost(wearers, spent / counted, judged[0] / counted, _small_batch_ms(people), memory())


def _small_batch_ms(people: list[NDArray[np.int16]], wearers: int = 100, seconds: int = 10) -> float:
    """Milliseconds of a fold of SMALL windows."""
    detector = FallDetector(load())
    spent, folds = 0.0, 0
    for second in range(seconds):
        windows = _windows(people, wearers, second)
        begun = time.process_time()
        for first in range(0, wearers, SMALL):
            detector.fold(windows[first : first + SMALL])
        if second >= WARM_UP_S:
            spent += time.process_time() - begun
            folds += wearers // SMALL
    return 1000 * spent / folds


def memory(wearers: int = 500, seconds: int = 12) -> float:
    """Bytes a wearer, as the growth of traced memory over a run; a power of two fills the rings."""
    wearers = 1 << (wearers - 1).bit_length()
    people = [motion(seconds, seed) for seed in range(97)]
    model = load()
    tracemalloc.start()
    detector = FallDetector(model)
    before = tracemalloc.get_traced_memory()[0]
    for second in range(seconds):
        detector.fold(_windows(people, wearers, second))
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / wearers


@click.command()
@click.option("--wearers", default=5000, show_default=True)
@click.option("--seconds", default=20, show_default=True)
def main(wearers: int, seconds: int) -> None:
    """Print what the detector costs on this machine."""
    cost = measure(wearers, seconds)
    click.echo(f"{cost.wearers} wearers at {HZ} Hz: {cost.share:.2f} of one core")
    click.echo(f"wearers a core: {cost.wearers / cost.share:.0f}")
    click.echo(f"impacts judged a second: {cost.candidates:.0f}")
    click.echo(f"a fold of {SMALL} windows: {cost.small_batch_ms:.2f} ms")
    click.echo(f"memory a wearer: {cost.bytes_a_wearer:.0f} bytes")


if __name__ == "__main__":
    main()
