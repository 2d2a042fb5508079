"""The numbers a process counts: only what the table names, and only for who shows the token."""

import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from alerts.engine import Engine
from core import metrics
from core.clock import ManualClock
from core.metrics_server import FOLDER, MetricsServer, _announce
from ingest.foreign.scaip import Status
from ingest.foreign.scaip_server import Desk
from ingest.measures import Measures
from tests.support.counted import counted

WHO = {"resident", "home", "device", "account", "name", "address", "station"}


@pytest.fixture
def address() -> Iterator[str]:
    registry = CollectorRegistry()
    Counter("nowalls_messages_total", "Messages.", registry=registry).inc(3)
    server = MetricsServer(("127.0.0.1", 0), "token", registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def asked(url: str, token: str = "") -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
        return str(answer.read().decode())


def test_prometheus_reads_what_was_counted(address: str) -> None:
    families = {
        family.name: family for family in text_string_to_metric_families(asked(f"{address}/metrics", "token"))
    }
    assert families["nowalls_messages"].samples[0].value == 3


@pytest.mark.parametrize("token", ["", "tokem", "token "])
def test_nobody_reads_them_without_the_token(address: str, token: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        asked(f"{address}/metrics", token)


def test_there_is_nothing_else_to_ask_for(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        asked(f"{address}/", "token")


def test_a_number_that_is_not_in_the_table_cannot_be_counted() -> None:
    with pytest.raises(KeyError):
        metrics.counter("nowalls_anything_total")
    with pytest.raises(TypeError, match="is a histogram"):
        metrics.counter("nowalls_batch_seconds")


def test_every_name_says_its_unit_and_no_label_says_who() -> None:
    for metric in metrics.TABLE:
        assert metric.name.startswith("nowalls_"), metric.name
        assert (metric.kind == "counter") == metric.name.endswith("_total"), metric.name
        assert (metric.kind == "histogram") == bool(metric.buckets), metric.name
        assert metric.help.endswith("."), metric.name
        assert not WHO & set(metric.labels), metric.name
    assert len({metric.name for metric in metrics.TABLE}) == len(metrics.TABLE)


def test_what_an_alert_rule_waits_for_to_rise_is_there_before_it_rises() -> None:
    """A series that begins at one has never risen, as Prometheus sees it."""
    Measures(SimpleNamespace(), ManualClock(), ["falls"])  # type: ignore[arg-type]
    Engine(lambda: None, ManualClock())  # type: ignore[arg-type, return-value]
    Desk(lambda *_: Status.OK, lambda: 0).close()
    assert ("falls",) in counted("nowalls_detector_failures_total")
    assert {("triage",), ("due",), ("run_out",)} <= counted("nowalls_cycle_failures_total").keys()
    assert {("not_treated",), ("hold",)} <= counted("nowalls_calls_total").keys()


def test_a_process_says_where_it_listens_and_what_is_dead_is_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "ingest-999999999.json").write_text("[]")
    _announce("alerts", tmp_path, 4321)
    own = folder / f"alerts-{os.getpid()}.json"
    assert sorted(folder.iterdir()) == [own]
    assert json.loads(own.read_text()) == [{"targets": ["127.0.0.1:4321"], "labels": {"part": "alerts"}}]


def test_prometheus_as_another_user_may_read_where_we_listen(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        _announce("ingest", tmp_path, 9464)
    finally:
        os.umask(before)
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o755
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / FOLDER).iterdir()] == [0o644]
