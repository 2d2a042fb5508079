"""A batch of messages becomes columns, refusals and what is new about devices. No I/O, no clock."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import logs
from core.batch import READING, Batch, one_after_another
from core.directory import DeviceEntry, Directory
from core.finding import Finding
from core.instant import DAY
from core.motion import MotionWindow
from ingest import blocks, cry, fields, motion, native, payload, relay, topic
from ingest.device_clock import HORIZON, DeviceClock, Verdict, judge
from ingest.message import BadPayload, Fault, Message, Refused

log = logging.getLogger(__name__)

_MOST_ROUTES = 20_000  # 4 MB
MOTION_HORIZON = 7 * DAY  # motion is kept for days, so older windows have no place


@dataclass(slots=True)
class DeviceNews:
    """What a batch says about one device itself."""

    last_seen: int | None = None  # stays None for a last will: the broker spoke, not the device
    online: bool | None = None
    battery: float | None = None
    rssi: float | None = None
    firmware: str | None = None
    clock_offset: int = 0


@dataclass(slots=True)
class Decoded:
    """A batch, decoded.

    Attributes:
        batch: readings and motion for the detectors and the store.
        received_motion: receive instant of each window of `batch.motion`.
        refused: what goes to quarantine.
        news: by device key.
        clocks: (device, since, offset) newly adopted, to be stored with the batch.
        told: falls that gateways saw.
    """

    batch: Batch
    received_motion: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    news: dict[int, DeviceNews] = field(default_factory=dict)
    clocks: list[tuple[int, int, int]] = field(default_factory=list)
    told: list[Finding] = field(default_factory=list)


def merged(first: Decoded, second: Decoded) -> Decoded:
    """Both as one batch, `first` before `second`."""
    readings = one_after_another([first.batch.readings, second.batch.readings])
    motion = [*first.batch.motion, *second.batch.motion]
    return Decoded(
        Batch(first.batch.now, readings, motion),
        first.received_motion + second.received_motion,
        first.refused + second.refused,
        first.news | second.news,
        first.clocks + second.clocks,
        first.told + second.told,
    )


@dataclass(slots=True)
class Decoder:
    """Turns messages into columns; remembers only the clocks of devices."""

    directory: Directory
    clocks: dict[int, DeviceClock] = field(default_factory=dict)
    _routes: dict[str, topic.Route] = field(default_factory=dict)  # topics that came lately
    _routes_by: Directory | None = None

    def decode(self, messages: Iterable[Message], now: int) -> Decoded:
        """Decode a batch at the instant `now`; a message that cannot be understood is refused whole, but a
        cry for help in it is heard (`ingest.cry`)."""
        rows: list[tuple[Any, ...]] = []
        windows: list[MotionWindow] = []
        pieces: list[NDArray[np.void]] = []
        out = Decoded(Batch(now))
        unfolded = relay.unfold(messages, self.directory, self.clocks)
        out.refused, out.told = unfolded.refused, unfolded.findings
        for message in unfolded.messages:
            if message.topic not in self._routes and topic.is_platform(message.topic):
                continue
            mark = (len(rows), len(windows))
            try:
                block = self._message(message, rows, windows, out)
            except Exception as error:
                del rows[mark[0] :], windows[mark[1] :], out.received_motion[mark[1] :]
                out.refused.append(_refusal(message, _fault(error)))
                rows += self._cries(message, out)
                continue
            if block is not None:
                pieces += [np.array(rows, dtype=READING), block]
                rows.clear()
        pieces.append(np.array(rows, dtype=READING))
        out.batch = Batch(now, one_after_another(pieces), windows)
        return out

    def _message(
        self, message: Message, rows: list[tuple[Any, ...]], windows: list[MotionWindow], out: Decoded
    ) -> NDArray[np.void] | None:
        """Put what a message says into `rows` and `windows`; many vitals at once are returned as rows."""
        device, stream = self._route(message.topic)
        objects = payload.objects(message)
        clock = self._clock(self._keeper(message, device))
        self._learn_clock(objects, message, device, clock, out)
        if stream == "vital" and len(objects) >= blocks.FEWEST:
            block = blocks.vital_block(objects, message, device, clock)
            if block is not None:
                _note(out.news, device, message, stream, objects[-1], clock)
                return block
        for obj in objects:
            if stream == "motion":
                windows.append(_window(obj, message, device, clock))
                out.received_motion.append(message.received)
            else:
                _readings(obj, stream, message, device, clock, rows)
        _note(out.news, device, message, stream, objects[-1], clock)
        return None

    def _route(self, name: str) -> topic.Route:
        """Where a topic leads; devices say the same few again and again."""
        if self._routes_by is not self.directory or len(self._routes) > _MOST_ROUTES:
            self._routes, self._routes_by = {}, self.directory
        found = self._routes.get(name)
        if found is None:
            found = self._routes[name] = topic.resolve(name, self.directory)
        return found

    def _cries(self, message: Message, out: Decoded) -> list[tuple[Any, ...]]:
        """The cries for help in a message that was refused; what the broker kept from before is none."""
        try:
            device, stream = topic.resolve(message.topic, self.directory)
            if stream != "event" or message.retained:
                return []
            clock = self._clock(self._keeper(message, device))
            heard = cry.cries(message, device, clock)
        except Exception as error:
            _fault(error)
            return []
        if heard:
            _note(out.news, device, message, stream, {}, clock)
        return heard

    def _keeper(self, message: Message, device: DeviceEntry) -> DeviceEntry:
        """By whose clock the message tells the time: its device's, or the gateway's that handed it up."""
        return self.directory.by_code.get(message.relayed, device) if message.relayed else device

    def _clock(self, device: DeviceEntry) -> DeviceClock:
        clock = self.clocks.get(device.id)
        if clock is None:
            clock = self.clocks[device.id] = DeviceClock()
        return clock

    def _learn_clock(
        self,
        objects: list[dict[str, Any]],
        message: Message,
        device: DeviceEntry,
        clock: DeviceClock,
        out: Decoded,
    ) -> None:
        """The newest instant of a message tells of the clock; older ones in it tell of memory."""
        newest = None if message.retained or message.relayed else _newest(objects)
        adopted = None if newest is None else clock.learn(newest, message.received)
        if adopted:
            out.clocks.append((device.id, *adopted))


def _newest(objects: Sequence[Mapping[str, Any]]) -> int | None:
    """The newest instant that is said; None where none is."""
    if len(objects) == 1:
        return fields.instant(objects[0]) if "t" in objects[0] else None
    said = [obj for obj in objects if "t" in obj]
    times = [obj["t"] for obj in said]
    if times and all(type(t) is int for t in times):
        # Most messages; one look at the ends instead of one at each.
        return max(fields.instant({"t": min(times)}), fields.instant({"t": max(times)}))
    return max((fields.instant(obj) for obj in said), default=None)


def _window(
    obj: Mapping[str, Any], message: Message, device: DeviceEntry, clock: DeviceClock
) -> MotionWindow:
    t, seq = fields.instant(obj), fields.sequence(obj)
    found = motion.samples(obj)
    start = clock.correct(t) + seq % 1000
    verdict = judge(start, message.received, MOTION_HORIZON)
    _refuse_impossible(verdict)
    _refuse_foreign(verdict, start, device)
    site = found.site or device.site or "unknown"
    return MotionWindow(
        device.home,
        device.id,
        device.resident,
        start,
        found.hz,
        found.acc,
        found.gyr,
        site,
        bool(message.relayed),
    )


def _readings(
    obj: Mapping[str, Any],
    stream: str,
    message: Message,
    device: DeviceEntry,
    clock: DeviceClock,
    rows: list[tuple[Any, ...]],
) -> None:
    values = native.READERS[stream](obj)
    time, live = _time(obj, stream, message, device, clock, values)
    received, home, resident = message.received, device.home, device.resident or 0
    for metric, value in values:
        rows.append((time, value, received, home, device.id, resident, metric, live))


def _time(
    obj: Mapping[str, Any],
    stream: str,
    message: Message,
    device: DeviceEntry,
    clock: DeviceClock,
    values: native.Values,
) -> tuple[int, bool]:
    """(instant, is it about now). A last will has no time of its own: it is about the moment it arrives.

    The sequence number fills the microseconds, so that two events of a device whose clock counts whole
    seconds stay two rows, and the same event delivered twice stays one.
    """
    if stream == "status" and "t" not in obj:
        return message.received, not message.retained
    time = clock.correct(fields.instant(obj)) + fields.sequence(obj) % 1000
    verdict = judge(time, message.received)
    if verdict is Verdict.LIVE:
        return time, not message.retained
    try:
        _refuse_impossible(verdict)
        _refuse_foreign(verdict, time, device)
    except BadPayload:
        # Somebody may be calling for help: that is taken whatever the clock says.
        if message.retained or not any(metric in native.URGENT and value > 0 for metric, value in values):
            raise
        return message.received, True
    return time, False


def _refuse_impossible(verdict: Verdict) -> None:
    if verdict is Verdict.FUTURE:
        raise BadPayload(Fault.FUTURE_CLOCK, "ahead of the server by more than 5 s")
    if verdict is Verdict.ANCIENT:
        raise BadPayload(Fault.ANCIENT_CLOCK, f"older than {HORIZON // DAY} days (motion: 7); is `t` in ms?")


def _refuse_foreign(verdict: Verdict, time: int, device: DeviceEntry) -> None:
    """What a device remembers from before it came here is about somebody else."""
    if verdict is Verdict.LATE and time < device.since:
        raise BadPayload(Fault.NOT_INSTALLED_THEN, "from before the device was installed here")


def _note(
    news: dict[int, DeviceNews],
    device: DeviceEntry,
    message: Message,
    stream: str,
    last: Mapping[str, Any],
    clock: DeviceClock,
) -> None:
    if message.retained:
        return
    entry = news.get(device.id)
    if entry is None:
        entry = news[device.id] = DeviceNews()
    entry.clock_offset = clock.offsets[-1]
    # A gateway says when a last will came: it was not the device that spoke.
    will = stream == "status" and ("t" not in last or (message.relayed and last.get("online") in (0, False)))
    if not will:
        entry.last_seen = message.received
    if stream != "status":
        entry.online = True
        return
    if last.get("online") is not None:
        entry.online = bool(last["online"])
    if last.get("battery") is not None:
        entry.battery = _single(last["battery"])
    if last.get("rssi") is not None:
        entry.rssi = _single(last["rssi"])
    entry.firmware = fields.text(last, "firmware") or entry.firmware


def _single(value: float) -> float:
    """As the store keeps it, in single precision: what is too small for that is nothing."""
    return float(np.float32(value))


def _fault(error: Exception) -> BadPayload:
    """Why a message is refused. A fault of ours is logged: the stream must go on, and the bytes are kept to
    find it by."""
    if isinstance(error, BadPayload):
        return error
    log.error("decoder failed", extra=logs.trace(error))
    return BadPayload(Fault.UNREADABLE, type(error).__name__)


def _refusal(message: Message, error: BadPayload) -> Refused:
    try:
        home, device, _ = topic.split(message.topic)
    except BadPayload:
        home = device = ""
    return Refused(message, error.fault, error.detail, home, device)
