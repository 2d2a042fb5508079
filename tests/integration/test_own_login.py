"""A database of one's own, whose owner may make no roles: nowalls says what an administrator runs once."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from os import environ
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from core.access import roles
from core.migrate import MigrationError, files, migrate
from tests.conftest import Server
from tests.support.api import EAST, WEST, api_house

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def own(server: Server) -> Iterator[str]:
    """A database whose owner is nobody special, as the manual asks for: not yet migrated."""
    name, secret = f"own_{uuid4().hex[:10]}", uuid4().hex
    with psycopg.connect(server.administrator, autocommit=True) as conn:
        login = sql.Identifier(name)
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(login, sql.Literal(secret)))
        conn.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(login, login))
    yield make_conninfo(server.administrator, user=name, password=secret, dbname=name)
    server.drop(name)
    with psycopg.connect(server.administrator, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP ROLE {}").format(login))


def program(dsn: str) -> "subprocess.CompletedProcess[str]":
    """`nowalls migrate`, as a service runs it."""
    return subprocess.run(
        [sys.executable, "-m", "core.migrate"],
        env=environ | {"NOWALLS_DATABASE_URL": dsn},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def asked_for(error: str) -> list[str]:
    return [line for line in error.splitlines() if line.endswith(";")]


def test_an_administrator_runs_what_is_said_once_and_it_works(
    server: Server, own: str, tmp_path: Path
) -> None:
    with psycopg.connect(own) as conn, pytest.raises(MigrationError) as refused:
        migrate(conn, NOW)
    statements = asked_for(str(refused.value))
    assert statements, "it says what is to be run"
    with psycopg.connect(server.administrator, autocommit=True) as conn:
        for statement in statements:
            conn.execute(statement.encode())
    said = [json.loads(line) for line in program(own).stderr.splitlines()]
    assert {(one["part"], one["message"]) for one in said} == {("migrate", "migrated")}
    assert [one["migration"] for one in said] == [path.name for path in files()]
    with psycopg.connect(own) as conn:
        assert migrate(conn, NOW) == []
        may = conn.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        assert may == (False, False, False, False)
    with api_house(own, tmp_path) as house, house.serves():
        west, east = house.person("operator", WEST), house.person("operator", EAST)
        incident = house.sos(1)
        assert east.act(incident, "acknowledge").is_success
        assert west.act(incident, "acknowledge").status_code == 404
        assert west.get("/residents/counts")["total"] == len(west.get("/residents")["items"]) > 0


def test_the_program_says_it_in_one_sentence_and_not_in_a_stack(own: str) -> None:
    done = program(own)
    assert done.returncode != 0
    assert "an administrator of the server runs once" in done.stderr
    assert "Traceback" not in done.stderr
    away = program(make_conninfo(own, dbname="nowhere"))
    assert away.returncode != 0
    assert away.stderr.splitlines()[-1].startswith("the database refuses: ")
    assert 'database "nowhere" does not exist' in away.stderr


def test_the_manual_names_the_same_statements() -> None:
    manual = (ROOT / "docs" / "own-database-and-broker.md").read_text(encoding="utf-8")
    plain = re.sub(r"\s+", " ", manual)
    for statement in roles.needed_statements("nowalls"):
        assert statement in plain
