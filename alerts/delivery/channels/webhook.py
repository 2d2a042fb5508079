"""A signed webhook, by the Standard Webhooks specification (headers webhook-id, -timestamp, -signature)."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

from alerts.delivery.channel import Answer, Outcome
from alerts.delivery.keys import Keys
from alerts.delivery.message import Message
from alerts.delivery.settings import DeliverySettings
from alerts.delivery.target import ForbiddenTarget, aim, post


class Webhook:
    """JSON to an address of somebody's own."""

    lanes = 1  # a kill repeats one message at most, also for a receiver that forgets message ids

    def __init__(self, settings: DeliverySettings, keys: Keys) -> None:
        """Keeps the keys to sign with."""
        self._allow_private = settings.allow_private_targets
        self._keys = keys

    def service(self, address: str) -> str:
        """The host."""
        return f"webhook:{urlsplit(address).netloc}"

    def send(self, address: str, message: Message) -> Answer:
        """POST it, signed for its endpoint."""
        return self.deliver(address, message, payload(message), {"Content-Type": "application/json"})

    def deliver(self, address: str, message: Message, body: bytes, headers: dict[str, str]) -> Answer:
        """POST `body` with `headers` and those that prove whose it is."""
        try:
            target = aim(address, self._allow_private)
        except ForbiddenTarget as error:
            return Answer(Outcome.REFUSED, str(error))
        except OSError as error:
            return Answer(Outcome.UNREACHABLE, type(error).__name__)
        return post(target, body, headers | self._proof(message, body))

    def _proof(self, message: Message, body: bytes) -> dict[str, str]:
        stamp = str(message.at)
        return {
            "User-Agent": "nowalls",
            "Idempotency-Key": message.id,
            "webhook-id": message.id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(self._keys.webhook(message.endpoint), message.id, stamp, body),
        }


def payload(message: Message) -> bytes:
    """The JSON of a message."""
    head = {"type": f"notification.{message.purpose}", "id": message.id, "timestamp": message.at}
    body = head | facts(message)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def facts(message: Message) -> dict[str, Any]:
    """What a message says, without what kind of message it is."""
    return {
        "drill": message.drill,
        "priority": message.priority,
        "language": message.language,
        "title": message.title,
        "body": message.body,
        "tag": message.tag,
        "url": message.url,
        "data": dict(message.facts),
    }


def sign(secret: str, identifier: str, timestamp: str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over "id.timestamp.body"; its key is in `secret` (whsec_...)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{identifier}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
