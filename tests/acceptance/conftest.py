"""A house for the tests of a module, with a few homes in it and the secrets of their devices."""

import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.conftest import _open_folder
from tests.support.house import House, living_in, wait_for
from tests.support.mqtt import lets_in

HOMES = 4


class Street(NamedTuple):
    """A running house and what the devices in its homes log in with."""

    house: House
    secrets: dict[str, str]


def document() -> str:
    """Homes h1 to h4 of the station east, each with a resident, a watch w<n>, sensor p<n>, button b<n>."""
    homes = [
        {
            "code": f"h{n}",
            "station": "east",
            "address": f"{n} Lane",
            "residents": [
                {
                    "name": f"Old Lady {n}",
                    "phone": f"+86 138 0000 777{n}",
                    "living": "alone",
                    "consents": ["family_view"],
                    "contacts": [
                        {"name": f"Daughter {n}", "relation": "daughter", "phone": f"1380000888{n}"}
                    ],
                }
            ],
            "devices": [
                {"code": f"w{n}", "kind": "wearable", "site": "wrist", "wearer": 0},
                {"code": f"p{n}", "kind": "pir", "room": "kitchen"},
                {"code": f"b{n}", "kind": "button", "wearer": 0},
            ],
        }
        for n in range(1, HOMES + 1)
    ]
    city = {"code": "city", "level": "city", "name": "市", "name_en": "City"}
    east = {"code": "east", "level": "community", "name": "东社区", "name_en": "East", "parent": "city"}
    return json.dumps({"stations": [city, east], "homes": homes})


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with living_in(_open_folder() / "data") as house:
        secrets = json.loads(house.run("community", "load", "-", given=document()))
        # The broker hears of new devices by the doorbell; until then it would turn them away.
        wait_for(lambda: lets_in(house.broker, "w1", secrets["w1"]), "the broker knows w1")
        yield Street(house, secrets)
