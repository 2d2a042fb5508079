"""How much one device may say: a bucket for each, filled steadily. Who says more is not heard for a while.

A device's own memory may come all at once, and so may what the broker kept while nobody listened: the bucket
is deep, an hour without us fills it by an hour, and an hour in which the device was silent pays for all that
it can have stored in it (`ingest.credit`), also when we are started anew before it has said it all.
Pure: instants are arguments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from analytics.memory import Memory
from core.directory import DeviceEntry, Directory
from core.finding import Finding, Reason
from core.instant import MINUTE, SECOND
from core.quantity import of_stream
from ingest import native
from ingest.credit import GRACE, Credit
from ingest.message import Fault, Message, Refused

BYTES = 25_600  # a message counts as one for each so many bytes begun
NAME = "budget"  # in the store, of what is kept
FLOOD = 200  # so many beyond the budget within a minute are no mistake
CRIES = 5  # of one device, of what arrived together
_QUIET = 10 * MINUTE  # so long within the budget, and it is over
_STRANGER = ""
_CRYING = frozenset({"event", "relay"})  # also what a gateway hands up for others
_WORDS = tuple(name.encode() for name, q in of_stream("event").items() if q.id in native.URGENT)


class Limits(NamedTuple):
    """Messages a second, and how many at once; a rate of 0 is no limit."""

    rate: float = 20.0
    burst: float = 5000.0


UNLIMITED = Limits(0, 0)


@dataclass(slots=True)
class _Bucket:
    left: float
    at: int
    credit: Credit
    heard: int  # when the device itself last spoke
    over: int = 0  # messages beyond the budget in the minute since `since`
    since: int = 0
    open: Finding | None = None
    last: int = 0  # when it last said too much


@dataclass(slots=True)
class Split:
    """What of a batch is to be read, what is not, and what follows for the devices that said it.

    Attributes:
        kept: in order of arrival.
        refused: for quarantine, which counts them.
        floods: devices that are to be shut out for a while.
        findings: devices newly known to say too much.
    """

    kept: list[Message] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    floods: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Budget:
    """The buckets of all devices; devices that nobody knows share one."""

    def __init__(self, limits: Limits, now: int, away: int = 0) -> None:
        """`away`: microseconds in which nobody listened before `now`."""
        self._limits = limits
        self._begun = now
        self._away = limits.rate * max(0, away) / SECOND
        self._buckets: dict[str, _Bucket] = {}
        self._devices, self._last_seen = np.empty(0, np.int64), np.empty(0, np.int64)
        self._credits: dict[int, Credit] = {}
        self._earned: dict[int, Credit] = {}

    def heard(self, rows: Iterable[tuple[int, int]]) -> None:
        """(device, instant at which it was last heard) of all, from the store; before the first split."""
        known = np.array(sorted(rows), np.int64).reshape(-1, 2)
        self._devices, self._last_seen = known[:, 0].copy(), known[:, 1].copy()

    def recall(self, memories: Iterable[Memory]) -> None:
        """What was kept of silences; before the first split."""
        self._credits = {memory.subject: Credit.of(tuple(memory.numbers)) for memory in memories}

    def kept(self) -> list[Memory]:
        """What is to be stored together with the messages last split: or a restart would forget it."""
        rows = [Memory(NAME, device, 0, credit.numbers) for device, credit in sorted(self._earned.items())]
        self._earned.clear()
        return rows

    def forgive(self, away: int) -> None:
        """Nobody listened for so long: what the broker kept meanwhile is not too much."""
        for bucket in self._buckets.values():
            bucket.left += self._limits.rate * max(0, away) / SECOND

    def split(self, messages: Sequence[Message], directory: Directory, free: bool = False) -> Split:
        """Part `messages` by what their devices may still say. A cry for help is heard beyond that, too.

        `free`: they cost nothing; only who was silent is noted.
        """
        out = Split()
        if not self._limits.rate:
            out.kept = list(messages)
            return out
        cries: dict[str, int] = {}
        for message in messages:
            device, stream = _speaker(message.topic, directory)
            code = device.code if device else _STRANGER
            bucket = self._bucket(code, message.received, device)
            if device and not _is_broker(message, stream):
                self._hear(bucket, device, message.received)
            if free or self._pays(bucket, 1 + len(message.payload) // BYTES):
                out.kept.append(message)
                continue
            if stream in _CRYING and cries.get(code, 0) < CRIES and any(w in message.payload for w in _WORDS):
                cries[code] = cries.get(code, 0) + 1
                out.kept.append(message)
                continue
            home = device.home_code if device else ""
            out.refused.append(Refused(message, Fault.TOO_MANY, "beyond what one device may say", home, code))
            self._over(bucket, device, message.received, out)
        return out

    def quiet(self, now: int) -> list[Finding]:
        """Devices that have been within their budget for a while: it is over."""
        ended = []
        for bucket in self._buckets.values():
            if bucket.open is not None and now - bucket.last >= _QUIET:
                ended.append(_over(bucket.open, now))
                bucket.open = None
        return ended

    def resume(self, findings: Iterable[Finding], directory: Directory) -> None:
        """Take up what stood open before a restart."""
        for finding in findings:
            device = directory.by_id.get(finding.device or 0)
            if finding.kind == "device_fault" and finding.severity == "flooding" and device is not None:
                bucket = self._bucket(device.code, self._begun, device)
                bucket.credit.left = bucket.credit.written  # what it said last was no memory
                bucket.open, bucket.last = (None, 0) if finding.cleared else (finding, self._begun)

    def _bucket(self, code: str, now: int, device: DeviceEntry | None) -> _Bucket:
        bucket = self._buckets.get(code)
        if bucket is None:
            bucket = self._buckets[code] = self._first(now, device)
        if now < bucket.at - MINUTE:
            # The server's clock was set back: what it showed before means nothing any more.
            bucket.at, bucket.heard = now, min(bucket.heard, now)
            bucket.since, bucket.last = min(bucket.since, now), min(bucket.last, now)
        if now > bucket.at:
            # What is above the burst is credit for a time without us, and runs out.
            most = max(self._limits.burst, bucket.left)
            bucket.left = min(most, bucket.left + self._limits.rate * (now - bucket.at) / SECOND)
            bucket.at = now
        return bucket

    def _first(self, now: int, device: DeviceEntry | None) -> _Bucket:
        """Of who speaks for the first time since we began; who was never heard has nothing stored."""
        at = int(np.searchsorted(self._devices, device.id)) if device else len(self._devices)
        if device is None or at == len(self._devices) or self._devices[at] != device.id:
            return _Bucket(self._limits.burst + self._away, now, Credit(), now)
        credit = self._credits.pop(device.id, None) or Credit(left=GRACE)
        return _Bucket(self._limits.burst + self._away, now, credit, int(self._last_seen[at]))

    def _hear(self, bucket: _Bucket, device: DeviceEntry, now: int) -> None:
        """The device speaks: what it may have stored since it last did."""
        if bucket.credit.earn(now - bucket.heard, now):
            self._earned[device.id] = bucket.credit
        bucket.heard = max(bucket.heard, now)

    def _pays(self, bucket: _Bucket, cost: int) -> bool:
        """Out of the bucket, and beyond it out of what a silence has earned."""
        short = cost - bucket.left
        if short > 0 and not bucket.credit.spend(short * SECOND / self._limits.rate):
            bucket.left = 0.0
            return False
        bucket.left = max(0.0, -short)
        return True

    def _over(self, bucket: _Bucket, device: DeviceEntry | None, now: int, out: Split) -> None:
        if now - bucket.since > MINUTE:
            bucket.over, bucket.since = 0, now
        bucket.over += 1
        bucket.last = now
        if device is None or bucket.over != FLOOD:
            return
        bucket.over, bucket.since = 0, now
        out.floods.append(device.id)
        if bucket.open is None:
            bucket.open = _flooding(device, now, self._limits)
            out.findings.append(bucket.open)


def _speaker(topic: str, directory: Directory) -> tuple[DeviceEntry | None, str]:
    parts = topic.split("/", 5)
    if len(parts) != 5:
        return None, ""
    return directory.by_code.get(parts[3]), parts[4]


def _is_broker(message: Message, stream: str) -> bool:
    """Whether the broker speaks for the device: a last will, or what it kept."""
    said = message.payload
    return message.retained or (stream == "status" and said[:1] == b"{" and b'"t"' not in said)


def _flooding(device: DeviceEntry, now: int, limits: Limits) -> Finding:
    params = {"since_at": now, "rate": limits.rate}
    reason = Reason("device_fault.too_many", params)
    return Finding(
        "device_fault", device.home, now, now, reason, device=device.id, severity="flooding", evidence=params
    )


def _over(finding: Finding, now: int) -> Finding:
    params = {"since_at": finding.onset}
    reason = Reason("device_fault.few_again", params)
    return replace(
        finding, at=now, reason=reason, evidence=params, revision=finding.revision + 1, cleared=True
    )
