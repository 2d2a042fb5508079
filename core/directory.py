"""Who wears what and what hangs where, as values: the lookup that turns a topic into keys."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.fence import Fence
from core.profile import ORDINARY, Profile, of_household


@dataclass(frozen=True, slots=True)
class DeviceEntry:
    """One installed device.

    Attributes:
        id, code: key in the store, and the name in topics (also the MQTT user name).
        home, home_code, station: where it is installed.
        resident: key of the person it belongs to; None for a sensor of the household.
        kind: "wearable", "pir", "door", "bed", "button", "smoke", "gas", "water", ...
        room: name of the room ("bathroom"), or "".
        site: body site of a wearable ("wrist"), or "".
        report_every_s: the longest the device stays silent when all is well; None if unknown.
        time_zone: IANA name of the home's zone.
        since: instant from which it hangs or is worn there, Unix microseconds.
    """

    id: int
    code: str
    home: int
    home_code: str
    station: int
    resident: int | None = None
    kind: str = "unknown"
    room: str = ""
    site: str = ""
    report_every_s: int | None = None
    time_zone: str = "Asia/Shanghai"
    since: int = 0


@dataclass(frozen=True, slots=True)
class VitalSetting:
    """How a resident's vital signs are to be read, said by a clinician.

    Attributes:
        spo2_scale: of NEWS2; 2 for people with hypercapnic respiratory failure, whose target is 88 to 92 %.
        oxygen: whether they breathe added oxygen.
    """

    spo2_scale: int = 1
    oxygen: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """All installed devices and the residents of each home at one instant.

    `fences` and `settings` are by resident; who has no fence is not watched for wandering.
    """

    by_code: dict[str, DeviceEntry] = field(default_factory=dict)
    by_id: dict[int, DeviceEntry] = field(default_factory=dict)
    residents: dict[int, tuple[int, ...]] = field(default_factory=dict)  # home -> who lives there
    fences: dict[int, tuple[Fence, ...]] = field(default_factory=dict)
    settings: dict[int, VitalSetting] = field(default_factory=dict)
    profiles: dict[int, Profile] = field(default_factory=dict)  # resident -> as set; the others are ordinary
    left: frozenset[int] = frozenset()  # homes where somebody lived, and nobody does any more

    @classmethod
    def of(
        cls,
        devices: Iterable[DeviceEntry],
        residents: dict[int, tuple[int, ...]],
        fences: dict[int, tuple[Fence, ...]] | None = None,
        settings: dict[int, VitalSetting] | None = None,
        profiles: dict[int, Profile] | None = None,
        left: Iterable[int] = (),
    ) -> "Directory":
        """Index `devices`; a code stands once."""
        entries = list(devices)
        by_code, by_id = {d.code: d for d in entries}, {d.id: d for d in entries}
        settled = (fences or {}, settings or {}, profiles or {})
        return cls(by_code, by_id, residents, *settled, frozenset(left))

    def lived_in(self) -> "Directory":
        """Without the devices that still hang where nobody lives any more. Where nobody was ever entered,
        somebody may live all the same."""
        if not self.left:
            return self
        there = {key: entry for key, entry in self.by_id.items() if entry.home not in self.left}
        return replace(self, by_id=there, by_code={entry.code: entry for entry in there.values()})

    def household(self, home: int) -> Profile:
        """How a home is to be watched over."""
        return of_household(self.profiles.get(who, ORDINARY) for who in self.residents.get(home, ()))

    def subject(self, device: DeviceEntry) -> int | None:
        """The person an observation of `device` is about: the wearer, or the only resident of the home."""
        if device.resident is not None:
            return device.resident
        people = self.residents.get(device.home, ())
        return people[0] if len(people) == 1 else None
