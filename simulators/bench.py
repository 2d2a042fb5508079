"""The device bench: a virtual device does one thing, at once, over MQTT, with a device's own log-in.

For a technician who wants to see the whole chain light up. What takes a minute in life (a fall and lying
still afterwards) is said in one go as what the device has just lived through.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.instant import SECOND
from simulators import falling, wire
from simulators.body import Track
from simulators.device import Identity
from simulators.fleet import Broker, Link
from simulators.packets import Will
from simulators.wearables import Chip, activity, mounting, sample, windows
from simulators.wire import Payload

HZ, WINDOW_S = 50.0, 2.0
STREAMS = ("motion", "vital", "event", "status")


class Unknown(LookupError):
    """There is no such action, or no device whose secret is known here; the message says which."""


class Said(NamedTuple):
    """One message: its stream and its object."""

    stream: str
    body: Payload


class Action(NamedTuple):
    """Something a technician may press: `kinds` of device it suits, and what the device then says.

    `say` gets the instant (Unix microseconds), dice and the body site, and gives messages in order, the last
    about that instant. `vanishes`: the connection is then cut, so that the broker says the last will.
    """

    kinds: frozenset[str]
    say: Callable[[int, np.random.Generator, str], Iterator[Said]]
    vanishes: bool = False


def _motion(track: Track, now: int, draw: np.random.Generator, site: str) -> Iterator[Said]:
    samples = sample(track, Chip(HZ, turn=mounting(draw)), draw)
    begin = now - round(len(samples) / HZ * SECOND)
    for n, (at, acc) in enumerate(windows(samples, HZ, begin, WINDOW_S)):
        yield Said("motion", wire.motion(at, at // SECOND + n, HZ, acc, site))


def _falls(now: int, draw: np.random.Generator, site: str) -> Iterator[Said]:
    return _motion(falling.fall("forward", draw, site=site, still_s=45).track, now, draw, site)


def _falls_and_rises(now: int, draw: np.random.Generator, site: str) -> Iterator[Said]:
    track = falling.fall("trip", draw, site=site, still_s=25, up_again_s=12).track
    return _motion(track, now, draw, site)


def _walks(now: int, draw: np.random.Generator, site: str) -> Iterator[Said]:
    return _motion(activity(draw, 20, site), now, draw, site)


def _event(kind: str, state: int = 1) -> Callable[[int, np.random.Generator, str], Iterator[Said]]:
    def say(now: int, draw: np.random.Generator, site: str) -> Iterator[Said]:
        yield Said("event", wire.event(now, now // SECOND, kind, state))

    return say


def _status(battery: float) -> Callable[[int, np.random.Generator, str], Iterator[Said]]:
    def say(now: int, draw: np.random.Generator, site: str) -> Iterator[Said]:
        # Twice: one low value may be a cold morning.
        for at in (now - SECOND, now):
            body = wire.status(at, at // SECOND, battery=battery, rssi=-70, uptime_s=3600)
            yield Said("status", body)

    return say


def _vital(**values: float) -> Callable[[int, np.random.Generator, str], Iterator[Said]]:
    def say(now: int, draw: np.random.Generator, site: str) -> Iterator[Said]:
        for at in (now - 60 * SECOND, now):
            yield Said("vital", wire.vital(at, at // SECOND, values))

    return say


_WORN = frozenset({"wearable"})
_MEASURING = frozenset({"wearable", "cuff", "bed"})
_ANY: frozenset[str] = frozenset()

ACTIONS: dict[str, Action] = {
    "fall": Action(_WORN, _falls),
    "fall_and_up": Action(_WORN, _falls_and_rises),
    "walk": Action(_WORN, _walks),
    "sos": Action(frozenset({"wearable", "button"}), _event("button")),
    "all_right": Action(_WORN, _event("all_right")),
    "need_help": Action(_WORN, _event("need_help")),
    "heart_rate_high": Action(_MEASURING, _vital(heart_rate=142)),
    "spo2_low": Action(_MEASURING, _vital(spo2=76)),
    "smoke": Action(frozenset({"smoke"}), _event("smoke")),
    "gas": Action(frozenset({"gas"}), _event("gas")),
    "co": Action(frozenset({"co"}), _event("co")),
    "water": Action(frozenset({"water"}), _event("water")),
    "presence": Action(frozenset({"pir"}), _event("presence")),
    "battery_flat": Action(_ANY, _status(0.05)),
    "battery_full": Action(_ANY, _status(0.98)),
    "online": Action(_ANY, _status(0.8)),
    "vanish": Action(_ANY, _status(0.8), vanishes=True),
}
"""By name; `kinds` empty: any device can."""


def actions_of(kind: str) -> list[str]:
    """What a device of this kind can be made to do."""
    return [name for name, action in ACTIONS.items() if not action.kinds or kind in action.kinds]


async def act(
    identity: Identity, action: str, broker: Broker, now: int, *, site: str = "wrist", seed: int = 0
) -> int:
    """Let the device do it, as if it had just happened at `now`; returns how many messages the broker has.

    A second connection under a name of its own, so that a simulated device with the same log-in stays on
    line. Raises Unknown, or ConnectionError, OSError or TimeoutError when the broker does not let it in.
    """
    if action not in ACTIONS:
        raise Unknown(f"no action {action!r}; there are {', '.join(ACTIONS)}")
    row = ACTIONS[action]
    will = Will(wire.topic(identity.home, identity.code, "status"), wire.LAST_WILL)
    link = Link(
        identity.code, identity.secret, will if row.vanishes else None, client=f"{identity.code}-bench"
    )
    await link.connect(broker)
    count = 0
    try:
        draw = np.random.default_rng([seed, now // SECOND])
        for stream, body in row.say(now, draw, site):
            topic = wire.topic(identity.home, identity.code, stream)
            await link.publish(topic, wire.encode(body), retain=stream == "status")
            count += 1
    finally:
        if row.vanishes:
            await link.vanish()
        else:
            await link.leave()
    return count


def simulated_identity(data_dir: Path, home: str, code: str) -> Identity:
    """The log-in of a device of the demo or of `nowalls simulate`, from their file; raises Unknown."""
    for path in sorted(data_dir.glob("*-secrets.json")):
        known = json.loads(path.read_text(encoding="utf-8"))
        if code in known:
            return Identity(code, home, known[code])
    raise Unknown(f"the secret of {code} is known to the device alone")
