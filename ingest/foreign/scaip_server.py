"""The receiver of social alarms: SIP MESSAGE over UDP, TCP and TLS, each answered within its time.

The answer of SCAIP goes both ways in which units wait for it: within the answer of SIP, and as a MESSAGE of
its own, back the way the call came; over UDP that is said again until it is taken. A unit repeats its request
over UDP after half a second and gives up after 32 (RFC 3261, timers E and F); it is answered within ANSWER_S:
done, or hold. What is held goes on here, and its repetition learns the outcome.
"""

import asyncio
import contextlib
import logging
import secrets
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple, cast

from core import metrics
from core.instant import SECOND
from ingest.foreign import scaip, sip
from ingest.foreign.scaip import Call, Refusal, Status

ANSWER_S = 3.0
_KIND = "application/scaip+xml"
_KINDS = frozenset({_KIND, "application/xml", "text/xml"})
_RATE, _BURST = 5.0, 50.0  # calls a second of one address
_KEPT_S = 64.0  # for which an outcome waits to be asked for: twice as long as a unit repeats itself
_MOST_ADDRESSES, _MOST_HELD, _IDLE_S = 10_000, 1_000, 3_600.0
_ALIVE = b"\r\n"
_CALLS = metrics.counter("nowalls_calls_total")
_SECONDS = metrics.histogram("nowalls_call_seconds")
log = logging.getLogger(__name__)

# After so many seconds a message of ours over UDP is said again; 32 s after the first nobody listens.
_AGAIN_S = (0.5, 1.0, 2.0, *[4.0] * 7)
_MOST_UNTAKEN = 1_000
Treat = Callable[[Call, bytes, str], Status]  # a call, its bytes, and the address it came from


class Answer(NamedTuple):
    """What goes back.

    Attributes:
        told: the answer of SIP.
        message: what is said after it, under the Call-ID `call`; nothing: there is none.
        known: a unit of ours called, so it is said until it is taken. A stranger is told once: whoever
            calls in another's name must not have us shout at that one.
    """

    told: bytes
    message: bytes = b""
    call: str = ""
    known: bool = False


class Desk:
    """Answers requests; `treat` does what a call asks for, and may block."""

    kept_s = _KEPT_S

    def __init__(self, treat: Treat, now: Callable[[], int]) -> None:
        for status in Status:  # what begins to be counted at one was never seen to rise
            _CALLS.labels(status.name.lower())
        self._treat, self._now = treat, now
        # One at a time, in the order in which they came: it is one connection to the store.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="scaip")
        self._held: dict[tuple[str, str], Future[Status]] = {}
        self._left: dict[str, tuple[float, int]] = {}
        self._tag = secrets.token_hex(6)

    async def answer(self, request: sip.Request, address: str, via: str) -> Answer:
        """The answer to a request of `address`; `via`: the transport and our side of it."""
        headers = request.headers
        if request.method in ("OPTIONS", "REGISTER"):
            return Answer(sip.response(200, headers, self._tag))
        if request.method != "MESSAGE":
            return Answer(sip.response(405, headers, self._tag))
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _KINDS:
            return Answer(sip.response(415, headers, self._tag))
        body, status = await self._told(request, address)
        token = secrets.token_hex(10)
        told = sip.response(200, headers, self._tag, body, _KIND)
        message = sip.message(headers, via, token, body, _KIND)
        return Answer(told, message, f"{token}@nowalls", status in (Status.OK, Status.HOLD))

    async def _told(self, request: sip.Request, address: str) -> tuple[bytes, Status]:
        began = time.perf_counter()
        try:
            call = scaip.decode(request.body)
        except Refusal as refusal:
            _answered(refusal.status, began)
            told = scaip.answer(refusal.reference, refusal.status, refusal.text, refusal.root)
            return told, refusal.status
        if not self._may(address):
            _answered(Status.BUSY, began)
            return scaip.answer(call.reference, Status.BUSY, "too many calls", call.root), Status.BUSY
        # Who writes no reference repeats the request itself: that is known by its call and its number.
        known = call if call.reference else call._replace(reference=sip.transaction(request.headers))
        status = await self._done(known, request.body, address)
        _answered(status, began)
        text = "" if status is Status.OK else status.name
        return scaip.answer(call.reference, status, text, call.root), status

    async def _done(self, call: Call, body: bytes, address: str) -> Status:
        """What came of a call, or HOLD while it is not known; a repetition waits for the first."""
        key = (call.controller, call.reference)
        work = self._held.get(key)
        if work is None:
            if len(self._held) >= _MOST_HELD:
                return Status.HOLD
            work = self._held[key] = self._worker.submit(self._treat, call, body, address)
            loop = asyncio.get_running_loop()
            work.add_done_callback(lambda done: self._forget_later(loop, key, done))
        try:
            status = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(work)), ANSWER_S)
        except TimeoutError:
            return Status.HOLD
        except Exception as error:
            log.error("an alarm call was not treated", extra={"error": type(error).__name__})
            self._held.pop(key, None)
            return Status.HOLD
        self._held.pop(key, None)
        return status

    def _forget_later(
        self, loop: asyncio.AbstractEventLoop, key: tuple[str, str], done: Future[Status]
    ) -> None:
        """Who was told to hold and does not ask again keeps no place: many would shut the desk."""
        with contextlib.suppress(RuntimeError):  # the doors are shut
            loop.call_soon_threadsafe(loop.call_later, self.kept_s, self._forget, key, done)

    def _forget(self, key: tuple[str, str], done: Future[Status]) -> None:
        if self._held.get(key) is done:
            del self._held[key]

    def _may(self, address: str) -> bool:
        now = self._now()
        left, at = self._left.pop(address, (_BURST, now))
        left = min(_BURST, left + _RATE * max(0, now - at) / SECOND)
        if len(self._left) >= _MOST_ADDRESSES:
            self._left.pop(next(iter(self._left)))
        self._left[address] = (max(0.0, left - 1), now)
        return left >= 1

    def refused(self, error: sip.BadRequest) -> bytes:
        """What a request that is none is answered; nothing when it cannot be."""
        return sip.response(error.status, error.headers, self._tag) if error.status else b""

    def close(self) -> None:
        """No more calls are treated."""
        self._worker.shutdown(wait=False, cancel_futures=True)


