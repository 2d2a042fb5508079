"""Who is shown out after a change, however many there are."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from core.embedded.callout import Callout, Desk
from core.embedded.guest_list import Guests, marked
from core.embedded.nats_config import Login
from tests.support.mqtt import wait_for


class Server:
    """Pages of connections as NATS gives them: of those that are there when it is asked, by their number."""

    def __init__(self, users: list[str]) -> None:
        self._server_info = {"server_id": "S"}
        self.there = dict(enumerate(users, 1))

    async def request(self, subject: str, payload: bytes, timeout: float) -> Any:
        asked = json.loads(payload)
        if subject.endswith("KICK"):
            self.there.pop(asked["cid"], None)
            return SimpleNamespace(data=b"{}")
        rows = [{"cid": cid, "authorized_user": user} for cid, user in self.there.items()]
        page = rows[asked["offset"] : asked["offset"] + asked["limit"]]
        told = {"data": {"connections": page, "total": len(rows)}}
        return SimpleNamespace(data=json.dumps(told).encode())


def test_no_error_leaves_the_door_without_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    async def fails(address: str, **_: object) -> None:
        tried.append(address)
        raise AttributeError("in the depths of a library")

    monkeypatch.setattr("core.embedded.callout.nats.connect", fails)
    desk = Desk(lambda: "nats://here", "", None, "$G", lambda _: {})  # type: ignore[arg-type]
    callout = Callout(desk, Guests(()))
    callout.start()
    try:
        wait_for(lambda: len(tried) > 2, "it tries again", 60)
    finally:
        callout.stop()


def test_everybody_who_may_not_stay_is_shown_out_and_nobody_else() -> None:
    """Who goes moves the pages on which the others stand."""
    people = [Login(f"w{n}", "h1", "$2a$04$x") for n in range(5000)]
    kept = people[::7]
    server = Server([marked(one) for one in people])
    callout = Callout(None, Guests(kept))  # type: ignore[arg-type]  # nobody asks at this desk
    asyncio.run(callout._look_round(server))  # type: ignore[arg-type]
    assert sorted(server.there.values()) == sorted(marked(one) for one in kept)
