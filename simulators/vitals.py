"""Vital signs with a person's own level, the time of day and some noise; illness is an offset on top."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.instant import DAY, HOUR, MINUTE
from simulators.illness import Ill, ill_on
from simulators.people import Person, day_number

Reading = tuple[int, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Levels:
    """What is usual for one person, in the units of core.quantity."""

    heart_rate: float
    spo2: float
    temperature: float
    systolic: float
    diastolic: float
    weight: float


def levels(someone: Person) -> Levels:
    """The person's own levels."""
    draw = np.random.default_rng([someone.seed, someone.number, 1 << 29])
    return Levels(
        heart_rate=float(np.clip(draw.normal(70, 6), 56, 86)),
        spo2=float(np.clip(draw.normal(97, 0.8), 94.5, 99)),
        temperature=float(draw.normal(36.4, 0.15)),
        systolic=float(np.clip(draw.normal(132, 9), 108, 152)),
        diastolic=float(np.clip(draw.normal(78, 6), 62, 92)),
        weight=float(np.clip(draw.normal(60, 9), 40, 90)),
    )


def _ill(someone: Person, instant: int) -> Ill | None:
    course, day = someone.course, day_number(someone, instant)
    return ill_on(someone.seed, someone.number, day, course.illnesses, course.falls_ill)


def pulse(someone: Person, instant: int, asleep: bool = False) -> dict[str, float]:
    """Heart rate and oxygen saturation as a wrist measures them at `instant`."""
    usual = levels(someone)
    draw = np.random.default_rng([someone.seed, someone.number, instant // MINUTE, 3])
    hour = (instant + someone.utc_offset) % DAY / HOUR
    rhythm = -6 * np.cos((hour - 15) / 24 * 2 * np.pi + np.pi) - (8 if asleep else 0)
    ill = _ill(someone, instant)
    faster, less = (ill.strength * ill.illness.heart_rate, ill.strength * ill.illness.spo2) if ill else (0, 0)
    return {
        "heart_rate": float(round(usual.heart_rate + rhythm + faster + draw.normal(0, 3))),
        "spo2": float(min(100, round(usual.spo2 + less + draw.normal(0, 0.6)))),
    }


def spot(someone: Person, instant: int) -> dict[str, float]:
    """Blood pressure, pulse and temperature measured sitting down."""
    usual = levels(someone)
    draw = np.random.default_rng([someone.seed, someone.number, instant // MINUTE, 4])
    strain = draw.normal(0, 1)
    ill = _ill(someone, instant)
    faster = hotter = higher = 0.0
    if ill is not None:
        signs, height = ill.illness, ill.strength
        faster, hotter = height * signs.heart_rate, height * signs.body_temperature
        higher = height * signs.systolic
    return {
        "systolic": float(round(usual.systolic + higher + 6 * strain)),
        "diastolic": float(round(usual.diastolic + higher / 2 + 4 * strain)),
        "heart_rate": float(round(usual.heart_rate + faster + draw.normal(0, 3))),
        "body_temperature": float(round(usual.temperature + hotter + draw.normal(0, 0.12), 1)),
    }


def weight(someone: Person, instant: int) -> dict[str, float]:
    """Body weight on a scale in the morning; it drifts a little over months, and with an illness."""
    draw = np.random.default_rng([someone.seed, someone.number, day_number(someone, instant), 6])
    slow = 0.8 * np.sin(2 * np.pi * (day_number(someone, instant) / 160 + someone.number * 0.37))
    ill = _ill(someone, instant)
    gained = ill.gained if ill else 0.0
    return {"weight": float(round(levels(someone).weight + slow + gained + draw.normal(0, 0.25), 1))}


def spots(someone: Person, since: int, until: int) -> Iterator[Reading]:
    """Measurements of the morning and the evening in [since, until)."""
    for number in range((since + someone.utc_offset) // DAY, (until + someone.utc_offset) // DAY + 1):
        draw = np.random.default_rng([someone.seed, someone.number, number, 5])
        for hour in (8.0, 19.5):
            at = number * DAY - someone.utc_offset + int((hour + draw.normal(0, 0.4)) * HOUR)
            if since <= at < until and draw.random() < 0.92:
                yield at, spot(someone, at) | (weight(someone, at) if hour < 12 else {})
