"""One nowalls a data folder: a lock that the kernel gives back whatever way its holder ends."""

import fcntl
import os
from pathlib import Path


class ClaimError(Exception):
    """The data folder cannot be used; the message says why."""


class Claim:
    """Holds the folder `data` for this process until `release` or the process's end."""

    def __init__(self, data: Path) -> None:
        """Make the folder if need be and claim it; raises ClaimError when it is taken or not writable."""
        path = data / "run" / "lock"
        try:
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ClaimError(f"cannot write to the data folder {data}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._file, 20, 0).decode(errors="replace").strip()
            os.close(self._file)
            raise ClaimError(
                f"the data folder {data} is in use by another nowalls (process {holder})"
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Give the folder back."""
        os.close(self._file)
