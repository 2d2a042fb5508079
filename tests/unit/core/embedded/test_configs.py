from pathlib import Path

import pytest

from core.embedded import nats_config, postgres_config
from core.embedded.nats_config import Doorkeeper, FamilyHome, Interpreter, Login, Platform

OURS = {
    "platform": Platform("platform", "$2a$04$p"),
    "interpreter": Interpreter("$2a$04$i"),
    "doorkeeper": Doorkeeper("$2a$04$d", "ABC"),
}


def configured():
    return nats_config.settings(host="127.0.0.1", port=1883, folder=Path("/b"), **OURS)


def users():
    return {user["user"]: user for user in configured()["authorization"]["users"]}


def test_a_device_writes_and_reads_only_its_own_topics():
    rights = nats_config.rights(Login("w1", "h1", "$2a$04$x"))
    assert rights["publish"] == {"allow": ["nw.v1.h1.w1.*"], "deny": ["nw.v1.h1.w1.cmd"]}
    assert rights["subscribe"] == {"allow": ["nw.v1.h1.w1.cmd"]}


def test_a_device_that_speaks_for_others_writes_below_its_own_code_and_is_answered_there():
    rights = nats_config.rights(Login("gw", "h1", "$2a$04$x", speaks_for_others=True))
    assert rights["publish"]["allow"] == ["nw.v1.h1.gw.*", "nw.in.gw", "nw.in.gw.>"]
    assert rights["publish"]["deny"] == ["nw.v1.h1.gw.cmd"]
    assert rights["subscribe"] == {"allow": ["nw.v1.h1.gw.cmd", "nw.in.gw", "nw.in.gw.>"]}


def test_the_platform_reads_all_and_writes_commands_and_consoles():
    rights = users()["platform"]["permissions"]
    assert rights["subscribe"]["allow"] == ["nw.>"]
    told = ["nw.v1.*.*.cmd", "nw.v1.station.>", "nw.family.>", "nw.claim.*.answer"]
    assert rights["publish"]["allow"] == told


def test_a_relative_s_home_hears_its_own_topics_and_says_only_that_it_is_there():
    rights = nats_config.rights(FamilyHome("a1", "$2a$04$x"))
    assert rights["subscribe"]["allow"] == ["nw.family.a1", "nw.family.a1.>"]
    assert rights["publish"]["allow"] == ["nw.family.a1.status"]


def test_who_interprets_speaks_in_the_name_of_devices_and_hears_no_others():
    rights = users()["platform:interpreter"]["permissions"]
    streams = [f"nw.v1.*.*.{stream}" for stream in ("motion", "vital", "event", "position", "status")]
    assert rights["publish"]["allow"] == [*streams, "nw.in", "nw.in.>"]
    assert rights["subscribe"]["allow"] == ["nw.in", "nw.in.>"]


def test_nobody_comes_in_but_by_mqtt_and_the_doorman_beside_the_messages():
    assert {tuple(user["allowed_connection_types"]) for user in users().values()} == {("MQTT",)}
    (doorman,) = configured()["accounts"]["SYS"]["users"]
    assert doorman["allowed_connection_types"] == ["STANDARD"]
    assert not [one for one in doorman["permissions"]["publish"]["allow"] if not one.startswith("$SYS.")]


def test_no_guest_stands_in_the_configuration_and_only_our_own_pass_without_being_asked_about():
    assert set(users()) == {"platform", "platform:interpreter"}
    asked = configured()["authorization"]["auth_callout"]
    assert asked["auth_users"] == ["doorman", "platform", "platform:interpreter"]
    assert asked["account"] == configured()["system_account"]


def config(**changes):
    usual = {
        "socket_folder": Path("/s"),
        "log_folder": Path("/l"),
        "local_file": Path("/o/local.conf"),
        "tcp_port": None,
        "memory": 8 << 30,
    }
    text = postgres_config.render(**{**usual, **changes})
    return dict(line.split(" = ") for line in text.splitlines() if " = " in line)


def test_without_a_port_there_is_only_the_socket():
    assert config()["listen_addresses"] == "''"
    assert config(tcp_port=5433)["listen_addresses"] == "'127.0.0.1'"
    assert config(tcp_port=5433)["port"] == "'5433'"


@pytest.mark.parametrize(("memory", "shared"), [(256 << 20, "32MB"), (2 << 30, "128MB"), (64 << 30, "512MB")])
def test_memory_is_taken_modestly(memory, shared):
    assert config(memory=memory)["shared_buffers"] == f"'{shared}'"


def test_the_operators_own_settings_come_last():
    text = postgres_config.render(
        socket_folder=Path("/s"),
        log_folder=Path("/l"),
        local_file=Path("/it's"),
        tcp_port=None,
        memory=1 << 30,
    )
    assert text.splitlines()[-1] == "include_if_exists '/it''s'"
