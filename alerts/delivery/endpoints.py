"""Where people and stations can be reached: added, listed without the secret in it, tried out, removed."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg import Connection

from alerts.delivery import channels as known
from alerts.delivery.channel import Answer, Channel
from alerts.delivery.message import Message
from alerts.delivery.plan import FAILING_AFTER
from core import messages
from core.instant import to_datetime
from core.queries import load

Q = load(Path(__file__).with_name("endpoints.sql"))

_OWNERS = ("account", "contact", "station")
_ADDRESS_AT_MOST = 4096


class Refusal(StrEnum):
    """Why an endpoint was not taken."""

    UNKNOWN_CHANNEL = "unknown-channel"
    BAD_ADDRESS = "bad-address"
    BAD_QUIET_HOURS = "bad-quiet-hours"
    BAD_VALUE = "bad-value"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An endpoint to add; see the table `endpoint`. `address` of a web_push is the subscription as JSON."""

    owner_kind: str
    owner_id: int
    channel: str
    address: str
    label: str = ""
    language: str = "zh"
    rank: int = 1
    least: str = "low"
    quiet_from: time | None = None
    quiet_until: time | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An endpoint as it may be shown: `address` is masked, `failing` says that others go first."""

    id: int
    owner_kind: str
    owner_id: int
    channel: str
    label: str
    address: str
    language: str
    rank: int
    least: str
    quiet_from: time | None
    quiet_until: time | None
    created_at: datetime
    failing: bool
    last_ok_at: datetime | None
    last_error: str


def add(conn: Connection[Any], wanted: Wanted, actor: int | None, now: int) -> int | Refusal:
    """Take an endpoint; returns its key, the same one when the owner had it already (with the new values)."""
    if refusal := _refusal(wanted):
        return refusal
    params = {**asdict(wanted), "now": to_datetime(now), "actor": actor}
    row = conn.execute(Q["add"], params).fetchone()
    assert row is not None
    return int(row[0])


def listed(conn: Connection[Any], owner_kind: str, owner_id: int) -> list[Shown]:
    """The endpoints of an owner, the first one tried first."""
    rows = conn.execute(Q["listed"], {"kind": owner_kind, "owner": owner_id})
    return [_shown(row) for row in rows]


def remove(conn: Connection[Any], endpoint_id: int, owner_kind: str, owner_id: int, now: int) -> bool:
    """Use it no longer; whether that owner had it."""
    params = {"id": endpoint_id, "kind": owner_kind, "owner": owner_id, "now": to_datetime(now)}
    return conn.execute(Q["remove"], params).rowcount > 0


def trial_message(endpoint_id: int, language: str, home_url: str, now: int) -> Message:
    """What a person gets who tries out an endpoint; it belongs to no incident."""

    def say(key: str) -> str:
        return messages.render(key, {}, language, "UTC")

    return Message(
        id=f"test-{endpoint_id}-{now}",
        title=say("notice.test"),
        body=say("notice.test_body"),
        tag="test",
        url=f"{home_url}/",
        priority="low",
        language=language,
        purpose="test",
        drill=False,
        notification=0,
        endpoint=endpoint_id,
        at=now // 1_000_000,
        facts={},
    )


def probe(conn: Connection[Any], endpoint_id: int, channel: Any, home_url: str, now: int) -> Answer | None:
    """Send a test message now and wait for what the service says; None: there is no such endpoint.

    `channel` is what `alerts.delivery.channels.channels(...)` gives. It may take ten seconds: call it in a
    thread, with a connection in autocommit mode that nothing else waits for.
    """
    row = conn.execute(Q["address"], {"id": endpoint_id}).fetchone()
    if row is None:
        return None
    name, address, language = row
    through: Channel = channel(name)
    return through.send(address, trial_message(endpoint_id, language, home_url, now))


def masked(channel: str, address: str) -> str:
    """Enough of an address to tell it from others, and nothing that lets anybody write to it."""
    if channel == "web_push":
        try:
            return urlsplit(str(json.loads(address)["endpoint"])).netloc or "?"
        except (ValueError, KeyError, TypeError):
            return "?"
    parts = urlsplit(address)
    host = parts.hostname or ""
    if channel == "apprise":
        # What stands where a host would be is often the key.
        return f"{parts.scheme}://…"
    return f"{parts.scheme}://{host}/…"


def _refusal(wanted: Wanted) -> Refusal | None:
    if wanted.channel not in known.NAMES:
        return Refusal.UNKNOWN_CHANNEL
    if wanted.owner_kind not in _OWNERS or wanted.least not in ("high", "medium", "low"):
        return Refusal.BAD_VALUE
    if wanted.language not in messages.LANGUAGES or not 1 <= wanted.rank <= 100:
        return Refusal.BAD_VALUE
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        return Refusal.BAD_QUIET_HOURS
    if not _may_be_address(wanted.channel, wanted.address):
        return Refusal.BAD_ADDRESS
    return None


def _may_be_address(channel: str, address: str) -> bool:
    if not 0 < len(address) <= _ADDRESS_AT_MOST or "\x00" in address:
        return False
    if channel == "web_push":
        try:
            found = json.loads(address)
            keys = {str(found["keys"]["p256dh"]), str(found["keys"]["auth"])}
            return str(found["endpoint"]).startswith(("https://", "http://")) and "" not in keys
        except (ValueError, KeyError, TypeError):
            return False
    scheme = urlsplit(address).scheme
    return scheme in ("https", "http") if channel == "webhook" else bool(scheme) and "://" in address


def _shown(row: tuple[Any, ...]) -> Shown:
    key, owner_kind, owner, channel, label, address, language, rank, least, start, end, created = row[:12]
    failures, last_ok, error = row[12:]
    failing, shown = failures >= FAILING_AFTER, masked(channel, address)
    return Shown(
        key, owner_kind, owner, channel, label, shown, language, rank, least, start, end, created, failing,
        last_ok, error,
    )  # fmt: skip
