"""Keeps all parts running: starts them in order, restarts what dies, stops them in reverse.

One thread, one loop: Linux ties "die with your parent" to the thread that started a process.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from types import FrameType

from core.supervisor_part import Part, Service, State

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Say = Callable[[str], None]


class GiveUpError(Exception):
    """A part could not be started at all; the message says which and why."""


class Supervisor:
    """Runs services until it is told to stop.

    Use as a context manager: it takes over SIGINT, SIGTERM, SIGHUP and SIGCHLD, and on leaving stops what
    it started.
    """

    def __init__(self, say: Say) -> None:
        """`say` gets one sentence for each event."""
        self._say = say
        self._parts: list[Part] = []
        self._stop_requests = 0
        self._before: dict[signal.Signals, object] = {}
        self._wake_read, self._wake_write = os.pipe()

    @property
    def stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop_requests > 0

    def __enter__(self) -> "Supervisor":
        os.set_blocking(self._wake_write, False)
        os.set_blocking(self._wake_read, False)
        self._wakeup_before = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in _STOPPING:
            # What is ignored already stays so: nohup, or a shell's background job.
            if signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_stop)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)  # type: ignore[arg-type]
            signal.set_wakeup_fd(self._wakeup_before)
            os.close(self._wake_read)
            os.close(self._wake_write)

    def start(self, *services: Service) -> bool:
        """Start `services` side by side and wait until all are ready, minding the others meanwhile.

        Returns False when somebody asked to stop. Raises GiveUpError when one fails at once: on the first
        start something is wrong that another try will not mend.
        """
        awaited = [Part(service) for service in services]
        self._parts += awaited
        while not self.stopping:
            self._step()
            awaited = [part for part in awaited if part.state is not State.RUNNING]
            if not awaited:
                return True
            for part in awaited:
                if part.trouble:
                    raise GiveUpError(f"{part.service.name} {part.trouble}. {part.service.last_words()}")
            self._sleep(0.02)
        return False

    def run(self, every: Callable[[], None], every_s: float = 1.0) -> None:
        """Mind the parts until somebody asks to stop; call `every` about every `every_s` seconds."""
        due = 0.0
        while not self.stopping:
            self._step()
            if time.monotonic() >= due:
                every()
                due = time.monotonic() + every_s
            busy = any(part.state is not State.RUNNING for part in self._parts)
            self._sleep(0.05 if busy else every_s)

    def complete(self, process: subprocess.Popen[bytes]) -> int | None:
        """Mind the parts until `process` has ended; its exit status, or None when somebody asked to stop."""
        while not self.stopping:
            if process.poll() is not None:
                return process.returncode
            self._step()
            self._sleep(0.02)
        process.terminate()
        process.wait()
        return None

    def stop(self) -> None:
        """Stop all parts, the last started first; a second request to stop kills what is left."""
        while self._parts:
            part = self._parts.pop()
            if part.process is not None and part.process.poll() is None:
                self._end(part)
                self._say(f"{part.service.name} stopped")

    def _step(self) -> None:
        for part in self._parts:
            event = part.step(time.monotonic())
            if event:
                self._say(f"{part.service.name} {event}")

    def _end(self, part: Part) -> None:
        process = part.process
        assert process is not None
        patience = self._stop_requests
        process.send_signal(part.service.stop_signal)
        deadline = time.monotonic() + part.service.stop_within_s
        while process.poll() is None:
            if time.monotonic() > deadline or self._stop_requests > max(patience, 1):
                self._say(f"{part.service.name} did not stop in time and is killed")
                process.kill()
                process.wait()
                return
            self._sleep(0.02)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_requests += 1

    def _sleep(self, seconds: float) -> None:
        # A signal (a child that ended, a request to stop) writes to the pipe and wakes us.
        if select.select([self._wake_read], [], [], seconds)[0]:
            os.read(self._wake_read, 512)