def _answered(status: Status, began: float) -> None:
    _CALLS.labels(status.name.lower()).inc()
    _SECONDS.observe(time.perf_counter() - began)


class _Datagrams(asyncio.DatagramProtocol):
    again_s = _AGAIN_S

    def __init__(self, desk: Desk) -> None:
        self._desk, self._tasks = desk, set[asyncio.Task[None]]()
        self._untaken: dict[str, asyncio.Event] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        if data.startswith(b"SIP/2.0 "):
            with contextlib.suppress(sip.BadRequest):
                self._taken(sip.answered(data.partition(b"\r\n\r\n")[0])[0])
            return
        task = asyncio.get_running_loop().create_task(self._reply(data, address))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _taken(self, call: str) -> None:
        if call in self._untaken:
            self._untaken[call].set()

    async def _reply(self, data: bytes, address: tuple[Any, ...]) -> None:
        try:
            request = sip.parse(data)
            headers = sip.received(request.headers, str(address[0]), int(address[1]))
            request = request._replace(headers=headers)
            answer = await self._desk.answer(request, str(address[0]), f"UDP {_host(self._transport)}")
        except sip.BadRequest as error:
            answer = Answer(self._desk.refused(error))
        if answer.told:
            self._transport.sendto(answer.told, address)
        if answer.message and len(self._untaken) < _MOST_UNTAKEN:
            await self._tell(answer, address)

    async def _tell(self, answer: Answer, address: tuple[Any, ...]) -> None:
        taken = self._untaken[answer.call] = asyncio.Event()
        try:
            for wait_s in self.again_s if answer.known else self.again_s[:1]:
                self._transport.sendto(answer.message, address)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(taken.wait(), wait_s)
                    return
        finally:
            del self._untaken[answer.call]


def _host(transport: asyncio.BaseTransport) -> str:
    """Our side of a connection, as a Via says it."""
    host, port = (transport.get_extra_info("sockname") or ("0.0.0.0", 0))[:2]  # noqa: S104 - told, not bound
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"


class Receiver:
    """The desk with its doors, in a thread of its own."""

    def __init__(
        self, desk: Desk, host: str, port: int, tls_port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        """UDP and TCP on `port`, TLS on `tls_port`; 0: that door stays shut."""
        self._desk, self._host, self._port, self._tls_port, self._tls = desk, host, port, tls_port, tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scaip doors", daemon=True)
        self._doors: list[Any] = []

    def start(self) -> None:
        """Open the doors."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def stop(self) -> None:
        """Shut them."""
        self._desk.close()
        asyncio.run_coroutine_threadsafe(self._shut(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _open(self) -> None:
        if self._port:
            at = (self._host, self._port)
            transport, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self._desk), at)
            self._doors = [transport, await asyncio.start_server(self._stream, *at, limit=sip.MOST_HEAD)]
        if self._tls_port and self._tls is not None:
            door = await asyncio.start_server(
                self._stream, self._host, self._tls_port, limit=sip.MOST_HEAD, ssl=self._tls
            )
            self._doors.append(door)

    async def _shut(self) -> None:
        for door in self._doors:
            door.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = str((writer.get_extra_info("peername") or ("?",))[0])
        via = f"{'TLS' if writer.get_extra_info('ssl_object') else 'TCP'} {_host(writer.transport)}"
        try:
            while True:
                answer = await self._one(reader, address, via)
                if answer is None:
                    continue
                if not answer.told:
                    return
                writer.write(answer.told + answer.message)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            return
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, address: str, via: str) -> Answer | None:
        """The answer to the next request on a connection; nothing told: it cannot go on; None: to what
        asks for none."""
        head = await asyncio.wait_for(reader.readuntil(b"\r\n"), _IDLE_S)
        if head == b"\r\n":
            # Two empty lines ask whether the connection is alive, and are answered by one (RFC 5626).
            head = await asyncio.wait_for(reader.readuntil(b"\r\n"), _IDLE_S)
            if head == b"\r\n":
                return Answer(_ALIVE)
        head += await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_S)
        try:
            if head.startswith(b"SIP/2.0 "):
                _, length = sip.answered(head[:-2])
                await asyncio.wait_for(reader.readexactly(length), ANSWER_S)
                return None
            method, headers, length = sip.parse_head(head[:-2])
        except sip.BadRequest as error:
            return Answer(self._desk.refused(error) if error.status == 405 else b"")
        body = await asyncio.wait_for(reader.readexactly(length), ANSWER_S)
        return await self._desk.answer(sip.Request(method, headers, body), address, via)
