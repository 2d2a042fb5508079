"""A part works whole or not at all: one that lives on half deaf is worse than one that is started again.

A kill at any instant loses nothing (tests/durability), and whoever supervises a part starts another.
"""

import os
import threading

STATUS = 70  # of a process that ended so


def or_not_at_all() -> None:
    """From now on an error that nobody caught in any thread ends this process. Called after `logs.setup`,
    which has it logged first."""
    told = threading.excepthook

    def end(hook: threading.ExceptHookArgs) -> None:
        told(hook)
        if not issubclass(hook.exc_type, SystemExit):
            # At once: other threads may never be done, and what they hold back is what we end for.
            os._exit(STATUS)

    threading.excepthook = end
