"""Scenarios on a running system: real broker, real processes, and real devices among the simulated ones.

Several scenarios run side by side, each in homes and stations of its own.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import unquote, urlsplit

from core.clock import Clock
from core.instant import SECOND
from core.settings import Settings
from simulators import demo, wire
from simulators.answers import Wearer
from simulators.device import Device, Identity, broker_of
from simulators.fleet import Broker
from simulators.mqtt import Login, Publisher
from simulators.post import BACK, CUT, Post
from simulators.scenarios.company import Company, assemble
from simulators.scenarios.document import BadScenario, Scenario
from simulators.scenarios.household import backlog
from simulators.scenarios.reasons import in_the_way
from simulators.scenarios.script import Cue, Script, write
from simulators.scenarios.session import Unwilling
from simulators.scenarios.steps import Acts, Asks
from simulators.scenarios.verdict import Check, Seen, judge, place_of, seen_by
from simulators.store import Onlooker

_CONNECT_S = 30.0
_ACT_WITHIN_S = 10.0
_TELL_S = 0.5
_AFTER_S = 3.0
"""Real seconds after the end in which what was under way may still arrive."""

SLACK_S = 1.5
"""Real seconds that a busy machine may add to a deadline; an accelerated clock multiplies them."""

Ask = Callable[[str], None]
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What a scenario came to."""

    script: Script
    checks: Sequence[Check]
    seen: Seen
    wall_s: float

    @property
    def passed(self) -> bool:
        """Whether everything came that had to, in time."""
        return all(check.passed for check in self.checks)


@dataclass(eq=False)
class Stage:
    """One scenario being played; `waited` is how long people at the bench have taken, microseconds."""

    prefix: str
    script: Script
    devices: dict[str, Device]
    where: Broker
    company: Company | None = None
    links: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    waits: list[tuple[int, int]] = field(default_factory=list)

    def begin(self, instant: int) -> None:
        """Write the script anew for the instant at which it really begins."""
        self.script = write(self.script.scenario, instant, self.prefix)

    def shifted(self, instant: int) -> int:
        """When what was planned for `instant` takes place, after the waits before it."""
        return instant + sum(waited for at, waited in self.waits if instant > at)

    def marks(self) -> Script:
        """The script with the instants at which things really happened."""
        moved = {
            name: at + sum(waited for begun, waited in self.waits if at >= begun)
            for name, at in self.script.marks.items()
        }
        return replace(self.script, marks=moved, end=self.shifted(self.script.end))


async def perform(
    scenarios: Sequence[Scenario],
    settings: Settings,
    clock: Clock,
    *,
    begin: int | None = None,
    rate: float = 1.0,
    ask: Ask | None = None,
    progress: Progress = lambda share, doing: None,
    warn: Ask = lambda text: None,
) -> list[Result]:
    """Play `scenarios` side by side on the system of `settings`, whose clock is `clock`, and judge them.

    `begin`: the instant they begin at, at the earliest (soon after now without one); `rate`: virtual seconds
    a real one; `ask`: how to reach a person at the bench; `warn`: told what may spoil it. Raises BadScenario,
    demo.CannotBegin.
    """
    provisional = begin or clock.now()
    where = broker_of(settings)
    stages = [_stage(scenario, provisional, where, ask, clock) for scenario in scenarios]
    await asyncio.to_thread(_admit, [stage.script for stage in stages], settings)
    onlooker = await asyncio.to_thread(Onlooker, settings)
    try:
        async with AsyncExitStack() as connections:
            for stage in stages:
                await connections.enter_async_context(_connected(stage))
            platform = await asyncio.to_thread(connections.enter_context, _platform(settings))
            for stage in stages:
                await connections.enter_async_context(_staffed(stage, onlooker, settings, clock))
            # Taking them in and connecting took real seconds, however fast the clock.
            start = max(begin or 0, clock.now() + round(SECOND * rate))
            for stage in stages:
                stage.begin(start)
                if stage.company is not None:
                    await asyncio.to_thread(stage.company.settle, stage.script)
                found = await asyncio.to_thread(onlooker.open_before, place_of(stage.script))
                for warning in in_the_way(stage.script, found):
                    warn(warning)
            plays = (_play(stage, clock, onlooker, platform, ask, progress) for stage in stages)
            ends = await asyncio.gather(*(_timed(play) for play in plays))
        return [
            Result(stage.marks(), judge(stage.marks(), seen, SLACK_S * rate), seen, wall_s)
            for stage, (seen, wall_s) in zip(stages, ends, strict=True)
        ]
    finally:
        onlooker.close()


