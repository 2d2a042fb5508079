"""A part of nowalls as a service: `python -m ingest`, its log in a file, a pipe on which it says READY."""

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from core import ready
from core.embedded.process import spawn

ROOT = Path(__file__).resolve().parent.parent
LOG_LIMIT = 20 * 1024 * 1024
# Where the entry point of a part is, when it is not the package of its name.
_ENTRY = {"deliver": "alerts.delivery", "foreign": "ingest.foreign"}


class Module:
    """Runs `python -m NAME`, or the module that `_ENTRY` gives for the name; "api-2" is a second "api"."""

    stop_signal = signal.SIGTERM
    ready_within_s = 300.0  # one that is slow to start on a busy machine is not helped by being ended
    stop_within_s = 15.0

    def __init__(self, name: str, settings: Mapping[str, str], log_folder: Path) -> None:
        """`settings`: NOWALLS_* variables on top of our own environment."""
        self.name = name
        part = name.partition("-")[0]
        self._entry = _ENTRY.get(part, part)
        self._environment = environment(settings)
        self._log = log_folder / f"{name}.log"
        self._pipe = -1

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start it with a fresh pipe."""
        self._close()
        self._pipe, writing_end = os.pipe()
        shorten(self._log)
        try:
            # -P: what happens to lie in the current folder is not imported.
            with self._log.open("ab") as output:
                return spawn(
                    [sys.executable, "-P", "-m", self._entry],
                    cwd=Path.cwd(),
                    env={**self._environment, ready.VARIABLE: str(writing_end)},
                    stop_signal=self.stop_signal,
                    output=output,
                    pass_fds=[writing_end],
                )
        finally:
            os.close(writing_end)

    def is_ready(self) -> bool:
        """Whether it said READY."""
        if self._pipe < 0 or not select.select([self._pipe], [], [], 0)[0]:
            return False
        said = os.read(self._pipe, 64)
        if not said:
            # It closed the pipe without a word; whether it also ended is for the caller to see.
            self._close()
        return said.startswith(b"READY")

    def last_words(self) -> str:
        """The end of its log, and where the log is."""
        return last_words(self._log)

    def _close(self) -> None:
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1


def last_words(log: Path, count: int = 4) -> str:
    """The last `count` lines of the file `log` that say something, for a person at a terminal."""
    text = log.read_text(errors="replace") if log.exists() else ""
    lines = [line for line in text.split("\n") if line.strip()][-count:]
    return "\n    ".join([f"The end of {log}:", *lines])


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Our environment with `settings`, and with our own packages found first."""
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


def shorten(log: Path, limit: int = LOG_LIMIT) -> None:
    """Move what is in `log` to `log`.1 when it grew past `limit` bytes; the writer may go on writing.

    The writer has the file open to append, so the file is copied and emptied, not renamed. A line written in
    between is lost; logs are not the record of what happened, the database is.
    """
    if log.exists() and log.stat().st_size > limit:
        shutil.copyfile(log, log.with_name(log.name + ".1"))
        os.truncate(log, 0)
