"""Lanes: so many messages under way to each service at once, the urgent first; a slow service holds up only
its own. Threads send; everything else happens in the thread that owns the lanes."""

import heapq
import os
import select
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_THREADS = 256  # begun as needed; many services that hang must not use them up
_USUAL_S = 0.1


@dataclass(slots=True)
class Lane(Generic[Job]):
    """One service: what waits for it, how many are under way, and how long one usually takes."""

    width: int
    waiting: list[tuple[int, int, Job]] = field(default_factory=list)
    running: int = 0
    usual_s: float = _USUAL_S

    def delay_s(self) -> float:
        """How long one that came now would wait."""
        return self.usual_s * (len(self.waiting) + self.running) / self.width


class Lanes(Generic[Job, Result]):
    """Starts jobs as lanes become free; `results` wakes who waits in `wait`."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane[Job]] = {}
        self.under_way: list[Job] = []  # begun, and not yet freed
        self._order = count()
        self._results: deque[tuple[str, float, Job, Result]] = deque()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="lane")
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)

    def lane(self, service: str, width: int) -> Lane[Job]:
        """The lane of `service`."""
        return self._lanes.setdefault(service, Lane(width))

    def put(self, service: str, rank: int, job: Job) -> None:
        """Let `job` wait for its lane; a lower rank goes first."""
        heapq.heappush(self._lanes[service].waiting, (rank, next(self._order), job))

    def start(self, work: Callable[[str, Job], Callable[[], tuple[float, Result]] | None]) -> None:
        """Start what may start. `work` gives what a thread is to do; None: the job is settled without."""
        for service, lane in self._lanes.items():
            while lane.waiting and lane.running < lane.width:
                job = heapq.heappop(lane.waiting)[2]
                send = work(service, job)
                if send is not None:
                    lane.running += 1
                    self.under_way.append(job)
                    self._pool.submit(self._run, service, job, send)

    def finished(self) -> list[tuple[Job, Result]]:
        """What has come back since. Its lane stays taken until `free`."""
        found = []
        while self._results:
            service, took_s, job, result = self._results.popleft()
            lane = self._lanes[service]
            lane.usual_s += 0.2 * (took_s - lane.usual_s)
            found.append((job, result))
        return found

    def free(self, service: str, job: Job) -> None:
        """The outcome is on record: the next may go. Not before, so that a kill repeats one at most."""
        lane = self._lanes[service]
        lane.running -= 1
        self.under_way.remove(job)
        if not lane.running and not lane.waiting:
            del self._lanes[service]

    def forget(self) -> None:
        """Drop what waits; what is under way stays."""
        for lane in self._lanes.values():
            lane.waiting.clear()

    def wait(self, descriptor: int, seconds: float) -> None:
        """Until a result is there, `descriptor` can be read, or `seconds` have passed."""
        if self._results:
            return
        ready, _, _ = select.select([descriptor, self._wake_read], [], [], seconds)
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, service: str, job: Job, send: Callable[[], tuple[float, Result]]) -> None:
        took_s, result = send()
        self._results.append((service, took_s, job, result))
        try:
            os.write(self._wake_write, b".")
        except BlockingIOError:
            return  # full of wake-up calls already
