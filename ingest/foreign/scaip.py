"""SCAIP (SS 91100, EN 50134-9): what a social-alarm unit calls in, and what it is answered. Pure.

The tags and codes are facts of the standard as two public implementations write them down (the enumerations
of caruhome/scaip-gateway and Syntilio/Datahub-Scaip-Proxy); the standard itself is sold. A request is an
`mrq`, its answer an `mrs`; some write both as `scaip`, and are answered so. SCAIP tells no time: a call is
about now.
"""

import re
from enum import IntEnum
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from ingest.foreign import reading
from ingest.foreign.said import About, Said

MOST_BYTES = 8_192
_ROOTS = ("mrq", "scaip")
# A document type, an entity: what is declared there could be fetched, or grow without end.
_DECLARED = re.compile(r"<!(?!--|\[CDATA\[)")
_GEO = re.compile(r"(?:geo:)?(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)(?:,[^;]*)?(;.*)?")
_RADIUS = re.compile(r";u=(\d{1,6}(?:\.\d{1,6})?)(?:;|$)")
_GGA = re.compile(
    r"\$G[A-Z]GGA,[\d.]*,(\d\d)(\d\d(?:\.\d{1,9})?),([NS]),(\d{3})(\d\d(?:\.\d{1,9})?),([EW]),[1-9],.*",
    re.DOTALL,
)
_TAGS = frozenset({"ref", "ite", "mty", "cid", "dty", "did", "dte", "stc", "stt", "lco", "lva", "lte"})
_CODE = re.compile(r"[0-9A-Za-z]{1,8}")


class Status(IntEnum):
    """The status number of an answer."""

    OK = 0
    TOO_LONG = 1
    INVALID_FORMAT = 2
    WRONG_DATA = 3
    HOLD = 4  # not now: keep it and call again
    NOT_TREATED = 5  # not by us: call the next receiver
    BUSY = 6
    TAG_MISSING = 7


class Refusal(Exception):
    """A call that is none; carries the Status and one sentence."""

    def __init__(self, status: Status, text: str, reference: str = "", root: str = "mrq") -> None:
        super().__init__(text)
        self.status, self.text, self.reference, self.root = status, text, reference, root


class Call(NamedTuple):
    """One message of a controller; texts are "" where it says nothing."""

    reference: str
    controller: str
    kind: str  # ME a message, RE a reset, IN information, PI a heartbeat
    device_type: str
    device: str
    status: str
    location: str
    text: str
    root: str
    position: tuple[float, float, float | None] | None = None  # latitude, longitude, metres around them

    @property
    def is_heartbeat(self) -> bool:
        """Whether it only tells that the unit is there."""
        return self.kind == "PI"


