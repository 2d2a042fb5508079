"""One socket: a bounded queue of texts, a writer, and a listener that expects little."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

from api.audit.trail import MOST
from api.live.wire import Wire
from api.policy import Scope
from api.store.audit import Entry

SIGNED_OUT = 4401
TOO_SLOW = 1013
SERVER_RESTARTS = 1012
_MOST_WAITING = 256
_SAME_LOOK = timedelta(hours=1)


class Wishes:
    """What a peer asked for and has not got yet; asking again and again asks for no more.

    Attributes:
        ping: whether a heartbeat is wanted.
        viewing: the incident it has open since, if it said so; None: none.
    """

    __slots__ = ("ping", "said_viewing", "viewing")

    def __init__(self) -> None:
        self.ping = False
        self.said_viewing = False
        self.viewing: UUID | None = None

    def hear(self, text: str | None) -> bool:
        """Take in a message; whether it asked for anything. What is no wish of ours is passed over."""
        try:
            said = json.loads(text or "")
        except (ValueError, RecursionError):
            return False
        kind = said.get("type") if isinstance(said, dict) else None
        if kind == "ping":
            self.ping = True
            return True
        if kind != "viewing":
            return False
        try:
            incident = said.get("incident")
            self.viewing = None if incident is None else UUID(str(incident))
        except ValueError:
            return False
        self.said_viewing = True
        return True


class Reader:
    """A socket and what its person may see and do.

    Attributes:
        token_hash: the session it lives on.
        account, name: the person.
        see, act, residents: scopes of incidents seen, incidents acted on and residents seen.
        desk: where the person runs the station's board.
        address: where the socket comes from.
        showed: residents of whom something was sent and is not noted yet.
    """

    def __init__(
        self,
        websocket: WebSocket,
        token_hash: bytes,
        see: Scope,
        act: Scope,
        residents: Scope,
        *,
        account: int = 0,
        name: str = "",
        desk: Scope | None = None,
        wire: Wire | None = None,
        address: str = "",
    ) -> None:
        self.token_hash, self.account, self.name = token_hash, account, name
        self.see, self.act, self.residents = see, act, residents
        self.desk = desk or Scope()
        self.address = address
        self.showed: set[int] = set()
        self._noted: set[int] = set()
        self._noted_since: datetime | None = None
        self._websocket, self._wire = websocket, wire
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._flowing = False  # the first texts are out and nothing waits: a text may go past the queue
        self._wishes: Wishes | None = None
        self._over = asyncio.Event()
        self._code = 1000

    @property
    def backlog(self) -> int:
        """Texts not yet sent."""
        return self._waiting.qsize()

    def offer(self, text: str) -> None:
        """Send a text, or queue it. Who cannot keep up is closed, and comes back with a cursor."""
        if self._flowing and self._wire is not None and self._wire.write_now(text):
            return
        self._flowing = False
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.end(TOO_SLOW)

    def end(self, code: int) -> None:
        """Close the socket with `code`; the first reason counts."""
        if not self._over.is_set():
            self._code = code
            self._over.set()

    def looked(self, now: datetime) -> Entry | None:
        """What the audit has to know since it was last asked, if anything; somebody counts once an hour."""
        if self._noted_since is None or now - self._noted_since > _SAME_LOOK:
            self._noted, self._noted_since = set(), now
        fresh, self.showed = self.showed - self._noted, set()
        self._noted |= fresh
        if not fresh:
            return None
        many = len(fresh) > MOST
        return Entry(
            at=now,
            account=self.account,
            what="WS /live",
            actions=["see_incidents", "see_residents"],
            residents=[] if many else sorted(fresh),
            within=list(self.residents.paths) if many else [],
            incident=None,
            why="",
            address=self.address,
            outcome=200,
        )

    def take_wishes(self) -> Wishes:
        """What the peer asked for since; it may ask again."""
        wishes, self._wishes = self._wishes or Wishes(), None
        return wishes

    async def serve(self, first: Sequence[str], asking: "asyncio.Queue[Reader]") -> None:
        """Send `first`, then what is offered, until the socket or its right to listen ends.

        While the peer wants something the reader stands in `asking`, once.
        """
        tasks = [
            asyncio.create_task(self._write(first)),
            asyncio.create_task(self._listen(asking)),
            asyncio.create_task(self._over.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._flowing, self._wire = False, None
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if self._over.is_set():
            await self._close()
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                raise result

    async def _write(self, first: Sequence[str]) -> None:
        for text in first:
            await self._websocket.send_text(text)
        while True:
            # Nothing may overtake what waits.
            self._flowing = self._waiting.empty()
            await self._websocket.send_text(await self._waiting.get())

    async def _listen(self, asking: "asyncio.Queue[Reader]") -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            wishes = self._wishes or Wishes()
            if wishes.hear(message.get("text")) and self._wishes is None:
                self._wishes = wishes
                asking.put_nowait(self)

    async def _close(self) -> None:
        try:
            # A peer that reads nothing would hold even the farewell for ever.
            await asyncio.wait_for(self._websocket.close(self._code), 2)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            return  # gone already
