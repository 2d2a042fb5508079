"""Vital signs with a person's own level, the time of day and some noise; illness is an offset on top."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.instant import DAY, HOUR, MINUTE
from simulators.people import Person

Reading = tuple[int, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Levels:
    """What is usual for one person, in the units of core.quantity."""

    heart_rate: float
    spo2: float
    temperature: float
    systolic: float
    diastolic: float


def levels(someone: Person) -> Levels:
    """The person's own levels."""
    draw = np.random.default_rng([someone.seed, someone.number, 1 << 29])
    return Levels(
        heart_rate=float(np.clip(draw.normal(70, 6), 56, 86)),
        spo2=float(np.clip(draw.normal(97, 0.8), 94.5, 99)),
        temperature=float(draw.normal(36.4, 0.15)),
        systolic=float(np.clip(draw.normal(132, 9), 108, 152)),
        diastolic=float(np.clip(draw.normal(78, 6), 62, 92)),
    )


def pulse(someone: Person, instant: int, asleep: bool = False) -> dict[str, float]:
    """Heart rate and oxygen saturation as a wrist measures them at `instant`."""
    usual = levels(someone)
    draw = np.random.default_rng([someone.seed, someone.number, instant // MINUTE, 3])
    hour = (instant + someone.utc_offset) % DAY / HOUR
    rhythm = -6 * np.cos((hour - 15) / 24 * 2 * np.pi + np.pi) - (8 if asleep else 0)
    return {
        "heart_rate": float(round(usual.heart_rate + rhythm + draw.normal(0, 3))),
        "spo2": float(min(100, round(usual.spo2 + draw.normal(0, 0.6)))),
    }


def spot(someone: Person, instant: int) -> dict[str, float]:
    """Blood pressure, pulse and temperature measured sitting down."""
    usual = levels(someone)
    draw = np.random.default_rng([someone.seed, someone.number, instant // MINUTE, 4])
    strain = draw.normal(0, 1)
    return {
        "systolic": float(round(usual.systolic + 6 * strain)),
        "diastolic": float(round(usual.diastolic + 4 * strain)),
        "heart_rate": float(round(usual.heart_rate + draw.normal(0, 3))),
        "body_temperature": float(round(usual.temperature + draw.normal(0, 0.12), 1)),
    }


def spots(someone: Person, since: int, until: int) -> Iterator[Reading]:
    """Measurements of the morning and the evening in [since, until)."""
    for number in range((since + someone.utc_offset) // DAY, (until + someone.utc_offset) // DAY + 1):
        draw = np.random.default_rng([someone.seed, someone.number, number, 5])
        for hour in (8.0, 19.5):
            at = number * DAY - someone.utc_offset + int((hour + draw.normal(0, 0.4)) * HOUR)
            if since <= at < until and draw.random() < 0.92:
                yield at, spot(someone, at)
