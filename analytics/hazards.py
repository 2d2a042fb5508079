"""Rooms that are too hot or too cold to live in: heat waves, a heating that has failed, something that burns.

Smoke, gas, carbon monoxide, water and tampering are `analytics.immediate`. A room's temperature is a hazard
when it has been beyond a limit for long enough, the sooner the worse it is; it is over after CALM within it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from analytics.memory import Memory, Notebook
from core.batch import Batch
from core.directory import Directory
from core.finding import Finding, Reason
from core.instant import HOUR, MINUTE, SECOND
from core.quantity import BY_NAME

LATE = 30 * MINUTE  # an older value is for the curve
GAP = 2 * HOUR  # what nobody measured for so long did not last
CALM = 30 * MINUTE
BACK = 1.0  # degrees within the limit before it counts as over
NOT_ROOMS = frozenset({"balcony", "garden", "porch", "outdoors", "fridge", "fridge-door", "freezer"})
_TEMPERATURE = BY_NAME["room_temperature"].id


class Band(NamedTuple):
    """One row: the finding, its severity, the limit in degrees Celsius (from there on), and for how long."""

    kind: str
    severity: str
    limit: float
    lasting: int

    @property
    def cold(self) -> bool:
        """Whether it is beyond when below."""
        return self.kind == "room_cold"

    def is_beyond(self, value: float) -> bool:
        """Whether `value` is."""
        return value <= self.limit if self.cold else value >= self.limit


# Of each kind the mildest first. WHO's housing guidelines (2018) ask for 18 degrees and more; people who save
# on heating live with less, so the alarm begins where it endangers.
BANDS = (
    Band("room_heat", "heat", 30.0, 3 * HOUR),
    Band("room_heat", "heat_critical", 35.0, HOUR),
    Band("room_heat", "fire_critical", 55.0, 0),
    Band("room_cold", "cold", 12.0, 3 * HOUR),
    Band("room_cold", "cold_critical", 8.0, HOUR),
)
KINDS = ("room_heat", "room_cold")


@dataclass(slots=True)
class Room:
    """What one sensor tells.

    Attributes:
        latest: newest instant judged. since: of each of BANDS, from when on all values were beyond, or 0.
        calm: of each of KINDS, from when on all values were within again, or 0. open: findings that stand.
    """

    latest: int = 0
    since: list[int] = field(default_factory=lambda: [0] * len(BANDS))
    calm: list[int] = field(default_factory=lambda: [0] * len(KINDS))
    open: dict[str, Finding] = field(default_factory=dict)

    @property
    def at_rest(self) -> bool:
        """Nothing to remember."""
        return not (any(self.since) or self.open)


class HazardDetector:
    """Fold over room temperatures; keeps a room only where it is not in order."""

    name = "hazards"
    may_wait_s = 0.2

    def __init__(self) -> None:
        self._directory = Directory()
        self._rooms: dict[int, Room] = {}
        self._ended: dict[int, int] = {}  # newest value judged when a room came to rest
        self._notebook, self._now = Notebook(), 0

    def know(self, directory: Directory) -> None:
        """Forget removed sensors."""
        self._directory = directory
        self._rooms = {device: room for device, room in self._rooms.items() if device in directory.by_id}
        self._ended = {device: at for device, at in self._ended.items() if device in directory.by_id}

    def recall(self, memories: Iterable[Memory]) -> None:
        """For how long rooms have been too hot or too cold."""
        for memory in memories:
            numbers = [int(number) for number in memory.numbers]
            if memory.subject not in self._directory.by_id or len(numbers) != 1 + len(BANDS) + len(KINDS):
                continue
            since, calm = numbers[1 : 1 + len(BANDS)], numbers[1 + len(BANDS) :]
            if any(since) or any(calm):
                self._rooms[memory.subject] = Room(numbers[0], since, calm)
            else:
                self._ended[memory.subject] = numbers[0]

    def memories(self) -> list[Memory]:
        """The same, once an hour."""
        rows = []
        for device, topic in self._notebook.due(self._now):
            room = self._rooms.get(device) or Room(self._ended.get(device, 0))
            rows.append(Memory(self.name, device, topic, [room.latest, *room.since, *room.calm]))
        return rows

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open."""
        for finding in findings:
            if finding.kind in KINDS and finding.device in self._directory.by_id and not finding.cleared:
                room = self._rooms.setdefault(finding.device, Room(self._ended.pop(finding.device, 0)))
                room.open[finding.kind] = finding

    def fold(self, batch: Batch) -> list[Finding]:
        """Findings for rooms that have been beyond a limit for long enough."""
        rows = batch.readings
        rows = rows[(rows["metric"] == _TEMPERATURE) & (rows["received"] - rows["time"] <= LATE)]
        mild = (rows["value"] < BANDS[0].limit) & (rows["value"] > BANDS[3].limit)
        found: list[Finding] = []
        for row, is_mild in zip(rows, mild, strict=True):
            device = int(row["device"])
            if is_mild and device not in self._rooms:
                continue
            entry = self._directory.by_id.get(device)
            if entry is not None and entry.room not in NOT_ROOMS:
                found += self._judge(device, entry.home, int(row["time"]), float(row["value"]))
        return found

    def tick(self, now: int) -> list[Finding]:
        """Nothing here waits for time: a sensor that is silent is supervision's matter."""
        self._now = now
        return []

    def _judge(self, device: int, home: int, time: int, value: float) -> list[Finding]:
        room = self._rooms.get(device)
        if room is None:
            room = self._rooms[device] = Room(self._ended.pop(device, 0))
        if time <= room.latest:
            return []
        lapsed = room.latest and time - room.latest > GAP
        for index, band in enumerate(BANDS):
            if not band.is_beyond(value):
                room.since[index] = 0
            elif lapsed or not room.since[index]:
                room.since[index] = time
        room.latest = time
        found = [f for kind in KINDS if (f := self._state(room, kind, device, home, time, value))]
        self._notebook.note(device, 0)
        if room.at_rest:
            del self._rooms[device]
            self._ended[device] = time
        return found

    def _state(
        self, room: Room, kind: str, device: int, home: int, time: int, value: float
    ) -> Finding | None:
        lasting = [
            (band, since)
            for band, since in zip(BANDS, room.since, strict=True)
            if band.kind == kind and since and time - since >= band.lasting
        ]
        standing = room.open.get(kind)
        if not lasting:
            return self._calming(room, kind, time, value) if standing else None
        room.calm[KINDS.index(kind)] = 0
        band, since = lasting[-1]
        ranks = [b.severity for b in BANDS]
        if standing and ranks.index(standing.severity) >= ranks.index(band.severity):
            return None
        finding = self._finding(band, device, home, since, time, value)
        if standing:
            finding = replace(finding, onset=standing.onset, revision=standing.revision + 1)
        room.open[kind] = finding
        return finding

    def _finding(self, band: Band, device: int, home: int, since: int, time: int, value: float) -> Finding:
        params = {
            "room": self._directory.by_id[device].room, "value": value, "limit": band.limit,
            "since_at": since, "lasting_s": (time - since) // SECOND,
        }  # fmt: skip
        return Finding(
            band.kind, home, since, time, Reason(f"{band.kind}.{band.severity}", params), device=device,
            severity=band.severity, evidence={"metric": "room_temperature", "value": value},
        )  # fmt: skip

    def _calming(self, room: Room, kind: str, time: int, value: float) -> Finding | None:
        """Over, when all values have been within the mildest limit, and a degree more, for CALM."""
        mildest = next(band for band in BANDS if band.kind == kind)
        within = value >= mildest.limit + BACK if mildest.cold else value <= mildest.limit - BACK
        index = KINDS.index(kind)
        if not within:
            room.calm[index] = 0
            return None
        room.calm[index] = room.calm[index] or time
        if time - room.calm[index] < CALM:
            return None
        room.calm[index] = 0
        standing = room.open.pop(kind)
        params = {**standing.reason.params, "value": value, "cleared_at": time, "since_at": standing.onset}
        return replace(
            standing, at=time, revision=standing.revision + 1, cleared=True,
            reason=Reason(f"{kind}.over", params),
        )  # fmt: skip
