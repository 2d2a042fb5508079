"""A home with a Mosquitto and a gateway process of its own, on a line that a test can cut."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from core.embedded.ports import any_free, is_free
from tests.browser.line import Line
from tests.support.documents import blocks
from tests.support.house import ROOT, House, wait_for

_MOSQUITTO = """
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 100000
user {user}
"""

_DOCUMENT = (ROOT / "docs" / "gateway.md").read_text(encoding="utf-8")
_WRITTEN = [
    shlex.split(line.partition(">")[0], comments=True)[1:]
    for line in next(block.text for block in blocks(_DOCUMENT) if block.language == "sh").splitlines()
]


class EdgeHome:
    """The home h1 of a house, with the gateway g1 in it."""

    def __init__(self, house: House, folder: Path, changes: dict[str, object]) -> None:
        """As docs/gateway.md says: its two commands, with this house's names in them."""
        self.folder = folder
        add, setup = _WRITTEN
        secret = house.run(*add).strip()
        self.line = Line(house.broker)
        places = {
            "mqtts://city.example:8883": f"mqtt://127.0.0.1:{urlsplit(self.line.url).port}",
            "SECRET": secret,
            "mosquitto": str(folder),
        }
        said = house.run(*[places.get(word, word) for word in setup])
        self.port = any_free()
        config = json.loads(said) | changes
        config["local"] = config["local"].replace(":1883", f":{self.port}")
        self.local = str(config["local"])
        (folder / "gateway.json").write_text(json.dumps(config))
        self._broker = self._start_broker()
        self.process = self._start()

    def kill(self) -> None:
        """kill -9 the gateway, and start another in its place."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = self._start()

    def close(self) -> None:
        for process in (self.process, self._broker):
            process.terminate()
            process.wait(20)
        self.line.close()

    def _start(self) -> subprocess.Popen[bytes]:
        # With no settings of the platform in its environment: the file is all it has.
        bare = {name: value for name, value in os.environ.items() if not name.startswith("NOWALLS_")}
        with (self.folder / "gateway.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "ingest.edge", str(self.folder / "gateway.json"), str(self.folder)],
                cwd=ROOT, stderr=log, env=bare,
            )  # fmt: skip

    def _start_broker(self) -> subprocess.Popen[bytes]:
        user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
        conf = self.folder / "mosquitto.conf"
        conf.write_text(_MOSQUITTO.format(port=self.port, folder=self.folder, user=user))
        process = subprocess.Popen([shutil.which("mosquitto") or "", "-c", str(conf)])
        wait_for(lambda: not is_free("127.0.0.1", self.port), "mosquitto listens")
        return process


@contextmanager
def gateway_in(house: House, folder: Path, **changes: object) -> Iterator[EdgeHome]:
    """The home, closed at the end; `changes` to the gateway's file."""
    home = EdgeHome(house, folder, changes)
    try:
        yield home
    finally:
        home.close()
