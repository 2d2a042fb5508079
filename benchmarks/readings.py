"""Readings as a community's devices leave them in the store: from the simulators, at their own rhythms.

Nothing is smoothed: instants have a device's milliseconds, arrivals the microseconds of a network's delay,
signal strengths jump about, movement comes when somebody moves.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.batch import READING
from core.instant import MINUTE, SECOND
from core.quantity import BY_NAME
from simulators import homes, places, vitals
from simulators.village import Household, households

_DELAY_S, _DELAY_SPREAD = 0.045, 0.6  # median and log-normal spread of what lies between device and server
_FIX_EVERY = MINUTE


def of_community(residents: int, since: int, until: int, seed: int = 7) -> NDArray[np.void]:
    """Rows as READING of all devices of so many people in [since, until), in order of arrival.

    Homes, devices and residents are numbered from 1 on.
    """
    parts: list[NDArray[np.void]] = []
    device, person = 0, 0
    for number, house in enumerate(households(seed, residents), 1):
        codes = {row["code"]: device + n for n, row in enumerate(house.document["devices"], 1)}
        device += len(codes)
        wearers = range(person + 1, person + 1 + len(house.wearables))
        person += len(house.wearables)
        for code, resident, metric, time, value in _of_home(house, since, until, list(wearers)):
            rows = np.zeros(len(time), READING)
            rows["time"] = time // 1000 * 1000  # devices speak of milliseconds
            rows["home"], rows["device"], rows["resident"] = number, codes[code], resident
            rows["metric"], rows["value"] = BY_NAME[metric].id, value
            parts.append(rows)
    rows = np.concatenate(parts)
    _, first = np.unique(rows[["device", "metric", "time"]], return_index=True)
    rows = rows[first]
    draw = np.random.default_rng([seed, 11])
    late = draw.lognormal(np.log(_DELAY_S * SECOND), _DELAY_SPREAD, len(rows)).astype("i8")
    rows["received"] = rows["time"] + late
    return rows[np.argsort(rows["received"], kind="stable")]


_Column = tuple[str, int, str, NDArray[np.int64], NDArray[np.float64]]


def _of_home(house: Household, since: int, until: int, wearers: list[int]) -> Iterator[_Column]:
    """(device, resident or 0, metric, instants, values)."""
    for code, every_s in _reporting(house):
        yield from _status(house, code, every_s, since, until, _wearer(house, code, wearers))
    seen = homes.sightings(house.home, since, until)
    for index, (sensor, code) in enumerate(zip(house.home.sensors, house.codes, strict=True)):
        mine = seen[seen["sensor"] == index]
        yield code, 0, homes.EVENTS[sensor.kind], mine["time"], mine["state"].astype("f8")
    where = (house.document["lat"], house.document["lon"])
    for someone, code, resident in zip(house.home.people, house.wearables, wearers, strict=True):
        draw = np.random.default_rng([house.home.seed, resident, 12])
        at = since + (np.cumsum(draw.uniform(240, 420, 4000)) * SECOND).astype("i8")
        pulses = [(t, vitals.pulse(someone, int(t))) for t in at[at < until]]
        yield from _columns(code, resident, pulses)
        fixes = places.fixes(someone, where, since, until, _FIX_EVERY)
        walked = [(f[0], {"lat": f[1], "lon": f[2], "accuracy_m": f[3]}) for f in fixes]
        yield from _columns(code, resident, walked)
    if "cuff" in house.others:
        spots = list(vitals.spots(house.home.people[0], since, until))
        yield from _columns(house.others["cuff"], wearers[0], spots)


def _columns(code: str, resident: int, told: list[tuple[int, dict[str, float]]]) -> Iterator[_Column]:
    for metric in {name: None for _, values in told for name in values}:
        mine = [(at, values[metric]) for at, values in told if metric in values]
        time, value = zip(*mine, strict=True)
        yield code, resident, metric, np.array(time, dtype="i8"), np.array(value, dtype="f8")


def _status(
    house: Household, code: str, every_s: int, since: int, until: int, resident: int
) -> Iterator[_Column]:
    draw = np.random.default_rng([house.home.seed, *code.encode()])
    most = int((until - since) / SECOND / every_s / 0.85) + 2
    time = since + (np.cumsum(draw.uniform(0.85, 1.0, most) * every_s) * SECOND).astype("i8")
    time = time[time < until]
    n = len(time)
    yield code, resident, "online", time, np.ones(n)
    yield code, resident, "battery", time, np.round(0.9 - 2e-6 * 60 * np.arange(n), 3)
    yield code, resident, "rssi", time, draw.normal(-64, 5, n).astype("i8").astype("f8")
    yield code, resident, "uptime_s", time, ((time - since) // SECOND).astype("f8")


def _reporting(house: Household) -> Iterator[tuple[str, int]]:
    for row in house.document["devices"]:
        if "report_every_s" in row:
            yield row["code"], int(row["report_every_s"])


def _wearer(house: Household, code: str, wearers: list[int]) -> int:
    if code in house.wearables:
        return wearers[house.wearables.index(code)]
    return wearers[0] if code == house.others.get("button") else 0
