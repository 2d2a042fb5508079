"""What `nowalls up` starts."""

from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace

import pytest

from core import supervisor_module, tls
from core.supervisor import Supervisor
from core.tls_keeper import Keeper
from core.up import PARTS, House, Plan

PLAN = {
    "data": Path("d"), "demo": False, "http_host": "", "http_port": 1, "mqtt_host": "", "mqtt_port": 1,
    "database_url": "", "broker_url": "", "clock": "", "public_url": "", "keys": Path("k"),
}  # fmt: skip


def test_each_part_is_one_process_unless_it_is_said_otherwise() -> None:
    assert Plan(**PLAN).processes == list(PARTS)  # type: ignore[arg-type]


def test_further_processes_of_a_part_are_numbered() -> None:
    several = Plan(**PLAN, several={"alerts": 1, "api": 3}).processes  # type: ignore[arg-type]
    assert several == [*PARTS, "api-2", "api-3"]


def test_no_log_grows_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a part's nor the database's, whose folder is known once it is started."""
    house = House(Plan(**PLAN | {"data": tmp_path}), Supervisor(print))  # type: ignore[arg-type]
    own = tmp_path / "log"
    database = tmp_path / "postgres" / "log"
    monkeypatch.setattr(Supervisor, "start", lambda *_: True)
    monkeypatch.setattr("core.up.Postgres", lambda _: SimpleNamespace(folder=database.parent, dsn="dsn"))
    assert house._database() == "dsn"
    for folder in (own, database):
        folder.mkdir(parents=True)
        (folder / "big.log").write_bytes(b"x" * (supervisor_module.LOG_LIMIT + 1))
        (folder / "small.log").write_bytes(b"x")
    house._chores()
    for folder in (own, database):
        assert (folder / "big.log").stat().st_size == 0
        assert (folder / "big.log.1").stat().st_size == supervisor_module.LOG_LIMIT + 1
        assert (folder / "small.log").stat().st_size == 1


def test_whatever_is_wrong_with_a_file_the_house_stands(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A certificate that is half copied ended everything once."""
    house = House(Plan(**PLAN | {"data": tmp_path}), Supervisor(print))  # type: ignore[arg-type]
    tls.init(tmp_path, ["localhost"], datetime(2026, 1, 1, tzinfo=UTC))
    looked: list[str] = []
    late = chain([0.0], repeat(1e9))
    house._certificate = Keeper(
        tmp_path, lambda: looked.append("x"), lambda: datetime(2026, 3, 1, tzinfo=UTC), lambda: next(late)
    )
    (tls.folder(tmp_path) / "server.crt").write_bytes(b"\xff half of it")
    house._chores()
    assert [vars(record)["error"] for record in caplog.records] == ["TlsError"]
    house._chores()
    assert looked == ["x"], "the broker is told all the same"


def test_a_link_is_shown_when_it_leads_to_where_the_pages_are_and_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = PLAN | {"data": tmp_path, "http_host": "127.0.0.1", "http_port": 8420, "tls": True}
    house, file = House(Plan(**plan), Supervisor(print)), tmp_path / "run" / "first-link"  # type: ignore[arg-type]
    file.parent.mkdir()
    shown = []
    for text in (
        "administrator http://127.0.0.1:8420/enter#A\n",  # of a start before, without TLS
        "administrator https://127.0.0.1:8420/enter#A\noperator https://127.0.0.1:8420/enter#B\n",
        "operator https://127.0.0.1:8420/enter#B\n",  # one of them was used
    ):
        file.write_text(text)
        house._show_first_links()
        shown.append([line.split()[0] for line in capsys.readouterr().out.splitlines() if "enter#" in line])
    assert shown == [[], ["administrator", "operator"], []]


def test_every_part_is_told_where_the_backups_lie(tmp_path: Path) -> None:
    """Whoever says it on the command line means the page of status as well."""
    house = House(Plan(**PLAN | {"archive": tmp_path / "backups"}), Supervisor(print))  # type: ignore[arg-type]
    assert house._settings("dsn", "url")["NOWALLS_ARCHIVE"] == str(tmp_path / "backups")
