"""A relative's own smart home: it hears how one person is, while that person agrees, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest

from alerts.delivery.homes import Homes
from alerts.mqtt import Line
from core.embedded.doorman import guests
from core.embedded.nats import Nats
from core.embedded.ports import any_free
from core.instant import to_datetime
from tests.support.api import EAST, ApiHouse, Person, api_house, until
from tests.support.mqtt import Client

pytestmark = pytest.mark.integration


class Town:
    """The village, the broker, and the loop that tells homes, turned by hand."""

    def __init__(self, house: ApiHouse, broker: Nats, line: Line) -> None:
        self.house, self.broker = house, broker
        self._line, self._homes = line, Homes(line, house.clock, Event())

    def turn(self, seconds: float = 1) -> None:
        self.house.clock.advance(seconds=seconds)
        self.broker.apply(guests(self.house.conn, to_datetime(self.house.clock.now())))
        with psycopg.connect(self.house.dsn, autocommit=True) as conn:
            conn.execute("SET ROLE nowalls_deliver")
            self._homes.turn(conn)

    def starts_anew(self) -> None:
        """As after a restart of the worker."""
        self._homes = Homes(self._line, self.house.clock, Event())


@pytest.fixture(scope="module")
def town(shared_dsn: str, open_folder: Path) -> Iterator[Town]:
    folder = open_folder
    broker = Nats(folder / "broker", port=any_free())
    broker.start()
    with api_house(shared_dsn, folder) as house, house.serves(broker.url):
        line = Line(broker.url, "nowalls-alerts", "nw/v1/station/+/act")
        line.start()
        until(lambda: line.up)
        yield Town(house, broker, line)
        line.stop()
    broker.stop()


def link(person: Person, label: str = "Grandma", resident: int = 1) -> dict[str, Any]:
    made = person.post(f"/residents/{resident}/family-homes", label=label)
    assert made.status_code == 201, made.text
    return made.json()  # type: ignore[no-any-return]


class SmartHome:
    """Home Assistant, as far as it listens: a login, a discovery prefix, and what the broker keeps for it."""

    def __init__(self, town: Town, made: dict[str, Any], topic: str = "") -> None:
        self._made, self._topic = made, topic or f"nw/family/{made['code']}/#"
        self.client = Client(town.broker.url, made["user"], made["secret"], client_id=f"ha-{made['code']}")

    def __enter__(self) -> "SmartHome":
        self.client.__enter__()
        until(lambda: self.client.connected)
        self.taken = self.client.subscribe(self._topic)
        return self

    def __exit__(self, *error: Any) -> None:
        self.client.__exit__(*error)

    @property
    def entities(self) -> dict[str, dict[str, Any]]:
        return {
            heard.topic.split("/")[-2]: json.loads(heard.payload)
            for heard in self.client.heard
            if heard.topic.endswith("/config") and heard.payload
        }

    @property
    def state(self) -> dict[str, str]:
        said = [heard.payload for heard in self.client.heard if heard.topic.endswith("/state")]
        return json.loads(said[-1]) if said and said[-1] else {}


def test_a_home_hears_an_alarm_and_how_far_help_has_come(town: Town) -> None:
    daughter = town.house.person("family", resident=1)
    made = link(daughter)
    town.turn()
    with SmartHome(town, made) as home:
        until(lambda: home.state and len(home.entities) == 3)
        assert home.state == {"alert": "OFF", "state": "unknown", "help": "none"}
        assert made["discovery_prefix"] == f"nw/family/{made['code']}/homeassistant"
        for name, entity in home.entities.items():
            assert entity["state_topic"] == f"nw/family/{made['code']}/state"
            assert entity["value_template"] == f"{{{{ value_json.{name} }}}}"
            assert (entity["device"]["name"], entity["expire_after"]) == ("Grandma", 180)
        assert {"called", "there"} <= set(home.entities["help"]["options"])
        incident = town.house.sos(1)
        town.turn()
        until(lambda: home.state["alert"] == "ON")
        assert (home.state["state"], home.state["help"]) == ("alert", "called")
        desk = town.house.person("operator", EAST)
        for action, helped in (("acknowledge", "answered"), ("respond", "on_the_way"), ("arrive", "there")):
            assert desk.act(incident, action).status_code == 200
            town.turn()
            until(lambda helped=helped: home.state["help"] == helped)
        desk.act(incident, "resolve", outcome="help_given")
        town.turn()
        until(lambda: home.state["alert"] == "OFF")
        said = len(home.client.heard)
        town.turn()
        town.turn(seconds=60)
        until(lambda: len(home.client.heard) == said + 1)  # a sign of life, once a minute
        everything = b"".join(heard.payload for heard in home.client.heard).decode()
        assert "Resident 1" not in everything
        assert "1 Lane" not in everything


def test_it_is_all_taken_back_when_the_person_agrees_no_longer(town: Town) -> None:
    daughter = town.house.person("family", resident=1)
    made = link(daughter)
    town.turn()
    with SmartHome(town, made) as home:
        until(lambda: home.state)
    now = to_datetime(town.house.clock.now())
    town.house.conn.execute(
        "UPDATE consent SET withdrawn_at = %s WHERE resident_id = 1 AND purpose = 'family_view'", (now,)
    )
    town.turn()
    platform = Client(town.broker.url, client_id="platform")
    with platform:
        platform.subscribe("nw/family/#")
        town.turn()  # whatever is said now comes after what was kept
        platform.publish("nw/family/mark/state", b"x")
        until(lambda: [heard for heard in platform.heard if heard.topic.endswith("mark/state")])
        assert [heard for heard in platform.heard if made["code"] in heard.topic] == []
    codes = [guest.code for guest in guests(town.house.conn, to_datetime(town.house.clock.now()))]
    assert made["user"] not in codes, "the login ends, too"
    town.house.conn.execute("UPDATE consent SET withdrawn_at = NULL WHERE resident_id = 1")
    town.turn()
    assert daughter.get("/residents/1/family-homes")["items"] == [], "who agrees anew is linked anew"


def test_a_home_hears_nothing_of_anybody_else(town: Town) -> None:
    one = link(town.house.person("family", resident=1))
    other = link(town.house.person("family", resident=2), resident=2)
    town.turn()
    for topic in (f"nw/family/{other['code']}/#", "nw/family/#", "nw/v1/#"):
        with SmartHome(town, one, topic) as home:
            town.turn(seconds=61)
            assert not home.taken or not home.client.heard, topic
    with SmartHome(town, other) as home:
        until(lambda: home.state)


def test_what_a_broker_forgot_is_said_again_and_an_ended_link_is_gone(town: Town) -> None:
    daughter = town.house.person("family", resident=1)
    made = link(daughter)
    town.turn()
    town.starts_anew()
    with SmartHome(town, made) as home:
        until(lambda: len(home.entities) == 3)
        before = len(home.client.heard)
        town.turn()
        until(lambda: len(home.client.heard) >= before + 4)
        assert daughter.http.delete(f"/residents/1/family-homes/{made['id']}").status_code == 204
        town.turn()
        until(lambda: home.client.heard[-1].payload == b"" or not home.client.connected)
    row = town.house.conn.execute(
        "SELECT ended_at IS NULL, shown FROM family_home WHERE id = %s", (made["id"],)
    )
    assert row.fetchone() == (False, None)


def test_only_relatives_who_have_just_proved_it_link_a_home_and_only_three(town: Town) -> None:
    house = town.house
    assert house.person("operator", EAST).post("/residents/1/family-homes", label="x").status_code == 403
    son = house.person("family", resident=1)
    assert son.post("/residents/2/family-homes", label="x").status_code == 404
    for n in range(3):
        link(son, f"home {n}")
    assert son.post("/residents/1/family-homes", label="x").json()["code"] == "conflict"
    assert [one["label"] for one in son.get("/residents/1/family-homes")["items"]] == [
        "home 0",
        "home 1",
        "home 2",
    ]
    house.wall.advance(minutes=11)
    assert son.post("/residents/1/family-homes", label="x").json()["code"] == "confirm-again"
