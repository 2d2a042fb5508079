"""Where a reader of the feed stands: the name of the database and a transaction number."""

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(r"([0-9a-f]{12})-([0-9]{1,19})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything of transactions below `horizon` has been told; what is told again does no harm."""

    epoch: str
    horizon: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.horizon}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The cursor that `text` is, or None when it is none."""
        match = _FORM.fullmatch(text)
        return cls(match[1], int(match[2])) if match else None
