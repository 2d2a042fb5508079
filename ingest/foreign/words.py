"""Foreign words for what our quantities measure, one row each. A word that is our own needs no row.

A new kind of sensor of a foreign system is a row here (none where core.quantity has a row of that name)
and a fixture in tests/fixtures/foreign.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from core.quantity import BY_NAME, Quantity
from ingest.message import BadPayload, Fault


class Word(NamedTuple):
    """`foreign` means `quantity`; its number times `factor`.

    Attributes:
        closed: 1 and 0 are the other way round.
        above: of what is measured in a unit of its own, so much is not yet "on"; yes and no stay so.
        states: the values that no and yes stand for.
    """

    foreign: str
    quantity: str
    factor: float = 1.0
    closed: bool = False
    above: float = 0.0
    states: tuple[float, float] | None = None


_FULL_OR_LOW = (1.0, 0.1)  # a battery of which only "low" is told; SCAIP puts down the same tenth
_STANDBY_W = 5.0  # what a television or a kettle draws while nobody uses it
# One quantity a line: every foreign word that means nothing but that.
_SAME: Mapping[str, str] = {
    "presence": "occupancy occupied motion moving motion_detected presence_detected pir pir_detection "
    "person_information presence_state motion_state motion_status human_presence human_presence_state "
    "pressure_state",
    "door": "opening open window window_open door_open door_state garage_door",
    "smoke": "smoke_detected smoke_alarm smoke_state fire fire_alarm",
    "gas": "gas_detected gas_leak gas_alarm gas_state",
    "co": "carbon_monoxide carbonmonoxide co_detected co_alarm co_state",
    "water": "water_leak leak leakage leak_detected water_leakage water_detected water_alarm water_sensor "
    "flood flooding moisture",
    "fall": "fall_detected fall_alarm fall_status fall_state fall_down_status falling falling_information",
    "need_help": "sos sos_alarm sos_state emergency panic panic_button panic_alarm help",
    "button": "action click",
    "tamper": "tamper_alarm tampered sabotage",
    "bed": "bed_occupied bed_occupancy bed_presence in_bed",
    "chair": "chair_occupied chair_occupancy",
    "appliance": "running",
    "online": "connectivity",
    "worn": "wearing is_worn",
    "link_quality": "linkquality lqi",
    "rssi": "signal_strength",
    "heart_rate": "heartrate hr pulse pulse_rate bpm",
    "respiration": "respiratory_rate respiration_rate breathing_rate breath_rate resp_rate",
    "spo2": "sp_o2 oxygen_saturation blood_oxygen blood_oxygen_saturation",
    "systolic": "systolic_pressure systolic_blood_pressure blood_pressure_systolic systolic_bp sbp",
    "diastolic": "diastolic_pressure diastolic_blood_pressure blood_pressure_diastolic diastolic_bp dbp",
    "glucose": "blood_glucose blood_glucose_concentration",
    "weight": "body_weight",
    "steps": "step_count",
    "body_temperature": "body_temp",
    "room_temperature": "temperature temp room_temp local_temperature ambient_temperature air_temperature "
    "indoor_temperature",
    "room_humidity": "humidity hum relative_humidity",
    "lat": "latitude",
    "lon": "longitude lng",
    "accuracy_m": "accuracy gps_accuracy",
}
WORDS = (
    *(Word(foreign, quantity) for quantity, row in _SAME.items() for foreign in row.split()),
    Word("contact", "door", closed=True),
    Word("power", "appliance", above=_STANDBY_W),
    *(
        Word(foreign, "battery", 0.01)
        for foreign in (
            "battery",
            "battery_level",
            "battery_percent",
            "battery_percentage",
            "batt",
            "battery_state",
        )
    ),
    Word("battery_low", "battery", states=_FULL_OR_LOW),
    Word("low_battery", "battery", states=_FULL_OR_LOW),
)
_BY_FOREIGN = {word.foreign: word for word in WORDS}
# How our own unit is written elsewhere is no conversion; these are. (foreign unit, ours): factor, offset.
_UNITS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("°F", "Cel"): (5 / 9, -160 / 9),
    ("F", "Cel"): (5 / 9, -160 / 9),
    ("degF", "Cel"): (5 / 9, -160 / 9),
    ("K", "Cel"): (1.0, -273.15),
    ("mg/dL", "mmol/L"): (1 / 18.016, 0.0),
    ("lb", "kg"): (0.45359237, 0.0),
    ("g", "kg"): (0.001, 0.0),
    ("kPa", "mm[Hg]"): (7.50061683, 0.0),
    ("hPa", "mm[Hg]"): (0.750061683, 0.0),
    ("Pa", "mm[Hg]"): (0.00750061683, 0.0),
    ("ms", "s"): (0.001, 0.0),
    ("min", "s"): (60.0, 0.0),
    ("h", "s"): (3600.0, 0.0),
    ("dBW", "dB[mW]"): (1.0, 30.0),
    ("km", "m"): (1000.0, 0.0),
    ("/", "%"): (100.0, 0.0),
    ("beat/s", "/min"): (60.0, 0.0),
    ("Hz", "/min"): (60.0, 0.0),
    ("kW", "1"): (1000.0, 0.0),
    # A ratio, as our battery is told.
    ("/", "1"): (1.0, 0.0),
    ("%", "1"): (0.01, 0.0),
    ("%EL", "1"): (0.01, 0.0),
    ("/100", "1"): (0.01, 0.0),
}
_SWITCH = {
    "on": 1.0, "off": 0.0, "true": 1.0, "false": 0.0, "open": 1.0, "opened": 1.0, "closed": 0.0, "close": 0.0,
    "yes": 1.0, "no": 0.0, "online": 1.0, "offline": 0.0, "detected": 1.0, "clear": 0.0, "occupied": 1.0,
    "unoccupied": 0.0, "alarm": 1.0, "normal": 0.0, "present": 1.0, "absent": 0.0, "wet": 1.0, "dry": 0.0,
    "triggered": 1.0, "active": 1.0, "inactive": 0.0, "none": 0.0, "fall": 1.0, "maybe_fall": 1.0,
    "presence": 1.0, "motion": 1.0, "moving": 1.0, "falling": 1.0, "fall_alarm": 1.0, "fall_warning": 1.0,
    "alarmed": 1.0, "warning_alarm": 1.0, "critical_alarm": 1.0, "no_alarm": 0.0, "undetected": 0.0,
    "not_detected": 0.0,
}  # fmt: skip
# What somebody who is there is told to do; of nothing else is it a state.
_THERE = frozenset(
    {
        "stationary", "static", "still", "peaceful", "small_movement", "large_movement", "small", "medium",
        "large", "near", "far", "sit", "sitting", "sedentary", "lying", "breathing",
    }
)  # fmt: skip
# Said where nothing is known (yet), or of something else than the word promises: nothing is told.
_UNSAID = frozenset({"", "unknown", "undefined", "unavailable", "n/a", "null"})
_NO_STATE: Mapping[str, frozenset[str]] = {
    "presence": frozenset({"up", "down", "stop", "forward", "reverse"}),  # a blind that moves
    "battery": frozenset(
        {"charging", "charged", "not_charging", "discharging", "no_charge", "usb", "missing"}
    ),
    "smoke": frozenset({"detecting", "prealarm"}),
    "co": frozenset({"detecting", "prealarm"}),
    "gas": frozenset({"detecting", "prealarm"}),
    "vibration": frozenset({"low", "medium", "middle", "high"}),  # how strongly it may
}
_LEVELS = {"low": 0.1, "medium": 0.5, "middle": 0.5, "high": 1.0, "full": 1.0, "ok": 1.0, "normal": 1.0}
# Said when somebody presses something that stands for help, whatever the thing is otherwise used for.
_HELP = frozenset({"emergency", "panic", "sos", "help"})
_MOVED = frozenset({"vibration", "tilt", "drop", "shake"})
# What a lock or a panel does by its clock, or a switch while it is set up: nobody is there.
_BY_ITSELF = frozenset(
    {"auto_lock", "schedule_lock", "schedule_unlock", "identify", "exit_delay", "entry_delay", "static"}
    | {"1_min_inactivity", "screen_sleep"}
)
# The end of a press that was told already.
_ENDS = ("release", "released", "_stop", "_end", "button_up")
# Of these a number is a concentration or a depth: whether that is too much only the sensor can say.
_YES_OR_NO = frozenset({"smoke", "gas", "co", "water", "fall", "need_help", "tamper"})
# Words of Zigbee devices under which a number is such a one, even where it is 1.
CONCENTRATIONS = frozenset({"gas", "co", "moisture", "leakage"})
_APART = re.compile(r"[\s.-]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def word(foreign: str) -> Word | None:
    """What `foreign` means to us, however its parts are joined; None when it means nothing."""
    given = _APART.sub("_", foreign.strip()[:64])
    for name in (given.casefold(), _HUMPS.sub("_", given).casefold()):
        if name in _BY_FOREIGN:
            return _BY_FOREIGN[name]
        if name in BY_NAME and name != "test":
            return Word(name, name)
    return None


def value(given: Word, raw: Any, unit: str = "") -> tuple[str, float] | None:
    """(quantity, value) of what was said under a word; None when it says nothing (null, an action's end).

    Raises BadPayload for what cannot be a value of it.
    """
    if raw is None:
        return None
    if given.quantity == "button" and isinstance(raw, str):
        return _pressed(raw)
    if isinstance(raw, str) and _says_nothing(given, raw.strip().casefold()):
        return None
    quantity = BY_NAME[given.quantity]
    if given.quantity == "battery" and isinstance(raw, str) and raw.strip().casefold() in _LEVELS:
        return given.quantity, _LEVELS[raw.strip().casefold()]
    number, measured = _number(raw, given.foreign, given.quantity)
    if given.states is not None:
        return given.quantity, given.states[bool(number)]
    if given.closed:
        number = 0.0 if number else 1.0
    if measured:
        number = _converted(quantity, number, given, unit)
    return given.quantity, _within(quantity, number)


def _says_nothing(given: Word, text: str) -> bool:
    return text in _UNSAID or text in _NO_STATE.get(given.quantity, ())


def _pressed(raw: str) -> tuple[str, float] | None:
    action = raw.strip().casefold()
    if action in ("", "none", "unknown") or action.endswith(_ENDS) or action in _BY_ITSELF:
        return None
    if action in _MOVED:
        return "vibration", 1.0
    if action == "motion":
        return "presence", 1.0
    return ("need_help" if action in _HELP else "button"), 1.0


def _number(raw: Any, name: str, quantity: str) -> tuple[float, bool]:
    """(its number, whether it was measured): yes and no are not."""
    if isinstance(raw, str):
        text = raw.strip().casefold()
        if text in _SWITCH:
            return _SWITCH[text], False
        if text in _THERE and quantity == "presence":
            return 1.0, False
        try:
            raw = float(text)
        except ValueError as error:
            raise BadPayload(Fault.WRONG_TYPE, f"{name[:40]} is neither a number nor a state") from error
    if not isinstance(raw, bool | int | float):
        raise BadPayload(Fault.WRONG_TYPE, f"{name[:40]} is neither a number nor a state")
    try:
        number = float(raw)
    except OverflowError as error:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, name[:40]) from error
    if not math.isfinite(number):
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{name[:40]} is not finite")
    return number, not isinstance(raw, bool)


def _converted(quantity: Quantity, number: float, given: Word, unit: str) -> float:
    if quantity.name in _YES_OR_NO and number not in (0.0, 1.0):
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, f"{quantity.name} is yes or no, and not so much of it")
    factor, offset = _UNITS.get((unit.strip(), quantity.unit), (given.factor, 0.0))
    number = number * factor + offset
    if given.above:
        return float(number > given.above)
    # Whatever the sensor counts while somebody is there: to an event only yes and no matter.
    return 1.0 if quantity.stream == "event" and quantity.high == 1 and number > 0 else number


def _within(quantity: Quantity, number: float) -> float:
    if not quantity.low <= number <= quantity.high:
        raise BadPayload(Fault.IMPOSSIBLE_VALUE, quantity.name)
    return number
