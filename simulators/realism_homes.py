"""Are simulated homes like recorded ones? Events a day, gaps by hour, night activity, side by side. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.instant import DAY, HOUR, MINUTE
from simulators import homes, people
from simulators.homes import Sensor
from simulators.recorded import UTC_OFFSET, RecordedHome

Instants = NDArray[np.int64]
_NIGHT_ENDS = 5
_EQUIPMENT = (
    *(
        Sensor("pir", room, cool_down_s=20)
        for room in ("kitchen", "hallway", "lounge", "bedroom", "bathroom")
    ),
    Sensor("appliance", "kitchen"),
    Sensor("door", "hall"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Habitat:
    """What a number of homes are like, by what their sensors fired.

    Attributes:
        name: whose; homes, days: how many homes and home-days it is made of.
        a_day: events of each home-day, shape (days,).
        hourly: share of all events in each local hour, shape (24,).
        gap_median_min, gap_p95_min: minutes from one event to the next, by the local hour in which the gap
            begins, shape (24,); NaN in an hour with too few.
        nightly: events from midnight to five of each home-day, shape (days,).
        longest_h: the longest gap of each home-day, hours, shape (days,).
    """

    name: str
    homes: int
    days: int
    a_day: NDArray[np.int64]
    hourly: NDArray[np.float64]
    gap_median_min: NDArray[np.float64]
    gap_p95_min: NDArray[np.float64]
    nightly: NDArray[np.int64]
    longest_h: NDArray[np.float64]


def habitat(name: str, fired: Sequence[Instants]) -> Habitat:
    """What homes are like whose sensors fired at these instants (Unix microseconds, sorted, an array a home).

    Days on which a home reports from fewer than eight hours are left out: it was not there, or not at home.
    """
    a_day, nightly, longest, hours, gaps = [], [], [], [], []
    for times in fired:
        local = times + UTC_OFFSET
        day, hour = local // DAY, local % DAY // HOUR
        for number in np.unique(day):
            own = day == number
            if len(np.unique(hour[own])) < 8:
                continue
            a_day.append(int(own.sum()))
            nightly.append(int((hour[own] < _NIGHT_ENDS).sum()))
            longest.append(float(np.diff(local[own]).max(initial=0)) / HOUR)
            hours.append(hour[own])
        gaps.append(np.stack([hour[:-1], np.diff(local) / MINUTE]))
    begun, minutes = np.concatenate(gaps, axis=1) if gaps else np.zeros((2, 0))
    median, high = _by_hour(begun, minutes)
    counts = np.bincount(np.concatenate(hours).astype(int), minlength=24) if hours else np.zeros(24)
    return Habitat(
        name,
        len(fired),
        len(a_day),
        np.array(a_day, np.int64),
        counts / max(1, counts.sum()),
        median,
        high,
        np.array(nightly, np.int64),
        np.array(longest),
    )


def _by_hour(
    begun: NDArray[np.float64], minutes: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    out = np.full((2, 24), np.nan)
    for hour in range(24):
        own = minutes[(begun == hour) & (minutes < 24 * 60)]
        if len(own) >= 10:
            out[:, hour] = np.percentile(own, [50, 95])
    return out[0], out[1]


def recorded(name: str, found: Iterable[RecordedHome]) -> Habitat:
    """Recorded homes; of an interval only its beginning counts, as of a sensor that fires."""
    fired = []
    for home in found:
        times = [r.times[r.values > 0] for r in home.recorders if r.event]
        fired.append(np.sort(np.concatenate(times)) if times else np.empty(0, np.int64))
    return habitat(name, fired)


def simulated(
    count: int, days: int, seed: int = 1, since: int = 20_000 * DAY, later_h: float = 0.0
) -> Habitat:
    """`count` simulated people living alone for `days` days, their homes equipped as those of TIHM. They do
    everything `later_h` hours later: people of another country."""
    fired = []
    offset = UTC_OFFSET - round(later_h * HOUR)
    for number in range(count):
        home = homes.Home(seed, number, (people.person(seed, number, offset),), _EQUIPMENT)
        seen = homes.sightings(home, since, since + days * DAY)
        fired.append(np.sort(seen["time"][seen["state"] > 0]))
    return habitat("simulated" if not later_h else f"simulated, {later_h:g} h later", fired)


def apart(one: Habitat, other: Habitat) -> float:
    """How different two days are: the share of events that would have to move to another hour, 0 to 1."""
    return float(np.abs(one.hourly - other.hourly).sum() / 2)


def rows(habitats: Sequence[Habitat]) -> list[tuple[str, list[str]]]:
    """Figures to be read side by side: (what, one text a habitat)."""

    def spread(values: NDArray[np.int64] | NDArray[np.float64]) -> str:
        if not len(values):
            return "-"
        low, middle, high = np.percentile(values, [25, 50, 75])
        return f"{middle:.4g} ({low:.4g} to {high:.4g})"

    first = habitats[0]
    return [
        ("homes, home-days", [f"{h.homes}, {h.days}" for h in habitats]),
        ("events a day, median (quartiles)", [spread(h.a_day) for h in habitats]),
        ("events from 0 to 5 h", [spread(h.nightly) for h in habitats]),
        ("longest gap of a day, hours", [spread(h.longest_h) for h in habitats]),
        ("median gap at 10 h, minutes", [f"{h.gap_median_min[10]:.1f}" for h in habitats]),
        ("95th percentile at 10 h", [f"{h.gap_p95_min[10]:.1f}" for h in habitats]),
        ("median gap at 2 h", [f"{h.gap_median_min[2]:.1f}" for h in habitats]),
        ("95th percentile at 2 h", [f"{h.gap_p95_min[2]:.1f}" for h in habitats]),
        (f"events at other hours than {first.name}", [f"{100 * apart(first, h):.1f} %" for h in habitats]),
    ]
