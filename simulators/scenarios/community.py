"""The community that a scenario needs, as `nowalls community load` takes it in."""

from collections.abc import Mapping
from typing import Any

from simulators.scenarios.document import Device, Home, Person, Scenario

_LEVELS = (("city", "市"), ("district", "区"), ("street", "街道"), ("community", "社区养老服务站"))


def code_of(prefix: str, name: str) -> str:
    """The code of a home, device or station of a scenario in the system."""
    return f"{prefix}-{name}"


def community(scenario: Scenario, prefix: str, secrets: Mapping[str, str]) -> dict[str, Any]:
    """Stations, homes, people with their contacts, consents and fences, and devices; all codes begin with
    `prefix`."""
    stations: list[dict[str, Any]] = []
    for number, (level, name) in enumerate(_LEVELS):
        station = {
            "code": code_of(prefix, level),
            "level": level,
            "name": f"{scenario.name}{name}",
            "name_en": f"{scenario.name} {level}",
        }
        if number:
            station["parent"] = code_of(prefix, _LEVELS[number - 1][0])
        stations.append(station)
    homes = [_home(home, prefix, stations[-1]["code"], secrets) for home in scenario.homes if not home.real]
    return {"stations": stations, "homes": homes}


def _home(home: Home, prefix: str, station: str, secrets: Mapping[str, str]) -> dict[str, Any]:
    names = [person.name for person in home.people]
    place = {} if home.lat is None or home.lon is None else {"lat": home.lat, "lon": home.lon}
    return {
        "code": code_of(prefix, home.code),
        "station": station,
        "address": f"{home.code} of {prefix}",
        **place,
        "residents": [_resident(person) for person in home.people],
        "devices": [_device(device, prefix, names, secrets) for device in home.devices],
    }


def _resident(person: Person) -> dict[str, Any]:
    contacts = [{"name": c.name, "relation": c.relation, "phone": c.phone} for c in person.contacts]
    fences = [
        {
            "name": f"fence {number}",
            "points": [[fence.lat, fence.lon]],
            "radius_m": fence.radius_m,
            "from": fence.holds_from,
            "until": fence.holds_until,
        }
        for number, fence in enumerate(person.fences, 1)
    ]
    row: dict[str, Any] = {"name": person.name, "living": "alone", "consents": list(person.consents)}
    row |= {"contacts": contacts} if contacts else {}
    row |= {"fences": fences} if fences else {}
    return row | ({} if person.ability_grade is None else {"ability_grade": person.ability_grade})


def _device(device: Device, prefix: str, names: list[str], secrets: Mapping[str, str]) -> dict[str, Any]:
    code = code_of(prefix, device.code)
    row: dict[str, Any] = {"code": code, "kind": device.kind, "room": device.room, "model": "scenario"}
    if device.kind == "wearable":
        row["site"] = device.site or "wrist"
    if device.wearer:
        row["wearer"] = names.index(device.wearer)
    if device.reports is not None:
        row["report_every_s"] = max(1, round(device.reports))
    if code in secrets:
        row["secret"] = secrets[code]
    return row
