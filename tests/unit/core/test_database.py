"""No part waits for a quarter of an hour for a database whose machine is gone."""

import ast
from collections.abc import Iterator
from pathlib import Path

from core.database import WATCHFUL
from tests.support.house import ROOT

# What somebody waits for at a terminal, and may break off; and the embedded server's own socket, no network.
_BY_HAND = {
    "api/commands.py",
    "core/migrate.py",
    "core/up.py",
    "core/embedded/postgres.py",
    "core/database.py",
}
_OPENS = {"connect", "AsyncConnectionPool", "ConnectionPool"}
_ASKS_SO = ("**WATCHFUL", "**_alike(")


def opened(source: Path) -> Iterator[str]:
    """Every call of `source` that opens connections of psycopg."""
    text = source.read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            ours = "psycopg" in called or called in _OPENS - {"connect"} or "ConnectionPool[" in called
            if ours and called.rpartition(".")[2].partition("[")[0] in _OPENS:
                yield ast.get_source_segment(text, node) or ""


def test_every_connection_of_a_part_notices_that_its_peer_is_gone() -> None:
    found = 0
    for package in ("alerts", "api", "care", "core", "ingest"):
        for source in (ROOT / package).rglob("*.py"):
            name = source.relative_to(ROOT).as_posix()
            if name in _BY_HAND or name.startswith("core/backup/"):
                continue
            for call in opened(source):
                found += 1
                assert any(words in call for words in _ASKS_SO), f"{name}: {call}"
    assert found >= 9
    assert 0 < WATCHFUL["tcp_user_timeout"] <= 15_000
