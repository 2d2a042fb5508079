"""A home with a gateway, and the platform above it, on virtual time."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from analytics.detectors import all_detectors
from core.finding import Finding
from core.instant import SECOND
from core.motion import MotionWindow
from ingest.decode import Decoded, Decoder
from ingest.edge import entry
from ingest.edge.config import Config, Device
from ingest.edge.gateway import Gateway, Work
from ingest.edge.store import Store
from ingest.message import Message
from tests.unit.falls.acted import fall, windows

NOW = 1_790_000_000 * SECOND
CONFIG = Config(
    gateway="g1",
    gateway_id=10,
    home_code="h1",
    home=1,
    station=7,
    uplink="mqtt://g1:secret@platform",
    devices=(
        Device(10, "g1", "gateway"),
        Device(11, "w1", "wearable", resident=5, site="wrist", report_every_s=60),
        Device(12, "p1", "pir", room="kitchen"),
        Device(13, "b1", "button", resident=5),
        Device(14, "s1", "smoke", room="kitchen"),
    ),
    residents=(5,),
)


def said(device: str, stream: str, at: int, seq: int = 1, **body: Any) -> Message:
    """A message of a device, sent and received at `at`."""
    raw = json.dumps({"t": at // 1000, "seq": seq, **body}).encode()
    return Message(f"nw/v1/h1/{device}/{stream}", raw, at)


def moved(window: MotionWindow, at: int) -> Message:
    """A window as the wearable w1 sends it, received at `at`."""
    packed = base64.b64encode(window.acc.astype("<i2").tobytes()).decode()
    message = said("w1", "motion", window.start, 0, hz=window.hz, acc_b64=packed, site="wrist")
    return replace(message, received=at)


def fallen(at: int) -> list[Message]:
    """A wearer walks, falls about six seconds after `at`, and lies for a while."""
    acted = windows(fall(before=40, after=50), start=at, device=11)
    return [moved(window, window.start + SECOND) for window in acted]


class Platform:
    """The worker's pure parts, and rows by their natural keys."""

    def __init__(self) -> None:
        self.directory = CONFIG.directory
        self.decoder = Decoder(self.directory)
        self.detectors = all_detectors()
        for detector in self.detectors:
            detector.know(self.directory)
        self.rows: dict[tuple[int, int, int], float] = {}
        self.windows: dict[tuple[int, int], MotionWindow] = {}
        self.refused: list[Any] = []
        self.findings: dict[tuple[str, int], Finding] = {}

    def hear(self, messages: Sequence[Message], now: int) -> Decoded:
        decoded = self.decoder.decode(messages, now)
        told = [
            f for d in self.detectors if hasattr(d, "told") and decoded.told for f in d.told(decoded.told)
        ]
        self._find(told + [f for detector in self.detectors for f in detector.fold(decoded.batch)])
        for row in decoded.batch.readings:
            self.rows.setdefault(
                (int(row["device"]), int(row["metric"]), int(row["time"])), float(row["value"])
            )
        self.windows |= {(w.device, w.start): w for w in decoded.batch.motion}
        self.refused += decoded.refused
        return decoded

    def relay(self, bodies: Sequence[bytes], now: int) -> Decoded:
        """What the gateway g1 hands up, received at `now`."""
        return self.hear([Message("nw/v1/h1/g1/relay", entry.message_of(bodies), now)], now)

    def tick(self, now: int) -> None:
        self._find([f for detector in self.detectors for f in detector.tick(now)])

    def kinds(self) -> list[str]:
        """Of what was found, once each finding."""
        return sorted(f.kind for (_, revision), f in self.findings.items() if revision == 0)

    def _find(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.findings.setdefault((str(finding.id), finding.revision), finding)


class Home:
    """A gateway with its store; it may be killed, and its line may be cut."""

    def __init__(self, folder: Path, config: Config = CONFIG, now: int = NOW) -> None:
        self.path, self.config = folder / "gateway.sqlite", config
        self.sounds: list[str] = []
        self.start(now)

    def start(self, now: int) -> None:
        """As after a power cut: only the file is left."""
        self.store = Store(self.path, round(self.config.capacity_mb * 1024 * 1024))
        self.store._conn.execute("PRAGMA synchronous = OFF")  # only the process dies here, never the power
        self.gateway = Gateway(self.config)
        self.keep(self.gateway.restore(self.store.past(), now), [], now)

    def hear(self, messages: Sequence[Message], now: int) -> Work:
        return self.keep(self.gateway.handle(messages, now), messages, now)

    def tick(self, now: int) -> Work:
        return self.keep(self.gateway.tick(now), [], now)

    def keep(self, work: Work, messages: Sequence[Message], now: int) -> Work:
        self.store.commit(work, messages, now)
        if work.sound is not None:
            self.sounds.append(f"{work.sound.sound} {work.sound.kind}".strip())
        return work

    def kill(self, now: int) -> None:
        self.store.close()
        self.start(now)

    def hand_up(self, platform: Platform, now: int, lost: bool = False, limit: int = 100) -> None:
        """All that waits; `lost`: the acknowledgement of each message is, so that it goes again."""
        while rows := self.store.next(limit):
            platform.relay([body for _, body in rows], now)
            if lost:
                lost = False
                continue
            self.store.sent([key for key, _ in rows])
