"""`python -m benchmarks.gateway`: memory and processor time of a home gateway, by the devices of the home.

One Mosquitto stands for the home's broker and another for the platform's. Devices send in real time: each
wearable a window of 50 Hz motion and a heart rate every second, and beside it a sensor an event every ten.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np

from benchmarks.usage import cpu_s_of
from core.embedded.ports import any_free, is_free
from core.instant import SECOND
from ingest.edge.config import Config, Device
from ingest.edge.store import MIB, Store
from simulators import wire
from simulators.mqtt import Login, Publisher

_CONF = "listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\nuser {user}\n"
_SETTLE_S = 4.0


@click.command()
@click.option(
    "--wearers", default="1,5,20", show_default=True, help="So many in the home, one after the other."
)
@click.option("--seconds", default=30.0, show_default=True)
@click.option("--json", "target", default=Path("out/gateway.json"), type=click.Path(path_type=Path))
def main(wearers: str, seconds: float, target: Path) -> None:
    """What a gateway costs."""
    measured = [_measure(int(number), seconds) for number in wearers.split(",")]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(measured, indent=1) + "\n")
    click.echo(json.dumps(measured, indent=1))


def _measure(wearers: int, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="nowalls-gateway-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with _mosquitto(folder, "home") as home, _mosquitto(folder, "platform") as platform:
            config = _config(wearers, home, platform)
            (folder / "gateway.json").write_bytes(msgspec.json.encode(config))
            command = [sys.executable, "-m", "ingest.edge", str(folder / "gateway.json"), str(folder)]
            log = (folder / "log").open("wb")
            with log, subprocess.Popen(command, stderr=log) as process:
                try:
                    return _drive(config, home, process.pid, seconds, folder)
                finally:
                    process.terminate()


def _drive(config: Config, port: int, pid: int, seconds: float, folder: Path) -> dict[str, Any]:
    wearers = sum(device.kind == "wearable" for device in config.devices)
    words = ("ingest.edge", str(folder))
    rng = np.random.default_rng(1)
    with Publisher(Login("127.0.0.1", port, "bench", "")) as publisher:
        time.sleep(_SETTLE_S)
        _second(publisher, wearers, 0, rng)
        time.sleep(1)
        before, began = cpu_s_of(words), time.monotonic()
        for second in range(1, round(seconds) + 1):
            _second(publisher, wearers, second, rng)
            time.sleep(max(0.0, began + second - time.monotonic()))
        used = cpu_s_of(words) - before
    share = used / (time.monotonic() - began)
    return {
        "wearers": wearers,
        "messages_heard": _heard(folder),
        "messages_per_s": round(2 * wearers + wearers / 10, 1),
        "resident_mb": round(_status(pid, "VmRSS"), 1),
        "most_resident_mb": round(_status(pid, "VmHWM"), 1),
        "share_of_one_core": round(share, 4),
        "cpu_ms_a_wearer_and_second": round(1000 * share / wearers, 2),
    }


def _heard(folder: Path) -> int:
    """Messages of late in the gateway's store: it has really listened."""
    store = Store(folder / "gateway.sqlite", MIB)
    try:
        return len(store.past().messages)
    finally:
        store.close()


def _second(publisher: Publisher, wearers: int, second: int, rng: np.random.Generator) -> None:
    """Everybody's second, spread over it as little as the network does."""
    now = time.time_ns() // 1000
    for number in range(wearers):
        acc = (rng.normal(0, 40, (50, 3)) + np.array([0, 1000, 0])).astype(np.int16)
        said = wire.motion(now - SECOND, second, 50.0, acc)
        publisher.publish(wire.topic("h1", f"w{number}", "motion"), wire.encode(said))
        heart = wire.vital(now, second, {"heart_rate": 60 + second % 30})
        publisher.publish(wire.topic("h1", f"w{number}", "vital"), wire.encode(heart))
        if (second + number) % 10 == 0:
            event = wire.event(now, second, "presence", 1)
            publisher.publish(wire.topic("h1", f"p{number}", "event"), wire.encode(event))


def _config(wearers: int, home: int, platform: int) -> Config:
    worn = [
        Device(n + 1, f"w{n}", "wearable", n + 1, site="wrist", report_every_s=60) for n in range(wearers)
    ]
    rooms = [Device(1000 + n, f"p{n}", "pir", room="kitchen") for n in range(wearers)]
    return Config(
        gateway="g1", gateway_id=9999, home_code="h1", home=1, station=1,
        uplink=f"mqtt://127.0.0.1:{platform}", local=f"mqtt://127.0.0.1:{home}",
        devices=(*worn, *rooms), residents=tuple(range(1, wearers + 1)),
    )  # fmt: skip


@contextmanager
def _mosquitto(folder: Path, name: str) -> Iterator[int]:
    port = any_free()
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
    conf = folder / f"{name}.conf"
    conf.write_text(_CONF.format(port=port, user=user))
    program = shutil.which("mosquitto")
    if program is None:
        raise click.ClickException("no mosquitto on this machine")
    with subprocess.Popen([program, "-c", str(conf)], stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 10
            while is_free("127.0.0.1", port) and time.monotonic() < end:
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()


def _status(pid: int, name: str) -> float:
    """MB of a line of /proc/<pid>/status."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split(f"{name}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
