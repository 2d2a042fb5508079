"""Looks whether the broker can still take messages into its keeping, and ends it when it cannot.

NATS remembers an error of its files for ever: after a disk was full for five seconds it lives, lets devices
in and acknowledges nothing until it is started again (measured with 2.14). Whoever supervises it does that.
"""

import logging
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from core import logs

EVERY_S = 2.0
ROOM = 32 * 1024 * 1024  # bytes; with less on the disk another start would change nothing

log = logging.getLogger(__name__)


class Patient(Protocol):
    """A broker that can be looked at and ended."""

    @property
    def folder(self) -> Path:
        """Where its files are."""
        ...

    def is_broken(self) -> bool:
        """Whether it has said since it was started that it cannot write any more."""
        ...

    def end(self) -> None:
        """Kill it."""
        ...


class Checkup:
    """A thread that looks every EVERY_S seconds; `say` gets one sentence for each trouble."""

    def __init__(self, broker: Patient, say: Callable[[str], None], every_s: float = EVERY_S) -> None:
        """Nothing is looked at yet."""
        self._broker, self._say, self._every_s = broker, say, every_s
        self._told_full = False
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="checkup", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; waits until the thread has gone."""
        self._leave.set()
        self._thread.join()

    def look(self) -> None:
        """Look once, and act on it."""
        if not self._broker.is_broken():
            self._told_full = False
        elif shutil.disk_usage(self._broker.folder).free >= ROOM:
            self._say("the broker cannot write any more and is ended")
            self._broker.end()
        elif not self._told_full:
            self._say("the disk is full: the broker takes nothing in, devices keep what they have to say")
            self._told_full = True

    def _watch(self) -> None:
        while not self._leave.wait(self._every_s):
            try:
                self.look()
            except Exception as error:  # looked at again: who else would notice
                log.warning("the broker could not be looked at", extra=logs.trace(error))
