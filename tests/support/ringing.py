"""When each alert rule rings, as rows: what the numbers say, and what is then told to whom is woken.

`CASES` holds one row for each rule of deploy/prometheus/alerts.yaml; `promtool_files` makes of them what
`promtool test rules` understands.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

Series = dict[str, str]  # a series, and its values in Prometheus' notation


class Ring(NamedTuple):
    """One rule.

    Attributes:
        alert: its name.
        after: how long `wrong` must have lasted, "3m".
        wrong, right: series by which it rings, and by which it does not. What is near is the better test.
        summary: what is said.
        labels: by what the alert is told apart, beside its severity.
        every: between two values, and two looks at the rule.
    """

    alert: str
    after: str
    wrong: Series
    right: Series
    summary: str
    labels: Mapping[str, str] = {}
    every: str = "15s"


def check(name: str, level: int) -> Series:
    """What the doctor found, all the time."""
    return {f'nowalls_check{{check="{name}", part="api"}}': f"{level}x800"}


def always(series: str, value: object) -> Series:
    """The same value all the time."""
    return {series: f"{value}x800"}


def buckets(name: str, slow: int, labels: str = "") -> Series:
    """A histogram in which of each hundred `slow` took between 2.5 and 5 s, and the others 0.1 s at most."""
    counts = {"0.1": 100 - slow, "2.5": 100 - slow, "5": 100, "+Inf": 100}
    return {f'{name}_bucket{{{labels}le="{le}"}}': f"0+{count}x800" for le, count in counts.items()}


def growing(series: str, by: object) -> str:
    return f"0+{by}x800"


GIB = 2**30
SENT, LOST = (
    f'nowalls_delivery_tries_total{{channel="apprise", outcome="{one}"}}' for one in ("sent", "away")
)
GOOD, BAD = (f'nowalls_requests_total{{method="GET", route="/r", status="{one}"}}' for one in ("200", "503"))
HEARD, SILENT = (f'nowalls_devices{{state="{one}"}}' for one in ("heard", "silent"))
UP = 'up{job="nowalls", part="api"}'
FREE, SIZE = "nowalls_disk_free_bytes", "nowalls_disk_bytes"
ENDS = 'nowalls_certificate_ends_seconds{certificate="server.crt"}'
STARTED = 'process_start_time_seconds{job="nowalls", part="ingest"}'
QUARANTINED = 'nowalls_quarantined_total{reason="malformed"}'

CASES: tuple[Ring, ...] = (
    Ring(
        "PartNotScraped",
        "3m",
        always(UP, 0),
        always(UP, 1),
        "api does not answer Prometheus",
        {"part": "api", "job": "nowalls"},
    ),
    Ring("NothingScraped", "4m", {}, always(UP, 1), "no part of nowalls is there at all", {"job": "nowalls"}),
    Ring(
        "PartSilent",
        "3m",
        {'nowalls_heartbeat_age_seconds{part="ingest"}': "5+15x800"},
        always('nowalls_heartbeat_age_seconds{part="ingest"}', 55),
        "ingest has not done its work for 3m 5s",
        {"part": "ingest"},
    ),
    Ring(
        "PartRestarts",
        "40m",
        {STARTED: "0+300x800"},
        {STARTED: "0x200 5000x600"},
        "ingest was started 40 times within an hour",
        {"part": "ingest"},
        every="1m",
    ),
    Ring(
        "MessagesNotSafe",
        "3m",
        always("nowalls_oldest_unacknowledged_seconds", 20),
        always("nowalls_oldest_unacknowledged_seconds", 9),
        "what devices said 20s ago is not stored",
    ),
    Ring(
        "BrokerFilling",
        "7m",
        always("nowalls_broker_bytes", 6 * GIB),
        always("nowalls_broker_bytes", 4 * GIB),
        "6GiB wait in the broker; with 10 GiB it acknowledges nothing more",
    ),
    Ring(
        "BrokerThrowsAway",
        "12m",
        {"nowalls_broker_dropped_messages": "7x20 9x800"},
        always("nowalls_broker_dropped_messages", 7),
        "the broker throws away what it has acknowledged to devices: its queues are full",
    ),
    Ring(
        "IngestSlow",
        "15m",
        buckets("nowalls_ingest_seconds", 100),
        buckets("nowalls_ingest_seconds", 0),
        "one reading in a hundred takes 4.975s to be safe",
    ),
    Ring(
        "BrokerUnheard",
        "2m",
        always("nowalls_broker_connected", 0),
        always("nowalls_broker_connected", 1),
        "ingest does not hear the broker: no home is watched over",
    ),
    Ring(
        "CallsTurnedAway",
        "20m",
        {'nowalls_calls_total{answer="not_treated"}': "0x20 1x800"},
        {'nowalls_calls_total{answer="ok"}': "0+1x800"},
        "calls of social-alarm units were not taken: not_treated",
        {"answer": "not_treated"},
    ),
    Ring(
        "FindingNotRuledOn",
        "2m",
        always("nowalls_oldest_untriaged_finding_seconds", 45),
        always("nowalls_oldest_untriaged_finding_seconds", 20),
        "a finding has waited 45s for a verdict: an alarm may not have rung",
    ),
    Ring(
        "EscalationLate",
        "2m",
        always("nowalls_oldest_overdue_step_seconds", 90),
        always("nowalls_oldest_overdue_step_seconds", 20),
        "an escalation is 1m 30s late",
    ),
    Ring(
        "AlarmSlow",
        "45m",
        buckets("nowalls_alarm_seconds", 100, 'step="triage", '),
        buckets("nowalls_alarm_seconds", 5, 'step="triage", '),
        "one alarm in ten spends more than 4.75s in triage",
        {"step": "triage"},
    ),
    Ring(
        "NotificationLate",
        "3m",
        always("nowalls_oldest_unsent_notification_seconds", 61),
        always("nowalls_oldest_unsent_notification_seconds", 59),
        "a notification is 1m 1s late",
    ),
    Ring(
        "ConsoleLate",
        "3m",
        always("nowalls_oldest_unsent_publication_seconds", 61),
        always("nowalls_oldest_unsent_publication_seconds", 59),
        "a station console shows what was 1m 1s ago",
    ),
    Ring(
        "WaysToPeopleFail",
        "12m",
        always('nowalls_failing_endpoints{channel="web_push"}', 3),
        always('nowalls_failing_endpoints{channel="web_push"}', 0),
        "3 addresses of web_push keep failing",
        {"channel": "web_push"},
    ),
    Ring(
        "DeliveriesFail",
        "25m",
        {SENT: "0+1x800", LOST: "0+9x800"},
        {SENT: "0+9x800", LOST: "0+1x800"},
        "most messages by apprise do not arrive",
        {"channel": "apprise"},
    ),
    Ring(
        "DetectorFails",
        "12m",
        {'nowalls_detector_failures_total{detector="falls"}': "0x20 1x800"},
        always('nowalls_detector_failures_total{detector="falls"}', 1),
        "the detector falls failed: what it watches for may not be found",
        {"detector": "falls"},
    ),
    Ring(
        "CycleFails",
        "12m",
        {'nowalls_cycle_failures_total{cycle="triage"}': "0+1x800"},
        {'nowalls_cycle_failures_total{cycle="triage"}': "0x20 1x800"},
        "the alert engine's triage fails again and again",
        {"cycle": "triage"},
    ),
    Ring(
        "NotUnderstood",
        "40m",
        {QUARANTINED: "0+30x800"},
        {QUARANTINED: "0+10x800"},
        "devices say 2 messages a second that are not understood (malformed)",
        {"reason": "malformed"},
    ),
    Ring(
        "ManyDevicesSilent",
        "20m",
        always(HEARD, 80) | always(SILENT, 20),
        always(HEARD, 95) | always(SILENT, 5),
        "20% of all devices are not heard",
    ),
    Ring(
        "DatabaseAway",
        "2m",
        always("nowalls_database_up", 0),
        always("nowalls_database_up", 1),
        "the database does not answer",
    ),
    Ring(
        "DatabaseUnwell",
        "12m",
        check("database", 1),
        check("database", 0),
        "the doctor has something to say of the database",
    ),
    Ring(
        "StorageJobFails",
        "70m",
        check("storage", 1),
        check("storage", 0),
        "a job of storage fails, or was not done for two days",
    ),
    Ring(
        "FeedStale",
        "3m",
        always("nowalls_live_fresh", 0),
        always("nowalls_live_fresh", 1),
        "boards do not show the present",
    ),
    Ring(
        "AnswersFail",
        "15m",
        {GOOD: "0+90x800", BAD: "0+10x800"},
        {GOOD: "0+99x800", BAD: "0+1x800"},
        "10% of all answers of the API are errors",
    ),
    Ring(
        "DiskFull",
        "7m",
        always(FREE, 4 * GIB) | always(SIZE, 100 * GIB),
        always(FREE, 6 * GIB) | always(SIZE, 100 * GIB),
        "4% of the disk are left",
    ),
    Ring(
        "DiskFilling",
        "9h",
        {FREE: f"{50 * GIB}-{GIB}x800"},
        {FREE: f"{50 * GIB}-1000x800"},
        "the disk is full within a week",
        every="1h",
    ),
    Ring(
        "ArchiveBehind",
        "20m",
        always("nowalls_archive_behind_bytes", GIB),
        always("nowalls_archive_behind_bytes", 2**27),
        "the archive of the log is 1GiB behind",
    ),
    Ring(
        "CertificateEnds",
        "70m",
        always(ENDS, 13 * 86400),
        always(ENDS, 15 * 86400),
        "server.crt ends in 13d 0h 0m 0s",
        {"certificate": "server.crt"},
    ),
    Ring(
        "ClockWrong",
        "4m",
        always("nowalls_clock_late_seconds", -40),
        always("nowalls_clock_late_seconds", 20),
        "this machine's clock and the database's are 40s apart: alarms may count as too old",
    ),
    Ring(
        "ClockAlone",
        "70m",
        check("clock", 1),
        check("clock", 0),
        "nothing keeps the clock right, or two clocks drift apart",
    ),
    Ring(
        "NobodyOnDuty",
        "12m",
        check("rosters", 2),
        check("rosters", 1),
        "a station has nobody on duty within twelve hours, or nobody who could take an alarm",
    ),
    Ring(
        "RosterGap", "70m", check("rosters", 1), check("rosters", 0), "a roster has a gap within three days"
    ),
    Ring(
        "BackupOld",
        "70m",
        check("backups", 1),
        check("backups", 0),
        "there is no recent copy of the house, or its log has a gap",
    ),
    Ring(
        "KeysNotCopied",
        "70m",
        check("keys", 1),
        check("keys", 0),
        "the keys of names were not copied for two days: lost, no name is read again",
    ),
)


def promtool_files(rules: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Files by name: of each rule one of itself, saying its `summary` alone, and one of its tests."""
    known = {rule["alert"]: rule for rule in rules}
    for one in CASES:
        rule = known[one.alert]
        alone = {**rule, "annotations": {"summary": rule["annotations"]["summary"]}}
        yield f"{one.alert}.rule.yaml", {"groups": [{"name": "nowalls", "rules": [alone]}]}
        labels = {**rule["labels"], **one.labels}
        rings = [{"exp_labels": labels, "exp_annotations": {"summary": one.summary}}]
        tests = [_test(one, one.wrong, rings), _test(one, one.right, [])]
        files = {"rule_files": [f"{one.alert}.rule.yaml"], "evaluation_interval": one.every, "tests": tests}
        yield f"{one.alert}.test.yaml", files


def _test(one: Ring, series: Series, rings: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": f"{one.alert} {'rings' if rings else 'is quiet'}",
        "interval": one.every,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [{"eval_time": one.after, "alertname": one.alert, "exp_alerts": rings}],
    }
