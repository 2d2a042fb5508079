"""Answers the embedded NATS server, which asks about everybody who comes by MQTT (its auth callout).

So who may come in need not stand in the server's configuration: nothing is read anew when a device comes or
goes, and a client id is looked at, which no configuration can do. Who may not stay is shown out.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import nats
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from core import logs
from core.clock import SystemClock
from core.embedded.client_ids import KEPT_S, ClientIds
from core.embedded.guest_list import NOT_ITS_OWN, Caller, Guests, marked
from core.embedded.nats_config import AUTH_TIMEOUT_S, DOORMAN, Guest
from core.embedded.passport import Signer, claims_of

_ASKED = "$SYS.REQ.USER.AUTH"
# A question older than this was given up, or will be before it is answered; its device asks again.
_STALE_S = AUTH_TIMEOUT_S - 1
_RETRY_S, _CONNECT_S = 0.1, 3.0
# Somebody may have been let in a moment before and not be listed yet: looked again so long afterwards.
_AGAIN_S = (0.0, 1.0, 5.0)
_PAGE = 1024
_SECOND = 1_000_000

log = logging.getLogger(__name__)


class Desk(NamedTuple):
    """How the server is reached and answered.

    Attributes:
        address: nats://host:port of the server that runs now; "" while there is none.
        secret: that of the user DOORMAN.
        account: in which guests are.
        rights: {"publish": {"allow": [...], ...}, "subscribe": ...} of a guest, as a configuration has them.
    """

    address: Callable[[], str]
    secret: str
    signer: Signer
    account: str
    rights: Callable[[Guest], Mapping[str, Any]]


class Callout:
    """A thread that answers; `admit` says who may come in from now on."""

    def __init__(self, desk: Desk, guests: Guests) -> None:
        """Nobody is answered yet."""
        self._desk, self._guests, self._ids = desk, guests, ClientIds()
        self._client: Client | None = None
        self._clock = SystemClock()  # the server's own, which its questions bear: never a virtual one
        self._open = threading.Event()
        self._leave = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        """Whether the server that runs now is being answered."""
        return self._open.is_set()

    def start(self) -> None:
        """Begin; returns at once. Done twice it changes nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="callout", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End; waits until the thread has gone."""
        self._leave.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._leave.clear()

    def admit(self, guests: Guests) -> None:
        """Let exactly these in from now on; the connections of others end."""
        self._guests = guests
        loop, changed = self._loop, self._changed
        if loop is not None and changed is not None and not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    def _run(self) -> None:
        asyncio.run(self._stay())

    async def _stay(self) -> None:
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        while not self._leave.is_set():
            if address := self._desk.address():
                try:
                    await self._attend(address)
                except (nats.errors.Error, OSError, TimeoutError) as error:
                    log.debug("the broker is away", extra={"error": type(error).__name__})
                # Whatever it was: without this thread nobody would come in any more.
                except Exception as error:
                    log.error("nobody was at the broker's door for a moment", extra=logs.trace(error))
                finally:
                    self._open.clear()
            await asyncio.sleep(_RETRY_S)

    async def _attend(self, address: str) -> None:
        """Answer one server until it ends or we shall."""

        async def passed_over(_: Exception) -> None:
            """What goes wrong with a connection shows in its end."""

        # Left to itself it would try the address of a server that was killed for two minutes.
        async with asyncio.timeout(_CONNECT_S):
            client = await nats.connect(
                address, user=DOORMAN, password=self._desk.secret, name="nowalls doorman",
                allow_reconnect=False, max_reconnect_attempts=1, reconnect_time_wait=0.1,
                ping_interval=1, max_outstanding_pings=2, error_cb=passed_over,
            )  # fmt: skip
        self._client = client
        try:
            await client.subscribe(_ASKED, queue=DOORMAN, cb=self._answer)
            await client.flush()
            self._open.set()
            looking = asyncio.create_task(self._show_out(client))
            # Asked, not told: when a server was killed at a bad moment, nobody tells.
            while client.is_connected and not (self._leave.is_set() or looking.done()):
                await asyncio.sleep(_RETRY_S)
            looking.cancel()
        finally:
            self._open.clear()
            await client.close()

    async def _answer(self, asked: Msg) -> None:
        now = self._clock.now() // _SECOND
        try:
            claims = claims_of(asked.data)
            question = claims["nats"]
            key, server = question["user_nkey"], question["server_id"]["id"]
            if now - claims["iat"] > _STALE_S:
                return
            answer = await self._judged(question, key, now)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("a question of the broker was not understood", extra={"error": type(error).__name__})
            return
        told = {"sub": key, "aud": server, "nats": {"type": "authorization_response", "version": 2, **answer}}
        await asked.respond(self._desk.signer.token(told, now).encode())

    async def _judged(self, question: Mapping[str, Any], key: str, now: int) -> dict[str, str]:
        caller = _caller(question)
        guest = self._guests.judge(caller)
        if isinstance(guest, str):
            return {"error": guest}
        rival = self._ids.rival(caller.client_id, guest.code)
        if rival is not None and (now - rival.at < KEPT_S or await self._is_in(caller.client_id)):
            return {"error": NOT_ITS_OWN}
        self._ids.note(caller.client_id, guest.code, now)
        rights = self._desk.rights(guest)
        passport = {
            "sub": key,
            "aud": self._desk.account,
            "name": marked(guest),
            "nats": {
                "type": "user",
                "version": 2,
                "subs": -1,
                "data": -1,
                "payload": -1,
                "allowed_connection_types": ["MQTT"],
                "pub": rights["publish"],
                "sub": rights["subscribe"],
            },
        }
        return {"jwt": self._desk.signer.token(passport, now)}

    async def _show_out(self, client: Client) -> None:
        """End the connections of those who may not be in, at first and after each change."""
        changed = self._changed
        assert changed is not None
        while True:
            changed.clear()
            for pause_s in _AGAIN_S:
                await asyncio.sleep(pause_s)
                await self._look_round(client)
                if changed.is_set():
                    break
            await changed.wait()

    async def _is_in(self, client_id: str) -> bool:
        """Whether somebody is connected to the server under it just now."""
        client = self._client
        if client is None:
            return True
        asked = json.dumps({"mqtt_client": client_id, "limit": 1}).encode()
        listed = json.loads((await client.request(f"{_server(client)}.CONNZ", asked, timeout=2)).data)["data"]
        return int(listed["total"]) > 0

    async def _look_round(self, client: Client) -> None:
        own, now = _server(client), self._clock.now() / _SECOND
        self._ids.keep(self._guests.codes)
        offset, total = 0, 1
        leave: list[int] = []  # shown out afterwards: who goes while we count moves the pages
        while offset < total:
            page = json.dumps({"auth": True, "offset": offset, "limit": _PAGE}).encode()
            listed = json.loads((await client.request(f"{own}.CONNZ", page, timeout=10)).data)["data"]
            for one in listed["connections"]:
                mark = one.get("authorized_user", "")
                guest = self._guests.known(mark)
                if "#" in mark and not self._guests.still(mark):
                    leave.append(one["cid"])
                elif guest is not None and self._ids.rival(one.get("mqtt_client", ""), guest.code) is None:
                    self._ids.note(one.get("mqtt_client", ""), guest.code, now)
            offset, total = offset + _PAGE, int(listed["total"])
        for cid in leave:
            # Asked, not told: the server passes over a word without a reply.
            await client.request(f"{own}.KICK", json.dumps({"cid": cid}).encode(), timeout=10)


def _server(client: Client) -> str:
    """What the server that `client` is connected to is asked by."""
    return f"$SYS.REQ.SERVER.{client._server_info['server_id']}"


def _caller(question: Mapping[str, Any]) -> Caller:
    options, client = question["connect_opts"], question["client_info"]
    chains = question.get("client_tls", {}).get("verified_chains") or [[""]]
    return Caller(options.get("user", ""), options.get("pass", ""), client.get("mqtt_id", ""), chains[0][0])
