"""The demo: a community of sixty that lives in real time and remembers three weeks."""

import asyncio
import json
import logging
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core import ready
from core.clock import Clock
from core.instant import DAY, HOUR, iso
from core.settings import Settings
from simulators import bench, history, station_life, village
from simulators.device import Device, Identity, broker_of
from simulators.fleet import Broker
from simulators.happenings import Stage, play
from simulators.life import Life
from simulators.village import Household

log = logging.getLogger(__name__)

REMEMBERED = 21 * DAY
HISTORY_RATE = 3000.0
"""Stored readings a second: a fraction of what a server takes, so that live readings never wait."""

SILENT_HOURS = 14
SILENT_HOME = 40


@dataclass(frozen=True, slots=True)
class Plan:
    """How large and how eventful the demo is; `worked`: its stations have months of work behind them.

    `name` begins its files in the data folder, `prefix` the codes of its homes: two communities that live in
    one system differ in both.
    """

    seed: int = village.SEED
    residents: int = village.RESIDENTS
    remembered: int = REMEMBERED
    every_s: float = 60.0
    name: str = "demo"
    prefix: str = "h"
    worked: bool = False


class CannotBegin(Exception):
    """The community could not be taken in."""


def kept_secrets(path: Path, codes: list[str]) -> dict[str, str]:
    """The devices' secrets: made once, kept in a file that only its owner reads."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [code for code in codes if code not in known]
    if missing:
        known |= {code: secrets.token_urlsafe(20) for code in missing}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file)
    return known


def admit(houses: list[Household], known: dict[str, str], since: int, settings: Settings) -> None:
    """Hand the community to `nowalls community load`; raises CannotBegin."""
    text = json.dumps(village.document(houses, known), ensure_ascii=False)
    admit_document(text, since, settings)


def admit_document(text: str, since: int, settings: Settings) -> None:
    """Take in a community document whose people live there from `since`; raises CannotBegin."""
    _hand_over(text, ["load", "-", "--since", iso(since)[:19] + "+0000"], settings)


def recall(houses: list[Household], seed: int, now: int, settings: Settings) -> None:
    """Tell what the stations did before `now`; once. Raises CannotBegin."""
    past = json.dumps(station_life.document(houses, seed, now), ensure_ascii=False)
    _hand_over(past, ["recall", "-"], settings)


def _hand_over(text: str, words: list[str], settings: Settings) -> None:
    environment = {**os.environ, "NOWALLS_DATABASE_URL": settings.database_url.get_secret_value()}
    environment["NOWALLS_CLOCK"] = settings.clock
    environment["NOWALLS_DATA_DIR"] = str(settings.data_dir)
    environment["NOWALLS_KEYS_DIR"] = str(settings.keys_dir or settings.data_dir / "keys")
    command = [sys.executable, "-m", "care", *words]
    done = subprocess.run(command, input=text.encode(), env=environment, capture_output=True, check=False)
    if done.returncode:
        raise CannotBegin(done.stderr.decode(errors="replace").strip())


class Past:
    """How far the demo has lived, over restarts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lived_until(self) -> int | None:
        """Instant up to which everything is told, or None before the first time."""
        return int(json.loads(self._path.read_text())["lived_until"]) if self._path.exists() else None

    def lived(self, until: int) -> None:
        """Everything up to `until` is told."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"lived_until": until}))
        fresh.replace(self._path)


async def run(settings: Settings, clock: Clock, plan: Plan) -> None:
    """Live until cancelled. Raises CannotBegin."""
    now = clock.now()
    houses = village.households(plan.seed, plan.residents, plan.prefix)
    rows = [(house.code, row["code"]) for house in houses for row in house.document["devices"]]
    known = kept_secrets(settings.data_dir / f"{plan.name}-secrets.json", [code for _, code in rows])
    await asyncio.to_thread(admit, houses, known, now - plan.remembered - DAY, settings)
    devices = {code: Device(Identity(code, home, known[code]), now) for home, code in rows}
    where = broker_of(settings)
    links = await _connect(devices, where)
    ready.tell()
    silent = frozenset({houses[min(SILENT_HOME, len(houses) - 1)].code})
    life = Life(houses, devices, clock, plan.seed, silent)
    past = Past(settings.data_dir / f"{plan.name}-state.json")
    try:
        stage = Stage(life, where, links, plan.seed)
        async with (
            bench.listening(bench.Bench(stage), bench.socket_path(settings)),
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(life.run())
            tasks.create_task(play(stage, plan.every_s))
            tasks.create_task(_remember(life, past, now, plan))
            if plan.worked:
                tasks.create_task(_recall(houses, plan.seed, now, settings))
    finally:
        # Politely, or the broker would say of all of them that they vanished.
        for task in links.values():
            task.cancel()
        await asyncio.gather(*(device.link.leave() for device in devices.values()))


async def _connect(devices: dict[str, Device], where: Broker) -> dict[str, asyncio.Task[None]]:
    """Let every device connect and stay connected; returns when nearly all are there."""
    links: dict[str, asyncio.Task[None]] = {}
    for code, device in devices.items():
        links[code] = asyncio.create_task(device.link.keep(where, patience_s=5))
        await asyncio.sleep(0.002)
    while sum(device.link.open for device in devices.values()) < 0.95 * len(devices):
        await asyncio.sleep(0.1)
    log.info("devices connected", extra={"devices": len(devices)})
    return links


async def _recall(houses: list[Household], seed: int, now: int, settings: Settings) -> None:
    """What the stations did before, told beside everything else: nobody waits for it, and life goes on."""
    try:
        await asyncio.to_thread(recall, houses, seed, now, settings)
    except CannotBegin as error:
        log.error("the stations' past was not taken in", extra={"error": str(error)})


async def _remember(life: Life, past: Past, now: int, plan: Plan) -> None:
    """Tell what happened before, the silent homes first; then keep note of how far life has gone."""
    since = max(now - plan.remembered, past.lived_until() or 0)
    told = 0
    for house in sorted(life.houses, key=lambda house: house.code not in life.silent):
        until = now - SILENT_HOURS * HOUR if house.code in life.silent else now
        told += await history.deliver(life.devices, history.remembered(house, since, until), HISTORY_RATE)
    log.info("history delivered", extra={"readings": told})
    while True:
        past.lived(life.clock.now())
        await asyncio.sleep(30)
