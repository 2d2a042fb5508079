"""Ingest over a cluster says what it misses instead of waiting for it."""

import asyncio
import time

import pytest

from core import jetstream
from core.clock import ManualClock
from core.embedded.ports import any_free
from core.settings import Settings, WrongSettingError, read
from ingest import sharing
from ingest.jetstream import Carrier


def test_without_the_address_of_a_cluster_it_says_so() -> None:
    with pytest.raises(WrongSettingError, match="NOWALLS_CARRIER_URL"):
        sharing.serve(Settings(carrier="jetstream"))


@pytest.mark.parametrize(
    "url", ["nats://", "http://node:4222", "nats://node", "nats://a:4222,b", "node:4222"]
)
def test_what_is_no_address_of_a_cluster_is_refused_before_anything_starts(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOWALLS_CARRIER_URL", url)
    with pytest.raises(WrongSettingError, match="NOWALLS_CARRIER_URL: is not nats://user:password@host:port"):
        read(Settings)


@pytest.mark.parametrize(
    "url", ["", "nats://u:p%40@10.0.0.1:4222,n2:4222,n3:4222", "tls://[::1]:4222", "nats://localhost:4222/"]
)
def test_what_is_one_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOWALLS_CARRIER_URL", url)
    assert read(Settings).carrier_url.get_secret_value() == url


def test_a_cluster_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jetstream, "_CONNECT_S", 0.2)
    carrier = Carrier(f"nats://127.0.0.1:{any_free()}", ManualClock(), 4)
    began = time.monotonic()
    with pytest.raises(jetstream.CarrierError, match="no node of the carrier answers"):
        carrier.start(within_s=0.1)
    assert time.monotonic() - began < 30
    carrier.stop()


def test_a_client_that_gave_up_leaves_nothing_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jetstream, "_CONNECT_S", 0.2)

    async def left() -> int:
        with pytest.raises(jetstream.CarrierError):
            await jetstream.connect(f"nats://127.0.0.1:{any_free()}")
        return len(asyncio.all_tasks())

    assert asyncio.run(left()) == 1, "only itself"
