"""The keys that people's identity is sealed with: one file, outside the database and its backups.

The file has a head of 64 bytes (what it is, and the secret that numbers are looked up by), then 32 bytes a
key. Keys are known by their place, 1 upwards; no place is used twice. A key that was destroyed is all zeros.
"""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

KEY_BYTES = 32
_MAGIC = b"nowalls keys 1\n".ljust(KEY_BYTES, b"\0")
_HEAD = 2 * KEY_BYTES
_NAME = "people.keys"
_NOTHING = bytes(KEY_BYTES)


class KeyBookError(Exception):
    """The file is no book of keys."""


class KeyBook:
    """The book in `folder`, made when it is first written to. For several processes and threads at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / _NAME
        self._file = -1
        self._inode = 0
        self._secret = b""
        self._known = (0, 0)  # inode and size when a place was last given out
        self._lock = threading.RLock()

    def fresh(self, count: int = 1) -> range:
        """The places of `count` new keys, which are on the disk when this returns."""
        with self._alone() as file:
            written = os.fstat(file).st_size - _HEAD
            first = -(-written // KEY_BYTES) + 1  # half a key, of a write that was cut off, is left behind
            _write(file, secrets.token_bytes(count * KEY_BYTES), _offset(first))
            os.fsync(file)
            self._note(file)
        return range(first, first + count)

    def is_another(self) -> bool:
        """Whether the file was put back, or begun, since a place was last given out; at first, too."""
        with self._alone() as file:
            now = os.fstat(file)
            return now.st_ino != self._known[0] or now.st_size < self._known[1]

    def key(self, place: int) -> bytes | None:
        """The key, or None where there is none: never made, or destroyed."""
        if place < 1:
            return None
        # What is not found may stand in the file that has taken this one's place: put back from a backup.
        for renew in (self._file < 0, True):
            if renew and not self._renew():
                return None
            found = os.pread(self._file, KEY_BYTES, _offset(place))
            if len(found) == KEY_BYTES and found != _NOTHING:
                return found
        return None

    def destroy(self, places: Iterable[int]) -> int:
        """Overwrite these keys, on the disk too; returns how many there were. Done twice it does no harm."""
        with self._alone() as file:
            there = [place for place in places if self.key(place) is not None]
            for place in there:
                _write(file, _NOTHING, _offset(place))
            os.fsync(file)
        return len(there)

    def reach(self, last: int) -> None:
        """No place up to `last` is given out any more: a book put back from a copy does not know of them."""
        with self._alone() as file:
            if os.fstat(file).st_size < _offset(last + 1):
                os.ftruncate(file, _offset(last + 1))  # zeros: as if destroyed
                os.fsync(file)
            self._note(file)

    def _note(self, file: int) -> None:
        there = os.fstat(file)
        self._known = there.st_ino, there.st_size

    def secret(self) -> bytes:
        """What numbers are hashed with, so that they are found without being read. Made with the book."""
        if not self._secret:
            with self._alone() as file:
                self._secret = os.pread(file, KEY_BYTES, KEY_BYTES)
        return self._secret

    def count(self) -> tuple[int, int]:
        """(how many keys there are, how many were destroyed)."""
        if not self._renew():
            return 0, 0
        places = range(1, (os.fstat(self._file).st_size - _HEAD) // KEY_BYTES + 1)
        alive = sum(os.pread(self._file, KEY_BYTES, _offset(place)) != _NOTHING for place in places)
        return alive, len(places) - alive

    def _renew(self) -> bool:
        """Look at the file of this name; False when there is none."""
        with self._lock:
            try:
                inode = self.path.stat().st_ino
            except FileNotFoundError:
                return False
            if self._file < 0 or inode != self._inode:
                file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
                if os.pread(file, len(_MAGIC), 0) != _MAGIC or os.fstat(file).st_size < _HEAD:
                    os.close(file)
                    raise KeyBookError(f"{self.path} is no book of keys")
                # The file before stays open: another thread may be reading it.
                self._file, self._inode, self._secret = file, inode, b""
            return True

    @contextmanager
    def _alone(self) -> Iterator[int]:
        with self._lock:
            if not self._renew():
                _make(self.path)
                self._renew()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield self._file
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


def _offset(place: int) -> int:
    return _HEAD + (place - 1) * KEY_BYTES


def _write(file: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(file, data, offset)
        data, offset = data[written:], offset + written


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    file = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    _write(file, _MAGIC + secrets.token_bytes(KEY_BYTES), 0)
    os.fsync(file)
    os.close(file)
    try:
        path.hardlink_to(making)  # of several processes the first one wins, whole
    except FileExistsError:
        pass
    finally:
        making.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