def _stage(scenario: Scenario, begin: int, where: Broker, ask: Ask | None, clock: Clock) -> Stage:
    """A scenario under codes of its own; its devices have secrets and are not connected yet."""
    prefix = f"{scenario.name}-{secrets.token_hex(2)}"
    known = {code: secrets.token_urlsafe(18) for code in write(scenario, begin, prefix).devices}
    script = write(scenario, begin, prefix, known)
    if ask is None and any(isinstance(cue.step, Asks) for cue in script.cues):
        raise BadScenario(f"{scenario.name}: it needs somebody at the bench, and a terminal")
    devices = {
        sender.device: Device(Identity(sender.device, sender.home, known[sender.device]), begin)
        for sender in {post.sender for post in (*script.posts, *script.past)}
    }
    for _, device in scenario.devices():
        if device.says != "nothing" and (wearable := devices.get(script.device(device.code))):
            Wearer(wearable, clock, partial(str, device.says), device.says_after)
    return Stage(prefix, script, devices, where)


def _admit(scripts: Sequence[Script], settings: Settings) -> None:
    """All communities in one document."""
    document = {
        part: [row for script in scripts for row in script.community[part]] for part in ("stations", "homes")
    }
    since = min(script.since for script in scripts)
    demo.admit_document(json.dumps(document, ensure_ascii=False), since, settings)


async def _timed(play: Awaitable[Seen]) -> tuple[Seen, float]:
    begun = time.monotonic()
    return await play, time.monotonic() - begun


def _platform(settings: Settings) -> Publisher:
    """The platform's own log-in, by which staff act in the scenario."""
    address = urlsplit(settings.broker_url.get_secret_value())
    host = broker_of(settings)
    name = f"scenario-{secrets.token_hex(4)}"
    user, password = unquote(address.username or ""), unquote(address.password or "")
    return Publisher(Login(host.host, host.port, user, password, name, host.tls))


async def _play(
    stage: Stage,
    clock: Clock,
    onlooker: Onlooker,
    platform: Publisher,
    ask: Ask | None,
    progress: Progress,
) -> Seen:
    for post in backlog(stage.script.past, stage.script.begin):
        await stage.devices[post.sender.device].link.publish(post.topic, post.payload)
    telling = asyncio.create_task(_tell(stage, clock, progress))
    due: list[tuple[int, Post | Cue]] = [(post.at, post) for post in stage.script.posts]
    due += [(cue.at, cue) for cue in stage.script.cues]
    for at, thing in sorted(due, key=lambda row: row[0]):
        await _until(stage, clock, at)
        if isinstance(thing, Post):
            _do(stage, thing)
        else:
            await _cue(stage, thing, clock, onlooker, platform, ask)
    await _until(stage, clock, stage.script.end)
    telling.cancel()
    progress(1.0, stage.script.scenario.name)
    await asyncio.sleep(_AFTER_S)
    # Now, not when the longest of them is over: afterwards these devices are silent.
    return await asyncio.to_thread(seen_by, onlooker, stage.marks())


@asynccontextmanager
async def _connected(stage: Stage) -> AsyncIterator[None]:
    """All devices on line; they leave politely afterwards."""
    for code, device in stage.devices.items():
        stage.links[code] = asyncio.create_task(device.link.keep(stage.where, patience_s=2))
    try:
        async with asyncio.timeout(_CONNECT_S):
            while not all(device.link.open for device in stage.devices.values()):
                await asyncio.sleep(0.05)
        yield
    finally:
        for task in stage.links.values():
            task.cancel()
        await asyncio.gather(*(device.link.leave() for device in stage.devices.values()))


