"""Small guards: secrets, the claim on a folder, ports, launching, logs that stay short."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from core.embedded.claim import Claim, ClaimError
from core.embedded.ports import PortError, any_free, is_free, refuse_busy
from core.embedded.process import StartError, run, spawn, stop, wait_until
from core.embedded.secret import secret, write_private
from core.supervisor_module import last_words, shorten


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "secrets" / "one"
    first = secret(path)
    assert secret(path) == first
    assert len(first) == 27
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert secret(tmp_path / "secrets" / "two") != first


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "file"
    write_private(path, "long " * 100)
    write_private(path, "short")
    assert path.read_text() == "short"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_claimed_by_one(tmp_path):
    claim = Claim(tmp_path)
    with pytest.raises(ClaimError, match=f"in use by another nowalls .process {os.getpid()}"):
        Claim(tmp_path)
    claim.release()
    Claim(tmp_path).release()


def test_a_claim_ends_with_its_holder(tmp_path):
    story = "import sys, pathlib, core.embedded.claim as c; claim = c.Claim(pathlib.Path(sys.argv[1]))"
    holder = subprocess.Popen(
        [sys.executable, "-c", f"{story}; print('claimed', flush=True); sys.stdin.read()", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    holder.stdout.readline()
    with pytest.raises(ClaimError):
        Claim(tmp_path)
    holder.kill()
    holder.communicate()
    Claim(tmp_path).release()


def test_a_busy_port_is_named_with_the_option_that_chooses_another():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortError, match=f"port {port} on 127.0.0.1 .* --http-port"):
            refuse_busy("127.0.0.1", port, "--http-port")
    refuse_busy("127.0.0.1", port, "--http-port")


def test_no_free_port_is_given_twice_nor_one_that_a_connection_going_out_may_get():
    given = [any_free() for _ in range(100)]
    assert len(set(given)) == 100
    assert max(given) < 32_768  # from there on Linux hands them out


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(PortError, match=r"cannot listen on 192\.0\.2\.1"):
        is_free("192.0.2.1", any_free())
    with pytest.raises(PortError, match="is not an address"):
        is_free("no-such-host.invalid", 80)


def test_what_a_program_said_is_in_the_error(tmp_path):
    with pytest.raises(StartError, match="sh failed with exit status 3: oh no"):
        run(["/bin/sh", "-c", "echo oh no >&2; exit 3"], cwd=tmp_path)


def test_a_foreign_program_sees_none_of_our_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("NOWALLS_DATABASE_URL", "secret")
    run(["/bin/sh", "-c", '[ -z "$NOWALLS_DATABASE_URL$PYTHONPATH$HOME" ]'], cwd=tmp_path)


def test_a_program_that_will_not_end_is_killed(tmp_path):
    stubborn = spawn(
        ["/bin/sh", "-c", "trap '' TERM; echo trapped; while :; do sleep 1; done"],
        cwd=tmp_path,
        output=subprocess.PIPE,
    )
    assert stubborn.stdout.readline() == b"trapped\n"
    assert stop(stubborn, signal.SIGTERM, grace_s=0.1) == -signal.SIGKILL
    stubborn.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_a_child_dies_with_its_parent(tmp_path):
    story = (
        "import sys, subprocess; from pathlib import Path; from core.embedded.process import spawn\n"
        "child = spawn(['/bin/sleep', '600'], cwd=Path('/')); print(child.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", story], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child = int(parent.stdout.readline())
    assert wait_until(lambda: _name(child) == "sleep", 60), "the launcher became the program"
    parent.kill()
    parent.communicate()
    assert wait_until(lambda: _name(child) == "", 60)


def _name(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().split()
    except FileNotFoundError:
        return ""
    return "" if fields[2] == "Z" else fields[1].strip("()")


def test_a_log_that_grew_too_long_is_put_aside_while_its_writer_goes_on(tmp_path):
    log = tmp_path / "api.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old " * 10)
        shorten(log, limit=100)
        assert log.stat().st_size == 40
        shorten(log, limit=20)
        writer.write(b"new")
    assert log.read_bytes() == b"new"
    assert (tmp_path / "api.log.1").read_bytes() == b"old " * 10


def test_the_last_words_are_the_last_lines_that_say_something(tmp_path):
    log = tmp_path / "api.log"
    assert last_words(log) == f"The end of {log}:"
    log.write_text("one\ntwo\n\nthree\n\n")
    assert last_words(log, count=2).split() == ["The", "end", "of", f"{log}:", "two", "three"]
