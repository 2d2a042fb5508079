"""What people's other devices say arrives as our own protocol, once, and only what changed."""

import json
from typing import Any

import pytest

from core.directory import DeviceEntry, Directory
from ingest.foreign import scaip
from ingest.foreign.interpreter import SCAIP, Interpreted, Interpreter, Names, Thing
from ingest.foreign.pace import Pace
from ingest.foreign.said import Heard
from ingest.foreign.strangers import Key
from ingest.message import Fault, Message
from tests.support import sip
from tests.support.sparkplug_bytes import sparkplug

NOW = 1_790_000_000_000_000
TOWN = Directory.of(
    [
        DeviceEntry(1, "gw-1", 1, "h1", 7, kind="gateway"),
        DeviceEntry(2, "d1", 1, "h1", 7, kind="door", room="hall"),
        DeviceEntry(3, "b1", 1, "h1", 7, kind="button"),
        DeviceEntry(4, "lamp", 1, "h1", 7, kind="switch"),
        DeviceEntry(5, "mat", 1, "h1", 7, kind="bed"),
        DeviceEntry(6, "pir", 1, "h1", 7, kind="pir"),
    ],
    {1: (5,)},
)
Z = "zigbee2mqtt"
NAMED: dict[Key, int | None] = {
    Key(1, Z, "front door"): 2,
    Key(1, Z, "sos"): 3,
    Key(1, Z, "switch"): 4,
    Key(1, Z, "mat"): 5,
    Key(1, Z, "pir"): 6,
    Key(1, Z, "fridge"): None,
    Key(1, Z, "lost"): 99,
}


class Talk:
    """A gateway, and what the platform makes of it."""

    def __init__(self, interpreter: Interpreter | None = None) -> None:
        self.interpreter = interpreter or Interpreter(TOWN, Names(frozenset({1}), dict(NAMED)))
        self.now = NOW

    def says(self, tail: str, said: Any, *, retained: bool = False, source: str = "gw-1") -> Interpreted:
        payload = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.now += 1_000_007
        return self.interpreter.interpret([Message(f"nw/in/{source}/{tail}", payload, self.now, retained)])

    def zigbee(self, name: str, **said: Any) -> dict[str, Any]:
        return published(self.says(f"zigbee2mqtt/{name}", said))


def published(done: Interpreted) -> dict[str, Any]:
    return {one.topic.removeprefix("nw/v1/h1/"): json.loads(one.payload) for one in done.out}


@pytest.fixture
def gateway() -> Talk:
    return Talk()


