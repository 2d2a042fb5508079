"""What a foreign message says, in our words."""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ingest.message import BadPayload

ITSELF = ""  # the thing is whoever sent the message
PAST, TEST = "past", "test"


class Said(NamedTuple):
    """One value of one thing.

    Attributes:
        thing: what its own system calls it; ITSELF for the sender.
        quantity: name of a row of core.quantity.
        value: in the unit of that row.
        at: by the thing's clock, Unix microseconds; None when the message tells no time.
        how: PAST: from the thing's memory, so it is not how things stand; TEST: the sensor tries itself out.
    """

    thing: str
    quantity: str
    value: float
    at: int | None = None
    how: str = ""


class About(NamedTuple):
    """How a person may know the thing again; "" where it is not told."""

    name: str = ""
    model: str = ""


class Reply(NamedTuple):
    """What the foreign system expects us to say: a topic below its own root, and bytes."""

    tail: str
    payload: bytes


@dataclass(slots=True)
class Heard:
    """What one message came to.

    Attributes:
        said: values, in the order in which they stand there.
        about: things it describes.
        replies: what is to be answered.
        keep: it explains later messages, so it must be known again after a restart.
        wrong: why something of it could not be understood; what could is in `said` all the same.
    """

    said: list[Said] = field(default_factory=list)
    about: dict[str, About] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    keep: bool = False
    wrong: BadPayload | None = None

    def or_refused(self) -> "Heard":
        """Itself; raises what was wrong with it when that leaves nothing."""
        if self.wrong is not None and not self.said:
            raise self.wrong
        return self


class Ear(Protocol):
    """Understands one tongue of one source: no input or output, no clock; remembers what was announced."""

    def owns(self, tail: str) -> bool:
        """Whether a message on this topic is for this tongue; `tail` is the topic below the source's root."""
        ...

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """What a message received then (microseconds) says; raises BadPayload, and nothing else."""
        ...
