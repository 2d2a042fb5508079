"""What the API counts of itself, and what the database says at the moment Prometheus asks."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import psycopg
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.delivery.plan import FAILING_AFTER
from api.store import condition
from core import metrics, tls
from core.backup.archive import SLOT
from core.clock import Clock, SystemClock
from core.database import connect
from core.embedded.kept import kept_bytes
from core.instant import to_datetime
from core.settings import Settings

log = logging.getLogger(__name__)

_REQUESTS = metrics.counter("nowalls_requests_total")
_SECONDS = metrics.histogram("nowalls_request_seconds")
_SOCKETS = metrics.gauge("nowalls_live_sockets")
_FRESH = metrics.gauge("nowalls_live_fresh")
_REST_S = 5.0  # several that ask within it get the same answer: no scrape is a load

Samples = Iterator[GaugeMetricFamily]


class Measured:
    """The outermost layer: counts each answer by the route it came from, not by the address asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 500, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            # A route's pattern: an address may name a person. What fits no route is one and the same.
            route = getattr(scope.get("route"), "path", "none")
            _REQUESTS.labels(scope["method"] if route != "none" else "any", route, str(status)).inc()
            _SECONDS.labels(route).observe(time.perf_counter() - began)


def watch_feed(count: Callable[[], int], fresh: Callable[[], bool]) -> None:
    """From now on the gauges show this live feed."""
    _SOCKETS.set_function(count)
    _FRESH.set_function(lambda: float(fresh()))


class StoreCollector(Collector):
    """Asks the database when Prometheus asks; one that is away is told as such, and costs no answer."""

    def __init__(self, settings: Settings, clock: Clock, wall: Clock | None = None) -> None:
        """`clock` is the one the care runs on; ages are shown in real seconds."""
        self._settings, self._clock, self._wall = settings, clock, wall or SystemClock()
        self._lock = threading.Lock()
        self._known: list[GaugeMetricFamily] = []
        self._asked = -_REST_S

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The families of the stage "store"."""
        with self._lock:
            if time.monotonic() - self._asked >= _REST_S:
                self._known = list(self._look())
                self._asked = time.monotonic()
            return self._known

    def _look(self) -> Samples:
        yield from self._of_machine()
        try:
            with connect(self._settings, "nowalls metrics") as conn:
                found = list(self._of_database(conn))
        except psycopg.Error as error:
            log.warning("the database was not measured", extra={"error": type(error).__name__})
            yield _plain("nowalls_database_up", 0)
            return
        yield _plain("nowalls_database_up", 1)
        yield from found

    def _of_machine(self) -> Samples:
        room = shutil.disk_usage(self._settings.data_dir)
        yield _plain("nowalls_disk_free_bytes", room.free)
        yield _plain("nowalls_disk_bytes", room.total)
        kept = kept_bytes(self._settings.data_dir)
        if kept is not None:
            yield _plain("nowalls_broker_bytes", kept)
        ends = tls.expiries(self._settings.data_dir) if self._settings.tls else []
        wall = to_datetime(self._wall.now())
        # Those of devices are named after devices.
        own = {(name,): (end - wall).total_seconds() for name, end in ends if "/" not in name}
        yield _labelled("nowalls_certificate_ends_seconds", own)

    def _of_database(self, conn: psycopg.Connection[Any]) -> Samples:
        now = to_datetime(self._clock.now())
        waits = condition.waiting(conn, now)
        yield _plain("nowalls_oldest_untriaged_finding_seconds", self._age(waits.finding, now))
        yield _plain("nowalls_oldest_overdue_step_seconds", self._age(waits.step, now))
        yield _plain("nowalls_oldest_unsent_notification_seconds", self._age(waits.notification, now))
        yield _plain("nowalls_oldest_unsent_publication_seconds", self._age(waits.publication, now))
        yield _plain("nowalls_unsent_notifications", waits.notifications)
        yield _labelled("nowalls_open_incidents", condition.incidents(conn))
        beats = condition.beats(conn).items()
        yield _labelled("nowalls_heartbeat_age_seconds", {(p,): self._age(at, now) for p, at in beats})
        lying = {(why,): count for why, (count, _) in condition.quarantine(conn).items()}
        yield _labelled("nowalls_quarantine_messages", lying)
        known = {(state,): one.many for state, one in condition.devices(conn, now).items()}
        yield _labelled("nowalls_devices", known)
        failing = condition.failing_endpoints(conn, FAILING_AFTER)
        yield _labelled("nowalls_failing_endpoints", {(channel,): n for channel, n in failing.items()})
        yield _plain("nowalls_database_bytes", condition.size(conn))
        archive = condition.archive(conn, SLOT)
        if archive is not None:
            yield _plain("nowalls_archive_behind_bytes", archive.behind)

    def _age(self, since: datetime | None, now: datetime) -> float:
        return 0.0 if since is None else max(0.0, self._clock.sleep_s((now - since).total_seconds()))


def _plain(name: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, metrics.row(name).help, value=value)


def _labelled(name: str, values: Any) -> GaugeMetricFamily:
    row = metrics.row(name)
    family = GaugeMetricFamily(name, row.help, labels=row.labels)
    for labels, value in values.items():
        family.add_metric(list(labels), value)
    return family
