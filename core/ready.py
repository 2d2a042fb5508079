"""How a part tells the supervisor that it is ready: one line on a pipe whose number it was given."""

import os

VARIABLE = "NOWALLS_READY_FD"


def tell() -> None:
    """Say READY once; does nothing when no supervisor listens or it was said already."""
    number = os.environ.pop(VARIABLE, "")
    if not number:
        return
    try:
        with os.fdopen(int(number), "w") as pipe:
            pipe.write("READY\n")
    except BrokenPipeError:
        # The supervisor gave up waiting: it restarts or stops us, there is nobody left to tell.
        return
