"""PostgreSQL processes left in a cluster by somebody who was killed, told apart from strangers by /proc.

`postmaster.pid` alone proves nothing: the number in it may belong to another program by now, and removing
the file takes away PostgreSQL's own guard against two servers on one cluster. So we look who works there.
"""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from core.embedded.process import StartError, wait_until

PROC = Path("/proc")
PID_FILE = "postmaster.pid"

# It may be on its way out already; then a fast shutdown is asked for, then an immediate one.
_REQUESTS = ((0, 2.0), (signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))


def occupants(cluster: Path) -> list[int]:
    """Process ids of the PostgreSQL processes at work in the folder `cluster`."""
    if not (PROC / "self" / "exe").exists():
        return _named_in_pid_file(cluster)
    home = cluster.resolve()
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and _works_in(entry, home)]


def _works_in(entry: Path, home: Path) -> bool:
    try:
        program = str((entry / "exe").readlink()).removesuffix(" (deleted)")
        return Path(program).name == "postgres" and (entry / "cwd").readlink() == home
    except OSError:
        # Gone in the meantime, or another user's: a server of this cluster has the owner of this cluster.
        return False


def _named_in_pid_file(cluster: Path) -> list[int]:
    # Without /proc: the process named in the file, if it is a PostgreSQL.
    try:
        pid = int((cluster / PID_FILE).read_text(encoding="ascii").split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return []
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return [pid] if Path(shown.stdout.strip()).name == "postgres" else []


def clear(cluster: Path) -> None:
    """Leave `cluster` free to start in: wait for leftover processes, end them, remove a stale pid file.

    The caller holds the claim on the data folder, so whoever still works here is an orphan. Raises
    StartError when one cannot be ended.
    """
    for request, patience_s in _REQUESTS:
        for pid in occupants(cluster) if request else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, request)
        if wait_until(lambda: not occupants(cluster), patience_s, every_s=0.05):
            (cluster / PID_FILE).unlink(missing_ok=True)
            return
    raise StartError(f"PostgreSQL still runs in {cluster} (process {occupants(cluster)[0]}); end it first")
