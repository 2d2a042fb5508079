"""How much one source may say: more than one device, for it speaks for many, and not without end. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.instant import SECOND
from ingest.message import Fault, Message, Refused

TIMES = 10  # as much as a single device
CRIES = 5  # of one source, of what arrived together
# What might be a cry for help, in any tongue: heard beyond the budget too. Short, so that none is missed.
_WORDS = (
    b"smoke",
    b"gas",
    b"monoxide",
    b'co"',
    b"leak",
    b"water",
    b"moisture",
    b"sos",
    b"emergency",
    b"panic",
    b"help",
    b"fall",
)


def _might_cry(message: Message) -> bool:
    """Whether it could be a cry for help: many say on which topic it is, and in the payload only "ON"."""
    tail = message.topic.split("/", 3)[-1].encode("utf-8", "replace").lower()
    return any(word in message.payload.lower() or word in tail for word in _WORDS)


@dataclass(slots=True)
class Pace:
    """A bucket for each source: `rate` messages a second, `burst` at once; a rate of 0 is no limit."""

    rate: float
    burst: float
    _left: dict[str, tuple[float, int]] = field(default_factory=dict)

    def split(self, messages: Iterable[Message]) -> tuple[list[Message], list[Refused]]:
        """(what is to be heard, what is too much)."""
        kept: list[Message] = []
        refused: list[Refused] = []
        cries: dict[str, int] = {}
        for message in messages:
            source = [*message.topic.split("/", 3), "", "", ""][2]
            if self._may(source, message.received):
                kept.append(message)
            elif cries.get(source, 0) < CRIES and _might_cry(message):
                cries[source] = cries.get(source, 0) + 1
                kept.append(message)
            else:
                refused.append(Refused(message, Fault.TOO_MANY, "beyond what one source may say", "", source))
        return kept, refused

    def _may(self, source: str, now: int) -> bool:
        if not self.rate:
            return True
        left, at = self._left.get(source, (self.burst, now))
        left = min(self.burst, left + self.rate * max(0, now - at) / SECOND)
        # A clock that was set back begins anew; one that lags a moment gains nothing by it.
        self._left[source] = (max(0.0, left - 1), now)
        return left >= 1
