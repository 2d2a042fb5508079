"""A message as a source hands it over, and why one may be refused."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a message went to quarantine. The words are stored and shown: never change one."""

    BAD_TOPIC = "bad_topic"
    UNKNOWN_STREAM = "unknown_stream"
    UNKNOWN_DEVICE = "unknown_device"
    FOREIGN_HOME = "foreign_home"
    NOT_INSTALLED_THEN = "not_installed_then"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    MALFORMED = "malformed"
    WRONG_TYPE = "wrong_type"
    MISSING_FIELD = "missing_field"
    UNKNOWN_KIND = "unknown_kind"
    NO_KNOWN_FIELD = "no_known_field"
    IMPOSSIBLE_VALUE = "impossible_value"
    UNKNOWN_UNIT = "unknown_unit"
    FUTURE_CLOCK = "future_clock"
    ANCIENT_CLOCK = "ancient_clock"
    UNREADABLE = "unreadable"


class BadPayload(Exception):
    """The message cannot be understood; carries the Fault and one line of detail without its values."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Message:
    """One message from a broker.

    Attributes:
        topic, payload: as they came.
        received: instant of arrival by the server's clock, Unix microseconds.
        retained: the broker kept it from before; it says nothing about now.
        content_type: MQTT 5 content type, or "".
        token: what the source needs to acknowledge it.
        relayed: code of the gateway that handed it up, corrected its time and looked for falls in it; or "".
    """

    topic: str
    payload: bytes
    received: int
    retained: bool = False
    content_type: str = ""
    token: int = 0
    relayed: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A message for the quarantine."""

    message: Message
    fault: Fault
    detail: str
    home_code: str = ""
    device_code: str = ""
