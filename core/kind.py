"""Every kind of finding, one row each, with the defaults an administrator may change in the store.

Priorities are those of IEC 60601-1-8: high, medium, low.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of finding.

    Attributes:
        name: the word in tables, topics and the API.
        priority: default priority of its incident.
        cancel_window_s: seconds in which the resident may call it off before anyone is woken.
        about: "resident", "home", "device" or "platform".
        latched: stays until a person closes it, even when the sensor says all clear.
    """

    name: str
    priority: str
    cancel_window_s: int
    about: str
    latched: bool


KINDS: tuple[Kind, ...] = (
    Kind("sos", "high", 0, "resident", True),
    Kind("fall", "high", 30, "resident", True),
    Kind("smoke", "high", 0, "home", True),
    Kind("co", "high", 0, "home", True),
    Kind("gas", "high", 0, "home", True),
    Kind("water", "medium", 0, "home", True),
    Kind("inactivity", "high", 0, "resident", True),
    Kind("vitals", "medium", 0, "resident", True),
    Kind("early_warning", "high", 0, "resident", True),
    Kind("vitals_trend", "low", 0, "resident", False),
    Kind("wandering", "high", 0, "resident", False),
    Kind("night_exit", "medium", 0, "resident", False),
    Kind("tracker_lost", "medium", 0, "resident", False),
    Kind("room_heat", "medium", 0, "home", True),
    Kind("room_cold", "medium", 0, "home", True),
    Kind("not_up", "medium", 0, "resident", False),
    Kind("bathroom_long", "medium", 0, "resident", False),
    Kind("bed_not_returned", "medium", 0, "resident", False),
    Kind("door_open_night", "medium", 0, "home", False),
    Kind("night_activity", "low", 0, "resident", False),
    Kind("bathroom_visits", "low", 0, "resident", False),
    Kind("tamper", "low", 0, "device", False),
    Kind("offline", "low", 0, "device", False),
    Kind("home_offline", "medium", 0, "home", False),
    Kind("low_battery", "low", 0, "device", False),
    Kind("battery_forecast", "low", 0, "device", False),
    Kind("not_worn", "low", 0, "device", False),
    Kind("device_fault", "low", 0, "device", False),
    Kind("motion_unusable", "low", 0, "device", False),
    Kind("platform_outage", "medium", 0, "platform", False),
    Kind("channel_failing", "medium", 0, "platform", False),
    Kind("roster_gap", "low", 0, "platform", False),
    Kind("part_silent", "medium", 0, "platform", False),
    Kind("break_glass", "medium", 0, "platform", False),
    Kind("self_test", "low", 0, "platform", False),
    Kind("self_test_failed", "medium", 0, "platform", False),
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}
