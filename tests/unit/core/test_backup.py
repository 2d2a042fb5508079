"""The folder of backups: which copy is taken for which instant, what may go, and what never lies in it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.backup import commands
from core.backup.commands import restore
from core.backup.keys import copy_back, copy_keys
from core.backup.place import BackupError, Base, Place
from core.settings import load

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def taken(place: Place, at: datetime, segment: int, timeline: int = 1) -> Base:
    """A base begun at `at` whose log begins in the segment of that number."""
    making = place.begin(at)
    (making / "cluster").mkdir()
    base = Base(
        making.name.removesuffix(".new"), at.isoformat(), (at + timedelta(minutes=1)).isoformat(),
        timeline, f"0/{segment:X}000028", f"0/{segment + 1:X}000000", "18.6", "0200_sealed.sql", 1,
    )  # fmt: skip
    place.finish(making, base)
    return base


def logged(place: Place, *numbers: int, timeline: int = 1, suffix: str = "") -> None:
    folder = place.wal / f"{timeline:08X}"
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{timeline:08X}00000000{number:08X}{suffix}").write_bytes(b"log")


def test_the_newest_copy_before_the_instant_is_taken(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    first, second = taken(place, NOON, 3), taken(place, NOON + timedelta(hours=6), 9)
    assert place.best_for(None) == second
    assert place.best_for(NOON + timedelta(hours=3)) == first
    # A copy stands for the instant at which it was finished, and for none before.
    assert place.best_for(NOON + timedelta(hours=6, seconds=30)) == first


def test_an_instant_before_the_first_copy_is_refused_with_the_oldest_there_is(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    with pytest.raises(BackupError, match="there is no backup"):
        place.best_for(None)
    base = taken(place, NOON, 3)
    with pytest.raises(BackupError, match=base.ended[:16]):
        place.best_for(NOON)


def test_an_instant_that_the_log_does_not_reach_is_refused_before_anything_is_copied(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    taken(place, NOON, 3)
    logged(place, 3, 4)
    for path in place.wal.glob("*/*"):
        os.utime(path, ((NOON + timedelta(hours=1)).timestamp(),) * 2)
    command = ["--from", str(place.folder), "--data", str(tmp_path / "new"), "--at", "2026-11-22T15:00Z"]
    answer = CliRunner().invoke(restore, command)
    assert answer.exit_code == 1
    assert "reaches to 2026-11-22T13:00:00+00:00: nothing later" in answer.output
    assert not (tmp_path / "new").exists()


def test_tidying_removes_old_copies_and_only_the_log_that_no_other_needs(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    for hour, segment in ((0, 3), (6, 9), (12, 12)):
        taken(place, NOON + timedelta(hours=hour), segment)
    logged(place, 3, 8, 9, 12)
    logged(place, 13, suffix=".partial")
    logged(place, 8, timeline=2)
    assert place.tidy(keep=2) == ["20261122T120000Z"]
    assert [base.first_segment for base in place.bases()] == ["0000000000000009", "000000000000000C"]
    assert [segment.name[-2:] for segment in place.segments()] == ["09", "0C", "0D"]


def test_a_segment_that_was_being_written_when_the_archive_broke_off_counts_once(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    logged(place, 4, 5, suffix=".partial")
    logged(place, 4)
    assert [segment.path.name[-10:] for segment in place.segments()] == ["0000000004", "05.partial"]


def test_a_copy_that_was_not_finished_does_not_count_and_makes_room_for_the_next(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    half = place.begin(NOON)
    assert place.bases() == []
    place.begin(NOON + timedelta(hours=1))
    assert not half.exists()


def test_another_house_may_not_write_into_the_folder(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    place.belong_to("7001")
    place.belong_to("7001")
    with pytest.raises(BackupError, match="of another database"):
        place.belong_to("7002")


def test_keys_never_lie_beside_the_copies_of_the_database(tmp_path: Path) -> None:
    keys, backups = tmp_path / "keys", tmp_path / "backups"
    keys.mkdir()
    (keys / "people.keys").write_bytes(b"secret")
    Place(backups).belong_to("7001")
    with pytest.raises(BackupError, match="keys must lie elsewhere"):
        copy_keys(keys, backups / "keys", NOON)


def test_copies_of_keys_are_kept_for_days_only_and_the_newest_comes_back(tmp_path: Path) -> None:
    keys, apart = tmp_path / "keys", tmp_path / "apart"
    keys.mkdir()
    for day, secret in ((0, b"one"), (20, b"two"), (40, b"three")):
        (keys / "people.keys").write_bytes(bytes(64) + secret)
        made, _ = copy_keys(keys, apart, NOON + timedelta(days=day))
    assert len(list(apart.iterdir())) == 2
    assert copy_back(apart, tmp_path / "new" / "keys") == made
    restored = tmp_path / "new" / "keys" / "people.keys"
    assert restored.read_bytes() == bytes(64) + b"three"
    assert restored.stat().st_mode & 0o077 == 0


def test_a_copy_that_was_cut_off_is_not_kept_for_ever(tmp_path: Path) -> None:
    keys, left = tmp_path / "keys", tmp_path / "apart" / "20251101T120000Z.new"
    for folder in (keys, left):
        folder.mkdir(parents=True)
        (folder / "people.keys").write_bytes(bytes(96))
    made, _ = copy_keys(keys, tmp_path / "apart", NOON)
    assert list((tmp_path / "apart").iterdir()) == [made]


def test_a_book_begun_where_the_keys_were_lost_pushes_no_copy_out(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "people.keys").write_bytes(bytes(96))
    copy_keys(keys, tmp_path / "apart", NOON)
    (keys / "people.keys").write_bytes(b"1" * 96)
    with pytest.raises(BackupError, match="not those of the copy before"):
        copy_keys(keys, tmp_path / "apart", NOON + timedelta(days=1))


def test_a_house_without_keys_is_no_reason_to_throw_away_the_last_copy(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(BackupError, match="no keys"):
        copy_keys(tmp_path / "keys", tmp_path / "apart", NOON)


@pytest.mark.parametrize(
    ("instant", "complaint"),
    [("yesterday", "is no instant"), ("2026-11-22T03:00", "names no zone")],
)
def test_an_instant_must_be_one_and_say_its_zone(tmp_path: Path, instant: str, complaint: str) -> None:
    words = ["--from", str(tmp_path), "--data", str(tmp_path / "new"), "--at", instant]
    answer = CliRunner().invoke(restore, words)
    assert answer.exit_code == 2
    assert complaint in answer.output


def test_a_folder_that_holds_a_house_is_never_written_over(tmp_path: Path) -> None:
    place = Place(tmp_path / "backups")
    taken(place, NOON, 3)
    (tmp_path / "house" / "postgres" / "cluster").mkdir(parents=True)
    answer = CliRunner().invoke(restore, ["--from", str(place.folder), "--data", str(tmp_path / "house")])
    assert answer.exit_code == 1
    assert "holds a house already" in answer.output


@pytest.mark.parametrize("command", ["take", "list", "check", "keys"])
def test_a_command_about_backups_asks_which_folder_where_nobody_said(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home" / "keys").mkdir(parents=True)
    (tmp_path / "home" / "keys" / "people.keys").write_bytes(b"0" * 64)
    monkeypatch.setenv("NOWALLS_DATA_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("NOWALLS_KEYS_DIR", str(tmp_path / "home" / "keys"))
    monkeypatch.setattr(commands.running, "find", lambda *_: None)
    load.cache_clear()
    run = commands.backup.commands[command]  # the group may be watched by the audit, which needs a database
    nowhere = CliRunner().invoke(run)
    monkeypatch.setenv("NOWALLS_ARCHIVE", str(tmp_path / "backups"))
    monkeypatch.setenv("NOWALLS_KEY_COPIES", str(tmp_path / "copies"))
    monkeypatch.setattr(commands.taking, "take", lambda *_: taken(Place(tmp_path / "backups"), NOON, 3))
    monkeypatch.setattr(commands.taking, "check", lambda *_: None)
    taken(Place(tmp_path / "backups"), NOON - timedelta(days=1), 2)
    load.cache_clear()
    there = CliRunner().invoke(run)
    load.cache_clear()
    assert isinstance(nowhere.exception, BackupError)
    assert str(nowhere.exception).startswith("say wh")
    assert there.exit_code == 0, there.output
