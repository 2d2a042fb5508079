"""How long somebody who guessed wrong waits before the next guess is looked at."""

FREE = 3  # mistakes that cost nothing
LONGEST_S = 900
WINDOW_S = 3600  # mistakes older than this are forgiven
ADDRESS_WINDOW_S = 900
ADDRESS_FAILURES = 30  # from one address, whatever the login


def wait_s(failures: int) -> int:
    """Seconds to wait after `failures` mistakes in a row: 0, 0, 1, 2, 4, ... up to a quarter of an hour."""
    if failures < FREE:
        return 0
    return min(LONGEST_S, 1 << min(failures - FREE, 20))
