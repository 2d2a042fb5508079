"""A webhook in the form of CloudEvents 1.0, structured or binary; signed like any other webhook."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from alerts.delivery.channel import Answer
from alerts.delivery.channels.webhook import Webhook, facts
from alerts.delivery.message import Message

STRUCTURED = "application/cloudevents+json; charset=utf-8"
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


class Structured(Webhook):
    """The whole event as one JSON object."""

    def send(self, address: str, message: Message) -> Answer:
        """POST it, signed for its endpoint."""
        event = attributes(message) | {"data": facts(message)}
        body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        return self.deliver(address, message, body, {"Content-Type": STRUCTURED})


class Binary(Webhook):
    """The attributes of the event as headers, its data as the body."""

    def send(self, address: str, message: Message) -> Answer:
        """POST it, signed for its endpoint."""
        body = json.dumps(facts(message), ensure_ascii=False, separators=(",", ":")).encode()
        return self.deliver(address, message, body, headers(attributes(message)))


def attributes(message: Message) -> dict[str, str | bool]:
    """The context attributes; `id` is the same however often it is sent."""
    address = urlsplit(message.url)
    source = f"{address.scheme}://{address.netloc}/" if address.netloc else "/"
    return {
        "specversion": "1.0",
        "id": message.id,
        "source": source,
        "type": f"nowalls.notification.{message.purpose}",
        "subject": message.tag,
        "time": datetime.fromtimestamp(message.at, UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "priority": message.priority,
        "drill": message.drill,
    }


def headers(event: dict[str, str | bool]) -> dict[str, str]:
    """The attributes as the HTTP binding writes them: percent-encoded, the media type by its own name."""
    told = {name: value for name, value in event.items() if name != "datacontenttype"}
    return {f"ce-{name}": quote(_text(value), safe=_PLAIN) for name, value in told.items()} | {
        "Content-Type": str(event["datacontenttype"])
    }


def _text(value: str | bool) -> str:
    return value if isinstance(value, str) else str(value).lower()
