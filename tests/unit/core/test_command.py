import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from core import command
from core.command import TABLE, Entry, Folder, main
from core.settings import load

ROOT = Path(__file__).parents[3]


def entries():
    for name, row in TABLE.items():
        if isinstance(row, Folder):
            yield from ((f"{name} {inner}", entry) for inner, entry in row.entries.items())
        else:
            yield name, row


@pytest.mark.parametrize(("name", "entry"), list(entries()))
def test_every_command_of_the_table_is_there(name, entry: Entry):
    module, _, attribute = entry.target.partition(":")
    assert importlib.util.find_spec(module) is not None
    assert hasattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize(("name", "entry"), list(entries()))
def test_every_command_explains_itself(name, entry):
    answer = CliRunner().invoke(main, [*name.split(), "--help"])
    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output


def test_help_imports_no_part():
    story = (
        "import sys; from core.command import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted(set(sys.modules) & {'numpy', 'fastapi', 'psycopg', 'paho', 'ingest', 'api'}))"
    )
    done = subprocess.run([sys.executable, "-c", story], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_refused():
    answer = CliRunner().invoke(main, ["fly"])
    assert answer.exit_code == 2
    assert "No such command 'fly'" in answer.output


def test_other_commands_find_what_is_running(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    known = {"NOWALLS_DATABASE_URL": "host=here", "NOWALLS_BROKER_URL": "mqtt://here"}
    (tmp_path / "run" / "connections.json").write_text(json.dumps(known))
    monkeypatch.setattr(command.os, "environ", {"NOWALLS_BROKER_URL": "mqtt://mine"})
    command._adopt(tmp_path)
    assert command.os.environ["NOWALLS_DATABASE_URL"] == "host=here"
    assert command.os.environ["NOWALLS_BROKER_URL"] == "mqtt://mine", "what was set by hand stays"


def test_nothing_runs_on_an_empty_folder(tmp_path):
    assert command.connections(tmp_path) == {}


@pytest.mark.parametrize("line", ["devices list", "figures", "audit verify", "migrate", "residents find x"])
def test_a_command_says_that_nothing_runs_where_it_was_sent(line, tmp_path, monkeypatch):
    monkeypatch.delenv("NOWALLS_DATABASE_URL", raising=False)
    monkeypatch.setenv("NOWALLS_DATA_DIR", "")
    monkeypatch.setenv("PGHOST", str(tmp_path))
    load.cache_clear()
    answer = CliRunner().invoke(main, ["--data", str(tmp_path / "home"), *line.split()])
    load.cache_clear()
    assert answer.exit_code == 1
    assert answer.output.startswith(f"Error: nothing runs on {tmp_path / 'home'}: start it with nowalls up")


def test_a_command_says_that_the_database_it_was_told_of_is_away(tmp_path, monkeypatch):
    monkeypatch.setenv("NOWALLS_DATABASE_URL", f"postgresql://nowalls:s3cret@/nowalls?host={tmp_path}")
    load.cache_clear()
    answer = CliRunner().invoke(main, ["--data", str(tmp_path), "figures"])
    load.cache_clear()
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: the database cannot be reached: ")
    assert "s3cret" not in answer.output
