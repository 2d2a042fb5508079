"""Devices that go on speaking whatever happens, remember what the broker told them is safe, and count it."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from simulators.device import Identity, broker
from simulators.fleet import Broker, Link
from simulators.swarm import allow_files
from tests.support.house import House, wait_for

PRESS_AGAIN_S = 65.0  # a press within a minute of the last is the same cry
_AT_ONCE = 500  # connections being made
STEPS, BUTTON = 4, "button"


class _Patient(Link):
    """Waits for its turn to connect: of ten thousand devices in one process that all begin at once each would
    have given up before it is heard."""

    turn: asyncio.Semaphore

    async def connect(self, broker: Broker, timeout_s: float = 30) -> None:
        async with self.turn:
            await super().connect(broker, timeout_s)


class Count(NamedTuple):
    """What became of everything that was acknowledged; the first two are to be equal, the rest 0."""

    acknowledged: int
    rows: int
    lost: int
    twice: int
    cries: int
    cries_lost: int
    findings_unruled: int
    incidents_missing: int
    incidents_twice: int

    @property
    def wrong(self) -> dict[str, int]:
        """What should be 0 and is not."""
        names = ("lost", "twice", "cries_lost", "findings_unruled", "incidents_missing", "incidents_twice")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def document(homes: int) -> str:
    """A community file: homes k1..., in each a person with a watch w<n> and a button b<n>."""
    stations = [
        {"code": "city", "level": "city", "name": "市", "name_en": "City"},
        {"code": "east", "level": "community", "name": "东社区", "name_en": "East", "parent": "city"},
    ]
    listed = [
        {
            "code": f"k{n}",
            "station": "east",
            "address": f"{n} Lane",
            "residents": [
                {"name": f"Old Lady {n}", "phone": f"+86 138 0000 {n:04}", "living": "alone", "consents": []}
            ],
            "devices": [
                {"code": f"w{n}", "kind": "wearable", "site": "wrist", "wearer": 0},
                {"code": f"b{n}", "kind": "button", "wearer": 0},
            ],
        }
        for n in range(1, homes + 1)
    ]
    return json.dumps({"stations": stations, "homes": listed})


class Crowd:
    """Watches that say steps at `rate` messages a second together, and buttons pressed now and then.

    Use as a context manager; `settled` ends it and waits until the broker has acknowledged everything.
    """

    def __init__(
        self,
        url: str,
        secrets: Mapping[str, str],
        homes: int,
        rate: float,
        press_every_s: float = 5.0,
        pressed: dict[str, float] | None = None,
    ) -> None:
        """`secrets`: as `nowalls community load` printed them; `pressed`: from one crowd to the next."""
        allow_files(2 * homes)
        self._broker = broker(url)
        self._who = [
            Identity(f"{k}{n}", f"k{n}", secrets[f"{k}{n}"]) for k in "wb" for n in range(1, homes + 1)
        ]
        self._rate, self._press_every_s = rate, press_every_s
        self._pressed = {} if pressed is None else pressed  # button -> when, by the monotonic clock
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)
        self._speaking, self._over = threading.Event(), threading.Event()
        self.said: dict[tuple[str, int], bool] = {}  # (watch, its instant in ms): acknowledged
        self.cried: dict[tuple[str, int], bool] = {}  # the same of buttons
        self._links: list[_Patient] = []

    def __enter__(self) -> "Crowd":
        self._speaking.set()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._speaking.clear()
        self._over.set()
        self._thread.join(30)

    @property
    def acknowledged(self) -> int:
        """How many messages are safe, as the broker says."""
        return sum(self.said.values()) + sum(self.cried.values())

    @property
    def connected(self) -> int:
        """How many devices are let in just now."""
        return sum(link.open for link in self._links)

    def settled(self, within_s: float = 120.0) -> None:
        """Fall silent, and wait until every message has been acknowledged."""
        self._speaking.clear()
        wait_for(lambda: all(self.said.values()) and all(self.cried.values()), "all acknowledged", within_s)

    async def _live(self) -> None:
        links = self._links = [_Patient(one.code, one.secret) for one in self._who]
        turn = asyncio.Semaphore(_AT_ONCE)
        for link in links:
            link.turn = turn
        keeping = [asyncio.create_task(link.keep(self._broker, 1.0)) for link in links]
        half = len(links) // 2
        talk = asyncio.create_task(self._talk(links[:half]))
        cry = asyncio.create_task(self._cry(links[half:]))
        while not self._over.is_set():
            await asyncio.sleep(0.05)
        for task in (talk, cry, *keeping):
            task.cancel()
        await asyncio.gather(*(link.leave() for link in links if link.open))

    async def _talk(self, watches: Sequence[Link]) -> None:
        due, number = time.monotonic(), 0
        while True:
            if self._speaking.is_set():
                link, home = watches[number % len(watches)], self._who[number % len(watches)].home
                t = time.time_ns() // 1_000_000
                body = b'{"t":%d,"seq":%d,"steps":%d}' % (t, number, number // len(watches) % 1_000_000)
                self._send(self.said, link, f"nw/v1/{home}/{link.code}/vital", t, body)
                number += 1
            due = max(due + 1 / self._rate, time.monotonic() - 1.0)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _cry(self, buttons: Sequence[Link]) -> None:
        number = 0
        while True:
            mono = time.monotonic()
            rested = [
                n
                for n, link in enumerate(buttons)
                if mono - self._pressed.get(link.code, -1e9) > PRESS_AGAIN_S
            ]
            if self._speaking.is_set() and rested:
                which = rested[0]
                t, link = time.time_ns() // 1_000_000, buttons[which]
                self._pressed[link.code] = mono
                body = json.dumps({"t": t, "seq": number + 1, "kind": BUTTON, "state": 1}).encode()
                self._send(self.cried, link, f"nw/v1/{self._who[which].home}/{link.code}/event", t, body)
                number += 1
            await asyncio.sleep(self._press_every_s)

    def _send(self, book: dict[tuple[str, int], bool], link: Link, topic: str, t: int, body: bytes) -> None:
        key = (link.code, t)
        if key in book:
            return
        book[key] = False

        def done() -> None:
            book[key] = True

        link.send(topic, body, done=done)

    def count(self, house: House, within_s: float = 120.0) -> Count:
        """After `settled`: wait until the rows are there and everything is ruled on, then count."""
        wait_for(lambda: self._stored(house) >= len(self.said), "all rows", within_s)
        wait_for(lambda: self._found(house) >= len(self.cried), "all findings", within_s)
        wait_for(lambda: house.sql(_UNRULED)[0][0] == 0, "every finding ruled on", within_s)
        rows = Counter((code, int(t)) for code, t in house.sql(_ROWS, STEPS, self._since))
        cries = {(code, int(t)) for code, t in house.sql(_CRIES, self._since)}
        said = {key for key, safe in self.said.items() if safe}
        return Count(
            acknowledged=len(said),
            rows=sum(rows.values()),
            lost=len(said - set(rows)),
            twice=sum(rows.values()) - len(rows) + len(set(rows) - said),
            cries=len(self.cried),
            cries_lost=len({key for key, safe in self.cried.items() if safe} - cries),
            findings_unruled=house.sql(_UNRULED)[0][0],
            incidents_missing=house.sql(_WITHOUT_INCIDENT)[0][0],
            incidents_twice=house.sql(_INCIDENTS_TWICE)[0][0],
        )

    @property
    def _since(self) -> int:
        return min(t for _, t in self.said)

    def _stored(self, house: House) -> int:
        return int(house.sql(f"SELECT count(*) FROM ({_ROWS}) AS r", STEPS, self._since)[0][0])

    def _found(self, house: House) -> int:
        return int(house.sql(f"SELECT count(*) FROM ({_CRIES}) AS r", self._since)[0][0])


_ROWS = """
SELECT d.code, extract(epoch FROM r.time) * 1000 AS t FROM reading r JOIN device d ON d.id = r.device_id
WHERE r.metric = %s AND r.time >= to_timestamp(%s / 1000.0)"""
_CRIES = """
SELECT d.code, extract(epoch FROM f.onset) * 1000 AS t FROM finding f JOIN device d ON d.id = f.device_id
WHERE f.kind = 'sos' AND f.revision = 0 AND f.onset >= to_timestamp(%s / 1000.0)"""
_UNRULED = """
SELECT count(*) FROM finding f WHERE NOT EXISTS (
    SELECT FROM triage t WHERE t.finding_id = f.id AND t.revision = f.revision)"""
_WITHOUT_INCIDENT = """
SELECT count(*) FROM finding f JOIN triage t ON t.finding_id = f.id AND t.revision = f.revision
LEFT JOIN incident i ON i.id = t.incident_id WHERE f.kind = 'sos' AND i.id IS NULL"""
_INCIDENTS_TWICE = """
SELECT count(*) FROM (
    SELECT FROM incident WHERE NOT drill GROUP BY finding_id HAVING count(*) > 1) AS twice"""
