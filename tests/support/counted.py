"""What this process has counted, read as a test wants to compare it."""

from collections.abc import Iterator
from contextlib import contextmanager

from core import metrics


def counted(name: str) -> dict[tuple[str, ...], float]:
    """The samples of a counter, or how often a histogram was added to, by the values of the labels."""
    kind = metrics.row(name).kind
    metric = metrics.counter(name) if kind == "counter" else metrics.histogram(name)
    ending = "_total" if kind == "counter" else "_count"
    samples = [one for family in metric.collect() for one in family.samples if one.name.endswith(ending)]
    return {tuple(one.labels.values()): one.value for one in samples}


@contextmanager
def counting(name: str) -> Iterator[dict[tuple[str, ...], float]]:
    """What is added within, filled in at the end."""
    more: dict[tuple[str, ...], float] = {}
    before = counted(name)
    yield more
    found = {labels: value - before.get(labels, 0) for labels, value in counted(name).items()}
    more.update({labels: value for labels, value in found.items() if value})
