"""Recorded homes through the real chain, months in minutes: the whole system lives by a virtual clock."""

import asyncio
import heapq
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.table import Table

from core.clock import ScaledClock
from core.instant import DAY, HOUR, SECOND, iso
from core.settings import Settings
from simulators import wire
from simulators.demo import admit_document, kept_secrets
from simulators.device import Device, Identity, broker_of, joined
from simulators.recorded import RecordedHome, Recorder
from simulators.store import Seen, Witness
from simulators.wire import Payload

HEAD_START_S = 12.0
"""Real seconds between making the clock and its first movement: the system must be up by then."""

_TICK_S = 0.01
_MOST_UNACKNOWLEDGED = 4000

Progress = Callable[[float, str], None]
Sending = tuple[int, int, str, Payload]  # instant, device, stream, payload


@dataclass(slots=True)
class HomesResult:
    """What a replay of homes came to."""

    homes: int
    person_days: int
    published: int
    stored: int
    first: int
    last: int
    gap: tuple[int, int]
    seen: list[Seen] = field(default_factory=list)
    wall_s: float = 0.0
    speed: float = 0.0
    lag_s: float = 0.0


def span(homes: Sequence[RecordedHome]) -> tuple[int, int]:
    """First and last recorded instant."""
    times = [r.times for home in homes for r in home.recorders if len(r.times)]
    return min(int(t[0]) for t in times), max(int(t[-1]) for t in times)


def clock_for(homes: Sequence[RecordedHome], speed: float) -> ScaledClock:
    """A clock that begins an hour before the first recorded instant, a few real seconds from now."""
    begun = time.time_ns() // 1000 + round(HEAD_START_S * SECOND)
    return ScaledClock(begun, span(homes)[0] - HOUR, speed)


