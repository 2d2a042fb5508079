"""The invented community of the demo: a city that is on no map, three stations, sixty people, their devices.

All names are made up by combining common characters; nobody real is meant.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulators import people
from simulators.homes import Home, Sensor
from simulators.people import Course

SEED = 20_26
_FIRST_DAY = 19_900  # local day number from which courses run
RESIDENTS = 60
COUPLES = 8
HERE = (34.802, 114.291)  # fields outside an old town on the great river

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = {
    "female": "秀英 桂兰 玉梅 淑珍 凤霞 春兰 素芬 月娥 爱莲 雪琴 惠芳 金凤",
    "male": "建国 德福 广林 长河 永康 守义 保田 志远 文山 忠良 占元 学礼",
}
_YOUNG = "晓峰 丽娜 海涛 婷婷 志强 敏 磊 雅静 伟 佳慧"
_STREETS = ("梧桐路", "柳巷", "槐荫街", "杏林路", "青竹里")
_RISKS = ("", "", "走路不稳", "高血压", "夜间如厕多", "糖尿病", "轻度认知障碍", "独居体弱")

STATIONS: tuple[dict[str, Any], ...] = (
    {"code": "yunting", "level": "city", "name": "云汀市", "name_en": "Yunting City"},
    {
        "code": "liutang",
        "level": "district",
        "parent": "yunting",
        "name": "柳塘区",
        "name_en": "Liutang District",
    },
    {
        "code": "wutong",
        "level": "street",
        "parent": "liutang",
        "name": "梧桐街道",
        "name_en": "Wutong Street",
    },
    {
        "code": "guihua",
        "level": "community",
        "parent": "wutong",
        "name": "桂花社区养老服务站",
        "name_en": "Guihua Community Station",
    },
    {
        "code": "qingzhu",
        "level": "community",
        "parent": "wutong",
        "name": "青竹社区养老服务站",
        "name_en": "Qingzhu Community Station",
    },
    {
        "code": "xinglin",
        "level": "community",
        "parent": "wutong",
        "name": "杏林社区养老服务站",
        "name_en": "Xinglin Community Station",
    },
)

SITES_OF_STATIONS = {"guihua": (0.006, -0.008), "qingzhu": (-0.005, 0.010), "xinglin": (0.011, 0.006)}


@dataclass(frozen=True, slots=True)
class Household:
    """One home of the demo.

    Attributes:
        home: as its sensors see it.
        codes: device code of each sensor of `home`, in the same order.
        wearables: device code of each person's wearable.
        others: codes of further devices by kind (button, smoke, gas, water, cuff).
        document: the home in the form `nowalls community load` takes, without secrets.
    """

    code: str
    home: Home
    codes: tuple[str, ...]
    wearables: tuple[str, ...]
    others: dict[str, str]
    document: dict[str, Any]


def households(seed: int = SEED, residents: int = RESIDENTS, prefix: str = "h") -> list[Household]:
    """All homes, couples first, then people who live alone; every code begins with `prefix`."""
    couples = min(COUPLES, residents // 3)
    found: list[Household] = []
    number = 0
    while number < residents:
        size = 2 if len(found) < couples and number + 2 <= residents else 1
        found.append(_household(seed, len(found), number, size, prefix))
        number += size
    return found


def document(houses: list[Household], secrets: dict[str, str]) -> dict[str, Any]:
    """The community as one document, with the devices' secrets."""
    stations = [
        {**station, "lat": HERE[0] + dlat, "lon": HERE[1] + dlon, "phone": f"0000-55{index:04d}"}
        for index, station in enumerate(STATIONS)
        for dlat, dlon in [SITES_OF_STATIONS.get(station["code"], (0.0, 0.0))]
    ]
    homes = []
    for house in houses:
        devices = [{**device, "secret": secrets[device["code"]]} for device in house.document["devices"]]
        homes.append({**house.document, "devices": devices})
    return {"stations": stations, "homes": homes}


def _household(seed: int, index: int, first: int, size: int, prefix: str) -> Household:
    draw = np.random.default_rng([seed, index, 1 << 28])
    code = f"{prefix}{index + 1:03d}"
    lived_in = tuple(
        replace(people.person(seed, first + k), course=_course(seed, first + k, index)) for k in range(size)
    )
    sensors = _sensors(size, index)
    home = Home(seed, index, lived_in, sensors)
    codes = tuple(f"{code}-{sensor.kind}-{sensor.room}" for sensor in sensors)
    wearables = tuple(f"{code}-watch{k + 1}" for k in range(size))
    others = _others(code, index, 8 - len(sensors) - size)
    station = list(SITES_OF_STATIONS)[index % 3]
    lat, lon = (
        centre + shift + draw.normal(0, 0.004)
        for centre, shift in zip(HERE, SITES_OF_STATIONS[station], strict=True)
    )
    street, number, door = _STREETS[index % 5], int(draw.integers(1, 90)), int(draw.integers(1, 7))
    written = {
        "code": code,
        "station": station,
        "address": f"云汀市柳塘区{street}{number}号{door}单元",
        "access_note": "钥匙在社区服务站" if draw.random() < 0.4 else "",
        "lat": round(float(lat), 6),
        "lon": round(float(lon), 6),
        "residents": [
            _resident(draw, first + k, size, index) | _watched(first + k, (float(lat), float(lon)))
            for k in range(size)
        ],
        "devices": _devices(sensors, codes, wearables, others),
    }
    return Household(code, home, codes, wearables, others, written)


