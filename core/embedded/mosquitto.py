"""Logins and topics for a Mosquitto of one's own: its password file and its access list."""

import contextlib
import os
import re
import secrets
import signal
from base64 import b64encode
from collections.abc import Iterable
from hashlib import pbkdf2_hmac
from pathlib import Path
from urllib.parse import unquote, urlsplit

from core.embedded.nats_config import Guest, Interpreter, Login
from core.embedded.secret import write_private
from core.quantity import STREAMS

_HASH = re.compile(r"\$7\$\d+\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+")
# What it says of itself: messages kept, and those thrown away because a queue was full.
STORED, DROPPED = "$SYS/broker/store/messages/count", "$SYS/broker/publish/messages/dropped"
_PLATFORM_READS = ("nw/#", STORED, DROPPED)
_PLATFORM_WRITES = ("nw/v1/+/+/cmd", "nw/v1/station/#", "nw/family/#", "nw/claim/+/answer")


class Mosquitto:
    """The files `passwords` and `acl` in a folder, and `sources`: the passwords of those alone that speak for
    others, for a listener on which a login may have several connections. `apply` is what a Doorman calls."""

    def __init__(
        self, folder: Path, broker_url: str, pid_file: Path | None = None, interpreter_url: str = ""
    ) -> None:
        """`broker_url` carries the login of the platform itself, `interpreter_url` that of its interpreter;
        without one it gets none here."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self._pid_file = folder, pid_file
        address = urlsplit(broker_url)
        self._platform = unquote(address.username or "")
        # Hashed once, so that the file changes only when somebody comes or goes.
        self._password = _hash(unquote(address.password or "")) if address.password else ""
        other = urlsplit(interpreter_url)
        self._interpreter = (unquote(other.username or ""), _hash(unquote(other.password or "")))

    def apply(self, guests: Iterable[Guest]) -> list[str]:
        """Let exactly these log in; returns the codes left out: unfit for a topic, or without such a hash."""
        known = sorted(guests, key=lambda guest: guest.user)
        fit = [guest for guest in known if guest.is_safe and _HASH.fullmatch(guest.pbkdf2)]
        sources = [guest for guest in fit if isinstance(guest, Login) and guest.speaks_for_others]
        files = {"passwords": self._passwords(fit), "sources": _lines(sources), "acl": self._access(fit)}
        changed = [name for name, text in files.items() if self._put(name, text)]
        if changed:
            self._tell()
        return sorted({guest.code for guest in known if guest not in fit})

    def _passwords(self, guests: Iterable[Guest]) -> str:
        text = _lines(guests)
        if self._platform and self._password:
            text += f"{self._platform}:{self._password}\n"
        if self._interpreter[0]:
            text += ":".join(self._interpreter) + "\n"
        return text

    def _access(self, guests: Iterable[Guest]) -> str:
        parts = [_entry(guest.user, _writes(guest), guest.reads) for guest in guests]
        if self._platform:
            parts.append(_entry(self._platform, _PLATFORM_WRITES, _PLATFORM_READS))
        if self._interpreter[0]:
            rights = Interpreter("")
            parts.append(_entry(self._interpreter[0], rights.writes, rights.reads))
        return "\n".join(parts)

    def _put(self, name: str, text: str) -> bool:
        path = self._folder / name
        with contextlib.suppress(FileNotFoundError):
            if path.read_text(encoding="utf-8") == text:
                return False
        owner = self._folder.stat()
        write_private(path, text)
        if os.geteuid() == 0:
            os.chown(path, owner.st_uid, owner.st_gid)  # Mosquitto's user owns the folder
        return True

    def _tell(self) -> None:
        if self._pid_file is None:
            return
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int(self._pid_file.read_text(encoding="ascii")), signal.SIGHUP)


def _lines(guests: Iterable[Guest]) -> str:
    return "".join(f"{guest.user}:{guest.pbkdf2}\n" for guest in guests)


def _writes(guest: Guest) -> tuple[str, ...]:
    """Its topics one by one: in this version no rule can take `cmd` out of `+` again."""
    if not isinstance(guest, Login):
        return guest.writes
    own = f"nw/v1/{guest.home}/{guest.code}"
    relay = (f"{own}/relay",) if guest.is_gateway else ()
    foreign = [topic for topic in guest.writes if topic.startswith("nw/in/")]
    return (*(f"{own}/{stream}" for stream in STREAMS), *relay, *foreign)


def _entry(user: str, writes: Iterable[str], reads: Iterable[str]) -> str:
    lines = [f"user {user}"]
    lines += [f"topic read {topic}" for topic in reads]
    lines += [f"topic write {topic}" for topic in writes]
    return "".join(f"{line}\n" for line in lines)


def _hash(text: str) -> str:
    salt = secrets.token_bytes(12)
    digest = pbkdf2_hmac("sha512", text.encode(), salt, 101)
    return f"$7$101${b64encode(salt).decode()}${b64encode(digest).decode()}"
