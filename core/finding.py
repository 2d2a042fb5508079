"""What a detector says: something happened, to whom, since when, how sure, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

_NAMESPACE = UUID("5b0f0c0e-6f2c-5f6e-9d55-6e6f77616c6c")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a key of the message catalogue and the numbers that fill it in.

    The sentence is rendered in the reader's language at the edge; the numbers are kept.
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation worth an incident, or an update of one.

    Identity is (subject, kind, onset): the same data seen twice, or in other pieces, gives the same
    `id`. A later `revision` of the same finding (a fall confirmed by stillness) replaces the earlier.

    Attributes:
        kind: a key of `core.kind.KINDS` ("fall", "inactivity", "sos", ...).
        home, resident, device: keys; resident and device may be None.
        onset: instant the thing began, Unix microseconds of event time.
        at: instant in event time from which it could be known (detection delay = at - onset).
        severity: the kind's own word ("possible", "recovered", "long_lie", ...), or "".
        probability: calibrated, 0 to 1, or None for certain events such as a pressed button.
        reason: the sentence that explains it.
        evidence: JSON-able numbers that decided; the motion clip is cut from the store.
        revision: 0 first, rising.
        cleared: True when this revision says the condition has ended (device back online).
    """

    kind: str
    home: int
    onset: int
    at: int
    reason: Reason
    resident: int | None = None
    device: int | None = None
    severity: str = ""
    probability: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 0
    cleared: bool = False

    @property
    def id(self) -> UUID:
        """Deterministic: redelivery and replay find the same row."""
        if self.resident is not None:
            subject = f"resident/{self.resident}"
        elif self.device is not None:
            subject = f"device/{self.device}"
        else:
            subject = f"home/{self.home}"
        return uuid5(_NAMESPACE, f"{subject}/{self.kind}/{self.onset}")