# What is alarmed about, by device type; who alarms and is not here needs help, whatever it is: a trigger, a
# bed that was left, a seizure. Falls and man-down, then fire, gas, carbon monoxide and water.
_ALARMS = {
    "0005": "fall", "0030": "fall", "0023": "smoke", "0025": "smoke", "0037": "smoke", "0047": "smoke",
    "0021": "gas", "0026": "co", "0033": "water", "0034": "water", "0038": "tamper",
}  # fmt: skip
_HAZARDS = frozenset({"smoke", "gas", "co", "water"})
# Automatic and manual alarm, alert, activated, active, assistance, temperature rising, nothing said at all.
_ALARMING = frozenset({"", "0000", "0001", "0006", "0007", "0009", "0010", "0011", "0110", "0126"})
# So much of what a detector of hazards measures: high level, overflow, temperature high.
_TOO_MUCH = frozenset({"0046", "0079", "0100"})
# What a trigger (worn, on the wall, against attack) may say when it is used: begun, on, a pulse.
_TRIGGERS = frozenset({"0003", "0004", "0006", "0007", "0027"})
_USED = frozenset({"0050", "0074", "0090", "0096"})
# Normal, the three resets, cancelled: a hazard is over.
_OVER = frozenset({"0070", "0092", "0093", "0094", "0019"})
# What a status alone tells, whatever the device; a battery is told in words, and put down as these levels.
_TOLD = {
    "0014": ("battery", 0.0), "0016": ("battery", 0.1), "0015": ("battery", 1.0), "0125": ("tamper", 1.0),
    "0119": ("presence", 1.0), "0120": ("presence", 1.0), "0121": ("presence", 1.0),
    "0071": ("presence", 1.0), "0117": ("bed", 1.0), "0076": ("door", 1.0), "0077": ("door", 1.0),
    "0021": ("door", 0.0),
}  # fmt: skip
# Of whom a bed or a chair holds: (device type, status).
_HELD = {
    ("0012", "0003"): ("bed", 0.0), ("0012", "0071"): ("bed", 1.0), ("0012", "0120"): ("bed", 1.0),
    ("0012", "0121"): ("bed", 1.0), ("0044", "0003"): ("chair", 0.0), ("0044", "0071"): ("chair", 1.0),
    ("0044", "0120"): ("chair", 1.0), ("0044", "0121"): ("chair", 1.0),
}  # fmt: skip
# Statuses of the standard that ask for nobody to come: connections, power, tests, settings, pills.
_QUIET = frozenset(f"{n:04}" for n in range(2, 128)) - _ALARMING - _OVER - frozenset(_TOLD)
_PLACES = {
    "002": "home", "003": "away", "004": "indoors", "005": "outdoors", "010": "basement", "011": "bathroom",
    "012": "bedroom", "013": "dining room", "015": "garage", "016": "garden", "017": "back garden",
    "018": "front garden", "020": "gym", "021": "kitchen", "022": "laundry", "024": "sauna", "025": "stairs",
    "026": "study", "027": "workshop", "028": "loft", "029": "shed", "031": "summer house", "033": "mobile",
    "037": "bathroom", "038": "door", "039": "front door", "040": "back door", "041": "fire door",
    "042": "hall", "043": "living room", "044": "apartment", "046": "lounge", "047": "communal area",
    "048": "office", "049": "room", "051": "ward",
}  # fmt: skip


def decode(body: bytes) -> Call:
    """The call in `body`; raises Refusal, and nothing else."""
    if len(body) > MOST_BYTES:
        raise Refusal(Status.TOO_LONG, f"at most {MOST_BYTES} bytes")
    try:
        # As text: an encoding that is declared inside counts for nothing, and nothing can hide in it.
        text = _text(body).lstrip("\ufeff \t\r\n")
        if _DECLARED.search(text):
            raise Refusal(Status.INVALID_FORMAT, "declarations are not read")
        root = ET.fromstring(text)  # noqa: S314 - without declarations there are no entities
    except (ET.ParseError, ValueError, LookupError, RecursionError) as error:
        raise Refusal(Status.INVALID_FORMAT, "not XML") from error
    name = root.tag.rpartition("}")[2]
    if name not in _ROOTS:
        raise Refusal(Status.INVALID_FORMAT, "expected mrq")
    tags: dict[str, str] = {}
    for one in root:
        tag = one.tag.rpartition("}")[2] if isinstance(one.tag, str) else ""
        if tag in _TAGS and tag not in tags:
            tags[tag] = reading.name((one.text or "").strip())
    return _call(tags, name)._replace(position=_position(root))


