"""The tongues that are understood, one row each; a message is offered to them in this order."""

from collections.abc import Callable, Mapping

from ingest.foreign.homeassistant import HomeAssistant
from ingest.foreign.said import Ear
from ingest.foreign.senml import SenMl
from ingest.foreign.shelly import Shelly
from ingest.foreign.sparkplug import Sparkplug
from ingest.foreign.tasmota import Tasmota
from ingest.foreign.thingsboard import ThingsBoard
from ingest.foreign.zigbee2mqtt import Zigbee2Mqtt

# Each makes an ear for one source, whose topics begin with the given root.
TONGUES: Mapping[str, Callable[[str], Ear]] = {
    "senml": lambda root: SenMl(),
    "thingsboard": lambda root: ThingsBoard(),
    "sparkplug": lambda root: Sparkplug(),
    "zigbee2mqtt": lambda root: Zigbee2Mqtt(),
    "tasmota": Tasmota,
    "homeassistant": HomeAssistant,
    "shelly": lambda root: Shelly(),  # what is announced as Home Assistant wants it was claimed before
}