def test_a_change_is_an_event_and_a_repetition_is_only_a_sign_that_it_is_there(gateway: Talk) -> None:
    assert "d1/event" not in gateway.zigbee("front door", contact=True, linkquality=90)
    opened = gateway.zigbee("front door", contact=False, battery=90)
    assert opened["d1/event"] == {
        "t": gateway.now // 1000,
        "seq": gateway.now % 1000,
        "kind": "door",
        "state": 1.0,
    }
    assert opened["d1/status"]["battery"] == 0.9
    again = gateway.zigbee("front door", contact=False)
    assert again == {"d1/status": {"t": gateway.now // 1000, "seq": gateway.now % 1000, "online": True}}
    assert gateway.zigbee("front door", contact=True)["d1/event"]["state"] == 0.0


def test_presence_that_is_told_again_is_somebody_who_moved_again(gateway: Talk) -> None:
    for _ in range(2):
        assert gateway.zigbee("pir", occupancy=True)["pir/event"]["state"] == 1.0
    assert gateway.zigbee("pir", occupancy=False)["pir/event"]["state"] == 0.0
    assert "pir/event" not in gateway.zigbee("pir", occupancy=False)


def test_every_press_of_a_button_counts_and_its_release_does_not(gateway: Talk) -> None:
    for _ in range(2):
        assert gateway.zigbee("sos", action="single")["b1/event"]["kind"] == "button"
    assert "b1/event" not in gateway.zigbee("sos", action="")


def test_what_a_device_is_used_for_decides_what_it_tells(gateway: Talk) -> None:
    assert gateway.zigbee("switch", action="on")["lamp/event"]["kind"] == "presence"
    assert gateway.zigbee("switch", action="panic")["lamp/event"]["kind"] == "need_help"
    gateway.zigbee("mat", occupancy=False)
    assert gateway.zigbee("mat", occupancy=True)["mat/event"]["kind"] == "bed"


def test_what_nobody_named_waits_in_quarantine_and_is_found(gateway: Talk) -> None:
    done = gateway.says("zigbee2mqtt/new sensor", {"occupancy": True, "temperature": 20})
    assert done.out == []
    assert [(item.fault, item.home_code, item.device_code) for item in done.refused] == [
        (Fault.UNKNOWN_DEVICE, "h1", "gw-1")
    ]
    key = Key(1, Z, "new sensor")
    assert done.heard == {key: 1}
    assert gateway.interpreter.things[key].says == {"presence": 1.0, "room_temperature": 20.0}


def test_smoke_of_a_thing_that_nobody_named_alarms_in_the_name_of_its_gateway(gateway: Talk) -> None:
    done = gateway.says("zigbee2mqtt/new alarm", {"smoke": True, "action": "single"})
    assert published(done) == {
        "gw-1/event": {"t": gateway.now // 1000, "seq": gateway.now % 1000, "kind": "smoke", "state": 1.0}
    }
    assert done.refused[0].fault is Fault.UNKNOWN_DEVICE


def test_what_staff_want_nothing_of_is_not_listened_to(gateway: Talk) -> None:
    done = gateway.says("zigbee2mqtt/fridge", {"contact": False, "smoke": True})
    assert (done.out, done.refused) == ([], [])


def test_a_thing_whose_device_hangs_nowhere_waits(gateway: Talk) -> None:
    assert gateway.says("zigbee2mqtt/lost", {"contact": False}).refused[0].fault is Fault.UNKNOWN_DEVICE


def test_who_may_not_speak_for_others_is_refused(gateway: Talk) -> None:
    for source in ("d1", "nobody"):
        done = gateway.says("zigbee2mqtt/front door", {"contact": False}, source=source)
        assert (done.out, done.refused[0].fault) == ([], Fault.UNKNOWN_DEVICE)


def test_what_the_broker_kept_alarms_only_while_it_may_still_burn(gateway: Talk) -> None:
    gateway.zigbee("pir", occupancy=False)
    assert gateway.says("zigbee2mqtt/pir", {"occupancy": True}, retained=True).out == []
    kept = gateway.says("zigbee2mqtt/front door", {"smoke": True}, retained=True)
    assert published(kept)["d1/event"]["kind"] == "smoke"
    assert gateway.says("zigbee2mqtt/front door", {"smoke": True}, retained=True).out == []


def test_availability_is_told_without_a_time_so_it_is_no_sign_of_life(gateway: Talk) -> None:
    done = gateway.says("zigbee2mqtt/front door/availability", {"state": "offline"})
    assert published(done) == {"d1/status": {"online": False}}


def test_a_device_of_thingsboard_speaks_for_itself_with_its_own_times(gateway: Talk) -> None:
    rows = [{"ts": 1_789_999_990_000 + n, "values": {"heartRate": 70 + n}} for n in range(2)]
    assert published(gateway.says("v1/devices/me/telemetry", rows))["gw-1/vital"] == [
        {"t": 1_789_999_990_000 + n, "seq": 0, "heart_rate": 70.0 + n} for n in range(2)
    ]


def test_a_position_is_said_when_both_halves_are_there(gateway: Talk) -> None:
    said = [
        {"bn": "t:", "bt": 1789999990, "n": "lat", "u": "lat", "v": 34.7},
        {"n": "lon", "u": "lon", "v": 114.3},
    ]
    gateway.interpreter.names.devices[Key(1, "senml", "t")] = 6
    place = published(gateway.says("senml", said))["pir/position"]
    assert place == {"t": 1_789_999_990_000, "seq": 0, "lat": 34.7, "lon": 114.3}
    assert "pir/position" not in published(gateway.says("senml", said[:1]))


def test_a_message_of_which_one_half_is_known_is_passed_on_and_waits_for_the_other(gateway: Talk) -> None:
    gateway.interpreter.names.devices[Key(1, "thingsboard", "A")] = 6
    done = gateway.says("v1/gateway/telemetry", {"A": {"motion": 1}, "B": {"motion": 1}})
    assert published(done)["pir/event"]["state"] == 1.0
    assert done.refused[0].fault is Fault.UNKNOWN_DEVICE


def test_data_before_its_birth_waits_and_a_rebirth_is_asked_for_once(gateway: Talk) -> None:
    early = sparkplug({"timestamp": 1, "seq": 4, "metrics": [{"alias": 1, "boolean": True}]})
    done = gateway.says("spBv1.0/g/DDATA/e/d", early)
    assert done.refused[0].fault is Fault.MISSING_FIELD
    assert [one.topic for one in done.out] == ["nw/in/gw-1/spBv1.0/g/NCMD/e"]
    assert gateway.says("spBv1.0/g/DDATA/e/d", early).out == []
    gateway.now += 40_000_000
    assert len(gateway.says("spBv1.0/g/DDATA/e/d", early).out) == 1


def test_an_announcement_is_kept_and_heard_again_after_a_restart(gateway: Talk) -> None:
    config = {"dev_cla": "motion", "stat_t": "nw/in/gw-1/flat/motion", "dev": {"ids": "esp1"}}
    done = gateway.says("homeassistant/binary_sensor/flat/motion/config", config)
    [((source, tail), payload)] = done.announced.items()
    later = Interpreter(TOWN, Names(frozenset({1}), {Key(1, "homeassistant", "esp1"): 6}))
    later.remember([(source, tail, payload)], NOW)
    assert published(Talk(later).says("flat/motion", b"ON"))["pir/event"]["state"] == 1.0
    taken_back = gateway.says("homeassistant/binary_sensor/flat/motion/config", b"")
    assert taken_back.announced == {(1, tail): b""}
    assert gateway.says("flat/motion", b"ON").refused[0].fault is Fault.UNKNOWN_STREAM


def test_every_source_is_told_that_somebody_listens(gateway: Talk) -> None:
    assert gateway.interpreter.births()[0] == ("nw/in/gw-1/homeassistant/status", b"online")
    assert gateway.interpreter.births(alive=False)[0].payload == b"offline"


def test_a_fault_of_ours_is_kept_with_its_bytes_and_the_others_go_on(
    gateway: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.foreign.zigbee2mqtt.reading.add_all", lambda *_, **__: 1 / 0)
    bad = Message("nw/in/gw-1/zigbee2mqtt/pir", b"{}", NOW)
    good = Message("nw/in/gw-1/zigbee2mqtt/pir/availability", b"online", NOW)
    done = gateway.interpreter.interpret([bad, good])
    assert [item.fault for item in done.refused] == [Fault.UNREADABLE]
    assert published(done) == {"pir/status": {"online": True}}


def test_what_is_heard_in_its_own_words_is_no_second_device(gateway: Talk) -> None:
    config = {"dev_cla": "motion", "stat_t": "nw/in/gw-1/zigbee2mqtt/pir", "dev": {"ids": "zigbee2mqtt_0x1"}}
    done = gateway.says("homeassistant/binary_sensor/0x1/occupancy/config", config)
    assert (done.heard, done.announced, done.refused) == ({}, {}, [])


def test_of_too_many_things_the_longest_unheard_makes_room(
    gateway: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.foreign.strangers.MOST_THINGS", 2)
    for n in (0, 1, 0):
        gateway.zigbee(f"thing {n}", occupancy=True)
    done = gateway.says("zigbee2mqtt/one more", {"occupancy": True})
    assert done.forgotten == {Key(1, Z, "thing 1")}
    assert set(gateway.interpreter.things) == {Key(1, Z, "thing 0"), Key(1, Z, "one more")}
    assert gateway.zigbee("pir", occupancy=True), "whom people named makes room for nobody"
    assert Key(1, Z, "pir") in gateway.interpreter.things


def test_a_source_that_says_too_much_is_not_heard_but_for_cries() -> None:
    pace = Pace(rate=1, burst=3)
    said = [Message("nw/in/gw-1/x", b"{}", NOW) for _ in range(5)]
    cry = Message("nw/in/gw-1/x", b'{"smoke": true}', NOW)
    kept, refused = pace.split([*said, cry, Message("nw/in/gw-2/x", b"{}", NOW)])
    assert (len(kept), [item.fault for item in refused]) == (5, [Fault.TOO_MANY] * 2)
    assert cry in kept
    assert pace.split([Message("nw/in/gw-1/x", b"{}", NOW + 1_000_000)])[1] == []


def test_a_fire_whose_end_nobody_told_does_not_hide_the_next(gateway: Talk) -> None:
    assert gateway.zigbee("pir", smoke=True)["pir/event"]["kind"] == "smoke"
    assert "pir/event" not in gateway.zigbee("pir", smoke=True, battery=90), "told again with its battery"
    gateway.now += 14 * 86_400_000_000
    assert gateway.zigbee("pir", smoke=True)["pir/event"]["state"] == 1.0, "its all-clear was lost"
    known = {Key(1, Z, "pir"): Thing(says={"smoke": 1.0})}
    later = Talk(Interpreter(TOWN, Names(frozenset({1}), dict(NAMED)), known))
    assert later.zigbee("pir", smoke=True)["pir/event"]["state"] == 1.0, "nobody knows of when it is"


def test_a_clock_that_is_set_back_makes_no_source_deaf() -> None:
    pace = Pace(rate=1, burst=2)
    pace.split([Message("nw/in/gw-1/x", b"{}", NOW) for _ in range(3)])
    hour = 3_600_000_000
    kept, _ = pace.split([Message("nw/in/gw-1/x", b"{}", NOW - hour + n * 1_000_000) for n in range(5)])
    assert len(kept) == 4


def test_a_cry_is_heard_beyond_the_budget_also_where_its_topic_says_it() -> None:
    pace = Pace(rate=1, burst=1)
    said = [
        ("a/state", b"ON"),
        ("flat/binary_sensor/smoke/state", b"ON"),
        ("b/state", b"ON"),
        ("c", b'{"sos":1}'),
    ]
    kept, refused = pace.split([Message(f"nw/in/gw-1/{tail}", payload, NOW) for tail, payload in said])
    assert [one.topic[11:] for one in kept] == ["a/state", "flat/binary_sensor/smoke/state", "c"]
    assert [str(one.fault) for one in refused] == ["too_many"]


class Units:
    """The receiver of social alarms; unit-7 has a name."""

    def __init__(self) -> None:
        self.desk = Interpreter(TOWN, Names(frozenset(), {Key(SCAIP, "scaip", "unit-7"): 3}))

    def calls(self, unit: str, address: str = "192.0.2.1") -> Interpreted:
        call, done = scaip.decode(sip.call("r", unit, lco="011").encode()), Interpreted()
        heard = Heard(scaip.said(call, unit), {unit: scaip.about(call)})
        self.desk.pass_on(None, "scaip", heard, Message(f"scaip/{unit}", b"", NOW), done, address)
        return done

    def found(self) -> set[str]:
        return {key.thing for key in self.desk.things}


def test_whom_people_named_is_heard_however_many_strangers_called_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.foreign.strangers.MOST_THINGS", 2)
    units = Units()
    for n in range(3):
        assert units.calls(f"stranger {n}").out == []
    assert published(units.calls("unit-7"))["b1/event"]["kind"] == "need_help"


def test_one_address_under_ever_new_names_drives_out_its_own_and_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.foreign.strangers.MOST_THINGS", 4)
    units = Units()
    units.calls("new unit", "198.51.100.7")
    for n in range(20):
        units.calls(f"flood {n}", "203.0.113.9")
    assert units.found() == {"new unit", "flood 17", "flood 18", "flood 19"}
    units.calls("another new unit", "198.51.100.8")
    assert units.found() >= {"new unit", "another new unit"}


def test_what_a_thing_said_lately_is_there_when_it_is_named_and_no_cry_of_before(gateway: Talk) -> None:
    key = Key(1, Z, "new")
    gateway.zigbee("new", battery=80, temperature=19.5)
    gateway.now += 200_000_000
    gateway.zigbee("new", occupancy=True, humidity=41, sos=True, smoke=True)
    said_at, before = gateway.now, gateway.interpreter.names
    gateway.interpreter.names = Names(before.allowed, {**before.devices, key: 6})
    told = {
        one.topic: json.loads(one.payload)
        for one in gateway.interpreter.caught_up(before, gateway.now + 30_000_000)
    }
    # The temperature is older than two minutes, of a time when the sensor hung elsewhere.
    assert told["nw/v1/h1/pir/vital"] == {"t": said_at // 1000, "seq": said_at % 1000, "room_humidity": 41.0}
    assert told["nw/v1/h1/pir/event"]["kind"] == "presence"
    assert told["nw/v1/h1/pir/status"]["battery"] == 0.8
    assert gateway.interpreter.caught_up(gateway.interpreter.names, gateway.now) == []
    assert "pir/event" not in gateway.zigbee("new", smoke=True), "it was told already, in its gateway's name"


def test_one_wrong_value_loses_no_other(gateway: Talk) -> None:
    done = gateway.says("zigbee2mqtt/front door", {"smoke": True, "battery": 400, "contact": "ajar"})
    assert published(done)["d1/event"]["kind"] == "smoke"
    assert [item.fault for item in done.refused] == [Fault.IMPOSSIBLE_VALUE]


def test_a_test_is_told_as_one_and_smoke_after_it_alarms(gateway: Talk) -> None:
    assert gateway.zigbee("front door", smoke=True, test=True)["d1/event"]["test"] is True
    burning = gateway.zigbee("front door", smoke=True, test=False)["d1/event"]
    assert (burning["kind"], burning["state"], "test" in burning) == ("smoke", 1.0, False)


def test_what_a_node_remembers_is_told_with_its_time_and_changes_nothing_that_stands(gateway: Talk) -> None:
    gateway.interpreter.names.devices[Key(1, "sparkplug", "g/e/d")] = 2

    def says(kind: str, seq: int, **metric: Any) -> dict[str, Any]:
        metrics = [{"name": "opening", "datatype": 11, **metric}]
        said = {"timestamp": 1_789_999_990_000, "seq": seq, "metrics": metrics}
        return published(gateway.says(f"spBv1.0/g/{kind}/e/d", sparkplug(said)))

    gateway.says("spBv1.0/g/NBIRTH/e", sparkplug({"timestamp": 1_789_999_990_000, "seq": 0}))
    says("DBIRTH", 1, boolean=False)
    past = says("DDATA", 2, boolean=True, historical=True, timestamp=1_789_999_000_000)["d1/event"]
    assert (past["t"], past["state"]) == (1_789_999_000_000, 1.0)
    assert says("DDATA", 3, boolean=True)["d1/event"]["state"] == 1.0, "it is open now, and was shut till now"
