"""Web Push (RFC 8030, 8291, 8292): a browser rings even when the page is closed."""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

import webpush
from pydantic import ValidationError

from alerts.delivery.channel import Answer, Outcome
from alerts.delivery.keys import Keys
from alerts.delivery.message import Message
from alerts.delivery.settings import DeliverySettings
from alerts.delivery.target import ForbiddenTarget, aim, is_gone, post

_TTL_S = {"high": 3600, "medium": 3600, "low": 6 * 3600}  # news of last night is none
_URGENCY = {"high": "high", "medium": "high", "low": "normal"}
_BODY_AT_MOST = 1000  # characters; push services take 4,096 bytes


class WebPush:
    """Encrypted for one browser, signed with our VAPID key."""

    lanes = 8  # `Topic` and `tag` make one of a message that comes twice

    def __init__(self, settings: DeliverySettings, keys: Keys) -> None:
        """Reads, or makes, the VAPID key."""
        self._allow_private = settings.allow_private_targets
        self._sealer = webpush.WebPush(
            keys.vapid_private(), keys.vapid_public_pem(), subscriber=settings.push_contact
        )

    def service(self, address: str) -> str:
        """The push service of the browser's maker."""
        return f"web_push:{urlsplit(_endpoint(address)).netloc}"

    def send(self, address: str, message: Message) -> Answer:
        """Seal and hand over. A subscription that is no more is answered with GONE."""
        try:
            subscription = webpush.WebPushSubscription.model_validate_json(address)
            sealed = self._sealer.get(_payload(message), subscription)
            target = aim(str(subscription.endpoint), self._allow_private)
        except (ValidationError, ValueError, ForbiddenTarget) as error:
            return Answer(Outcome.REFUSED, type(error).__name__)
        except OSError as error:
            return Answer(Outcome.UNREACHABLE, type(error).__name__)
        headers = {
            **{name: str(value) for name, value in sealed.headers.items()},
            "ttl": str(_TTL_S[message.priority]),
            "urgency": _URGENCY[message.priority],
            "topic": _topic(message.tag),
            "content-type": "application/octet-stream",
        }
        answer = post(target, sealed.encrypted, headers)
        return Answer(Outcome.GONE, answer.detail) if is_gone(answer.detail) else answer


def _payload(message: Message) -> dict[str, Any]:
    return {
        "notification_id": message.notification,
        "title": message.title,
        "body": message.body[:_BODY_AT_MOST],
        "tag": message.tag,
        "url": message.url,
        "priority": message.priority,
        "purpose": message.purpose,
        "drill": message.drill,
        "renotify": message.purpose not in ("update", "closed"),
        "lang": message.language,
        "at": message.at,
    }


def _topic(tag: str) -> str:
    # 32 characters of the URL-safe alphabet at most.
    return urlsafe_b64encode(hashlib.sha256(tag.encode()).digest())[:32].decode()


def _endpoint(address: str) -> str:
    try:
        return str(json.loads(address)["endpoint"])
    except (ValueError, KeyError, TypeError):
        return ""
