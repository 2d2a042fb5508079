"""Being asked to stop, heard in a thread of its own.

Python runs a signal's handler in the main thread, between any two of its steps. A handler that takes a lock
which that thread holds just then waits for itself for ever, and so does one that a second signal interrupts:
`threading.Event.set` takes one. Signals do come in twos: when a supervisor is killed, the kernel tells its
children of the end of each of its threads. So our handler does nothing, and what the signal leaves in a pipe
wakes a thread, which may take its time and any lock.
"""

import os
import signal
import threading
from collections.abc import Callable

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def when_asked(stop: Callable[[], None]) -> None:
    """From now on call `stop` when somebody asks this process to stop; each time. From the main thread."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)
    threading.Thread(target=_listen, args=(reading, stop), name="stop", daemon=True).start()


def _listen(reading: int, stop: Callable[[], None]) -> None:
    while heard := os.read(reading, 64):
        if any(number in _SIGNALS for number in heard):
            stop()
