"""The JetStream source: what devices said, each partition of the town for one reader.

A partition is a durable consumer that the server lets one client read at a time (`pinned_client`). Who takes
it over ends the pin of the one before and sets the consumer back to what was acknowledged: all else comes
again, in the order in which it was said. A delivery that went missing (its node died) has the same cure.
"""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future, wait
from functools import partial
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from core import jetstream
from core.clock import Clock
from core.embedded.cluster_config import STREAM
from core.jetstream import GROUP, CarrierError
from ingest.jetstream_flow import Flow, Gap, place_of
from ingest.message import Message

log = logging.getLogger(__name__)

_SECOND = 1_000_000_000
_EXPIRES_S, _BEAT_S = 5.0, 0.5
_DEAF_S = 1.6  # without a beat for so long nobody serves us
_AGAIN_S = 0.2
_CALL_S = 15.0
_SENTENCE = {"100": "beat", "408": "over", "404": "over", "409": "over", "423": "unpinned"}


class Carrier:
    """One connection to the cluster for all partitions of a process; its network has a thread of its own."""

    def __init__(self, url: str, clock: Clock, partitions: int) -> None:
        """Nothing is connected yet."""
        self._url, self.clock, self.partitions = url, clock, partitions
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="carrier", daemon=True)
        self.client: Client | None = None

    def start(self, within_s: float = 60.0) -> None:
        """Connect, and see to the consumers; raises CarrierError when no node answers in time."""
        self._thread.start()
        self.call(self._connect(within_s), within_s + _CALL_S)

    async def _connect(self, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while self.client is None:
            try:
                self.client = await jetstream.connect(self._url)
            except CarrierError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_AGAIN_S)
        await jetstream.ensure(self.client, self.partitions, within_s)

    def partition(self, number: int) -> "PartitionSource":
        """The reader of a partition that is ours now; number `partitions` is the rest."""
        return PartitionSource(self, number)

    def spawn(self, work: Coroutine[Any, Any, None]) -> "Future[None]":
        """Do `work` in the thread of the network."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, Any], within_s: float = _CALL_S) -> Any:
        """What `work` returns in the thread of the network; raises TimeoutError."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(within_s)

    def stop(self) -> None:
        """Say what is left to be said, and leave."""
        if self.client is not None:
            self.call(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _leave(self) -> None:
        assert self.client is not None
        try:
            await self.client.drain()
        except (nats.errors.Error, TimeoutError):
            await self.client.close()


class PartitionSource:
    """What is said in one partition, in order, while it is ours (see ingest.source)."""

    def __init__(self, carrier: Carrier, number: int) -> None:
        assert carrier.client is not None
        self._carrier, self._client = carrier, carrier.client
        self._consumer = jetstream.consumer(number, carrier.partitions)
        self._arrived = threading.Condition()
        self._flow = Flow()
        self._pin = ""
        self._heard = 0.0  # when the server last said anything, monotonic
        self._broken: Exception | None = None
        self._moved = asyncio.Event()  # belongs to the network's thread
        self._open = True
        self._resets = 0
        self._reading = carrier.spawn(self._read())

    @property
    def connected(self) -> bool:
        """Whether silence means that nobody speaks."""
        served = time.monotonic() - self._heard < _DEAF_S or self._flow.is_full
        return self._client.is_connected and served

    @property
    def resets(self) -> int:
        """How often the consumer was set back; once to begin with."""
        return self._resets

    def take(self, limit: int, wait_s: float) -> list[Message]:
        """Up to `limit` messages, waiting up to `wait_s` seconds for the first; raises what ended the
        reading."""
        if self._open and self._reading.done():
            self._reading.result()
        with self._arrived:
            if not self._flow.waiting:
                self._arrived.wait(wait_s)
            waiting = self._flow.waiting
            return [waiting.popleft() for _ in range(min(limit, len(waiting)))]

    def waiting(self) -> int:
        """How many have arrived and are not taken."""
        return len(self._flow.waiting)

    def oldest(self) -> int | None:
        """Instant of arrival of the first message not taken yet."""
        with self._arrived:
            return self._flow.waiting[0].received if self._flow.waiting else None

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """These are safe; silent about those from before the consumer was set back, which come again."""
        with self._arrived:
            held = self._flow.held
            replies = [reply for message in messages if (reply := held.pop(message.token, None))]
        self._carrier.spawn(self._say_safe(replies))

    def stop(self, *, lost: bool = False) -> None:
        """Ask for no more, and let the server serve somebody else; what was acknowledged has reached it.

        With `lost` somebody else is served already, and is not to be disturbed.
        """
        self._open = False
        self._carrier.spawn(self._wake())
        wait([self._reading], _CALL_S)
        try:
            if not lost:
                self._carrier.call(self._end())
        except (CarrierError, nats.errors.Error, TimeoutError) as error:
            # Whoever comes next ends the pin as well.
            log.info("a partition was left without a word", extra={"error": type(error).__name__})

    async def _say_safe(self, replies: Sequence[str]) -> None:
        for reply in replies:
            await self._client.publish(reply, b"+ACK")
        self._moved.set()

    async def _wake(self) -> None:
        self._moved.set()

    async def _end(self) -> None:
        await self._client.flush(timeout=2)
        await jetstream.ask(self._client, f"CONSUMER.UNPIN.{STREAM}.{self._consumer}", {"group": GROUP})

    async def _read(self) -> None:
        while self._open:
            subscription = None
            try:
                inbox = self._client.new_inbox()
                await self._begin()
                subscription = await self._client.subscribe(inbox, cb=partial(self._hear, self._resets))
                await self._ask(inbox)
            except Gap as gap:
                log.warning("deliveries are missing", extra={"consumer": self._consumer, "said": str(gap)})
            except (CarrierError, nats.errors.Error, TimeoutError) as error:
                log.warning("the carrier is away", extra={"error": type(error).__name__})
                await asyncio.sleep(_AGAIN_S)
            finally:
                await self._leave(subscription)

    async def _leave(self, subscription: Subscription | None) -> None:
        if subscription is not None:
            try:
                await subscription.unsubscribe()
            except nats.errors.Error:
                return  # the connection is gone, and the subscription with it

    async def _begin(self) -> None:
        """Nobody else is served, and what nobody acknowledged comes again."""
        client = self._client
        await jetstream.ask(client, f"CONSUMER.UNPIN.{STREAM}.{self._consumer}", {"group": GROUP})
        said = await jetstream.ask(client, f"CONSUMER.RESET.{STREAM}.{self._consumer}")
        with self._arrived:
            self._flow = Flow(delivered=said["delivered"]["consumer_seq"])
        self._pin, self._broken, self._heard = "", None, time.monotonic()
        self._resets += 1

    async def _ask(self, inbox: str) -> None:
        """Keep asking for as much as there is room for; raises what went wrong on the way."""
        while self._open:
            if self._broken is not None:
                raise self._broken
            if time.monotonic() - self._heard > _DEAF_S and self._flow.asked:
                # Whoever led the consumer is gone, and the question with it.
                self._flow.asked, self._heard = 0, time.monotonic() - _DEAF_S / 2
            wish = self._flow.wish()
            if wish:
                await self._client.publish(
                    f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{self._consumer}", self._question(wish), reply=inbox
                )
                self._flow.asked += wish
            self._moved.clear()
            try:
                await asyncio.wait_for(self._moved.wait(), _BEAT_S)
            except TimeoutError:
                continue

    def _question(self, count: int) -> bytes:
        question = {
            "batch": count,
            "expires": int(_EXPIRES_S * _SECOND),
            "idle_heartbeat": int(_BEAT_S * _SECOND),
            "group": GROUP,
        }
        if self._pin:
            question["id"] = self._pin
        return json.dumps(question).encode()

    async def _hear(self, reset: int, said: Msg) -> None:
        if self._broken is not None or reset != self._resets:
            return  # from before the consumer was set back: it comes again
        self._heard = time.monotonic()
        try:
            if said.reply.startswith("$JS.ACK."):
                self._take_in(said)
            else:
                self._heed(said)
        except Gap as gap:
            self._broken = gap
            self._moved.set()

    def _take_in(self, said: Msg) -> None:
        if not self._pin and said.headers:
            self._pin = said.headers.get("Nats-Pin-Id", "")
        place = place_of(said.reply)
        with self._arrived:
            if not self._flow.comes(place, said.reply):
                return
            received = self._carrier.clock.now()
            self._flow.waiting.append(
                Message(topic_of(said.subject), said.data, received, token=place.stream)
            )
            self._arrived.notify()
        if self._flow.asked == 0:
            self._moved.set()

    def _heed(self, said: Msg) -> None:
        headers = said.headers or {}
        what = _SENTENCE.get(headers.get("Status", ""), "")
        if what == "beat":
            self._flow.reaches(int(headers.get("Nats-Last-Consumer", 0)))
            return
        if what == "unpinned":
            self._pin = ""
        if what:
            left = headers.get("Nats-Pending-Messages")
            self._flow.unanswered(int(left) if left else self._flow.asked)
            self._moved.set()


def topic_of(subject: str) -> str:
    """The MQTT topic as the device wrote it, of a subject of the server's stream."""
    levels = subject.removeprefix("$MQTT.msgs.").split(".")
    return "/".join(levels[2:] if levels[0] == "p" else levels)
