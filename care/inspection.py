"""The "double random" inspection: what is inspected and who inspects are drawn, and anybody can check it.

Everything is ranked by a hash of the seed and its key, so the draw follows from the seed and the two lists
alone. Nobody may know the seed while the lists can still change, not even who announces the inspection: it is
made by chance, announced sealed (by its SHA-256), and told with the draw. Whoever doubts the result looks
whether the seed fits the seal, and computes the draw again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256


class DrawError(ValueError):
    """The draw cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Task:
    """`subject` (a station, a provider, a resident's home) is inspected by `inspectors`."""

    subject: str
    inspectors: tuple[str, ...]


def draw(
    seed: str,
    subjects: Iterable[str],
    inspectors: Iterable[str],
    number: int,
    each: int = 2,
    barred: Iterable[tuple[str, str]] = (),
) -> tuple[Task, ...]:
    """Draw `number` of `subjects`, and `each` inspectors for every one of them.

    Args:
        seed: at least 16 characters, announced beforehand.
        subjects: keys of what may be inspected; order and repetition do not matter.
        inspectors: keys of who may inspect.
        number: how many subjects; all of them when there are fewer.
        each: how many inspectors go together.
        barred: (subject, inspector) pairs with an interest in each other.

    The inspectors with the least work so far go first, then those the hash names. Raises DrawError when the
    seed is short or too few inspectors may go to a subject.
    """
    if len(seed) < 16:
        raise DrawError("a seed has at least 16 characters")
    people, apart = frozenset(inspectors), frozenset(barred)
    work = dict.fromkeys(people, 0)
    tasks = []
    for subject in _ranked(seed, "subject", frozenset(subjects))[:number]:
        free = [one for one in people if (subject, one) not in apart]
        if len(free) < each:
            raise DrawError(f"too few inspectors may go to {subject}")
        order = _ranked(seed, f"inspector\n{subject}", free)
        chosen = sorted(order, key=lambda one: work[one])[:each]
        for one in chosen:
            work[one] += 1
        tasks.append(Task(subject, tuple(sorted(chosen))))
    return tuple(tasks)


def seal(seed: str) -> str:
    """What is told of a seed before the draw: from it nobody finds the seed, and no other seed fits it."""
    return sha256(seed.encode()).hexdigest()


def _ranked(seed: str, what: str, keys: Iterable[str]) -> Sequence[str]:
    return sorted(keys, key=lambda key: (sha256(f"{seed}\n{what}\n{key}".encode()).digest(), key))
