"""The configuration of the embedded NATS server: an MQTT broker that gives each device its own few topics."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from core.quantity import STREAMS

# A code becomes a level of a topic and a word of a NATS subject: no dots, wildcards, slashes or blanks.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
MIB = 1024 * 1024
# What waits to be stored, in bytes; beyond it nothing is acknowledged any more.
MOST_KEPT = 10 * 1024 * MIB
INTERPRETER = "platform:interpreter"
DOORMAN = "doorman"
# So long the server waits for an answer about who wants to come in.
AUTH_TIMEOUT_S = 5
_SYSTEM = "SYS"
_TLS_FILES = {"cert_file": "server.crt", "key_file": "server.key", "ca_file": "ca.crt"}
_RESERVED_HOMES = frozenset({"station"})


class Login(NamedTuple):
    """A device that may log in with secret `number`, of which `bcrypt` and `pbkdf2` are hashes."""

    code: str
    home: str
    bcrypt: str
    number: int = 1
    pbkdf2: str = ""
    speaks_for_others: bool = False
    is_gateway: bool = False

    @property
    def user(self) -> str:
        """Its user name: the code, and for a secret after the first <code>@<number>."""
        return self.code if self.number == 1 else f"{self.code}@{self.number}"

    @property
    def is_safe(self) -> bool:
        """Whether its codes mean themselves in a topic; one that does not could open other people's."""
        named = _CODE.fullmatch(self.code) is not None and _CODE.fullmatch(self.home) is not None
        return named and self.home not in _RESERVED_HOMES

    @property
    def writes(self) -> tuple[str, ...]:
        """The topics it may publish to, but for its commands."""
        return (f"nw/v1/{self.home}/{self.code}/+", *self._foreign)

    @property
    def reads(self) -> tuple[str, ...]:
        """The topics it may hear."""
        return (self.told, *self._foreign)

    @property
    def told(self) -> str:
        """Where the platform alone speaks to it; to a gateway also for the devices of its home."""
        return f"nw/v1/{self.home}/{'+' if self.is_gateway else self.code}/cmd"

    @property
    def _foreign(self) -> tuple[str, ...]:
        """Where devices of other systems speak behind it, and are answered in their own tongue."""
        return (f"nw/in/{self.code}/#",) if self.speaks_for_others else ()


class Console(NamedTuple):
    """A station's console: it logs in as station.<code>, a name that no device can have."""

    station: str
    bcrypt: str
    pbkdf2: str = ""

    @property
    def code(self) -> str:
        """What it is called."""
        return f"station.{self.station}"

    @property
    def user(self) -> str:
        """Its user name."""
        return self.code

    @property
    def is_safe(self) -> bool:
        """Whether the station's code means itself in a topic."""
        return _CODE.fullmatch(self.station) is not None

    @property
    def writes(self) -> tuple[str, ...]:
        """The topics it may publish to."""
        return (f"nw/v1/station/{self.station}/act",)

    @property
    def reads(self) -> tuple[str, ...]:
        """The topics it may hear."""
        own = f"nw/v1/station/{self.station}"
        return (f"{own}/incident/+", f"{own}/siren")


class Claimant(NamedTuple):
    """A device with nothing yet but a claim code: it logs in as claim.<id>, asks, and hears one answer."""

    id: str
    bcrypt: str
    pbkdf2: str = ""

    @property
    def code(self) -> str:
        """What it is called."""
        return f"claim.{self.id}"

    @property
    def user(self) -> str:
        """Its user name."""
        return self.code

    @property
    def is_safe(self) -> bool:
        """Whether the id means itself in a topic."""
        return _CODE.fullmatch(self.id) is not None

    @property
    def writes(self) -> tuple[str, ...]:
        """The topic it asks on."""
        return (f"nw/claim/{self.id}/ask",)

    @property
    def reads(self) -> tuple[str, ...]:
        """The topic it is answered on."""
        return (f"nw/claim/{self.id}/answer",)


class Interpreter(NamedTuple):
    """The part that says in devices' names what they said in other tongues, or over HTTP.

    A user of its own, so that the platform's cannot pretend to be a device.
    """

    bcrypt: str
    pbkdf2: str = ""

    @property
    def code(self) -> str:
        """What it is called: no device can be."""
        return INTERPRETER

    @property
    def user(self) -> str:
        """Its user name."""
        return self.code

    @property
    def is_safe(self) -> bool:
        """It has no code of its own in a topic."""
        return True

    @property
    def writes(self) -> tuple[str, ...]:
        """The topics it may publish to."""
        return (*(f"nw/v1/+/+/{stream}" for stream in STREAMS), "nw/in/#")

    @property
    def reads(self) -> tuple[str, ...]:
        """The topics it may hear."""
        return ("nw/in/#",)


class FamilyHome(NamedTuple):
    """A relative's own smart home: it logs in as family.<id> and hears how one person is."""

    id: str
    bcrypt: str
    pbkdf2: str = ""

    @property
    def code(self) -> str:
        """What it is called."""
        return f"family.{self.id}"

    @property
    def user(self) -> str:
        """Its user name."""
        return self.code

    @property
    def is_safe(self) -> bool:
        """Whether the id means itself in a topic."""
        return _CODE.fullmatch(self.id) is not None

    @property
    def writes(self) -> tuple[str, ...]:
        """Where it may say that it is there; nobody listens."""
        return (f"nw/family/{self.id}/status",)

    @property
    def reads(self) -> tuple[str, ...]:
        """The topics it may hear."""
        return (f"nw/family/{self.id}/#",)


