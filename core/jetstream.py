"""NATS JetStream as the carrier: reaching it, and the consumers by which ingest reads one partition each."""

import asyncio
import json
from typing import Any
from urllib.parse import unquote, urlsplit

import nats
import nats.errors
from nats.aio.client import Client

from core import tls
from core.embedded import partitioning
from core.embedded.cluster_config import STREAM
from core.settings import load

GROUP = "owner"  # of whom the server serves one at a time
# How much of a partition may be under way to its owner.
MAX_UNACKNOWLEDGED = 4000
# Whoever takes a partition over asks for all that was not acknowledged; this is for what somebody who lives
# has in hand. Long, for a database may be away for a while.
ACK_WAIT_S = 30
# An owner that does not ask for so long is not the owner any more for the server; leases are quicker.
_PIN_S = 60
_ANSWER_S = 2.0
_CONNECT_S = 10.0  # for all nodes, some of which may be away


class CarrierError(Exception):
    """The carrier refused or did not answer; the message says what."""


def consumer(number: int, count: int) -> str:
    """Name of the durable consumer of partition `number` of `count`; number `count` is the rest."""
    return f"ingest-p{number}" if number < count else "ingest-rest"


async def connect(url: str) -> Client:
    """A connection to `nats://user:password@host:port,host:port,...`, kept up; raises CarrierError."""
    address = urlsplit(url)
    servers = [f"{address.scheme}://{at}" for at in address.netloc.rpartition("@")[2].split(",")]
    secure: dict[str, Any] = {}
    if address.scheme == "tls":
        secure["tls"] = tls.client_context(load().tls_ca, load().tls_cert)
    try:
        # Left to itself it would try for ever, the first time too.
        async with asyncio.timeout(_CONNECT_S):
            return await nats.connect(
                servers,
                user=unquote(address.username or ""),
                password=unquote(address.password or ""),
                name="nowalls ingest",
                connect_timeout=2,
                reconnect_time_wait=0.2,
                max_reconnect_attempts=-1,
                ping_interval=2,
                max_outstanding_pings=2,
                error_cb=_pass_over,
                **secure,
            )
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise CarrierError(f"no node of the carrier answers: {type(error).__name__}") from error


async def _pass_over(error: Exception) -> None:
    """What goes wrong with a connection shows in what is asked over it."""


async def ask(client: Client, subject: str, question: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer of the JetStream API; raises CarrierError."""
    body = json.dumps(question).encode() if question is not None else b""
    try:
        answer = await client.request(f"$JS.API.{subject}", body, timeout=_ANSWER_S)
    except (nats.errors.Error, TimeoutError) as error:
        raise CarrierError(f"{subject} was not answered: {type(error).__name__}") from error
    said: dict[str, Any] = json.loads(answer.data)
    if "error" in said:
        raise CarrierError(f"{subject} was refused: {said['error'].get('description')}")
    return said


async def ensure(client: Client, count: int, within_s: float = 60.0) -> None:
    """See to it that all partitions have their consumer, from then on nothing is dropped; idempotent.

    The server keeps a message only if a consumer asked for it before it came, so this comes before the
    first device is let in. The stream is there once anybody has logged in by MQTT. Raises CarrierError.
    """
    deadline = asyncio.get_running_loop().time() + within_s
    stream = await _insist(client, f"STREAM.INFO.{STREAM}", None, deadline)
    for number in range(count + 1):
        name, subject = consumer(number, count), f"$MQTT.msgs.{partitioning.subjects(number, count)}"
        config = _config(name, subject, stream["config"]["num_replicas"])
        question = {"stream_name": STREAM, "config": config, "action": ""}
        await _insist(client, f"CONSUMER.CREATE.{STREAM}.{name}.{subject}", question, deadline)


async def _insist(
    client: Client, subject: str, question: dict[str, Any] | None, deadline: float
) -> dict[str, Any]:
    """As `ask`, again and again until `deadline` (the event loop's clock)."""
    while True:
        try:
            return await ask(client, subject, question)
        except CarrierError:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(0.2)


def _config(name: str, subject: str, replicas: int) -> dict[str, Any]:
    second = 1_000_000_000
    return {
        "durable_name": name,
        "name": name,
        "filter_subject": subject,
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "ack_wait": ACK_WAIT_S * second,
        "max_ack_pending": MAX_UNACKNOWLEDGED,
        "max_deliver": -1,
        "num_replicas": replicas,
        "priority_policy": "pinned_client",
        "priority_groups": [GROUP],
        "priority_timeout": _PIN_S * second,
    }
