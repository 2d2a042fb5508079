"""The gateway's mind: messages of the home in; what goes up, what sounds, what is kept out. Pure."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, runtime_checkable

from analytics.detector import Detector
from analytics.detectors import all_detectors
from core import logs
from core.batch import Batch
from core.finding import Finding
from core.instant import DAY, MINUTE, SECOND
from core.quantity import BY_NAME
from ingest import topic
from ingest.decode import Decoded, Decoder
from ingest.device_clock import DeviceClock
from ingest.edge import entry
from ingest.edge.alarm import Alarms, Ringing, Sound
from ingest.edge.clips import ABOUT, Clips
from ingest.edge.config import Config
from ingest.edge.entry import Entry, Group, Rank
from ingest.edge.policy import Policy
from ingest.message import BadPayload, Message, Refused

log = logging.getLogger(__name__)

T = TypeVar("T")

# The platform sees the readings and judges all else by itself; of a fall it sees no motion but the clip.
RELAYED = frozenset({"fall", "motion_unusable"})
# What detectors see again after a restart; longer than an episode of `analytics.immediate` may be silent.
LOOK_BACK, LOOK_BACK_MOTION = 70 * MINUTE, 90 * SECOND


@dataclass(slots=True)
class Work:
    """What follows from a batch; all of it is stored before anything is acknowledged.

    Attributes:
        entries: for the platform, in order.
        findings: to be taken up after a restart.
        clocks: (device, since, offset) newly adopted.
        sound: what the siren is to do from now on; None: as before.
        ringing: what sounds now.
    """

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    clocks: list[tuple[int, int, int]] = field(default_factory=list)
    sound: Sound | None = None
    ringing: list[Ringing] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.entries or self.findings or self.clocks or self.sound)


@dataclass(frozen=True, slots=True)
class Past:
    """What was kept before a restart: see `Gateway.restore`."""

    messages: Sequence[Message] = ()
    findings: Sequence[Finding] = ()
    clocks: Sequence[tuple[int, int, int]] = ()
    ringing: Sequence[Ringing] = ()


@runtime_checkable
class Watcher(Protocol):
    """A detector that wants to know when each device was last heard before a restart."""

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """(device, instant), before `resume` and any `fold`."""
        ...


class Gateway:
    """A fold over the messages of one home."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._directory = config.directory
        self._codes = {device.id: device.code for device in config.devices}
        self._decoder = Decoder(self._directory)
        self._detectors = _detectors(config)
        self._policy, self._clips = Policy(config), Clips(self._directory)
        self._alarms = Alarms(config.alarm)
        self._heard: dict[int, int] = {}  # device -> when it was last heard
        self._said: dict[int, int] = {}  # device -> when something of it last went up
        for detector in self._detectors:
            detector.know(self._directory)

    def restore(self, past: Past, now: int) -> Work:
        """Be again what we were: the detectors see the last of it once more."""
        for device, since, offset in sorted(past.clocks):
            clock = self._decoder.clocks.setdefault(device, DeviceClock())
            clock.since.append(since)
            clock.offsets.append(offset)
        self._alarms = Alarms(self._config.alarm, past.ringing)
        heard = self._last_heard(past.messages)
        for detector in self._detectors:
            if isinstance(detector, Watcher):
                detector.heard(heard)
            detector.resume(past.findings)
        work = self.handle([m for m in past.messages if _is_recent(m, now)], now) if past.messages else Work()
        sounded = [f for f in past.findings if f.kind in self._config.alarm.kinds and now - f.at < DAY]
        if past.ringing or sounded:
            work.sound = work.sound or self._alarms.again(now)
        work.ringing = self._alarms.ringing
        return work

    def handle(self, messages: Sequence[Message], now: int) -> Work:
        """A batch of the home's messages at the instant `now`."""
        decoded = self._decoder.decode([m for m in messages if not self._is_own(m)], now)
        for device, news in decoded.news.items():
            if news.last_seen is not None:
                self._heard[device] = max(news.last_seen, self._heard.get(device, 0))
        groups = self._policy.choose(entry.groups(decoded.batch.readings))
        findings = [f for d in self._detectors for f in _guarded(d, d.fold, decoded.batch)]
        work = self._work(findings, decoded, now)
        chosen = entry.of_groups(groups, self._codes)
        self._said |= {group.device: now for group in groups}
        work.entries += [*chosen, *self._unread(decoded.refused)]
        work.clocks = decoded.clocks
        return work

    def tick(self, now: int) -> Work:
        """Time has come to `now`."""
        findings = [f for d in self._detectors for f in _guarded(d, d.tick, now)]
        work = self._work(findings, Decoded(Batch(now)), now)
        work.sound = work.sound or self._alarms.tick(now)
        groups = [*self._policy.flush(now), *self._alive(now)]
        work.entries += entry.of_groups(groups, self._codes)
        work.ringing = self._alarms.ringing
        return work

    def _work(self, findings: list[Finding], decoded: Decoded, now: int) -> Work:
        work = Work(findings=findings)
        windows = decoded.batch.motion
        clip = self._clips.fold(windows, [finding for finding in findings if finding.kind in ABOUT])
        told = [entry.of_finding(f, self._codes) for f in findings if f.kind in RELAYED]
        in_clip = {id(window) for window in clip}
        signs = [w for w in windows if id(w) not in in_clip and self._policy.wants_window(w.device, w.start)]
        work.entries += told
        work.entries += [entry.of_window(w, self._codes[w.device], Rank.CLIP) for w in clip]
        work.entries += [entry.of_window(w, self._codes[w.device], Rank.MOTION) for w in signs]
        self._said |= {window.device: now for window in (*clip, *signs)}
        work.sound = self._alarms.hear(findings, now)
        work.ringing = self._alarms.ringing
        return work

    def _alive(self, now: int) -> list[Group]:
        """A sign of life for each device that speaks while nothing of it goes up."""
        signs = []
        for device, heard in self._heard.items():
            every = min(self._config.heartbeat_s * 5, self._entry_s(device)) * SECOND
            said = self._said.get(device, 0)
            if heard > said and now - said >= every:
                self._said[device] = now
                signs.append(Group(device, "status", heard, ((_ONLINE, 1.0),)))
        return signs

    def _entry_s(self, device: int) -> float:
        return self._directory.by_id[device].report_every_s or 300

    def _unread(self, refused: Iterable[Refused]) -> list[Entry]:
        found = []
        for item in refused:
            try:
                home, device, stream = topic.split(item.message.topic)
            except BadPayload:
                continue
            made = entry.of_unread(item.message, device, stream) if home == self._config.home_code else None
            found += [made] if made else []
        return found

    def _last_heard(self, messages: Iterable[Message]) -> list[tuple[int, int]]:
        last: dict[int, int] = {}
        for message in messages:
            known = self._directory.by_code.get(message.topic.split("/")[3])
            if known is not None:
                last[known.id] = max(message.received, last.get(known.id, 0))
        return sorted(last.items())

    def _is_own(self, message: Message) -> bool:
        return message.topic.split("/")[3:4] == [self._config.gateway]


_ONLINE = BY_NAME["online"].id


def _detectors(config: Config) -> list[Detector]:
    """Those that the file names; always what is certain, and falls, for which nobody else looks. Raises
    ValueError for a name nobody bears."""
    known = all_detectors()
    names = {detector.name for detector in known}
    if unknown := set(config.detectors) - names:
        raise ValueError(
            f"no such detector: {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}"
        )
    wanted = {*config.detectors, "immediate", "falls"}
    return [detector for detector in known if detector.name in wanted]


def _guarded(detector: Detector, step: Callable[[T], list[Finding]], value: T) -> list[Finding]:
    """A fault in one detector must neither stop the others nor keep readings from being kept."""
    try:
        return step(value)
    except Exception as error:
        log.error("detector failed", extra={"detector": detector.name, **logs.trace(error)})
        return []


def _is_recent(message: Message, now: int) -> bool:
    """What came while the clock was fast lies ahead, and is passed over."""
    motion = message.topic.endswith("/motion")
    return now + MINUTE >= message.received >= now - (LOOK_BACK_MOTION if motion else LOOK_BACK)
