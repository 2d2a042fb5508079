"""A certificate that was renewed is shown from the next connection on, without a restart."""

import logging
import ssl
import threading
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

_EVERY_S = 5.0


class Renewed:
    """A thread that looks at the files of `context`, and reads them again when they changed.

    They are read apart and shown as one: read into `context` itself, a new certificate beside the old key
    would leave it without any key, and nobody would come in until both are there.
    """

    def __init__(
        self, context: ssl.SSLContext, certificate: Path, key: Path, every_s: float = _EVERY_S
    ) -> None:
        """What is there now was read by `context` itself."""
        self._shown, self._files, self._every_s = context, (certificate, key), every_s
        context.sni_callback = self._show
        self._seen = self._stamps()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="certificates", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._leave.set()
        self._thread.join()

    def _stamps(self) -> tuple[int, ...]:
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in self._files)

    def _watch(self) -> None:
        while not self._leave.wait(self._every_s):
            with suppress(OSError):  # a file went between two looks at it, and is looked for again
                now = self._stamps()
                if now != self._seen:
                    self._read(now)

    def _show(self, connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        connection.context = self._shown

    def _read(self, stamps: tuple[int, ...]) -> None:
        certificate, key = self._files
        fresh = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            fresh.load_cert_chain(certificate, key)
        except (ssl.SSLError, OSError):  # one of the two is new and the other is not yet: looked at again
            log.warning("the new certificate and its key do not fit together")
            return
        self._shown, self._seen = fresh, stamps
        log.info("the renewed certificate is shown from now on")
