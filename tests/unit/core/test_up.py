"""What `nowalls up` starts."""

from pathlib import Path

from core.up import PARTS, Plan

PLAN = {
    "data": Path("d"), "demo": False, "http_host": "", "http_port": 1, "mqtt_host": "", "mqtt_port": 1,
    "database_url": "", "broker_url": "", "clock": "", "public_url": "", "keys": Path("k"),
}  # fmt: skip


def test_each_part_is_one_process_unless_it_is_said_otherwise() -> None:
    assert Plan(**PLAN).processes == list(PARTS)  # type: ignore[arg-type]


def test_further_processes_of_a_part_are_numbered() -> None:
    several = Plan(**PLAN, several={"alerts": 1, "api": 3}).processes  # type: ignore[arg-type]
    assert several == [*PARTS, "api-2", "api-3"]
