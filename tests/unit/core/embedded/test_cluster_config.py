"""The configuration of a node of the cluster."""

from pathlib import Path
from typing import Any

import pytest

from core.embedded import partitioning
from core.embedded.cluster_config import Node, Place, rights, settings
from core.embedded.nats_config import (
    Claimant,
    Console,
    Doorkeeper,
    FamilyHome,
    Guest,
    Interpreter,
    Login,
    Platform,
)
from core.partition import partition_of
from core.quantity import STREAMS

NODES = [Node(f"n{i}", f"10.0.0.{i}", 1883, 4222, 6222) for i in (1, 2, 3)]
PLACE = Place(NODES[0], NODES, 8, Platform("carrier", "hash"), "a secret/of routes")


def made(nodes: list[Node] = NODES) -> dict[str, Any]:
    return settings(
        PLACE._replace(nodes=nodes),
        folder=Path("/data"),
        platform=Platform("platform", "hash"),
        interpreter=Interpreter("hash"),
        doorkeeper=Doorkeeper("hash", "ABC"),
    )


def publishes(user: str) -> list[str]:
    users = made()["accounts"]["nowalls"]["users"]
    return next(one["permissions"]["publish"]["allow"] for one in users if one["user"] == user)


def test_what_devices_say_lies_on_three_nodes() -> None:
    assert made()["mqtt"]["stream_replicas"] == 3
    assert made(nodes=NODES[:1])["mqtt"]["stream_replicas"] == 1


def test_a_device_writes_into_the_partition_of_its_home_and_no_other() -> None:
    number = partition_of("h1", 8)
    assert rights(PLACE, Login("w1", "h1", "hash"))["publish"] == {
        "allow": ["nw.v1.h1.w1.*", f"p.{number}.nw.v1.h1.w1.*"],
        "deny": ["nw.v1.h1.w1.cmd"],
    }


@pytest.mark.parametrize("guest", [Console("east", "hash"), Claimant("c1", "hash"), FamilyHome("f1", "hash")])
def test_who_is_no_device_writes_into_none(guest: Guest) -> None:
    allowed = rights(PLACE, guest)["publish"]["allow"]
    assert not [subject for subject in allowed if subject.startswith("p.")]


def test_who_speaks_for_all_devices_writes_into_all_partitions_and_commands_are_sorted_into_none() -> None:
    assert publishes("platform:interpreter")[-len(STREAMS) :] == [f"p.*.nw.v1.*.*.{one}" for one in STREAMS]
    assert not [subject for subject in publishes("platform") if subject.startswith("p.")]


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
