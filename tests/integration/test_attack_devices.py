"""Strangers at the doors of devices: they have no secret, and take nothing from who has one."""

import asyncio
import base64
import json
import threading
from pathlib import Path

import httpx
import psycopg
import pytest

from api.routes import device_messages
from care.store import keys
from ingest.foreign import scaip_server, sip
from ingest.foreign.scaip import Call, Status
from ingest.foreign.template import Template
from ingest.message import BadPayload
from tests.support.api import START, api_house
from tests.support.sip import call, request

pytestmark = pytest.mark.integration


def basic(user: str, secret: str) -> dict[str, str]:
    word = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {word}", "Content-Type": "application/json"}


def test_who_guesses_a_devices_secret_from_elsewhere_does_not_silence_it(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_messages, "_A_MINUTE", 1)  # twenty messages a minute, that the test is short
    with api_house(dsn, tmp_path) as house, house.serves(trusted_proxies="127.0.0.1"):
        with psycopg.connect(dsn) as conn:
            key = keys.rotate(conn, 1, START)
        path = f"{house.url}/api/v1/device-messages/event"
        with httpx.Client(timeout=60) as http:

            def say(secret: str, address: str) -> int:
                headers = basic(key.user, secret) | {"X-Forwarded-For": address}
                return http.post(path, content=b'{"t": 1}', headers=headers).status_code

            guesses = [say("no secret of ours", "203.0.113.9") for _ in range(25)]
            assert guesses == [401] * 20 + [429] * 5, "and guessing ends"
            # There is no broker here: 503 is what a device hears that was let in.
            assert say(key.secret, "198.51.100.1") == 503
            own = [say(key.secret, f"198.51.100.{n}") for n in range(2, 25)]
            assert own == [503] * 19 + [429] * 4, "one measure for a device, wherever it is"


def test_calls_that_nobody_asks_after_do_not_shut_the_desk_for_the_next_alarm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scaip_server, "ANSWER_S", 0.05)
    monkeypatch.setattr(scaip_server, "_MOST_HELD", 5)
    slow = threading.Event()

    def treat(call: Call, body: bytes, address: str) -> Status:
        slow.wait(20)
        return Status.OK

    async def calls() -> bool:
        desk = scaip_server.Desk(treat, lambda: 0)
        desk.kept_s = 0.05

        async def ask(reference: str) -> bytes:
            asked = sip.parse(request(call(reference)))
            return (await desk.answer(asked, reference, "UDP 192.0.2.1:5060")).told

        held = [await ask(f"a{n}") for n in range(6)]
        assert all(b"<snu>4</snu>" in one for one in held), "it is slow just now: hold"
        slow.set()
        for n in range(400):  # the five were told to hold, and never ask again
            if b"<snu>0</snu>" in await ask(f"b{n}"):
                desk.close()
                return True
            await asyncio.sleep(0.01)
        return False

    assert asyncio.run(calls()), "the next alarm is taken once the desk is quick again"


def test_a_template_does_not_make_a_hundred_messages_of_one() -> None:
    """Measured before: 0.5 s of a processor and 39 MB for each message of 350 kB, from one gateway."""
    template = Template("{{ value_json }}" * 120)
    body = json.dumps([{"key": n, "said": "so"} for n in range(10_000)])
    with pytest.raises(BadPayload):
        template.render(body)
    with pytest.raises(BadPayload):
        Template("{{ value }}" * 150).render("x" * 250_000)
    assert Template("{{ value_json.a }}").render('{"a": 21.5}') == "21.5"