def _text(body: bytes) -> str:
    """UTF-8; what is none is of an older unit, whose letters are Latin 1."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _position(root: ET.Element) -> tuple[float, float, float | None] | None:
    """Where a geo URI (RFC 5870) says that the device is; what is none is no reason to refuse an alarm."""
    told = [one.text or "" for one in root.iter() if str(one.tag).rpartition("}")[2] == "geo"]
    found = _GEO.fullmatch(told[0].strip()) if told else None
    if found is None:
        return _satellite(root)
    if not (abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180):
        return None
    radius = _RADIUS.search(found[3] or "")
    return float(found[1]), float(found[2]), float(radius[1]) if radius else None


def _satellite(root: ET.Element) -> tuple[float, float, float | None] | None:
    """The same of what the receiver of satellites says (NMEA 0183, GGA with a fix)."""
    told = [one.text or "" for one in root.iter() if str(one.tag).rpartition("}")[2] == "gga"]
    found = _GGA.fullmatch(told[0].strip()) if told else None
    if found is None:
        return None
    latitude = (int(found[1]) + float(found[2]) / 60) * (1 if found[3] == "N" else -1)
    longitude = (int(found[4]) + float(found[5]) / 60) * (1 if found[6] == "E" else -1)
    return (latitude, longitude, None) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _call(tags: dict[str, str], root: str) -> Call:
    reference = tags.get("ref", "")
    missing = [tag for tag in ("cid", "dty") if not tags.get(tag)]
    if missing:
        raise Refusal(Status.TAG_MISSING, f"missing: {', '.join(missing)}", reference, root)
    kind = tags.get("mty") or "ME"
    codes = (tags["dty"], tags.get("stc") or "0", tags.get("lco") or "0")
    if kind not in ("ME", "RE", "IN", "PI") or not all(_CODE.fullmatch(code) for code in codes):
        raise Refusal(Status.WRONG_DATA, "a code that is none", reference, root)
    device, status, room = (
        _whole(tags["dty"], 4),
        _whole(tags.get("stc", ""), 4),
        _whole(tags.get("lco", ""), 3),
    )
    place = tags.get("lte") or tags.get("lva") or _PLACES.get(room, "")
    texts = (tags.get("stt") or tags.get("dte") or tags.get("ite") or "", root)
    return Call(reference, tags["cid"], kind, device, tags.get("did", ""), status, place, *texts)


def _whole(code: str, digits: int) -> str:
    """A code as the standard writes it: many units leave out the noughts before it."""
    return code.lstrip("0").zfill(digits) if code.isascii() and code.isdigit() else code


def said(call: Call, thing: str) -> list[Said]:
    """What a call says of `thing`: an alarm is never nothing."""
    told = [Said(thing, *_told(call))]
    if call.position is not None:
        latitude, longitude, radius = call.position
        told += [Said(thing, "lat", latitude), Said(thing, "lon", longitude)]
        told += [Said(thing, "accuracy_m", radius)] if radius is not None else []
    return told


def _told(call: Call) -> tuple[str, float]:
    here = ("online", 1.0)
    about = _ALARMS.get(call.device_type, "need_help")
    if call.is_heartbeat:
        return here
    if call.kind == "RE" or call.status in _OVER:
        return (about, 0.0) if about in _HAZARDS else here
    if call.status in _TOO_MUCH and about in _HAZARDS:
        return about, 1.0
    held = _HELD.get((call.device_type, call.status), _TOLD.get(call.status))
    if held is not None:
        return held
    if call.status in _USED and call.device_type in _TRIGGERS and call.kind == "ME":
        return about, 1.0
    return here if call.kind == "IN" or call.status in _QUIET else (about, 1.0)


def about(call: Call) -> About:
    """How a person may know the unit again."""
    where = ", ".join(filter(None, (call.text, call.location)))
    return About(where or call.controller, f"SCAIP {call.device_type}")


def answer(reference: str, status: Status, text: str = "", root: str = "mrq") -> bytes:
    """The answer to a call: no voice is offered, because none of ours could answer it."""
    name = "scaip" if root == "scaip" else "mrs"
    fields = (("ref", reference), ("snu", str(int(status))), ("ste", text), ("mre", "0"))
    inner = "".join(f"<{tag}>{escape(value)}</{tag}>" for tag, value in fields)
    return f'<?xml version="1.0" encoding="utf-8"?><{name}>{inner}</{name}>'.encode("utf-8", "replace")
