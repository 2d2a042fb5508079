"""What is typed at the command line about people stands in the audit, like what is asked for in a browser."""

import getpass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import CliRunner, Result

from core import settings
from core.command import TABLE, Entry, main
from tests.support.village import settle

pytestmark = pytest.mark.integration


def typed(monkeypatch: pytest.MonkeyPatch, dsn: str, *words: str) -> Result:
    monkeypatch.setenv("NOWALLS_DATABASE_URL", dsn)
    settings.load.cache_clear()
    try:
        return CliRunner().invoke(main, list(words))
    finally:
        settings.load.cache_clear()


def entries(dsn: str) -> list[tuple[str, str, str, list[int], int]]:
    with psycopg.connect(dsn) as conn:
        return conn.execute(
            "SELECT a.login, a.kind, e.what, e.residents, e.outcome FROM audit_entry e"
            " JOIN account a ON a.id = e.account_id ORDER BY e.id"
        ).fetchall()


def test_who_wrote_a_hand_over_and_of_whom_is_noted(
    dsn: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOWALLS_DATA_DIR", str(tmp_path_factory.mktemp("home")))
    settle(dsn, datetime.now(UTC) - timedelta(days=1))
    with psycopg.connect(dsn) as conn:
        row = conn.execute("SELECT min(id) FROM resident").fetchone()
    assert row is not None
    file = tmp_path_factory.mktemp("out") / "of-them.json"
    answer = typed(monkeypatch, dsn, "residents", "handover", str(row[0]), str(file))
    assert answer.exit_code == 0, answer.output
    user = f"shell:{getpass.getuser()}"
    assert entries(dsn) == [(user, "machine", "nowalls residents handover", [row[0]], 200)]
    # The second time it is the same account, and one that failed is noted as such.
    typed(monkeypatch, dsn, "residents", "handover", "999999", str(file))
    assert [(login, what, outcome) for login, _, what, _, outcome in entries(dsn)][1:] == [
        (user, "nowalls residents handover", 500)
    ]


def test_nobody_signs_in_as_the_command_line(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, dsn, "residents", "find", "nobody")
    with psycopg.connect(dsn) as conn:
        found = conn.execute("SELECT password_hash, kind FROM account WHERE login LIKE 'shell:%'").fetchall()
        grants = conn.execute("SELECT count(*) FROM role_grant").fetchone()
    assert found == [("!", "machine")]
    assert grants == (0,)


def test_what_cannot_be_noted_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = typed(monkeypatch, "host=/nowhere", "residents", "find", "Wang")
    assert answer.exit_code == 1
    assert "the database cannot be reached" in answer.output


def test_help_and_what_shows_nobody_is_not_noted(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed(monkeypatch, dsn, "residents", "columns").exit_code == 0
    assert typed(monkeypatch, dsn, "residents", "find", "--help").exit_code == 0
    assert entries(dsn) == []


def test_every_command_about_people_is_among_those_noted() -> None:
    noted = {name: row.personal for name, row in TABLE.items() if isinstance(row, Entry) and row.personal}
    assert {"residents", "community", "backup", "invite", "recover"} <= set(noted)
    assert {"import", "find", "handover", "everything"} <= set(noted["residents"])
