"""Every number that a process counts of itself for Prometheus: one table, and the only way to a metric.

Boards, alert rules and the documentation are made from the same table, so none can name what does not exist.
Labels carry kinds, parts and reasons; never a person, a home or a device.
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

Kind = Literal["counter", "gauge", "histogram"]

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_TINY = (0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1)

REGISTRY = CollectorRegistry(auto_describe=False)


class Metric(NamedTuple):
    """One row.

    Attributes:
        name: with its unit, as Prometheus names things.
        kind: what may be done with it.
        stage: the part of the way of a reading that it belongs to; the process that serves it.
        help: what it says, one sentence.
        labels: by what it is told apart.
        buckets: of a histogram, seconds.
    """

    name: str
    kind: Kind
    stage: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


def _seconds(name: str, stage: str, text: str, *labels: str, buckets: tuple[float, ...] = _QUICK) -> Metric:
    return Metric(name, "histogram", stage, text, labels, buckets)


TABLE: tuple[Metric, ...] = (
    Metric("nowalls_messages_total", "counter", "ingest", "Messages taken from the broker."),
    Metric("nowalls_readings_total", "counter", "ingest", "Readings and motion windows stored."),
    Metric("nowalls_quarantined_total", "counter", "ingest", "Messages not understood, by why.", ("reason",)),
    Metric("nowalls_findings_total", "counter", "ingest", "What detectors found, by kind.", ("kind",)),
    _seconds("nowalls_batch_seconds", "ingest", "What a batch spent in each step.", "step"),
    _seconds("nowalls_ingest_seconds", "ingest", "Arrival to acknowledgement, oldest of a batch."),
    _seconds("nowalls_detector_seconds", "ingest", "Of a batch.", "detector", buckets=_TINY),
    Metric("nowalls_detector_failures_total", "counter", "ingest", "Detectors that failed.", ("detector",)),
    Metric("nowalls_waiting_messages", "gauge", "ingest", "Arrived, and not yet taken by a worker."),
    Metric("nowalls_oldest_unacknowledged_seconds", "gauge", "ingest", "Age of the oldest not yet safe."),
    Metric("nowalls_broker_connected", "gauge", "ingest", "1 while the broker is heard."),
    Metric("nowalls_foreign_said_total", "counter", "foreign", "Said again in our protocol."),
    Metric("nowalls_calls_total", "counter", "foreign", "Social alarms, by answer.", ("answer",)),
    _seconds("nowalls_call_seconds", "foreign", "How long a social alarm waited for its answer."),
    _seconds("nowalls_cycle_seconds", "alerts", "A cycle that found something to do.", "cycle"),
    Metric("nowalls_cycle_failures_total", "counter", "alerts", "Cycles that failed.", ("cycle",)),
    Metric("nowalls_cycle_work_total", "counter", "alerts", "Findings ruled on, steps taken.", ("cycle",)),
    Metric("nowalls_verdicts_total", "counter", "alerts", "What became of findings.", ("verdict",)),
    Metric("nowalls_delivery_tries_total", "counter", "deliver", "Messages sent.", ("channel", "outcome")),
    _seconds("nowalls_delivery_seconds", "deliver", "How long a service took to answer.", "channel"),
    Metric("nowalls_deliveries_in_hand", "gauge", "deliver", "Notifications claimed and not settled."),
    Metric("nowalls_requests_total", "counter", "api", "Requests answered.", ("method", "route", "status")),
    _seconds("nowalls_request_seconds", "api", "How long an answer took.", "route"),
    Metric("nowalls_live_sockets", "gauge", "api", "Boards, phones and family pages connected."),
    Metric("nowalls_live_fresh", "gauge", "api", "1 while the live feed keeps up."),
    _seconds("nowalls_alarm_seconds", "api", "What each step of an alarm's way took; no drills.", "step"),
    # From the database, at the moment of asking; any API process serves them.
    Metric("nowalls_database_up", "gauge", "store", "1 when the database answered this scrape."),
    Metric("nowalls_oldest_untriaged_finding_seconds", "gauge", "store", "How long it waits for a verdict."),
    Metric("nowalls_oldest_overdue_step_seconds", "gauge", "store", "By how much a step is late."),
    Metric("nowalls_oldest_unsent_notification_seconds", "gauge", "store", "By how much it is late."),
    Metric("nowalls_oldest_unsent_publication_seconds", "gauge", "store", "By how much a console is late."),
    Metric("nowalls_unsent_notifications", "gauge", "store", "Notifications due and not settled."),
    Metric("nowalls_open_incidents", "gauge", "store", "By priority and state.", ("priority", "state")),
    Metric("nowalls_heartbeat_age_seconds", "gauge", "store", "Since a part last did its work.", ("part",)),
    Metric("nowalls_quarantine_messages", "gauge", "store", "Messages in quarantine, by why.", ("reason",)),
    Metric("nowalls_devices", "gauge", "store", "Installed devices, by whether they are heard.", ("state",)),
    Metric("nowalls_failing_endpoints", "gauge", "store", "Ways to people that keep failing.", ("channel",)),
    Metric("nowalls_database_bytes", "gauge", "store", "Size of the database."),
    Metric("nowalls_archive_behind_bytes", "gauge", "store", "Log not yet archived; absent without."),
    Metric("nowalls_broker_bytes", "gauge", "store", "What the embedded broker keeps until it is stored."),
    Metric("nowalls_disk_free_bytes", "gauge", "store", "Room on the disk of the data folder."),
    Metric("nowalls_disk_bytes", "gauge", "store", "Size of that disk."),
    Metric("nowalls_certificate_ends_seconds", "gauge", "store", "Until it ends.", ("certificate",)),
    # What the doctor finds, every half minute.
    Metric("nowalls_check", "gauge", "doctor", "0: well, 1: something for today, 2: broken.", ("check",)),
    Metric("nowalls_broker_messages", "gauge", "doctor", "What a Mosquitto keeps; absent with another."),
    Metric("nowalls_broker_dropped_messages", "gauge", "doctor", "Thrown away by it since it was started."),
    Metric("nowalls_clock_late_seconds", "gauge", "doctor", "The database's clock less this machine's."),
    Metric("nowalls_backup_age_seconds", "gauge", "doctor", "Of the newest copy; absent without."),
    Metric("nowalls_key_copy_age_seconds", "gauge", "doctor", "Of the newest copy of keys; absent without."),
    Metric("nowalls_roster_gaps", "gauge", "doctor", "Stations with a gap within three days.", ("role",)),
    Metric("nowalls_unstaffed_stations", "gauge", "doctor", "With homes, and nobody to take an alarm."),
)  # fmt: skip

_BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in TABLE}


def row(name: str) -> Metric:
    """The row of that name; raises KeyError when there is none: a metric is a row before it is a number."""
    return _BY_NAME[name]


@cache
def counter(name: str) -> Counter:
    """The counter of that name in this process."""
    metric = _of_kind(name, "counter")
    return Counter(metric.name, metric.help, metric.labels, registry=REGISTRY)


@cache
def gauge(name: str) -> Gauge:
    """The gauge of that name in this process."""
    metric = _of_kind(name, "gauge")
    return Gauge(metric.name, metric.help, metric.labels, registry=REGISTRY)


@cache
def histogram(name: str) -> Histogram:
    """The histogram of that name in this process."""
    metric = _of_kind(name, "histogram")
    return Histogram(metric.name, metric.help, metric.labels, registry=REGISTRY, buckets=metric.buckets)


def _of_kind(name: str, kind: Kind) -> Metric:
    metric = row(name)
    if metric.kind != kind:
        raise TypeError(f"{name} is a {metric.kind}, not a {kind}")
    return metric
