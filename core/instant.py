"""Instants are Unix microseconds (`int`, UTC) in the data path and aware datetimes at the edges.

One integer a reading keeps a batch in NumPy columns and costs nothing on the way into a binary COPY.
"""

from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(instant: int) -> datetime:
    """The aware UTC datetime of `instant` (Unix microseconds)."""
    return _EPOCH + timedelta(microseconds=instant)


def from_datetime(moment: datetime) -> int:
    """Unix microseconds of an aware datetime; raises ValueError on a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def iso(instant: int) -> str:
    """`instant` as ISO 8601 with milliseconds and a Z, the form the API speaks."""
    return to_datetime(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")
