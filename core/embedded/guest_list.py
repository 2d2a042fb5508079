"""Whether somebody at the embedded broker's door is let in, and as whom. No I/O, no clock.

A client id that is somebody's code is that device's alone, and those of the platform are nobody's: a broker
ends the connection of whoever had the same client id, and keeps what waits under it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

import bcrypt
from cryptography import x509

from core.embedded.nats_config import Guest, Login
from core.session_name import PLATFORM_SESSIONS, gateway_session

_GIVEN = re.compile(r"-[0-9a-f]{12}$")
_WRONG = "unknown, or the wrong secret"
NOT_ITS_OWN = "the client id is another's"


class Caller(NamedTuple):
    """Who stands there, as the server describes it; `certificate` is what it proved, as PEM, or ""."""

    user: str
    secret: str
    client_id: str
    certificate: str = ""


class Guests:
    """Everybody who may come in, at one instant."""

    def __init__(self, guests: Iterable[Guest], by_certificate: bool = False) -> None:
        """`by_certificate`: a client is whom its certificate names, whatever name and secret it gives."""
        self._by_certificate = by_certificate
        known = [guest for guest in guests if guest.is_safe]
        self._users = {guest.user: guest for guest in known}
        self._codes = {guest.code: guest for guest in known}
        self._owners = {name: guest.code for guest in known for name in _own_names(guest)}

    def judge(self, caller: Caller) -> Guest | str:
        """Who it is; or why it is not let in."""
        if self._by_certificate:
            guest = self._named(caller.certificate)
        else:
            # Names of consoles, claims and families once had a colon, which Mosquitto's files do not allow.
            guest = self._users.get(caller.user.replace(":", "."))
            if guest is not None and not matches(guest, caller.secret):
                guest = None
        if guest is None:
            return _WRONG
        return guest if self._owner(caller.client_id, guest.code) == guest.code else NOT_ITS_OWN

    @property
    def codes(self) -> frozenset[str]:
        """All that somebody is called."""
        return frozenset(self._codes)

    def still(self, mark: str) -> bool:
        """Whether who was let in under this mark would still be, with the same rights."""
        guest = self.known(mark)
        return guest is not None and marked(guest) == mark

    def known(self, mark: str) -> Guest | None:
        """Who was let in under this mark, if they are known still."""
        return self._users.get(mark.rpartition("#")[0])

    def _owner(self, client_id: str, caller: str) -> str:
        """The code of whose client id this is: the caller's, when it is nobody else's."""
        given = _GIVEN.sub("", client_id)  # what came with a secret is the code with something behind
        nobody = "" if client_id.startswith(PLATFORM_SESSIONS) else caller
        return self._owners.get(client_id) or self._owners.get(given) or nobody

    def _named(self, certificate: str) -> Guest | None:
        """The guest that a certificate names; a device's is for all its secrets."""
        if not certificate:
            return None
        names = x509.load_pem_x509_certificate(certificate.encode()).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
        for name in names.value.get_values_for_type(x509.DNSName):
            name = name.replace(":", ".")
            guest = self._users.get(name) or self._codes.get(name)
            if guest is not None and (guest.user == name or isinstance(guest, Login)):
                return guest
        return None


def _own_names(guest: Guest) -> tuple[str, ...]:
    """The client ids that are this guest's alone."""
    gateway = (gateway_session(guest.code),) if isinstance(guest, Login) and guest.is_gateway else ()
    return guest.code, guest.user, *gateway


def marked(guest: Guest) -> str:
    """Under which name the server knows a connection: another secret or other rights make another."""
    return f"{guest.user}#{hashlib.sha256(repr(guest).encode()).hexdigest()[:16]}"


def matches(guest: Guest, secret: str) -> bool:
    """Whether `secret` is the guest's; the quicker of its hashes is looked at."""
    if guest.pbkdf2:
        try:
            _, kind, rounds, salt, digest = guest.pbkdf2.split("$")
            made = hashlib.pbkdf2_hmac("sha512", secret.encode(), base64.b64decode(salt), int(rounds))
            return kind == "7" and hmac.compare_digest(made, base64.b64decode(digest))
        except ValueError:
            return False
    given = secret.encode()
    if not given or len(given) > 72 or b"\x00" in given:
        return False
    try:
        return bcrypt.checkpw(given, guest.bcrypt.encode("ascii"))
    except ValueError:
        return False
