"""What the stations of the demo did in the last months: assessed, visited, cooked, repaired. All invented.

A document for `nowalls community recall`; it follows from the seed and the instant alone. Coverage is not
whole, and some people are due: a station's life is not tidy.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from core.instant import DAY, HOUR, MINUTE, iso
from simulators.station_menu import MENU, PROVIDERS
from simulators.village import HERE, SITES_OF_STATIONS, Household

_REACHES_BACK = 100  # days
_LOCAL = 8 * HOUR  # the village's clock is ahead of UTC by this
_ITEMS = {
    "eating": 4, "grooming": 4, "bathing": 4, "dressing_upper": 4, "dressing_lower": 4, "bladder": 4,
    "bowels": 4, "toileting": 4, "turning_in_bed": 4, "bed_to_chair": 4, "walking": 4, "stairs": 3,
    "orientation_time": 4, "orientation_place": 4, "orientation_person": 4, "memory": 4, "understanding": 4,
    "expression": 4, "aggression": 1, "depression": 1, "consciousness": 2, "sight": 2, "hearing": 2,
    "daily_affairs": 4, "transport": 3, "social_contact": 4,
}  # fmt: skip
_FIRST_TO_GO = ("stairs", "transport", "bathing", "memory", "walking", "daily_affairs", "social_contact")
_POINTS = {0: (90, 90), 1: (66, 86), 2: (46, 64), 3: (31, 44), 4: (8, 28)}
_EVERY_DAYS = {0: 55, 1: 24, 2: 20, 3: 6, 4: 5}
_HELPERS = {
    "guihua": ("沈佳宁", "贺兰芝"), "qingzhu": ("陶思远", "毛春杏"), "xinglin": ("韩木青", "邱小满")
}  # fmt: skip
_DESK = "demo.desk"
_WELL = (
    "",
    "",
    "精神好，在看电视",
    "血压正常，按时服药",
    "和邻居在楼下聊天",
    "睡眠一般，提醒午休",
    "屋内整洁，燃气已关",
)
_PROBLEM = ("说膝盖疼，已约社区医生", "药快吃完了，通知家属", "卫生间地滑，已登记改造", "情绪低落，下周再去")
_MEDICINES = ("", "氨氯地平 每日一次", "二甲双胍 每日两次", "阿司匹林 每日一次", "氨氯地平、阿托伐他汀 每晚")
_HAZARDS = (
    ("loose_rug", "lounge", "地垫卷边"), ("no_grab_bar", "bathroom", "马桶旁没有扶手"),
    ("poor_light", "hallway", "过道灯坏了"), ("slippery_floor", "bathroom", "淋浴间地砖滑"),
    ("old_gas_hose", "kitchen", "燃气软管老化"),
)  # fmt: skip


def document(houses: Sequence[Household], seed: int, now: int) -> dict[str, Any]:
    """The life of the stations up to `now` (Unix microseconds)."""
    draw = np.random.default_rng([seed, 1 << 24])
    mark = UUID(bytes=draw.bytes(16), version=4)
    people = [
        _person(seed, number, house, resident, now)
        for number, (house, resident) in enumerate(_everybody(houses))
    ]
    _leave_hazards(people, draw, now)
    return {
        "id": str(mark),
        "since": iso(now - _REACHES_BACK * DAY),
        "places": [_place(code, *site) for code, site in SITES_OF_STATIONS.items()],
        "helpers": [
            {"login": _DESK, "name": "值班员 罗静", "station": "wutong", "role": "operator"},
            *(
                {"login": f"demo.{code}{n}", "name": name, "station": code, "volunteer": True}
                for code, names in _HELPERS.items()
                for n, name in enumerate(names)
            ),
        ],
        "providers": [{**one, "menu": MENU[one["name"]]} for one in PROVIDERS],
        "people": people,
    }


def _everybody(houses: Sequence[Household]) -> Iterator[tuple[Household, dict[str, Any]]]:
    for house in houses:
        for resident in house.document["residents"]:
            yield house, resident


def _place(code: str, north: float, east: float) -> dict[str, Any]:
    lat, lon = HERE[0] + north, HERE[1] + east
    corners = ((0.012, -0.004), (0.010, 0.011), (-0.006, 0.014), (-0.012, 0.002), (-0.004, -0.013))
    area = [[round(lat + dlat, 5), round(lon + dlon, 5)] for dlat, dlon in corners]
    week = [[day, "08:30", "17:30"] for day in range(1, 6)] + [[6, "09:00", "12:00"]]
    return {"code": code, "area": area, "hours": week}


def _person(seed: int, number: int, house: Household, resident: dict[str, Any], now: int) -> dict[str, Any]:
    draw = np.random.default_rng([seed, number, 1 << 24])
    station, grade = house.document["station"], int(resident["ability_grade"])
    told: dict[str, Any] = {
        "home": house.code,
        "name": resident["name"],
        "medicines": str(draw.choice(_MEDICINES)),
        "allergies": "青霉素" if draw.random() < 0.1 else "",
        "doctor": "梧桐街道卫生服务中心 全科门诊" if draw.random() < 0.6 else "",
        "assessments": [] if number % 11 == 4 else [_assessment(draw, grade, now)],
        "visits": sorted(_visits(draw, station, grade, number, now), key=lambda visit: str(visit["at"])),
        "orders": list(_orders(draw, station, now)) if draw.random() < 0.45 else [],
    }
    if number % 7 == 5 and grade >= 2:
        told["changes"] = [[iso(now - int(draw.integers(50, 70)) * HOUR), "出院回家"]]
    return told


def _working(draw: np.random.Generator, now: int, days_ago: int) -> int:
    """An instant in the working hours of the day so many days ago."""
    midnight = (now + _LOCAL) // DAY * DAY - _LOCAL - days_ago * DAY
    return midnight + 9 * HOUR + int(draw.integers(0, 8 * 60)) * MINUTE


def _assessment(draw: np.random.Generator, grade: int, now: int) -> dict[str, Any]:
    answers, least_most = dict(_ITEMS), _POINTS[grade]
    wanted = int(draw.integers(least_most[0], least_most[1] + 1))
    order = [*_FIRST_TO_GO, *draw.permutation(sorted(set(_ITEMS) - set(_FIRST_TO_GO)))]
    turn = 0
    while sum(answers.values()) > wanted:
        item = str(order[turn % len(order)])
        answers[item] = max(0, answers[item] - 1)
        turn += 1
    days = int(draw.integers(20, _REACHES_BACK - 5))
    return {"at": iso(_working(draw, now, days)), "answers": answers, "assessors": "罗静、韩木青"}


def _visits(
    draw: np.random.Generator, station: str, grade: int, number: int, now: int
) -> Iterator[dict[str, Any]]:
    every = _EVERY_DAYS[grade]
    # One in seven has not been seen for long: these are due.
    latest = (
        int(draw.integers(every + 2, 2 * every + 10)) if number % 7 == 3 else int(draw.integers(1, every))
    )
    days = latest
    while days < _REACHES_BACK - 2:
        at = _working(draw, now, days)
        login = f"demo.{station}{int(draw.integers(2))}"
        met = draw.random()
        if met < 0.05:
            yield _visit(draw, at - 2 * DAY, login, "home", "not_met", "敲门无人应答", days + 2)
        if met < 0.12:
            yield _visit(draw, at, login, "home", "problem", str(draw.choice(_PROBLEM)), days)
        else:
            far = (0.72, 0.16, 0.12) if grade < 3 else (0.95, 0.05, 0.0)
            way = str(draw.choice(["home", "station", "remote"], p=far))
            yield _visit(draw, at, login, way, "well", str(draw.choice(_WELL)), days)
        days += max(2, every + int(draw.integers(-3, 4)))


def _visit(
    draw: np.random.Generator, at: int, by: str, way: str, result: str, note: str, days: int
) -> dict[str, Any]:
    minutes = 5 if result == "not_met" or way == "remote" else int(draw.integers(3, 10)) * 5
    checked = result != "not_met" and days > 3
    told = {"at": iso(at), "by": by, "way": way, "result": result, "note": note, "minutes": minutes}
    return told | {"confirmed": _DESK if checked else ""}


def _orders(draw: np.random.Generator, station: str, now: int) -> Iterator[dict[str, Any]]:
    helper = f"demo.{station}0"
    for week in range(int(draw.integers(1, 5)), -1, -1):
        asked = _working(draw, now, 7 * week + 1)
        wanted = asked + (DAY if week else 2 * DAY)  # the last ones are for tomorrow
        service = str(draw.choice([line["name"] for menu in MENU.values() for line in menu]))
        said = {"at": iso(asked), "wanted_at": iso(wanted), "service": service, "by": _DESK, "via": "phone"}
        promised = ["accept", iso(asked + HOUR), _DESK, ""]
        if week == 0:  # on its way, in one state or another
            yield said | {"steps": [[], [promised]][int(draw.integers(2))]}
            continue
        steps = [promised, ["carry_out", iso(wanted + HOUR), helper, ""]]
        luck = draw.random()
        if luck < 0.06:
            steps = [["refuse", iso(asked + HOUR), _DESK, "当天名额已满"]]
        elif luck < 0.85:
            steps.append(["confirm", iso(wanted + 3 * HOUR), _DESK, ""])
        if luck < 0.12 and len(steps) == 3:
            steps += [["complain", iso(wanted + 5 * HOUR), _DESK, "饭菜是凉的"]]
            if luck < 0.09:
                steps += [["refund", iso(wanted + DAY), _DESK, "已核实，退回"]]
        elif 0.12 < luck < 0.6:
            steps.append(["rate", iso(wanted + 4 * HOUR), _DESK, ""])
        yield said | {"rating": int(draw.integers(3, 6)), "minutes": 20, "steps": steps}


def _leave_hazards(people: list[dict[str, Any]], draw: np.random.Generator, now: int) -> None:
    """One home for each hazard, each a step further than the one before."""
    chosen = draw.choice(len(people), size=min(len(_HAZARDS), len(people)), replace=False)
    for stage, (at, (kind, room, note)) in enumerate(zip(chosen.tolist(), _HAZARDS, strict=False)):
        found = now - (6 + 9 * stage) * DAY
        planned = iso(found + 5 * DAY)[:10]
        steps = [
            ["plan", iso(found + DAY), _DESK, planned],
            ["do", iso(found + 5 * DAY), "demo.guihua1", "已装好"],
            ["check", iso(found + 6 * DAY), _DESK, "牢固"],
        ][: max(0, stage - 1)]
        people[at]["hazards"] = [
            {"at": iso(found), "by": "demo.guihua0", "kind": kind, "room": room, "note": note, "steps": steps}
        ]
