"""The configuration of the embedded NATS server: an MQTT broker that gives each device its own few topics."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

# A code becomes a level of a topic and a word of a NATS subject: no dots, wildcards, slashes or blanks.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
MIB = 1024 * 1024
_RESERVED_HOMES = frozenset({"station"})


class Login(NamedTuple):
    """A device that may log in: its code is the user name, `bcrypt` the hash of its secret."""

    code: str
    home: str
    bcrypt: str


class Console(NamedTuple):
    """A station's console: it logs in as station:<code>, a name that no device can have."""

    station: str
    bcrypt: str

    @property
    def code(self) -> str:
        """Its user name."""
        return f"station:{self.station}"


class Platform(NamedTuple):
    """The user of ingest and alerts."""

    name: str
    bcrypt: str


def is_safe(login: Login | Console) -> bool:
    """Whether its codes mean themselves in a topic; one that does not could open other people's topics."""
    if isinstance(login, Console):
        return _CODE.fullmatch(login.station) is not None
    return (
        _CODE.fullmatch(login.code) is not None
        and _CODE.fullmatch(login.home) is not None
        and login.home not in _RESERVED_HOMES
    )


def render(
    *, host: str, port: int, folder: Path, platform: Platform, logins: Iterable[Login | Console]
) -> str:
    """Text of the configuration file. JSON is valid there and leaves no doubt about quoting.

    Logins that are not safe are left out.
    """
    users = [_platform(platform), *(_client(login) for login in logins if is_safe(login))]
    config: dict[str, Any] = {
        "server_name": "nowalls",
        # NATS has no way to offer MQTT alone: its own protocol gets a random port on the loopback
        # address, and no user may come in there.
        "listen": "127.0.0.1:-1",
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
            "max_file": 10 * 1024 * MIB,
            "max_mem": 256 * MIB,
        },
        # What ingest had in hand when it was killed comes again after ack_wait: soon enough for a fall that
        # was being judged. What ingest still has in hand by then it knows and passes over.
        "mqtt": {"listen": f"{host}:{port}", "ack_wait": "2s", "max_ack_pending": 5000},
        "authorization": {"timeout": 5, "users": users},
    }
    return json.dumps(config, indent=1)


def _user(name: str, bcrypt: str, publish: list[str], subscribe: list[str]) -> dict[str, Any]:
    return {
        "user": name,
        "password": bcrypt,
        "allowed_connection_types": ["MQTT"],
        "permissions": {"publish": {"allow": publish}, "subscribe": {"allow": subscribe}},
    }


def _platform(platform: Platform) -> dict[str, Any]:
    return _user(platform.name, platform.bcrypt, ["nw.v1.*.*.cmd", "nw.v1.station.>"], ["nw.>"])


def _client(login: Login | Console) -> dict[str, Any]:
    if isinstance(login, Console):
        own = f"nw.v1.station.{login.station}"
        return _user(login.code, login.bcrypt, [f"{own}.act"], [f"{own}.incident.*", f"{own}.siren"])
    own = f"nw.v1.{login.home}.{login.code}"
    return _user(login.code, login.bcrypt, [f"{own}.>"], [f"{own}.cmd"])
