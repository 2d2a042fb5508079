"""Trying out an endpoint. Who may have which is the api package's business."""

from pathlib import Path
from typing import Any

from psycopg import Connection

from alerts.delivery.channel import Answer, Channel
from alerts.delivery.message import Message
from core import messages
from core.queries import load

Q = load(Path(__file__).with_name("endpoints.sql"))


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
