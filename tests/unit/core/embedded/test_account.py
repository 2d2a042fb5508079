import os

import pytest

from core.embedded import account
from core.embedded.account import Account

STRANGER = Account(uid=54321, gid=54321)


def folder(path, mode):
    path.mkdir()
    path.chmod(mode)
    return path


def test_a_closed_folder_anywhere_on_the_way_keeps_a_stranger_out(shelf):
    closed = folder(shelf / "closed", 0o700)
    assert not account.can_enter(folder(closed / "open", 0o755), STRANGER)
    assert account.can_enter(folder(shelf / "open", 0o711), STRANGER)


def test_its_own_closed_folder_is_open_to_its_owner(shelf):
    ours = Account(os.getuid(), os.getgid())
    assert account.can_enter(folder(shelf / "mine", 0o700), ours)


def test_what_is_not_there_yet_is_no_obstacle(shelf):
    assert account.can_enter(shelf / "a" / "b", STRANGER)


def test_an_ordinary_user_keeps_folders_where_they_were_asked_for(tmp_path):
    made = account.private_folder(tmp_path / "data" / "postgres", None)
    assert made == tmp_path / "data" / "postgres"
    assert made.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_behind_a_closed_folder_a_link_leads_to_a_folder_that_can_be_reached(shelf, monkeypatch):
    monkeypatch.setattr(account, "VAR", shelf / "var")
    closed = folder(shelf / "closed", 0o700)
    first = account.private_folder(closed / "data" / "broker", STRANGER)
    assert first.is_relative_to(shelf / "var")
    assert account.can_enter(first, STRANGER)
    assert account.private_folder(closed / "data" / "broker", STRANGER) == first, "the next start finds it"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_programs_are_copied_once_a_release(shelf):
    package = folder(folder(shelf / "closed", 0o700) / "package", 0o700)
    (package / "program").write_text("one")
    shelf_for = shelf / "programs"
    copied = account.reachable([package], shelf_for, "1.0", STRANGER)
    assert (copied / "package" / "program").read_text() == "one"
    assert (copied / "package" / "program").stat().st_uid == STRANGER.uid
    (package / "program").write_text("two")
    assert account.reachable([package], shelf_for, "1.0", STRANGER) == copied
    assert (copied / "package" / "program").read_text() == "one"
    newer = account.reachable([package], shelf_for, "1.1", STRANGER)
    assert (newer / "package" / "program").read_text() == "two"
    assert not copied.exists()


def test_what_can_be_reached_is_not_copied(shelf):
    package = folder(shelf / "package", 0o755)
    assert account.reachable([package], shelf / "programs", "1.0", STRANGER) == shelf
    assert account.reachable([package], shelf / "programs", "1.0", None) == shelf


def test_a_package_that_is_not_installed_is_named():
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        account.package_folder("no_such_package")
