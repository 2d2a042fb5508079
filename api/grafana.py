"""`python -m api.grafana dashboards/grafana`: boards for technicians, made from the table of metrics."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from core import metrics

_WIDE, _HEIGHT = 24, 8


class Panel(NamedTuple):
    """One picture: its title in two languages, what is asked (expression, legend), how it is shown."""

    title: str
    asks: tuple[tuple[str, str], ...]
    unit: str = "short"
    width: int = 8
    kind: str = "timeseries"
    limit: float | None = None  # above it something is wrong


def _quantiles(name: str, by: str = "") -> tuple[tuple[str, str], ...]:
    """Median and 99th percentile of a histogram over five minutes."""
    metrics.row(name)
    also = f", {by}" if by else ""
    legend = f"{{{{{by}}}}} " if by else ""
    return tuple(
        (f"histogram_quantile({q}, sum by (le{also}) (rate({name}_bucket[5m])))", f"{legend}p{q * 100:g}")
        for q in (0.5, 0.99)
    )


def _rate(name: str, by: str = "") -> tuple[tuple[str, str], ...]:
    metrics.row(name)
    return ((f"sum{f' by ({by})' if by else ''} (rate({name}[5m]))", f"{{{{{by}}}}}" if by else "all"),)


def _worst(name: str, by: str = "") -> tuple[tuple[str, str], ...]:
    """The largest that any process says: what comes from the database, every API process says alike."""
    metrics.row(name)
    return ((f"max{f' by ({by})' if by else ''} ({name})", f"{{{{{by}}}}}" if by else "worst"),)


NIGHT = (
    Panel(
        "Oldest message not safe 最久未存的消息",
        _worst("nowalls_oldest_unacknowledged_seconds"),
        "s",
        6,
        "stat",
        10,
    ),
    Panel(
        "Finding without a verdict 等待研判",
        _worst("nowalls_oldest_untriaged_finding_seconds"),
        "s",
        6,
        "stat",
        30,
    ),
    Panel(
        "Step of an escalation late 升级步骤迟了",
        _worst("nowalls_oldest_overdue_step_seconds"),
        "s",
        6,
        "stat",
        30,
    ),
    Panel(
        "Notification late 通知迟了", _worst("nowalls_oldest_unsent_notification_seconds"), "s", 6, "stat", 30
    ),
    Panel("Open incidents 未结事件", _worst("nowalls_open_incidents", "priority, state"), width=12),
    Panel(
        "Signs of life, age 各部分最近工作",
        _worst("nowalls_heartbeat_age_seconds", "part"),
        "s",
        12,
        limit=60,
    ),
    Panel("Devices 设备", _worst("nowalls_devices", "state")),
    Panel("Ways to people that fail 失败的通知地址", _worst("nowalls_failing_endpoints", "channel")),
    Panel(
        "Notifications due 待发通知",
        (*_worst("nowalls_unsent_notifications"), *_worst("nowalls_deliveries_in_hand")),
    ),
    Panel("Consoles late 警铃屏迟了", _worst("nowalls_oldest_unsent_publication_seconds"), "s", limit=30),
    Panel("Boards connected 已连接的看板", (("sum (nowalls_live_sockets)", "connected"),)),
    Panel(
        "Live feed keeps up 实时推送",
        (("min (nowalls_live_fresh)", "fresh"), ("min (nowalls_broker_connected)", "broker")),
    ),
)
WAY = (
    Panel(
        "Messages and readings a second 每秒消息与读数",
        (*_rate("nowalls_messages_total", "part"), *_rate("nowalls_readings_total")),
    ),
    Panel("Waiting messages 排队的消息", (("sum by (part) (nowalls_waiting_messages)", "{{part}}"),)),
    Panel("Arrival to acknowledgement 从到达到确认", _quantiles("nowalls_ingest_seconds"), "s"),
    Panel(
        "Other systems, said and refused 其他系统的消息",
        (
            *_rate("nowalls_foreign_said_total"),
            ('sum (rate(nowalls_quarantined_total{part="foreign"}[5m]))', "not understood"),
        ),
    ),
    Panel("Social alarms, answers 呼叫器报警的应答", _rate("nowalls_calls_total", "answer")),
    Panel("Social alarms wait 呼叫器等待应答", _quantiles("nowalls_call_seconds"), "s"),
    Panel("Steps of a batch 批处理各步", _quantiles("nowalls_batch_seconds", "step"), "s"),
    Panel("Detectors 检测器", _quantiles("nowalls_detector_seconds", "detector"), "s"),
    Panel(
        "Detectors and cycles that fail 失败的检测器与循环",
        (
            *_rate("nowalls_detector_failures_total", "detector"),
            *_rate("nowalls_cycle_failures_total", "cycle"),
        ),
    ),
    Panel("Findings a second 每秒发现", _rate("nowalls_findings_total", "kind")),
    Panel("Not understood, a second 每秒看不懂的消息", _rate("nowalls_quarantined_total", "reason")),
    Panel("In quarantine 隔离区", _worst("nowalls_quarantine_messages", "reason")),
    Panel("Cycles of the alert engine 报警引擎", _quantiles("nowalls_cycle_seconds", "cycle"), "s"),
    Panel("Alert engine, work a second 报警引擎每秒处理", _rate("nowalls_cycle_work_total", "cycle")),
    Panel("Verdicts a second 每秒研判", _rate("nowalls_verdicts_total", "verdict")),
    Panel("Way of an alarm 报警各步用时", _quantiles("nowalls_alarm_seconds", "step"), "s", 16),
    Panel("Messages to people a second 每秒通知", _rate("nowalls_delivery_tries_total", "channel, outcome")),
    Panel("Services' answers 渠道应答", _quantiles("nowalls_delivery_seconds", "channel"), "s"),
)
MACHINE = (
    Panel("Requests a second 每秒请求", _rate("nowalls_requests_total", "status")),
    Panel("Answers 应答时间", _quantiles("nowalls_request_seconds", "route"), "s", 16),
    Panel("Room on the disk 磁盘剩余",
          (("max (nowalls_disk_free_bytes)", "free"), ("max (nowalls_disk_bytes)", "size")), "bytes"),
    Panel("Database 数据库大小", _worst("nowalls_database_bytes"), "bytes"),
    Panel("In the broker 消息服务器积压", _worst("nowalls_broker_bytes"), "bytes", limit=5 * 2**30),
    Panel("Mosquitto: kept, thrown away 消息服务器保存与丢弃",
          (*_worst("nowalls_broker_messages"), ("max (nowalls_broker_dropped_messages)", "thrown away"))),
    Panel("Log not yet archived 未归档日志", _worst("nowalls_archive_behind_bytes"), "bytes"),
    Panel("Database answers 数据库应答", (("min (nowalls_database_up)", "up"),)),
    Panel("Certificates end in 证书剩余",
          (("min by (certificate) (nowalls_certificate_ends_seconds)", "{{certificate}}"),), "s"),
    Panel("What the doctor finds 体检结果", _worst("nowalls_check", "check"), limit=1),
    Panel("Clocks apart 时钟相差", (("max (abs(nowalls_clock_late_seconds))", "apart"),), "s", limit=1),
    Panel("Copies, age 备份距今",
          (("min (nowalls_backup_age_seconds)", "all"), ("min (nowalls_key_copy_age_seconds)", "keys")), "s"),
    Panel("Gaps in rosters 值班空缺",
          (*_worst("nowalls_roster_gaps", "role"), ("max (nowalls_unstaffed_stations)", "nobody at all"))),
    Panel("Processor 处理器",
          (("sum by (part) (rate(process_cpu_seconds_total[5m]))", "{{part}}"),), "percentunit"),
    Panel("Memory 内存", (("sum by (part) (process_resident_memory_bytes)", "{{part}}"),), "bytes"),
)  # fmt: skip
BOARDS = {
    "night": ("nowalls: this night 今夜", NIGHT),
    "way": ("nowalls: the way of a reading 读数之路", WAY),
    "machine": ("nowalls: the machine 机器", MACHINE),
}


def board(name: str) -> dict[str, Any]:
    """A board as Grafana reads it."""
    title, panels = BOARDS[name]
    return {
        "uid": f"nowalls-{name}",
        "title": title,
        "tags": ["nowalls"],
        "timezone": "browser",
        "schemaVersion": 41,
        "refresh": "15s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": list(_laid_out(panels)),
    }


def _laid_out(panels: tuple[Panel, ...]) -> Iterator[dict[str, Any]]:
    x = y = 0
    for number, panel in enumerate(panels, 1):
        if x + panel.width > _WIDE:
            x, y = 0, y + _HEIGHT
        yield _shown(panel, number, {"x": x, "y": y, "w": panel.width, "h": _HEIGHT})
        x += panel.width


def _shown(panel: Panel, number: int, place: dict[str, int]) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "nowalls"}
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.limit is not None:
        steps.append({"color": "red", "value": panel.limit})
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": source,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}},
            "overrides": [],
        },
        "targets": [
            {"refId": chr(65 + n), "expr": expression, "legendFormat": legend, "datasource": source}
            for n, (expression, legend) in enumerate(panel.asks)
        ],
    }


def main(folder: Path) -> None:
    """Write every board into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in BOARDS:
        text = json.dumps(board(name), indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
