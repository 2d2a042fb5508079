"""What a gateway knows of its home, as one JSON file that `nowalls gateway setup` writes."""

from pathlib import Path

import msgspec

from core.directory import DeviceEntry, Directory

# What is not said here goes up whenever it changes.
CHANGE = {
    "heart_rate": 5.0,
    "respiration": 2.0,
    "steps": 50.0,
    "systolic": 5.0,
    "diastolic": 5.0,
    "body_temperature": 0.2,
    "skin_temperature": 0.5,
    "room_temperature": 0.5,
    "body_water": 1.0,
    "battery": 0.05,
    "rssi": 10.0,
    "uptime_s": 1e12,
    "lat": 0.0002,
    "lon": 0.0002,
    "accuracy_m": 1e9,
}


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which readings of a stream go up.

    Attributes:
        mode: "all"; "change": what differs from what was last sent, and one each `every_s`; "mean": one each
            `every_s`, the mean since the last (of vitals). A cry for help always goes up, at once.
        every_s: seconds.
        change: by quantity, how much it must differ.
    """

    mode: str = "change"
    every_s: float = 300.0
    change: dict[str, float] = msgspec.field(default_factory=lambda: dict(CHANGE))

    def __post_init__(self) -> None:
        if self.mode not in ("all", "change", "mean") or self.every_s <= 0:
            raise ValueError(f"a rule is all, change or mean, and every_s above 0: not {self.mode}")


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device of the home, as in the platform's directory."""

    id: int
    code: str
    kind: str
    resident: int | None = None
    room: str = ""
    site: str = ""
    report_every_s: int | None = None
    since: int = 0


class Alarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sounded in the home itself.

    Attributes:
        kinds: of findings.
        ring_s: for so many seconds at most.
        command: a program and its arguments, started when it begins and when it ends; it finds
            NOWALLS_SOUND ("high" or "off") and NOWALLS_KIND in its environment.
    """

    kinds: tuple[str, ...] = ("sos", "fall", "smoke", "gas", "co", "water")
    ring_s: float = 180.0
    command: tuple[str, ...] = ()


def _rules() -> dict[str, Rule]:
    return {
        "event": Rule("all"),
        "vital": Rule("change", 300),
        "position": Rule("change", 300),
        "status": Rule("change", 900),
        "motion": Rule("change", 60),
    }


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A gateway's file.

    Attributes:
        gateway: its own code; home_code, home, station: where it stands; residents: who lives there.
        uplink, local: URLs of the platform's broker and of the one in the home (mqtt:// or mqtts://).
        ca: the authority whose brokers are trusted; "": those the system trusts.
        rules: by stream; "motion" takes one window each `every_s`, as a sign of life.
        detectors: those that run here, by name.
        capacity_mb: what may wait for the line; beyond it the least important and oldest is dropped.
        heartbeat_s: the gateway says this often how it is, and which devices it hears.
    """

    gateway: str
    gateway_id: int
    home_code: str
    home: int
    station: int
    uplink: str
    devices: tuple[Device, ...]
    residents: tuple[int, ...] = ()
    time_zone: str = "Asia/Shanghai"
    local: str = "mqtt://127.0.0.1:1883"
    ca: str = ""
    rules: dict[str, Rule] = msgspec.field(default_factory=_rules)
    detectors: tuple[str, ...] = ("immediate", "falls", "hazards", "vitals")
    alarm: Alarm = Alarm()
    capacity_mb: float = 512.0
    heartbeat_s: float = 60.0

    @property
    def directory(self) -> Directory:
        """The home as decoders and detectors want it."""
        entries = [
            DeviceEntry(
                id=d.id, code=d.code, home=self.home, home_code=self.home_code, station=self.station,
                resident=d.resident, kind=d.kind, room=d.room, site=d.site, report_every_s=d.report_every_s,
                time_zone=self.time_zone, since=d.since,
            )
            for d in self.devices
        ]  # fmt: skip
        return Directory.of(entries, {self.home: self.residents})

    def rule(self, stream: str) -> Rule:
        """Of a stream; the ordinary one where the file says nothing."""
        return self.rules.get(stream) or _rules()[stream]


def read(path: Path) -> Config:
    """The file at `path`; raises OSError, or ValueError that names what is wrong."""
    return msgspec.json.decode(path.read_bytes(), type=Config)
