"""What may happen in a scenario, one type each; `does` tells them apart.

`at` counts from the beginning. `called` names the instant, so that something may be expected after it.
"""

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from simulators.falling import KINDS
from simulators.scenarios.span import Span

Positive = Annotated[int, Meta(ge=1, le=1000)]


class _At(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="does"):
    at: Span
    called: str = ""


class Falls(_At, frozen=True, kw_only=True, tag="falls"):
    """The wearer of `device` falls: the impact is at `at`. They lie for `lies`, or are up after `rises`."""

    device: str
    kind: str = "forward"
    lies: Span = Span(60)
    rises: Span | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no kind of fall {self.kind!r}; there are {', '.join(KINDS)}")


class Moves(_At, frozen=True, kw_only=True, tag="moves"):
    """The wearer of `device` goes about their day (`how`: active), or keeps still, for so long."""

    device: str
    lasts: Span
    how: Literal["active", "still", "clapping"] = "active"


class Replays(_At, frozen=True, kw_only=True, tag="replays"):
    """The wearer of `device` lives through a recorded trial, which begins at `at`.

    `data` is a folder of trials below the folder `falls` of NOWALLS_DATA, `trial` the name of one in it.
    """

    device: str
    data: str
    trial: str


class Presses(_At, frozen=True, kw_only=True, tag="presses"):
    """Somebody presses the button of `device`, `times` times, `every` so often."""

    device: str
    times: Positive = 1
    every: Span = Span(2)


class Switches(_At, frozen=True, kw_only=True, tag="switches"):
    """A sensor changes: `state` 1 or 0; it goes back after `back_after` when that is given."""

    device: str
    state: int = 1
    kind: str = ""
    times: Positive = 1
    every: Span = Span(60)
    back_after: Span | None = None


class Measures(_At, frozen=True, kw_only=True, tag="measures"):
    """A device measures `values`, `times` times; each time they grow by `change`."""

    device: str
    values: dict[str, float]
    change: dict[str, float] = {}
    times: Positive = 1
    every: Span = Span(60)


class Is(_At, frozen=True, kw_only=True, tag="is at"):
    """A device tells where it is, `times` times; each time it has moved by `north_m` and `east_m` metres."""

    device: str
    lat: float
    lon: float
    accuracy_m: float = 10
    north_m: float = 0
    east_m: float = 0
    times: Positive = 1
    every: Span = Span(60)
    datum: Literal["wgs84", "gcj02"] = "wgs84"


class Reports(_At, frozen=True, kw_only=True, tag="reports"):
    """A device says how it is: its battery, its signal."""

    device: str
    battery: Annotated[float, Meta(ge=0, le=1)] | None = None
    rssi: int = -60


class Vanishes(_At, frozen=True, kw_only=True, tag="vanishes"):
    """A device (or every device of `home`) loses its power, for `lasts`; nothing is stored meanwhile."""

    lasts: Span
    device: str = ""
    home: str = ""


class Freezes(_At, frozen=True, kw_only=True, tag="freezes"):
    """Nobody stirs in a home that lives: its sensors go on reporting, but see nobody, for `lasts`."""

    home: str
    lasts: Span


class Says(_At, frozen=True, kw_only=True, tag="says"):
    """A device sends `fields` (with `t`, unless given) or the `text` as it stands on `stream`."""

    device: str
    stream: str
    fields: dict[str, Any] = {}
    text: str = ""
    size: int = 0


class Acts(_At, frozen=True, kw_only=True, tag="acts"):
    """Staff deal with the incident of `kind` in `home` (or anywhere in the scenario).

    `by` a member of staff, or the station's console; `send`: asks `to` to go, or the nearest.
    """

    action: Literal[
        "acknowledge", "respond", "arrive", "resolve", "cancel", "follow_up", "note", "hand_over", "undo",
        "reopen", "send",
    ]  # fmt: skip
    kind: str
    home: str = ""
    outcome: str = ""
    note: str = ""
    by: str = ""
    to: str = ""


class EndsSilence(_At, frozen=True, kw_only=True, tag="ends the silence"):
    """The maintenance is over before its time."""


class Drills(_At, frozen=True, kw_only=True, tag="drills"):
    """An administrator begins a rehearsal of `scenario` in the community."""

    scenario: Literal["fall", "sos", "smoke", "inactivity"] = "fall"


class Calls(_At, frozen=True, kw_only=True, tag="calls"):
    """Somebody telephones, and `by` raises an incident of `kind` for `person` by hand."""

    by: str
    person: str
    kind: Literal["sos", "fall", "inactivity", "other"] = "sos"
    note: str = "by telephone"


class Asks(_At, frozen=True, kw_only=True, tag="asks"):
    """A technician at the bench is asked to do something; time goes on when they say it is done."""

    text: str


Step = (
    Falls
    | Moves
    | Replays
    | Presses
    | Switches
    | Measures
    | Is
    | Reports
    | Vanishes
    | Freezes
    | Says
    | Acts
    | EndsSilence
    | Drills
    | Calls
    | Asks
)
DOES = tuple(str(step.__struct_config__.tag) for step in get_args(Step))
"""The words of `does`."""
Done = Acts | EndsSilence | Drills | Calls
"""What people do at the platform."""
