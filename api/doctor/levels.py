"""What the doctor finds, for Prometheus: looked for by a thread of its own, so that no scrape waits for it.

The doctor knocks at the broker and asks the database all sorts of things: what hangs there must not keep
Prometheus from hearing that it hangs.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.doctor.checks import examine
from api.doctor.facts import Facts, Level
from core import logs, metrics

log = logging.getLogger(__name__)

_EVERY_S = 30.0
_LEVELS = list(Level)


class Levels(Collector):
    """The families of the stage "doctor"; none before the first look is done."""

    def __init__(self, look: Callable[[], Facts]) -> None:
        """`look` finds out the facts; it may take its time."""
        self._look = look
        self._known: list[GaugeMetricFamily] = []
        self._ending = threading.Event()

    def start(self) -> None:
        """Look now, and every half minute from then on, for as long as the process lives."""
        threading.Thread(target=self._run, name="doctor", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._ending.set()

    def refresh(self) -> None:
        """Look once; what cannot be looked at is not told as it was."""
        try:
            self._known = list(families(self._look()))
        except Exception as error:
            self._known = []
            log.error("the doctor cannot look", extra=logs.trace(error))

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """What was found last."""
        return self._known

    def _run(self) -> None:
        while not self._ending.is_set():
            self.refresh()
            self._ending.wait(_EVERY_S)


def families(facts: Facts) -> Iterator[GaugeMetricFamily]:
    """The samples that follow from `facts`."""
    worst: dict[str, int] = {}
    for remark in examine(facts):
        worst[remark.check] = max(worst.get(remark.check, 0), _LEVELS.index(remark.level))
    yield _labelled("nowalls_check", worst)
    if facts.broker_stored is not None:
        yield _plain("nowalls_broker_messages", facts.broker_stored)
    if facts.broker_dropped is not None:
        yield _plain("nowalls_broker_dropped_messages", facts.broker_dropped)
    if facts.copied is not None:
        yield _plain("nowalls_backup_age_seconds", facts.wall - facts.copied)
    if facts.keys_copied is not None:
        yield _plain("nowalls_key_copy_age_seconds", facts.wall - facts.keys_copied)
    if facts.store is not None:
        yield _plain("nowalls_clock_late_seconds", facts.store.late_s)
        yield _labelled("nowalls_roster_gaps", Counter(gap.role for gap in facts.store.gaps))
        yield _plain("nowalls_unstaffed_stations", len(facts.store.unstaffed))


def _plain(name: str, value: timedelta | float) -> GaugeMetricFamily:
    number = value.total_seconds() if isinstance(value, timedelta) else value
    return GaugeMetricFamily(name, metrics.row(name).help, value=number)


def _labelled(name: str, values: dict[str, int] | Counter[str]) -> GaugeMetricFamily:
    row = metrics.row(name)
    family = GaugeMetricFamily(name, row.help, labels=row.labels)
    for label, value in values.items():
        family.add_metric([label], value)
    return family
