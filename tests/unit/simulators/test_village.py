"""The demo's community: the promised size, a history that is the same each time, secrets that stay secret."""

import json
import stat
from pathlib import Path

import pytest

from care.community import parse
from core.instant import DAY, HOUR, SECOND
from simulators import demo, history, village

NOON = 20_000 * DAY + 4 * HOUR


@pytest.fixture(scope="module")
def houses() -> list[village.Household]:
    return village.households()


def test_three_stations_sixty_residents_four_to_eight_devices_each(houses: list[village.Household]) -> None:
    codes = [device["code"] for house in houses for device in house.document["devices"]]
    known = dict.fromkeys(codes, "s" * 27)
    community = parse(json.dumps(village.document(houses, known)).encode())
    assert [s.level for s in community.stations] == ["city", "district", "street", *["community"] * 3]
    assert sum(len(home.residents) for home in community.homes) == 60
    assert all(4 <= len(home.devices) <= 8 for home in community.homes)
    assert len(set(codes)) == len(codes)
    assert {home.station for home in community.homes} == {"guihua", "qingzhu", "xinglin"}


def test_every_hazard_can_happen_somewhere(houses: list[village.Household]) -> None:
    assert {kind for house in houses for kind in house.others} == {"button", "smoke", "cuff", "gas", "water"}


def test_memory_comes_in_order_of_time_and_is_the_same_twice(houses: list[village.Household]) -> None:
    house = houses[20]
    once = list(history.remembered(house, NOON - 3 * DAY, NOON))
    assert once == list(history.remembered(house, NOON - 3 * DAY, NOON))
    assert all(len(memory.payloads) <= history.MOST_AT_ONCE for memory in once)
    spans = [(m.payloads[0]["t"], m.payloads[-1]["t"]) for m in once if m.stream == "event"]
    assert all(NOON - 3 * DAY <= first * 1000 <= last * 1000 < NOON for first, last in spans)
    starts = [(first * 1000 - NOON) // (6 * HOUR) for first, _ in spans]
    assert starts == sorted(starts)


def test_a_memory_cut_in_two_is_told_once(houses: list[village.Household]) -> None:
    def told(since: int, until: int) -> set[tuple[str, int]]:
        return {(m.device, p["t"]) for m in history.remembered(houses[9], since, until) for p in m.payloads}

    cut = NOON - 30 * HOUR - 17 * SECOND
    first, second = told(NOON - 3 * DAY, cut), told(cut, NOON)
    assert not first & second
    events = {(device, t) for device, t in told(NOON - 3 * DAY, NOON) if "pir" in device}
    assert events == {(device, t) for device, t in first | second if "pir" in device}


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "demo-secrets.json"
    known = demo.kept_secrets(path, ["a", "b"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    more = demo.kept_secrets(path, ["a", "c"])
    assert more["a"] == known["a"]
    assert len({*more.values()}) == 3
    assert all(len(text) >= 27 for text in more.values())
