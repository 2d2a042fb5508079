"""A NATS cluster that carries what devices say: one of its nodes, and three of them on one machine."""

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from core.embedded import cluster_config
from core.embedded.callout import Desk
from core.embedded.cluster_config import ACCOUNT, CARRIER, Node, Place
from core.embedded.nats import PLATFORM, Nats, hash_secret
from core.embedded.nats_config import Guest, Platform, Tls
from core.embedded.ports import any_free
from core.embedded.process import StartError, wait_until
from core.embedded.secret import secret, write_private

_SECRETS = (f"broker-{PLATFORM}", f"broker-{CARRIER}", "broker-interpreter", "broker-routes")


class ClusterNode(Nats):
    """One node, with its files in `data`/broker; it is ready once the cluster lets clients in."""

    name = "node"
    ready_within_s = 3600.0  # it waits for a second one

    def __init__(
        self, data: Path, node: Node, nodes: Sequence[Node], partitions: int, tls: Tls | None = None
    ) -> None:
        """Nothing is started yet. The secrets in `data`/secrets must be those of the other nodes."""
        self.node = node
        kept = data.absolute() / "secrets"
        self._carrier_secret = secret(kept / f"broker-{CARRIER}")
        carrier = Platform(CARRIER, hash_secret(self._carrier_secret))
        self._place = Place(node, nodes, partitions, carrier, secret(kept / "broker-routes"))
        super().__init__(data, node.mqtt_port, node.host, tls)

    @property
    def carrier_url(self) -> str:
        """nats://user:password@host:port,host:port,... for ingest: any node will do, this one first."""
        at = ",".join(
            f"{node.host}:{node.carrier_port}"
            for node in sorted(self._place.nodes, key=lambda one: one.name != self.node.name)
        )
        return f"nats://{CARRIER}:{quote(self._carrier_secret, safe='')}@{at}"

    @property
    def _signing_secret(self) -> str:
        # A node may be answered by the doorman of another: all sign with one key.
        return self._place.route_secret

    @property
    def _desk(self) -> Desk:
        rights = functools.partial(cluster_config.rights, self._place)
        return Desk(self._own_address, self._doorman_secret, self._signer, ACCOUNT, rights)

    def _settings(self, tls: Tls | None) -> dict[str, Any]:
        return cluster_config.settings(
            self._place,
            tls=tls,
            folder=self.folder,
            platform=self._platform,
            interpreter=self._interpreter,
            doorkeeper=self._doorkeeper,
        )


def share_secrets(first: Path, others: Iterable[Path]) -> None:
    """Give the data folders `others` the secrets of a cluster that `first` has, or makes now."""
    for name in _SECRETS:
        text = secret(first / "secrets" / name)
        for folder in others:
            (folder / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(folder / "secrets" / name, text + "\n")


class Cluster:
    """Three nodes on the loopback address, each with its own folder below `data`: for tests."""

    def __init__(self, data: Path, partitions: int, size: int = 3) -> None:
        """Nothing is started yet."""
        nodes = [Node(f"n{i}", "127.0.0.1", any_free(), any_free(), any_free()) for i in range(1, size + 1)]
        folders = [data / node.name for node in nodes]
        share_secrets(folders[0], folders[1:])
        self.nodes = [
            ClusterNode(folder, node, nodes, partitions) for folder, node in zip(folders, nodes, strict=True)
        ]

    @property
    def carrier_url(self) -> str:
        """For ingest."""
        return self.nodes[0].carrier_url

    def start(self, within_s: float = 60.0) -> None:
        """Start all, and wait until each lets a client in; raises StartError."""
        for node in self.nodes:
            node.spawn()
        if not wait_until(lambda: all(node.is_ready() for node in self.nodes), within_s, every_s=0.1):
            raise StartError("the cluster was not ready in time")

    def apply(self, logins: Iterable[Guest]) -> list[str]:
        """Let exactly these log in, at every node."""
        wanted = list(logins)
        return sorted({code for node in self.nodes for code in node.apply(wanted)})

    def stop(self) -> None:
        """End all."""
        for node in self.nodes:
            node.stop()