@asynccontextmanager
async def _staffed(stage: Stage, onlooker: Onlooker, settings: Settings, clock: Clock) -> AsyncIterator[None]:
    """Everybody with an account is there and before their board; they go home afterwards."""
    keys = await asyncio.to_thread(onlooker.keys, place_of(stage.script))
    company = await asyncio.to_thread(assemble, stage.script, stage.prefix, settings, keys, clock)
    stage.company = company
    if company is None:
        yield
        return
    company.begin()
    try:
        yield
    finally:
        await company.leave()


async def _tell(stage: Stage, clock: Clock, progress: Progress) -> None:
    """How far it is, twice a second."""
    span = stage.script.end - stage.script.begin
    while True:
        done = (clock.now() - stage.shifted(stage.script.begin)) / span
        progress(min(1.0, max(0.0, done)), stage.script.scenario.name)
        await asyncio.sleep(_TELL_S)


async def _until(stage: Stage, clock: Clock, planned: int) -> None:
    while (left := stage.shifted(planned) - clock.now()) > 0:
        await asyncio.sleep(min(clock.sleep_s(left / SECOND), 5))


def _do(stage: Stage, post: Post) -> None:
    device = stage.devices[post.sender.device]
    if post.verb == CUT:
        if task := stage.links.pop(post.sender.device, None):
            task.cancel()
        device.link.cut()
    elif post.verb == BACK:
        if post.sender.device not in stage.links:
            keep = device.link.keep(stage.where, patience_s=1)
            stage.links[post.sender.device] = asyncio.create_task(keep)
        hello = {"t": stage.shifted(post.at) // 1000, "online": True}
        device.link.send(device.topic("status"), wire.encode(hello), retain=True)
    else:
        late = stage.shifted(post.at) - post.at
        if late and post.said and not isinstance(post.body, bytes):
            post = post.saying(
                *({**o, "t": int(o["t"]) + late // 1000} if "t" in o else o for o in post.body)
            )
        device.link.send(post.topic, post.payload, post.retain)


async def _cue(
    stage: Stage, cue: Cue, clock: Clock, onlooker: Onlooker, platform: Publisher, ask: Ask | None
) -> None:
    step = cue.step
    if isinstance(step, Asks):
        assert ask is not None
        since = clock.now()
        await asyncio.to_thread(ask, step.text)
        stage.waits.append((cue.at, clock.now() - since))
        return
    script = stage.script
    incident = await _meant(step, script, onlooker) if isinstance(step, Acts) else ""
    if incident is None:
        return  # that there is none shows among the checks
    if stage.company is not None and (not isinstance(step, Acts) or step.by or step.action == "send"):
        try:
            await asyncio.to_thread(stage.company.act, step, incident)
        except Unwilling as error:
            raise BadScenario(f"{script.scenario.name}: {error}") from error
        return
    assert isinstance(step, Acts)
    asked = {"incident": incident, "action": step.action, "note": step.note}
    asked |= {"outcome": step.outcome} if step.outcome else {}
    topic = f"nw/v1/station/{script.station}/act"
    await asyncio.to_thread(platform.publish, topic, json.dumps(asked).encode())


async def _meant(step: Acts, script: Script, onlooker: Onlooker) -> str | None:
    """The latest incident of the kind that staff deal with; None when none comes."""
    deadline = time.monotonic() + _ACT_WITHIN_S
    while time.monotonic() <= deadline:
        seen = await asyncio.to_thread(seen_by, onlooker, script)
        fitting = [
            i for i in seen.incidents if i.kind == step.kind and step.home in ("", script.homes.get(i.home))
        ]
        if fitting:
            return fitting[-1].id
        await asyncio.sleep(0.1)
    return None
