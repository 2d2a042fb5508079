"""What a device may hand over at once because it was silent: a budget saved up, not a licence to talk.

A wearable that comes home after two days has two days to tell, as quickly as its line allows. So a silence
earns what the device could have said in it. Silences add up to `SUM` (a line that comes and goes); a longer
one counts whole, and is remembered for as long again, a day at least. Pure: instants are arguments.
"""

from dataclasses import dataclass

from core.instant import DAY, HOUR, SECOND
from ingest.device_clock import HORIZON

SILENT = 15 * SECOND  # a shorter gap is a pause in speaking
SUM = 6 * HOUR
# What is not written down: a worker that starts grants so much to whom it had heard before.
GRACE = HOUR


@dataclass(slots=True)
class Credit:
    """What is left of the silences of one device, in microseconds of speaking at the permitted rate.

    Attributes:
        left: not spent yet.
        deep: the longest silence that counts whole; `until` then.
        written: what of `left` stands in the store.
    """

    left: float = 0.0
    deep: int = 0
    until: int = 0
    written: float = 0.0

    def earn(self, silence: int, now: int) -> bool:
        """A silence of so many microseconds has ended; whether the store should learn of it."""
        self.lapse(now)
        if silence < SILENT:
            return False
        silence = min(silence, HORIZON)
        self.left = min(self.left + silence, max(SUM, silence, self.deep))
        long = silence > SUM
        if long:
            # Also one shorter than the last: what was stored in it has its own time to come.
            self.deep, self.until = max(self.deep, silence), max(self.until, now + max(DAY, silence))
        if abs(self.left - self.written) <= GRACE and not long:
            return False
        self.written = self.left
        return True

    def spend(self, cost: float) -> bool:
        """Pay for `cost` microseconds; whether that much was left."""
        if self.left < cost:
            return False
        self.left -= cost
        return True

    def lapse(self, now: int) -> None:
        """Who has been back for so long has handed over what it had."""
        if self.deep and now >= self.until:
            self.deep, self.left = 0, min(self.left, SUM)

    @property
    def numbers(self) -> tuple[float, float, float]:
        """For the store."""
        return self.written, float(self.deep), float(self.until)

    @classmethod
    def of(cls, numbers: tuple[float, ...]) -> "Credit":
        """As it was written, and the grace for what was not."""
        written, deep, until = numbers
        return cls(written + GRACE, int(deep), int(until), written)
