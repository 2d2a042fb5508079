"""Starting programs that end when we end, however we end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from core.embedded.account import Account

LAUNCH = Path(__file__).with_name("launch.py")


class StartError(Exception):
    """A program could not be started; the message says what to do about it."""


def plain_environment() -> dict[str, str]:
    """What a foreign program gets to see of ours: no PG*, no LD_*, no passwords."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def spawn(
    command: Sequence[str],
    *,
    cwd: Path,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    output: IO[bytes] | int | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; the kernel sends it `stop_signal` when the caller dies.

    Call it from a thread that lives as long as the program shall: Linux means the thread, not the process.

    Args:
        account: the user it runs as; None for our own.
        env: its environment; None for our own.
        output: where standard output and error go; None for our own.
    """
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    words = [str(os.getpid()), str(int(stop_signal)), str(uid), str(gid)]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(LAUNCH), *words, *command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        pass_fds=pass_fds,
        start_new_session=True,
    )


def run(command: Sequence[str], *, cwd: Path, account: Account | None = None, timeout_s: float = 60) -> None:
    """Run `command` to its end; raises StartError with what it said when it fails."""
    process = spawn(command, cwd=cwd, account=account, env=plain_environment(), output=subprocess.PIPE)
    said, _ = process.communicate(timeout=timeout_s)
    if process.returncode:
        text = said.decode(errors="replace").strip()
        raise StartError(f"{Path(command[0]).name} failed with exit status {process.returncode}: {text}")


def stop(process: subprocess.Popen[bytes], with_signal: signal.Signals, grace_s: float) -> int:
    """Ask `process` to end, kill it when it does not within `grace_s` seconds; returns its exit status."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def wait_until(condition: Callable[[], bool], timeout_s: float, every_s: float = 0.02) -> bool:
    """Whether `condition` became true within `timeout_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_s)
    return True
