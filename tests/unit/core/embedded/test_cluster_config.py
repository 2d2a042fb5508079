"""The configuration of a node of the cluster."""

from pathlib import Path
from typing import Any

from core.embedded import partitioning
from core.embedded.cluster_config import Node, Place, settings
from core.embedded.nats_config import Claimant, Console, Guest, Login, Platform
from core.partition import partition_of
from core.quantity import STREAMS

NODES = [Node(f"n{i}", f"10.0.0.{i}", 1883, 4222, 6222) for i in (1, 2, 3)]
GUESTS: list[Guest] = [Login("w1", "h1", "hash"), Console("east", "hash"), Claimant("c1", "hash")]


def made(logins: list[Guest] = GUESTS, nodes: list[Node] = NODES) -> dict[str, Any]:
    place = Place(nodes[0], nodes, 8, Platform("carrier", "hash"), "a secret/of routes")
    return settings(place, folder=Path("/data"), platform=Platform("platform", "hash"), logins=logins)


def publishes(user: str) -> list[str]:
    users = made()["accounts"]["nowalls"]["users"]
    return next(one["permissions"]["publish"]["allow"] for one in users if one["user"] == user)


def test_what_devices_say_lies_on_three_nodes() -> None:
    assert made()["mqtt"]["stream_replicas"] == 3
    assert made(nodes=NODES[:1])["mqtt"]["stream_replicas"] == 1


def test_a_device_writes_into_the_partition_of_its_home_and_no_other() -> None:
    number = partition_of("h1", 8)
    assert publishes("w1") == ["nw.v1.h1.w1.*", f"p.{number}.nw.v1.h1.w1.*"]


def test_consoles_and_claimants_write_into_none() -> None:
    for user in ("station:east", "claim:c1"):
        assert not [subject for subject in publishes(user) if subject.startswith("p.")]


def test_who_speaks_for_all_devices_writes_into_all_partitions_and_commands_are_sorted_into_none() -> None:
    users: list[dict[str, Any]] = [
        {"permissions": {"publish": {"allow": ["nw.v1.*.*.cmd", "nw.v1.*.*.vital", "nw.v1.station.>"]}}}
    ]
    partitioning.admit(users, 8)
    assert users[0]["permissions"]["publish"]["allow"][3:] == ["p.*.nw.v1.*.*.vital"]


def test_every_stream_of_the_protocol_is_sorted_and_commands_and_stations_are_not() -> None:
    mapped = partitioning.mappings(8)
    assert set(mapped) == {f"nw.v1.*.*.{stream}" for stream in STREAMS}


def test_ingest_may_read_its_consumers_and_say_nothing_as_a_device() -> None:
    assert all(subject.startswith("$JS.") for subject in publishes("carrier"))
    user = made()["accounts"]["nowalls"]["users"][-1]
    assert user["allowed_connection_types"] == ["STANDARD"]


def test_a_node_knows_the_others_and_what_they_prove_themselves_with() -> None:
    assert made()["cluster"]["routes"] == [
        "nats-route://routes:a%20secret%2Fof%20routes@10.0.0.2:6222",
        "nats-route://routes:a%20secret%2Fof%20routes@10.0.0.3:6222",
    ]
