"""What the database and the API tell Prometheus."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import psycopg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from api.measures import Measured, StoreCollector
from core import metrics
from core.clock import ManualClock
from core.instant import from_datetime
from core.settings import Settings
from tests.support.village import settle

pytestmark = pytest.mark.integration
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)


class Stopped(ManualClock):
    """Stands at an instant of the world's own time."""

    def sleep_s(self, virtual_s: float) -> float:
        return virtual_s


def scraped(settings: Settings) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Every sample by the name of its metric and its labels."""
    registry = CollectorRegistry()
    clock = Stopped(from_datetime(NOW))
    registry.register(StoreCollector(settings, clock, clock))
    text = generate_latest(registry).decode()
    return {
        family.name: {tuple(sorted(one.labels.items())): one.value for one in family.samples}
        for family in text_string_to_metric_families(text)
    }


def settings_of(dsn: str, folder: Path) -> Settings:
    return Settings(data_dir=folder, database_url=dsn)  # type: ignore[arg-type]


def test_every_row_of_the_stage_store_is_there_and_nothing_else(dsn: str, tmp_path: Path) -> None:
    found = scraped(settings_of(dsn, tmp_path))
    rows = {row.name for row in metrics.TABLE if row.stage == "store"}
    # Without an archive nothing is behind; no broker is embedded here.
    assert set(found) == rows - {"nowalls_archive_behind_bytes", "nowalls_broker_bytes"}
    assert found["nowalls_database_up"] == {(): 1}


def test_ages_and_counts_are_those_of_what_waits(dsn: str, tmp_path: Path) -> None:
    settle(dsn, NOW - timedelta(days=1))
    with psycopg.connect(dsn) as conn:
        conn.execute("INSERT INTO heartbeat VALUES ('steps', %s)", (NOW - timedelta(seconds=7),))
        conn.execute(
            "INSERT INTO finding (id, revision, kind, severity, onset, detected_at, written_at, reason_key,"
            " reason_params, evidence, cleared)"
            " VALUES (gen_random_uuid(), 1, 'sos', '', %(at)s, %(at)s, %(at)s, 'sos', '{}', '{}', false)",
            {"at": NOW - timedelta(seconds=42)},
        )
    found = scraped(settings_of(dsn, tmp_path))
    assert found["nowalls_oldest_untriaged_finding_seconds"] == {(): 42}
    assert found["nowalls_heartbeat_age_seconds"] == {(("part", "steps"),): 7}
    assert found["nowalls_devices"][(("state", "never_heard"),)] > 0


def test_a_database_that_is_away_is_told_and_the_disk_is_measured_all_the_same(tmp_path: Path) -> None:
    found = scraped(settings_of("host=/nowhere", tmp_path))
    assert found["nowalls_database_up"] == {(): 0}
    assert found["nowalls_disk_free_bytes"][()] > 0
    assert "nowalls_devices" not in found


def test_what_waits_in_the_broker_is_measured_without_asking_it(tmp_path: Path) -> None:
    kept = tmp_path / "broker" / "jetstream" / "msgs"
    kept.mkdir(parents=True)
    (kept / "1.blk").write_bytes(bytes(5000))
    (kept / "index.db").write_bytes(bytes(70))
    assert scraped(settings_of("host=/nowhere", tmp_path))["nowalls_broker_bytes"] == {(): 5000}


def test_requests_are_counted_by_route_and_never_by_what_somebody_typed() -> None:
    app = FastAPI()

    @app.get("/residents/{key}")
    async def answer(key: int) -> int:
        return key

    async def ask() -> None:
        transport = ASGITransport(Measured(app))
        async with AsyncClient(transport=transport, base_url="http://house") as client:
            await client.get("/residents/4711")
            await client.get("/4711/of/nobody")

    anyio.run(ask)
    samples = [s for family in metrics.counter("nowalls_requests_total").collect() for s in family.samples]
    counted = {(s.labels["route"], s.labels["status"]) for s in samples if s.name.endswith("_total")}
    assert {("/residents/{key}", "200"), ("none", "404")} <= counted
    assert not [sample for sample in samples if "4711" in str(sample.labels)]
