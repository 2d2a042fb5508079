"""A rescue warning: fire, gas or water in a home as a CAP 1.2 alert (OASIS). Pure; names nobody.

The message that opens is `<incident>.1`; what follows refers to it: an Update while somebody is at work, an
Update with AllClear when it is over, a Cancel when there was nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from alerts.incident import CLOSED
from core import messages

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_NEAR_KM = "0.05"
_NOTHING = frozenset({"false_alarm", "device_fault", "drill"})


class Manner(NamedTuple):
    """How a kind is told: CAP's category, response and severity."""

    category: str
    response: str
    severity: str


KINDS: Mapping[str, Manner] = {
    "smoke": Manner("Fire", "Evacuate", "Extreme"),
    "gas": Manner("Safety", "Evacuate", "Extreme"),
    "co": Manner("Safety", "Evacuate", "Extreme"),
    "water": Manner("Infra", "Assess", "Moderate"),
    "room_heat": Manner("Health", "Assess", "Severe"),
    "room_cold": Manner("Health", "Assess", "Severe"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of the incident; instants are aware, `where` is an address, texts are by language."""

    incident: str
    version: int
    kind: str
    state: str
    outcome: str | None
    drill: bool
    urgent: bool
    onset: datetime
    detected_at: datetime
    state_since: datetime
    station: Mapping[str, str]
    station_code: str
    phone: str
    where: str
    lat: float | None
    lon: float | None
    reason_key: str
    reason_params: Mapping[str, Any]
    zone: str


def alert(scene: Scene, home_url: str) -> bytes:
    """The CAP message of the incident as it stands; raises KeyError for a kind that is no manner.

    `home_url` is where people open the pages; its host is part of the sender's name.
    """
    manner, sender = KINDS[scene.kind], _sender(scene, home_url)
    kind = message_type(scene)
    first = kind == "Alert"
    root = ET.Element("alert", xmlns=NAMESPACE)
    _say(root, "identifier", f"{scene.incident}.{1 if first else scene.version}")
    _say(root, "sender", sender)
    _say(root, "sent", _instant(scene.detected_at if first else scene.state_since, scene))
    _say(root, "status", "Exercise" if scene.drill else "Actual")
    _say(root, "msgType", kind)
    _say(root, "scope", "Restricted")
    _say(root, "restriction", "rescue services and the care station")
    if not first:
        _say(root, "references", f"{sender},{scene.incident}.1,{_instant(scene.detected_at, scene)}")
    for language in _LANGUAGES:
        root.append(_info(scene, manner, language, home_url))
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def message_type(scene: Scene) -> str:
    """Alert until somebody has it in hand, then Update; Cancel when there was nothing."""
    if scene.state in ("detected", "open"):
        return "Alert"
    unreal = scene.state == "cancelled" or scene.outcome in _NOTHING
    return "Cancel" if scene.state in CLOSED and unreal else "Update"


def _sender(scene: Scene, home_url: str) -> str:
    host = home_url.rpartition("//")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return f"{scene.station_code or 'platform'}@{host}"


def _info(scene: Scene, manner: Manner, language: str, home_url: str) -> ET.Element:
    over = scene.state in CLOSED
    title = messages.render(f"title.{scene.kind}", {}, language, scene.zone)
    info = ET.Element("info")
    _say(info, "language", _LANGUAGES[language])
    _say(info, "category", manner.category)
    _say(info, "event", title)
    _say(info, "responseType", "AllClear" if over else manner.response)
    _say(info, "urgency", "Past" if over else "Immediate" if scene.urgent else "Expected")
    _say(info, "severity", manner.severity)
    _say(info, "certainty", _certainty(scene))
    code = ET.SubElement(info, "eventCode")
    _say(code, "valueName", "nowalls:kind")
    _say(code, "value", scene.kind)
    _say(info, "onset", _instant(scene.onset, scene))
    _say(info, "senderName", scene.station.get(language, ""))
    _say(info, "headline", " · ".join(part for part in (title, scene.where) if part))
    why = messages.render(scene.reason_key, scene.reason_params, language, scene.zone)
    _say(info, "description", why)
    _say(info, "web", f"{home_url}/board#/incident/{scene.incident}")
    _say(info, "contact", scene.phone)
    info.append(_area(scene, language))
    return info


def _certainty(scene: Scene) -> str:
    if message_type(scene) == "Cancel":
        return "Unlikely"
    return "Observed" if scene.state in ("on_site", "resolved", "followed_up") else "Likely"


def _area(scene: Scene, language: str) -> ET.Element:
    area = ET.Element("area")
    _say(area, "areaDesc", scene.where or scene.station.get(language, "") or "?")
    if scene.lat is not None and scene.lon is not None:
        _say(area, "circle", f"{scene.lat:.6f},{scene.lon:.6f} {_NEAR_KM}")
    return area


def _say(parent: ET.Element, name: str, text: str) -> None:
    """An element; one that would be empty is left out, and what XML cannot hold is a blank."""
    if text:
        ET.SubElement(parent, name).text = "".join(_plain(text))


def _plain(text: str) -> Iterator[str]:
    for character in text:
        yield character if character.isprintable() else " "


def _instant(moment: datetime, scene: Scene) -> str:
    """Local time to the second with its offset: CAP knows no Z."""
    return moment.astimezone(messages.zone(scene.zone)).isoformat(timespec="seconds")
