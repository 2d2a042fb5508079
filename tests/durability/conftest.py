"""One house a module whose parts come back quickly; its people wear watches and have buttons."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.conftest import _open_folder
from tests.support.api import PASSWORD, Person
from tests.support.crowd import Crowd, document
from tests.support.house import House, wait_for
from tests.support.mqtt import lets_in

# NOWALLS_STORM=10000 makes a town of so many devices for the storm of reconnections. There is one home more,
# with the last number, whose devices nobody speaks for.
HOMES = max(40, int(os.environ.get("NOWALLS_STORM", "0")) // 2)


class Impatient(House):
    """Its parts are started again within a second."""

    entry = "tests.support.impatient"

    def die_and_begin_again(self) -> None:
        """kill -9 of the supervisor, and another at once, on the same folder and ports; not awaited."""
        self._process.kill()
        self._process.wait()
        ports = ("--http-port", str(self.http_port), "--mqtt-port", str(self.mqtt_port))
        self._process = type(self)(self.data, *ports)._process


class Street(NamedTuple):
    """A running house and what its devices log in with."""

    house: Impatient
    secrets: Mapping[str, str]
    pressed: dict[str, float]

    def crowd(self, rate: float, press_every_s: float = 5.0) -> Crowd:
        """Everybody's devices, not yet speaking."""
        return Crowd(self.house.broker, self.secrets, HOMES, rate, press_every_s, self.pressed)


@contextmanager
def street_in(data: Path) -> Iterator[Street]:
    """A house in the folder `data`, with people in it; stopped at the end."""
    house = Impatient(data)
    try:
        house.wait_until_up()
        secrets = json.loads(house.run("community", "load", "-", given=document(HOMES + 1), within_s=600))
        # The broker hears of new devices by the doorbell; until then it would turn them away.
        last = f"b{HOMES + 1}"
        wait_for(lambda: lets_in(house.broker, last, secrets[last]), "the broker knows them")
        yield Street(house, secrets, {})
    finally:
        house.stop()


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    folder = _open_folder()
    with street_in(folder / "data") as street:
        yield street
    shutil.rmtree(folder, ignore_errors=True)


def answers(url: str) -> bool:
    """Whether a connection made now to the API at `url` is answered, and with 200."""
    try:
        return httpx.get(f"{url}/api/v1/health", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def administrator(url: str, folder: Path) -> Person:
    """Who comes by the link of the first run of the API with the data folder `folder`."""
    link = folder / "run" / "first-link"
    wait_for(link.exists, "the first link is there")
    code = link.read_text().partition("#")[2].split()[0]
    person = Person(url)
    redeemed = {"code": code, "login": "chief", "password": PASSWORD, "name": "Chief", "language": "en"}
    person.became(person.post("/invitations/redeem", **redeemed))
    return person
