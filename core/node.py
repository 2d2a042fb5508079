"""`nowalls node`: one node of the cluster that carries what devices say, on this machine (docs/scale.md)."""

import asyncio
import json
from collections.abc import Sequence
from typing import TextIO

import click

from core import clock, jetstream, logs
from core.embedded.claim import Claim, ClaimError
from core.embedded.cluster import ClusterNode
from core.embedded.cluster_config import Node
from core.embedded.doorman import Doorman
from core.embedded.nats_config import Tls
from core.embedded.ports import PortError
from core.embedded.process import StartError
from core.embedded.secret import write_private
from core.settings import Settings, load
from core.supervisor import GiveUpError, Supervisor
from core.tls import folder as tls_folder
from core.up import say


@click.command()
@click.argument("name")
@click.argument("document", type=click.File(encoding="utf-8"))
@click.option("--tls", "over_tls", is_flag=True, help="Devices over MQTTS, by the certificate in <data>/tls.")
def node(name: str, document: TextIO, over_tls: bool) -> None:
    """Run the node NAME of the cluster that DOCUMENT describes, until Ctrl-C.

    DOCUMENT is {"partitions": 64, "nodes": [{"name", "host", "mqtt_port", "carrier_port", "route_port"},
    ...]}, the same on every machine. So are the secrets broker-platform, broker-carrier and broker-routes in
    the data folder: copy them from the first node.
    """
    settings = load()
    logs.setup("node", settings.log_level, "text")
    try:
        partitions, nodes = described(json.load(document))
        own = next((one for one in nodes if one.name == name), None)
        if own is None:
            raise click.UsageError(f"the document describes no node {name}")
        claim = Claim(settings.data_dir.absolute())
        try:
            tls = Tls(tls_folder(settings.data_dir.absolute())) if over_tls else None
            _run(settings, ClusterNode(settings.data_dir.absolute(), own, nodes, partitions, tls), partitions)
        finally:
            claim.release()
    except (ClaimError, PortError, StartError, GiveUpError, jetstream.CarrierError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def described(document: object) -> tuple[int, Sequence[Node]]:
    """(partitions, nodes) of a cluster's document; raises ValueError when it is none."""
    try:
        assert isinstance(document, dict)
        nodes = [Node(**{field: one[field] for field in Node._fields}) for one in document["nodes"]]
        return int(document["partitions"]), nodes
    except (AssertionError, KeyError, TypeError) as error:
        raise ValueError(f"this describes no cluster: {error}") from error


def _run(settings: Settings, own: ClusterNode, partitions: int) -> None:
    with Supervisor(say) as supervisor:
        if not supervisor.start(own):
            return
        for kind, url in (("broker-url", own.url), ("carrier-url", own.carrier_url)):
            write_private(settings.data_dir.absolute() / "run" / kind, url + "\n")
        # Before the first device is let in: what nobody has asked for is not kept.
        asyncio.run(_prepare(own.carrier_url, partitions))
        doorman = Doorman(settings.database_url.get_secret_value(), own.apply, clock.parse(settings.clock))
        doorman.start()
        try:
            say(f"{own.node.name} lets devices in; how the platform reaches it stands in <data>/run")
            supervisor.run(lambda: None)
        finally:
            doorman.stop()


async def _prepare(url: str, partitions: int) -> None:
    client = await jetstream.connect(url)
    try:
        await jetstream.ensure(client, partitions)
    finally:
        await client.close()
