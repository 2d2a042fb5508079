"""The interpreter at work: hear, publish in our protocol with proof, keep, and only then acknowledge."""

import logging
import threading
import time
from collections.abc import Sequence

from core import metrics
from core.clock import Clock
from core.instant import from_datetime
from core.settings import Settings
from ingest.foreign import scaip
from ingest.foreign.interpreter import SCAIP, Interpreted, Interpreter
from ingest.foreign.pace import TIMES, Pace
from ingest.foreign.said import Heard
from ingest.foreign.speaking import Out
from ingest.foreign.store import Keeper
from ingest.foreign.strangers import Key
from ingest.measures import Measures
from ingest.message import Message, Refused
from ingest.mqtt import MqttSource

BATCH = 500
TONGUE = "scaip"
_WAIT_S, _LIVE_S, _REFRESH_S = 0.5, 5.0, 600.0
_SAID = metrics.counter("nowalls_foreign_said_total")
log = logging.getLogger(__name__)


class Service:
    """One interpreter with its broker and its store; runs until `stopping` is set."""

    def __init__(
        self, source: MqttSource, keeper: Keeper, clock: Clock, settings: Settings, stopping: threading.Event
    ) -> None:
        self._source, self._keeper, self._clock = source, keeper, clock
        self.stopping = stopping
        self._measures = Measures(source, clock)
        # The receiver of social alarms passes on what it heard from threads of its own.
        self.lock = threading.RLock()
        self._pace = Pace(settings.device_rate * TIMES, settings.device_burst)
        now = clock.now()
        self.interpreter = Interpreter(*keeper.known(now), keeper.found())
        self.interpreter.remember(keeper.announced(), now)
        self._born = False
        self._lived = -_LIVE_S
        self._read = time.monotonic()

    def run(self) -> None:
        """Work; raises InterruptedError when stopped while something is away."""
        while not self.stopping.is_set():
            messages = self._source.take(BATCH, _WAIT_S)
            with self.lock:
                if messages:
                    with self._measures.batch(messages):
                        self.handle(messages)
                        self._source.acknowledge(messages)
                self._pass_time()

    def handle(self, messages: Sequence[Message]) -> None:
        """A batch, published and kept. Raises InterruptedError when stopped before it is."""
        if self._keeper.has_news():
            self._refresh()
        kept, too_much = self._pace.split(messages)
        done = self.interpreter.interpret(kept)
        done.refused += too_much
        self.finish(done)

    def finish(self, done: Interpreted) -> None:
        """Publish with proof, then keep."""
        self.publish(done.out)
        self._keeper.keep(done, self.interpreter.things, self._clock.now())
        self._measures.stored(0, done.refused, ())

    def publish(self, out: Sequence[Out]) -> None:
        """Returns when the broker has all of it; raises InterruptedError when stopped first."""
        # What was said is noted in memory already: it must not be left half said.
        if not self._source.deliver([(one.topic, one.payload) for one in out], self.stopping):
            raise InterruptedError("stopped while waiting for the broker")
        _SAID.inc(len(out))

    def called(self, call: scaip.Call, body: bytes, address: str = "") -> scaip.Status:
        """An alarm call, treated: OK when the broker has what it says, in the name of the unit's device.

        A unit that nobody named is found, and its call is not ours. A call that is repeated is at the instant
        at which it was first heard, so that it is stored once.
        """
        with self.lock:
            now = self._clock.now()
            if self._keeper.has_news():
                self._refresh()
            at = (
                from_datetime(self._keeper.call(call.controller, call.reference, now))
                if call.reference and not call.is_heartbeat
                else now
            )
            thing = f"{call.controller}/{call.device}"
            if not call.device or Key(SCAIP, TONGUE, thing) not in self.interpreter.names.devices:
                thing = call.controller
            heard = Heard(scaip.said(call, thing), {thing: scaip.about(call)})
            done, message = Interpreted(), Message(f"{TONGUE}/{call.controller}", body, at)
            refused = self.interpreter.pass_on(None, TONGUE, heard, message, done, address)
            if refused is not None:
                done.refused.append(Refused(message, refused.fault, refused.detail))
            self.finish(done)
            return scaip.Status.NOT_TREATED if refused else scaip.Status.OK

    def farewell(self) -> None:
        """Tell devices that nobody listens; not worth waiting for."""
        for one in self.interpreter.births(alive=False):
            self._source.publish(one.topic, one.payload)

    def _refresh(self) -> None:
        interpreter, before, now = self.interpreter, self.interpreter.names, self._clock.now()
        interpreter.directory, interpreter.names = self._keeper.known(now)
        self._read = time.monotonic()
        self._born = self._born and interpreter.names.allowed <= before.allowed
        self.publish(interpreter.caught_up(before, now))

    def _pass_time(self) -> None:
        mono = time.monotonic()
        if self._source.connected and not self._born:
            self._born = True
            self.publish(self.interpreter.births())
        if mono - self._lived >= _LIVE_S:
            self._lived = mono
            self._keeper.live(self._clock.now())
            if mono - self._read >= _REFRESH_S or self._keeper.has_news():
                self._refresh()
