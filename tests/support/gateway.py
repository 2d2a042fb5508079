"""A home with a Mosquitto and a gateway process of its own, on a line that a test can cut."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from core.embedded.ports import any_free, is_free
from tests.browser.line import Line
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


class EdgeHome:
    """The home h1 of a house, with the gateway g1 in it."""

    def __init__(self, house: House, folder: Path, changes: dict[str, object]) -> None:
        self.folder = folder
        secret = house.run(
            "devices", "add", "g1", "--kind", "gateway", "--home", "h1", "--report-every", "60"
        ).strip()
        self.line = Line(house.broker)
        uplink = f"mqtt://g1:{quote(secret)}@127.0.0.1:{urlsplit(self.line.url).port}"
        said = house.run("gateway", "setup", "g1", "--uplink", uplink, "--mosquitto", str(folder))
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
        process = subprocess.Popen(
            [shutil.which("mosquitto") or "", "-c", str(conf)], stderr=subprocess.DEVNULL
        )
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
