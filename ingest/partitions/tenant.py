"""One part of the town in our hands: a worker of its own, on a thread, until it is taken from us."""

import logging
import threading
from contextlib import suppress

from analytics.detectors import all_detectors
from core import logs
from core.clock import Clock
from core.partition import Share
from core.settings import Settings
from ingest.budget import Limits
from ingest.jetstream import Carrier
from ingest.partitions.store import LeaseLost, connect_under
from ingest.worker import Worker
from ingest.writer import Writer

log = logging.getLogger(__name__)


def name_of(number: int, count: int) -> str:
    """What the worker of a part is called, whoever runs it: it resumes what the last of this name stored."""
    return f"ingest-{number if number < count else 'rest'}/{count}"


class Tenant:
    """Works on part `number` under the lease of `epoch`; its detectors resume from the store, as after a
    restart."""

    def __init__(self, settings: Settings, carrier: Carrier, clock: Clock, number: int, epoch: int) -> None:
        """Begins at once."""
        self.number, self.epoch = number, epoch
        self._settings, self._carrier, self._clock = settings, carrier, clock
        lease = (carrier.partitions, number, epoch)
        self._writer = Writer(lambda: connect_under(settings, lease))
        self.failure: Exception | None = None
        self._lost = False
        self._thread = threading.Thread(target=self._live, name=f"part {number}")
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether it works no more."""
        return not self._thread.is_alive()

    def stop(self, *, lost: bool = False) -> None:
        """End after the batch at hand (see `ended`); `lost`: somebody else has the part already."""
        self._lost = self._lost or lost
        self._writer.stopping = True

    def wait(self) -> None:
        """Until it has ended."""
        self._thread.join()

    def _live(self) -> None:
        # Asked for before anything is remembered: what has waited comes while the detectors resume.
        source = self._carrier.partition(self.number)
        count = self._carrier.partitions
        held = frozenset({self.number}) if self.number < count else frozenset[int]()
        limits = Limits(self._settings.device_rate, self._settings.device_burst)
        try:
            with suppress(InterruptedError):
                while not self._writer.stopping:
                    Worker(
                        source,
                        self._writer,
                        all_detectors(),
                        self._clock,
                        name_of(self.number, count),
                        limits,
                        Share(count, held),
                    ).run()
        except LeaseLost:
            self._lost = True
            log.warning("a part was taken over by another worker", extra={"part": self.number})
        except Exception as error:
            log.error("the worker of a part failed", extra={"part": self.number, **logs.trace(error)})
            self.failure = error
        finally:
            source.stop(lost=self._lost)
            self._writer.close()
