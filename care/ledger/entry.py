"""What is written into the ledger for each happening. Pure: an entry is a value whose lines sum to zero."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

OwnerKind = Literal["resident", "provider", "subsidy", "volunteer", "community"]
Unit = Literal["fen", "minute"]


class Book(NamedTuple):
    """One owner's book of one unit; `owner` is the station's key for subsidy and community."""

    kind: OwnerKind
    owner: int
    unit: Unit


class LedgerError(ValueError):
    """What was asked for cannot be booked."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Amounts that move together: above zero is received, below is given.

    `source` names the happening; the same source is booked once. `station` (key) is where it counts.
    """

    source: str
    what: str
    lines: Mapping[Book, int]
    station: int | None = None

    def __post_init__(self) -> None:
        """Raises LedgerError when the lines of a unit do not sum to zero."""
        sums: Counter[str] = Counter()
        for book, amount in self.lines.items():
            sums[book.unit] += amount
        if any(sums.values()):
            raise LedgerError(f"{self.source} does not sum to zero")


def service_done(
    order: int, resident: int, provider: int, station: int, price_fen: int, subsidy_fen: int
) -> Entry:
    """A confirmed order: the provider has earned its price, of which the subsidy pays a part."""
    if not 0 <= subsidy_fen <= price_fen:
        raise LedgerError("a subsidy is at most the price")
    lines = {
        Book("provider", provider, "fen"): price_fen,
        Book("resident", resident, "fen"): subsidy_fen - price_fen,
        Book("subsidy", station, "fen"): -subsidy_fen,
    }
    return Entry(f"order:{order}", "service", _without_zero(lines), station)


def hours_given(visit: int, volunteer: int, station: int, minutes: int) -> Entry:
    """A confirmed visit or errand: the community owes the volunteer the time."""
    if minutes <= 0:
        raise LedgerError("no time was given")
    lines = {Book("volunteer", volunteer, "minute"): minutes, Book("community", station, "minute"): -minutes}
    return Entry(f"visit:{visit}", "visit", lines, station)


def hours_passed_on(transfer: str, giver: int, to: Book, minutes: int, balance: int) -> Entry:
    """A volunteer passes on saved time, to another volunteer or a resident; at most what `balance` holds."""
    if to.unit != "minute" or to.kind not in ("volunteer", "resident"):
        raise LedgerError("saved time goes to a volunteer or a resident")
    if to == Book("volunteer", giver, "minute"):
        raise LedgerError("nobody passes time on to themselves")
    if not 0 < minutes <= balance:
        raise LedgerError("there is not so much time saved")
    lines = {Book("volunteer", giver, "minute"): -minutes, to: minutes}
    return Entry(f"transfer:{transfer}", "transfer", lines)


def reversal(entry: Entry) -> Entry:
    """The entry that takes another back; nothing is ever deleted."""
    lines = {book: -amount for book, amount in entry.lines.items()}
    return Entry(f"reverse:{entry.source}", "reversal", lines, entry.station)


def _without_zero(lines: Mapping[Book, int]) -> Mapping[Book, int]:
    return {book: amount for book, amount in lines.items() if amount}