def _course(seed: int, number: int, index: int) -> Course:
    """What happens to somebody over the years: illness to all, decline to some, wandering to a few, and
    holidays, which a household spends together."""
    draw = np.random.default_rng([seed, number, 1 << 26])
    together = np.random.default_rng([seed, index, 1 << 25])
    away = [
        (int(first), int(first + together.integers(2, 8)))
        for begin in range(_FIRST_DAY, _FIRST_DAY + 10 * 365, 365)
        for first in sorted((begin + together.integers(0, 365, together.poisson(0.8))).tolist())
    ]
    return Course(
        since=_FIRST_DAY + int(draw.integers(300, 1000)),
        decline=float(draw.uniform(0.05, 0.15)) if draw.random() < 0.15 else 0.0,
        wanders=0.05 if _wanders(number) else 0.0,
        holidays=tuple(away),
        falls_ill=1.5,
    )


def _wanders(number: int) -> bool:
    return number % 20 == 11


def _watched(number: int, home: tuple[float, float]) -> dict[str, Any]:
    """Of somebody who may get lost: why, and where they may be."""
    if not _wanders(number):
        return {}
    circle = {"name": "家附近", "points": [[round(home[0], 6), round(home[1], 6)]], "radius_m": 6000}
    night = {**circle, "name": "家中", "radius_m": 150, "from": "22:00", "until": "05:00"}
    return {"risks": "轻度认知障碍", "fences": [circle | {"from": "05:00", "until": "22:00"}, night]}


def _sensors(size: int, index: int) -> tuple[Sensor, ...]:
    sensors = [Sensor("pir", "bedroom"), Sensor("pir", "bathroom"), Sensor("door", "hallway")]
    if index % 2 == 0:
        sensors.append(Sensor("pir", "lounge"))
    if index % 3 == 0:
        sensors.append(Sensor("pir", "kitchen"))
    elif index % 3 == 1 and size == 1:
        sensors.append(Sensor("bed", "bedroom"))
    return tuple(sensors)


def _others(code: str, index: int, room_for: int) -> dict[str, str]:
    """Alarms and a cuff; every home has at least one, none more than `room_for`."""
    wanted = ["button", "smoke", "cuff", "gas", "water"]
    wanted = wanted[index % 5 :] + wanted[: index % 5]
    count = min(room_for, 1 + index % 4)
    return {kind: f"{code}-{kind}" for kind in wanted[:count]}


def _devices(
    sensors: tuple[Sensor, ...], codes: tuple[str, ...], wearables: tuple[str, ...], others: dict[str, str]
) -> list[dict[str, Any]]:
    rooms = {"smoke": "kitchen", "gas": "kitchen", "water": "bathroom", "button": "bedroom", "cuff": ""}
    devices: list[dict[str, Any]] = [
        {
            "code": code,
            "kind": "wearable",
            "site": "wrist",
            "wearer": k,
            "report_every_s": 60,
            "model": "sim-watch",
        }
        for k, code in enumerate(wearables)
    ]
    for code, sensor in zip(codes, sensors, strict=True):
        devices.append(
            {
                "code": code,
                "kind": sensor.kind,
                "room": sensor.room,
                "report_every_s": 300,
                "model": "sim-sensor",
            }
        )
    for kind, code in others.items():
        device: dict[str, Any] = {"code": code, "kind": kind, "room": rooms[kind], "model": "sim-alarm"}
        if kind == "cuff":
            device["wearer"] = 0
        else:
            device["report_every_s"] = 300
        if kind == "button":
            device["wearer"] = 0
        devices.append(device)
    return devices


def _resident(draw: np.random.Generator, number: int, size: int, index: int) -> dict[str, Any]:
    sex = ("female", "male")[number % 2] if size == 2 else str(draw.choice(["female", "female", "male"]))
    given = _GIVEN[sex].split()
    surname = _SURNAMES[int(draw.integers(len(_SURNAMES)))]
    name = surname + given[(number * 5 + int(draw.integers(3))) % len(given)]
    young = _YOUNG.split()
    contacts = [
        {
            "name": surname + young[int(draw.integers(len(young)))],
            "relation": str(draw.choice(["女儿", "儿子", "孙女", "侄子", "邻居"])),
            "phone": f"000-0000-{number:02d}{rank:02d}",
        }
        for rank in range(1, int(draw.integers(2, 4)))
    ]
    contacts = [contact | _quiet(number, rank) for rank, contact in enumerate(contacts)]
    year, month, day = (int(draw.integers(low, high)) for low, high in ((1934, 1957), (1, 13), (1, 29)))
    living = "couple" if size == 2 else str(draw.choice(["alone", "alone", "empty_nest", "left_behind"]))
    return {
        "name": name,
        "sex": sex,
        "born": f"{year}-{month:02d}-{day:02d}",
        "phone": f"000-0001-{number:04d}",
        "living": living,
        "ability_grade": int(draw.choice([0, 1, 1, 2, 2, 3])),
        "risks": _RISKS[int(draw.integers(len(_RISKS)))],
        "contacts": contacts,
        "consents": ["monitoring", "family_view", "handover", "photos"],
        "since": f"2024-{1 + number % 12:02d}-{1 + number * 7 % 28:02d}",
    }


def _quiet(number: int, rank: int) -> dict[str, str]:
    """When a contact does not want to be called: some at night, some at their nap."""
    if number % 5 in (1, 3) and rank == 0:
        return {"quiet_from": "22:30", "quiet_until": "06:30"}
    return {"quiet_from": "12:30", "quiet_until": "14:00"} if number % 5 == 2 and rank == 1 else {}
