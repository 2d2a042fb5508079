"""Boards and alert rules ask only for numbers that there are, in a language that Prometheus understands."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from api import grafana, metrics_document
from core import metrics
from tests.support.ringing import CASES, promtool_files

ROOT = Path(__file__).parents[2]
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
_ENDINGS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
NAMES = {row.name + ending: row for row in metrics.TABLE for ending in _ENDINGS[row.kind]}
# What the client library counts of every process.
OF_PROCESS = {"up"} | {
    f"process_{one}" for one in ("cpu_seconds_total", "resident_memory_bytes", "start_time_seconds")
}


def panels() -> list[dict[str, Any]]:
    return [panel for name in grafana.BOARDS for panel in grafana.board(name)["panels"]]


def expressions() -> dict[str, str]:
    asked = {rule["alert"]: rule["expr"] for rule in RULES}
    return asked | {f"{p['title']} {t['refId']}": t["expr"] for p in panels() for t in p["targets"]}


def selectors(expression: str) -> set[str]:
    """The metrics that an expression asks for."""
    return set(re.findall(r"\b((?:nowalls_|process_)\w+|up)\b", expression))


@pytest.mark.parametrize("expression", expressions().values(), ids=expressions().keys())
def test_an_expression_is_understood_and_asks_for_what_there_is(expression: str) -> None:
    promql_parser.parse(expression)
    asked = selectors(expression)
    assert asked
    assert not asked - NAMES.keys() - OF_PROCESS


@pytest.mark.parametrize(
    "wrong", ["sum(nowalls_devices", "rate(nowalls_messages_total)", "sum by (a b) (up)"]
)
def test_an_expression_that_prometheus_would_refuse_is_refused_here(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        promql_parser.parse(wrong)


@pytest.mark.parametrize("expression", expressions().values(), ids=expressions().keys())
def test_an_expression_tells_apart_only_by_labels_that_the_numbers_carry(expression: str) -> None:
    carried = {label for name in selectors(expression) & NAMES.keys() for label in NAMES[name].labels}
    by = {word.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for word in group.split(",")}
    matched = set(re.findall(r"[{,]\s*(\w+)\s*[=!]", expression))
    assert by | matched <= carried | {"le", "part", "job"}


@pytest.mark.parametrize("place", ["prometheus/prometheus.yml", "compose/prometheus.yml"])
def test_a_label_of_ours_does_not_hide_what_a_number_says_by_itself(place: str) -> None:
    """The API tells the heartbeats of all parts: by `part` of the target they would all be its own."""
    for job in yaml.safe_load((ROOT / "deploy" / place).read_text())["scrape_configs"]:
        assert job["honor_labels"] is True
    monitor = (ROOT / "deploy" / "helm" / "nowalls" / "templates" / "monitor.yaml").read_text()
    assert "honorLabels: true" in monitor


def test_a_counter_is_asked_for_its_rate_and_nothing_else() -> None:
    counters = [name for name, row in NAMES.items() if row.kind == "counter" or name.endswith("_bucket")]
    for title, expression in expressions().items():
        for name in set(counters) & selectors(expression):
            assert re.search(rf"(rate|increase)\({name}(\{{[^}}]*\}})?\[", expression), title


def test_every_number_is_on_a_board() -> None:
    shown = {name for panel in panels() for target in panel["targets"] for name in selectors(target["expr"])}
    missing = [row.name for row in metrics.TABLE if not {row.name + e for e in _ENDINGS[row.kind]} & shown]
    assert missing == []


def test_the_boards_in_the_repository_are_those_of_the_table() -> None:
    for name in grafana.BOARDS:
        kept = (ROOT / "dashboards" / "grafana" / f"{name}.json").read_text(encoding="utf-8")
        assert json.loads(kept) == grafana.board(name), "python -m api.grafana dashboards/grafana"


def test_no_panel_covers_another() -> None:
    for name in grafana.BOARDS:
        taken = [
            (x, y)
            for place in (panel["gridPos"] for panel in grafana.board(name)["panels"])
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        assert len(taken) == len(set(taken))
        assert max(x for x, _ in taken) < 24


def anchors(page: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_the_matter_in_both_languages_and_what_to_do(rule: dict[str, Any]) -> None:
    notes = rule["annotations"]
    assert notes["summary"]
    assert re.search(r"[\u4e00-\u9fff]", notes["zh"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert notes["runbook"] in anchors((ROOT / "docs" / "runbook.md").read_text(encoding="utf-8"))


def test_promtool_takes_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here: RULES ARE ONLY PARSED")
    done = subprocess.run(
        [promtool, "check", "rules", str(ROOT / "deploy" / "prometheus" / "alerts.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_of_each_rule_it_is_known_when_it_rings() -> None:
    assert sorted(one.alert for one in CASES) == sorted(rule["alert"] for rule in RULES)


def test_what_is_said_in_one_language_is_said_in_the_other() -> None:
    for rule in RULES:
        filled = [set(re.findall(r"\{\{.*?\}\}", rule["annotations"][word])) for word in ("summary", "zh")]
        assert filled[0] == filled[1], rule["alert"]


def test_each_alarm_rings_when_it_should_and_not_before(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool here: RULES ARE NOT TRIED OUT")
    for name, content in promtool_files(RULES):
        (tmp_path / name).write_text(yaml.safe_dump(content))
    tests = sorted(map(str, tmp_path.glob("*.test.yaml")))
    done = subprocess.run([promtool, "test", "rules", *tests], capture_output=True, text=True, check=False)
    assert done.stdout.count("SUCCESS") == len(RULES) or done.returncode, done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_lists_every_number() -> None:
    page = (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
    assert metrics_document.document(page) == page, "python -m api.metrics_document docs/watching.md"
