"""The channels by name. Each is loaded when the first message goes through it: some bring much with them."""

import importlib
from collections.abc import Callable
from threading import Lock

from alerts.delivery.channel import Channel
from alerts.delivery.keys import Keys
from alerts.delivery.settings import DeliverySettings

_WHERE = {
    "web_push": "alerts.delivery.channels.web_push:WebPush",
    "webhook": "alerts.delivery.channels.webhook:Webhook",
    "cloudevents": "alerts.delivery.channels.cloud_events:Structured",
    "cloudevents_binary": "alerts.delivery.channels.cloud_events:Binary",
    "apprise": "alerts.delivery.channels.services:Services",
}


def channels(settings: DeliverySettings, keys: Keys) -> Callable[[str], Channel]:
    """Gives the channel of a name; raises KeyError for one that there is not."""
    known: dict[str, Channel] = {}
    lock = Lock()

    def channel(name: str) -> Channel:
        with lock:
            if name not in known:
                module, _, kind = _WHERE[name].partition(":")
                known[name] = getattr(importlib.import_module(module), kind)(settings, keys)
            return known[name]

    return channel
