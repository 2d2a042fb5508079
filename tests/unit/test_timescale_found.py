"""Tests use the machine's own TimescaleDB where it is installed, and only there."""

from pathlib import Path

import pytest

from tests.support.timescale import with_extension


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with PostgreSQL's development files, and nothing else yet."""
    program = tmp_path / "pg_config"
    program.write_text(
        f"#!/bin/sh\necho 'PostgreSQL 17.2'\necho {tmp_path}/bindir\necho {tmp_path}/sharedir\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_it_takes_a_server_with_the_extension(machine: Path) -> None:
    assert with_extension() is None
    (machine / "bindir").mkdir()
    (machine / "bindir" / "postgres").touch()
    assert with_extension() is None, "a server without it"
    (machine / "sharedir" / "extension").mkdir(parents=True)
    (machine / "sharedir" / "extension" / "timescaledb.control").touch()
    assert with_extension() == machine / "bindir"
    program = machine / "pg_config"
    program.write_text(program.read_text().replace("17.2", "16.9 (Debian 16.9-1)"))
    assert with_extension() is None, "one too old"


def test_a_machine_without_postgresql_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert with_extension() is None
