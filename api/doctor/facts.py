"""What the doctor knows of a house, as values; `api.doctor.looking` finds them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from api.store.condition import Archive, Devices, Server, Waiting
from core.timeseries import Health


class Level(StrEnum):
    """How bad: nothing, something for today, something that does not work now."""

    WELL = "well"
    SOON = "soon"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence of the doctor: which check, how bad, and the sentence with its numbers."""

    check: str
    level: Level
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours without anybody on duty: at a station (its code), for a role, from an instant on; its zone."""

    station: str
    role: str
    start: datetime
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Store:
    """What the database says.

    Attributes:
        server: itself. late_s: how far its clock is ahead of ours, seconds.
        pending: migrations that have not run. damaged: pages that were not what had been written.
        waiting, beats, quarantine, devices, failing, archive: see api.store.condition.
        gaps: of rosters, within three days. rosters: how many stations keep one.
        unstaffed: stations with homes whose alarms nobody could take.
        jobs: how storage's own jobs stand.
        sealed: "" when the keys open what is sealed; else what is wrong.
    """

    server: Server
    late_s: float
    pending: tuple[str, ...]
    damaged: int
    waiting: Waiting
    beats: Mapping[str, datetime]
    quarantine: Mapping[str, tuple[int, datetime]]
    devices: Mapping[str, Devices]
    failing: Mapping[str, int]
    archive: Archive | None
    gaps: tuple[Gap, ...] = ()
    sealed: str = ""
    rosters: int = 0
    unstaffed: tuple[str, ...] = ()
    jobs: tuple[Health, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything at one instant.

    Attributes:
        now: by the clock the care runs on. wall: by the world's.
        synchronised: whether this machine's clock is kept right by others; None: not known.
        disk_free, disk_bytes: of the data folder's disk.
        tls: whether certificates of our own are in use, and certificates: when each ends.
        broker: "" when it lets us in, else "unreachable" or "refused".
        store: None when the database does not answer.
        copied: when the newest backup was finished; None: there is none, or nobody said where they lie.
        archived: whether a folder of backups is set.
        own_database: it is not the embedded one, whose backups are ours.
        broker_bytes: what the embedded broker keeps until it is stored; None: it is another one.
        broker_stored, broker_dropped: of a Mosquitto, messages kept, and thrown away since it was started.
        keys_kept: whether it is said where copies of the keys lie, and keys_copied: of when the newest is.
    """

    now: datetime
    wall: datetime
    synchronised: bool | None
    disk_free: int
    disk_bytes: int
    tls: bool
    certificates: tuple[tuple[str, datetime], ...]
    broker: str
    store: Store | None
    copied: datetime | None
    archived: bool
    second: timedelta = timedelta(seconds=1)  # of the care's clock in which a real one passes
    own_database: bool = False
    broker_bytes: int | None = None
    broker_stored: int | None = None
    broker_dropped: int | None = None
    keys_kept: bool = False
    keys_copied: datetime | None = None
