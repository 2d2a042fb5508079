"""The configuration of one node of a NATS cluster: what devices say lies on three disks before they are told.

It is that of the embedded broker (core.embedded.nats_config) with the devices in an account of their own,
whose messages are sorted by home (core.embedded.partitioning) and kept by JetStream on three nodes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from core.embedded import nats_config, partitioning
from core.embedded.nats_config import Doorkeeper, Guest, Interpreter, Platform, Tls

REPLICAS = 3
STREAM = "$MQTT_msgs"  # where the server keeps what was published by MQTT at QoS 1
ACCOUNT, CARRIER, ROUTES = "nowalls", "carrier", "routes"
# A device whose node waits for a disk that died is let go after so long, and tries another node.
_GIVE_UP = "2s"


class Node(NamedTuple):
    """One server: its name, the address it is reached at, and its ports."""

    name: str
    host: str
    mqtt_port: int
    carrier_port: int  # NATS's own protocol, for ingest
    route_port: int  # for the other nodes


class Place(NamedTuple):
    """Where a node stands in its cluster.

    Attributes:
        node, nodes: itself, and all of them.
        partitions: into how many parts homes are sorted.
        carrier: the user of ingest.
        route_secret: what nodes prove to each other that they belong together by.
    """

    node: Node
    nodes: Sequence[Node]
    partitions: int
    carrier: Platform
    route_secret: str


def settings(
    place: Place,
    *,
    folder: Path,
    platform: Platform,
    interpreter: Interpreter,
    doorkeeper: Doorkeeper,
    tls: Tls | None = None,
) -> dict[str, Any]:
    """The configuration of `place.node` as values; the rest as for nats_config.settings."""
    node = place.node
    config = nats_config.settings(
        host=node.host, port=node.mqtt_port, folder=folder,
        platform=platform, interpreter=interpreter, doorkeeper=doorkeeper, tls=tls,
    )  # fmt: skip
    users = config["authorization"].pop("users")
    for user in users:
        partitioning.admit(user["permissions"], place.partitions)
    config["authorization"]["auth_callout"]["auth_users"].append(place.carrier.name)
    config["accounts"][ACCOUNT] = {
        "jetstream": "enabled",
        "mappings": partitioning.mappings(place.partitions),
        "users": [*users, _carrier(place.carrier)],
    }
    config |= {"server_name": node.name, "listen": f"{node.host}:{node.carrier_port}"}
    if len(place.nodes) > 1:
        config["cluster"] = _cluster(place)
    replicas = min(REPLICAS, len(place.nodes))
    config["mqtt"] |= {"stream_replicas": replicas, "js_api_timeout": _GIVE_UP}
    return config


def rights(place: Place, guest: Guest) -> dict[str, Any]:
    """What `guest` may do: it writes into the part of its own home alone."""
    permissions = nats_config.rights(guest)
    partitioning.admit(permissions, place.partitions)
    return permissions


def _cluster(place: Place) -> dict[str, Any]:
    secret = quote(place.route_secret, safe="")
    others = [node for node in place.nodes if node.name != place.node.name]
    return {
        "name": ACCOUNT,
        "listen": f"{place.node.host}:{place.node.route_port}",
        "authorization": {"user": ROUTES, "password": place.route_secret, "timeout": 2},
        "routes": [f"nats-route://{ROUTES}:{secret}@{one.host}:{one.route_port}" for one in others],
    }


def _carrier(user: Platform) -> dict[str, Any]:
    """Ingest: reads the one stream by its own consumers, and writes nothing."""
    publish = [
        f"$JS.API.STREAM.INFO.{STREAM}",
        f"$JS.API.CONSUMER.*.{STREAM}.>",
        f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.>",
        f"$JS.ACK.{STREAM}.>",
    ]
    return {
        "user": user.name,
        "password": user.bcrypt,
        "allowed_connection_types": ["STANDARD"],
        "permissions": {"publish": {"allow": publish}, "subscribe": {"allow": ["_INBOX.>"]}},
    }