def cut(homes: Sequence[RecordedHome], days: float) -> None:
    """Keep the first `days` days of the recording."""
    end = span(homes)[0] + round(days * DAY)
    for home in homes:
        for recorder in home.recorders:
            keep = recorder.times < end
            recorder.times, recorder.values = recorder.times[keep], recorder.values[keep]
            recorder.vitals = [entry for entry in recorder.vitals if entry[0] < end]
        moves = np.concatenate([r.times for r in home.recorders])
        home.person_days = len(np.unique((moves + 8 * HOUR) // DAY))


async def replay(
    homes: Sequence[RecordedHome], settings: Settings, clock: ScaledClock, progress: Progress
) -> HomesResult:
    """Publish each recorded instant when the clock reaches it, and collect what is found.

    Raises demo.CannotBegin when the homes cannot be taken in.
    """
    codes = [[f"{_code(home)}-{r.name}" for r in home.recorders] for home in homes]
    flat = [code for own in codes for code in own]
    known = kept_secrets(settings.data_dir / "replay-secrets.json", flat)
    document = json.dumps(community(homes, codes, known), ensure_ascii=False)
    await asyncio.to_thread(admit_document, document, clock.virtual_anchor - DAY, settings)
    witness = Witness(settings)
    identities = [Identity(c, _code(h), known[c]) for h, own in zip(homes, codes, strict=True) for c in own]
    first, last = span(homes)
    result = HomesResult(len(homes), sum(h.person_days for h in homes), 0, 0, first, last, longest_gap(homes))
    begun = time.time()
    watching = asyncio.create_task(_watch(witness))
    where = broker_of(settings)
    async with joined([Device(i, clock.virtual_anchor) for i in identities], where) as devices:
        await _publish(homes, devices, clock, result, progress)
        await _until_stored(witness, flat, result)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    witness.wait(0.1)
    result.seen, result.wall_s, result.speed = witness.seen, time.time() - begun, clock.rate
    witness.close()
    return result


def _code(home: RecordedHome) -> str:
    return f"rec-{home.name}"


def community(
    homes: Sequence[RecordedHome], codes: Sequence[Sequence[str]], known: dict[str, str]
) -> dict[str, Any]:
    """Every recorded home with one resident: who else lived there is not recorded."""
    written = []
    for home, own in zip(homes, codes, strict=True):
        devices = [_device(r, code, known[code]) for r, code in zip(home.recorders, own, strict=True)]
        person = {"name": f"Resident of {home.name}", "consents": ["monitoring"]}
        written.append({"code": _code(home), "station": "replay", "residents": [person], "devices": devices})
    station = {"code": "replay", "level": "community", "name": "回放站", "name_en": "Replay Station"}
    return {"stations": [station], "homes": written}


def _device(recorder: Recorder, code: str, secret: str) -> dict[str, Any]:
    device = {"code": code, "kind": recorder.kind, "room": recorder.room, "model": "replay", "secret": secret}
    return device if recorder.event else {**device, "wearer": 0}


def _sendings(recorder: Recorder, index: int) -> Iterator[Sending]:
    for seq, (at, value) in enumerate(zip(recorder.times.tolist(), recorder.values.tolist(), strict=True)):
        yield at, index, "event", wire.event(at, seq, recorder.event, int(value), recorder.room)
    for seq, (at, name, reading) in enumerate(recorder.vitals):
        yield at, index, "vital", wire.vital(at, seq, {name: reading})


def longest_gap(homes: Sequence[RecordedHome]) -> tuple[int, int]:
    """The longest span in which no home said anything: (begin, end)."""
    times = np.unique(np.concatenate([r.times for home in homes for r in home.recorders]))
    at = int(np.argmax(np.diff(times)))
    return int(times[at]), int(times[at + 1])


async def _publish(
    homes: Sequence[RecordedHome],
    devices: Sequence[Device],
    clock: ScaledClock,
    result: HomesResult,
    progress: Progress,
) -> None:
    recorders = [recorder for home in homes for recorder in home.recorders]
    merged = heapq.merge(*(_sendings(r, i) for i, r in enumerate(recorders)), key=lambda s: s[0])
    now = clock.now()
    waiting: dict[tuple[int, str], list[Payload]] = {}
    for at, index, stream, payload in merged:
        while at > now:
            _flush(waiting, devices, result)
            await _breathe(devices)
            now = clock.now()
            progress((now - result.first) / (result.last - result.first), iso(now)[:10])
        result.lag_s = max(
            result.lag_s, (now - at) / SECOND / clock.rate if at > result.first + HOUR else 0.0
        )
        waiting.setdefault((index, stream), []).append(payload)
    _flush(waiting, devices, result)


def _flush(
    waiting: dict[tuple[int, str], list[Payload]], devices: Sequence[Device], result: HomesResult
) -> None:
    """What one sensor said within a tick of the real clock goes as one message."""
    for (index, stream), payloads in waiting.items():
        devices[index].say(stream, payloads if len(payloads) > 1 else payloads[0])
        result.published += len(payloads)
    waiting.clear()


async def _breathe(devices: Sequence[Device]) -> None:
    await asyncio.sleep(_TICK_S)
    while sum(device.link.unacknowledged for device in devices) > _MOST_UNACKNOWLEDGED:
        await asyncio.sleep(_TICK_S)


async def _watch(witness: Witness) -> None:
    while True:
        await asyncio.to_thread(witness.wait, 0.5)


async def _until_stored(witness: Witness, codes: Sequence[str], result: HomesResult) -> None:
    """Wait until everything is in the database, at most a minute."""
    deadline = time.time() + 60
    while time.time() < deadline:
        result.stored = await asyncio.to_thread(witness.stored_readings, codes)
        if result.stored >= result.published:
            return
        await asyncio.sleep(0.5)


def figures(result: HomesResult) -> dict[str, Any]:
    """The figures as one JSON-able object; rates are a person and day, the longest gap left out."""
    begin, end = result.gap
    kinds: Counter[str] = Counter()
    in_gap: Counter[str] = Counter()
    for finding in {f.id: f for f in result.seen if f.revision == 0}.values():
        (in_gap if begin < finding.at <= end else kinds)[finding.kind] += 1
    return {
        "homes": result.homes,
        "person_days": result.person_days,
        "from": iso(result.first),
        "until": iso(result.last),
        "readings_published": result.published,
        "readings_stored": result.stored,
        "findings": dict(kinds),
        "per_person_day": {kind: round(n / result.person_days, 4) for kind, n in kinds.items()},
        "longest_gap_of_all": {
            "from": iso(begin),
            "until": iso(end),
            "hours": round((end - begin) / HOUR, 1),
            "findings": dict(in_gap),
        },
        "wall_s": round(result.wall_s, 1),
        "speed": result.speed,
        "publisher_lag_s": round(result.lag_s, 3),
    }


def table(found: dict[str, Any]) -> Table:
    """A line a kind of finding."""
    shown = Table(
        "finding", "count", "a person and day", "in the longest gap", title="recorded homes, replayed"
    )
    gap = found["longest_gap_of_all"]["findings"]
    for kind in sorted({*found["findings"], *gap}):
        rate = found["per_person_day"].get(kind, 0)
        shown.add_row(kind, str(found["findings"].get(kind, 0)), f"{rate:.4f}", str(gap.get(kind, 0)))
    return shown
