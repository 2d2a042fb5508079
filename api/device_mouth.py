"""A device's mouth at the broker: what it says over HTTP is published in its name.

There is one way in. What comes by HTTP takes the same topic as by MQTT, so the same worker reads it in the
same order, with the same budget, quarantine and natural keys; and this process, which the whole internet may
reach, needs no right to write a reading. It is answered when the broker has acknowledged it: what NATS and
Mosquitto acknowledge is theirs to keep, as for every device that speaks MQTT.
"""

import secrets

from anyio.to_thread import run_sync

from alerts.mqtt import Line
from api.parts import Parts
from api.problems import Problem
from ingest.payload import SELF_DESCRIBED

_ARRAYS = range(0x80, 0xA0)


def opened(parts: Parts) -> Line | None:
    """A line with the login of who speaks in devices' names; None without a broker."""
    url, certificate = parts.settings.speaking
    if not url:
        return None
    # Each process has a name of its own: several may serve one port, and nothing waits for any of them.
    line = Line(url, f"nowalls-http-{secrets.token_hex(8)}", "", certificate=certificate)
    line.start()
    return line


def plain(payload: bytes, content_type: str) -> bytes:
    """`payload` so that its first bytes tell its form: an array in CBOR begins as one in MessagePack does."""
    if content_type.partition(";")[0].strip() == "application/cbor" and payload and payload[0] in _ARRAYS:
        return SELF_DESCRIBED + payload
    return payload


async def say(parts: Parts, topic: str, payload: bytes) -> None:
    """Returns when the broker has acknowledged it; Problem 503 when it has not in time: to be sent again."""
    line = parts.mouth
    if line is None or not await run_sync(line.publish, topic, payload, False):
        raise Problem(503, "try-again", "the broker did not take it", headers={"Retry-After": "5"})
