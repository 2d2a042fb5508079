"""The receiver of social alarms: SIP MESSAGE over UDP, TCP and TLS, each answered within its time.

A unit repeats its request over UDP after half a second and gives up after 32 (RFC 3261, timers E and F); it
is answered within ANSWER_S: done, or hold. What is held goes on here, and its repetition learns the outcome.
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
from typing import Any, cast

from core import metrics
from core.instant import SECOND
from ingest.foreign import scaip, sip
from ingest.foreign.scaip import Call, Refusal, Status

ANSWER_S = 3.0
_KINDS = frozenset({"application/scaip+xml", "application/xml", "text/xml"})
_RATE, _BURST = 5.0, 50.0  # calls a second of one address
_KEPT_S = 64.0  # for which an outcome waits to be asked for: twice as long as a unit repeats itself
_MOST_ADDRESSES, _MOST_HELD, _IDLE_S = 10_000, 1_000, 3_600.0
_ALIVE = b"\r\n"
_CALLS = metrics.counter("nowalls_calls_total")
_SECONDS = metrics.histogram("nowalls_call_seconds")
log = logging.getLogger(__name__)

Treat = Callable[[Call, bytes, str], Status]  # a call, its bytes, and the address it came from


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

    async def answer(self, request: sip.Request, address: str) -> bytes:
        """The response to a request of `address`."""
        headers = request.headers
        if request.method == "OPTIONS":
            return sip.response(200, headers, self._tag)
        if request.method != "MESSAGE":
            return sip.response(405, headers, self._tag)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _KINDS:
            return sip.response(415, headers, self._tag)
        body = await self._told(request, address)
        return sip.response(200, headers, self._tag, body, "application/scaip+xml")

    async def _told(self, request: sip.Request, address: str) -> bytes:
        began = time.perf_counter()
        try:
            call = scaip.decode(request.body)
        except Refusal as refusal:
            _answered(refusal.status, began)
            return scaip.answer(refusal.reference, refusal.status, refusal.text, refusal.root)
        if not self._may(address):
            _answered(Status.BUSY, began)
            return scaip.answer(call.reference, Status.BUSY, "too many calls", call.root)
        # Who writes no reference repeats the request itself: that is known by its call and its number.
        known = call if call.reference else call._replace(reference=sip.transaction(request.headers))
        status = await self._done(known, request.body, address)
        _answered(status, began)
        return scaip.answer(call.reference, status, "" if status is Status.OK else status.name, call.root)

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
    def __init__(self, desk: Desk) -> None:
        self._desk, self._tasks = desk, set[asyncio.Task[None]]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        task = asyncio.get_running_loop().create_task(self._reply(data, address))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reply(self, data: bytes, address: tuple[Any, ...]) -> None:
        try:
            request = sip.parse(data)
            headers = sip.received(request.headers, str(address[0]), int(address[1]))
            told = await self._desk.answer(request._replace(headers=headers), str(address[0]))
        except sip.BadRequest as error:
            told = self._desk.refused(error)
        if told:
            self._transport.sendto(told, address)


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
        try:
            while True:
                told = await self._one(reader, address)
                if not told:
                    return
                writer.write(told)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            return
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, address: str) -> bytes:
        """The answer to the next request on a connection; nothing: it cannot go on."""
        head = await asyncio.wait_for(reader.readuntil(b"\r\n"), _IDLE_S)
        if head == b"\r\n":
            # Two empty lines ask whether the connection is alive, and are answered by one (RFC 5626).
            head = await asyncio.wait_for(reader.readuntil(b"\r\n"), _IDLE_S)
            if head == b"\r\n":
                return _ALIVE
        head += await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_S)
        try:
            method, headers, length = sip.parse_head(head[:-2])
        except sip.BadRequest as error:
            return self._desk.refused(error) if error.status == 405 else b""
        body = await asyncio.wait_for(reader.readexactly(length), ANSWER_S)
        return await self._desk.answer(sip.Request(method, headers, body), address)
