"""Whether a port is free, asked before anything is started."""

import contextlib
import errno
import itertools
import random
import socket

from core.embedded.process import wait_until

OURS = range(20_000, 32_000)
_turns = itertools.count(random.randrange(len(OURS)))


class PortError(Exception):
    """A port cannot be used; the message names it, and the option that chooses another."""


def is_free(host: str, port: int) -> bool:
    """Whether we can listen there; raises PortError when we never could (no right, no such host)."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: a connection of the last run that is still closing is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise PortError(f"{host} is not an address of this machine") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise PortError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return True


def refuse_busy(host: str, port: int, option: str, patience_s: float = 0) -> None:
    """Raise PortError when another program listens there, still after `patience_s` seconds.

    `option` is what chooses another port.
    """
    if not wait_until(lambda: is_free(host, port), patience_s, every_s=0.1):
        raise PortError(f"port {port} on {host} is in use by another program; choose another with {option}")


def any_free(host: str = "127.0.0.1") -> int:
    """A port that is free now and that nobody gets by chance before it is used, for tests and demonstrations.

    Below those that Linux hands to connections going out: any of them could be taken a moment later. Each
    process begins somewhere else and goes on from there. Raises PortError when all are taken.
    """
    for _ in OURS:
        port = OURS[next(_turns) % len(OURS)]
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((host, port))
            return port
    raise PortError(f"no port from {OURS[0]} to {OURS[-1]} on {host} is free")