Guest = Login | Console | Claimant | FamilyHome


class Tls(NamedTuple):
    """Certificates of the broker: `folder` holds server.crt, server.key and ca.crt.

    With `demand` a client shows a certificate too, and is whom that names, whatever name it gives.
    """

    folder: Path
    demand: bool = False


class Platform(NamedTuple):
    """The user of ingest and alerts."""

    name: str
    bcrypt: str


class Doorkeeper(NamedTuple):
    """Who answers the server's question whether a guest may come in (core.embedded.callout).

    Attributes:
        bcrypt: hash of the secret of its user DOORMAN.
        issuer: the public key its answers are signed with.
    """

    bcrypt: str
    issuer: str


def settings(
    *,
    host: str,
    port: int,
    folder: Path,
    platform: Platform,
    interpreter: Interpreter,
    doorkeeper: Doorkeeper,
    tls: Tls | None = None,
) -> dict[str, Any]:
    """The configuration as values; a node of a cluster adds to it (core.embedded.cluster_config).

    As JSON it is what the server reads, without a doubt about quoting. Guests do not stand in it.
    """
    own = [_platform(platform), _user(interpreter.user, interpreter.bcrypt, rights(interpreter))]
    return {
        "server_name": "nowalls",
        # NATS has no way to offer MQTT alone: its own protocol gets a random port on the loopback
        # address, where nobody but the doorman may come in. Which port it is stands in a file.
        "listen": "127.0.0.1:-1",
        "ports_file_dir": str(folder),
        "max_payload": 2 * MIB,
        "log_file": str(folder / "broker.log"),
        "logfile_size_limit": 10 * MIB,
        "logfile_max_num": 5,
        # An acknowledged message is with the kernel at once: kill -9 loses nothing. The disk has it a
        # second later: a power cut can take what was acknowledged in that second and not yet stored by
        # ingest, which commits to a synced database well within it. "always" would end at some 1,000 msg/s.
        "jetstream": {
            "store_dir": str(folder / "jetstream"),
            "sync_interval": "1s",
            "max_file": MOST_KEPT,
            "max_mem": 256 * MIB,
        },
        # What ingest had in hand when it was killed comes again after ack_wait: soon enough for a fall that
        # was being judged. What ingest still has in hand by then it knows and passes over.
        "mqtt": {"listen": f"{host}:{port}", "ack_wait": "2s", "max_ack_pending": 5000, **_tls(tls)},
        "authorization": {
            "timeout": AUTH_TIMEOUT_S,
            "users": own,
            "auth_callout": {
                "issuer": doorkeeper.issuer,
                "account": _SYSTEM,
                "auth_users": [DOORMAN, *(user["user"] for user in own)],
            },
        },
        "accounts": {_SYSTEM: {"users": [_doorman(doorkeeper)]}},
        "system_account": _SYSTEM,
    }


def rights(guest: Guest | Interpreter) -> dict[str, Any]:
    """What `guest` may publish and subscribe to, as NATS writes it."""
    writes, reads = ([*_subjects(topics)] for topics in (guest.writes, guest.reads))
    publish = {"allow": writes}
    if isinstance(guest, Login):
        # What it is told, it is told by the platform alone.
        publish["deny"] = [_subject(guest.told)]
    return {"publish": publish, "subscribe": {"allow": reads}}


def _user(name: str, bcrypt: str, permissions: dict[str, Any]) -> dict[str, Any]:
    mqtt = {"allowed_connection_types": ["MQTT"]}
    return {"user": name, "password": bcrypt, **mqtt, "permissions": permissions}


def _platform(platform: Platform) -> dict[str, Any]:
    publish = ["nw.v1.*.*.cmd", "nw.v1.station.>", "nw.family.>", "nw.claim.*.answer"]
    return _user(
        platform.name, platform.bcrypt, {"publish": {"allow": publish}, "subscribe": {"allow": ["nw.>"]}}
    )


def _doorman(doorkeeper: Doorkeeper) -> dict[str, Any]:
    publish = ["$SYS.REQ.SERVER.*.CONNZ", "$SYS.REQ.SERVER.*.KICK", "$SYS._INBOX.>"]
    return {
        "user": DOORMAN,
        "password": doorkeeper.bcrypt,
        "allowed_connection_types": ["STANDARD"],
        "permissions": {
            "publish": {"allow": publish},
            "subscribe": {"allow": ["$SYS.REQ.USER.AUTH", "_INBOX.>"]},
        },
    }


def _tls(tls: Tls | None) -> dict[str, Any]:
    if tls is None:
        return {}
    files = {name: str(tls.folder / f"{file}") for name, file in _TLS_FILES.items()}
    return {"tls": {**files, "timeout": 5, "verify_and_map": tls.demand}}


def _subjects(topics: Iterable[str]) -> Iterator[str]:
    """Topics and filters as NATS names them. In MQTT `a/#` is also `a` itself: the server asks for both."""
    for topic in topics:
        if topic.endswith("/#"):
            yield _subject(topic[:-2])
        yield _subject(topic)


def _subject(topic: str) -> str:
    """An MQTT topic or filter as NATS names it."""
    return topic.replace("/", ".").replace("+", "*").replace("#", ">")
