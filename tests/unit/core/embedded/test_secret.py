"""Files that hold secrets: whole, private, and never somebody else's file under our name."""

from pathlib import Path

from core.embedded.secret import secret, write_private


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "broker"
    first = secret(path)
    assert len(first) >= 26
    assert secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_laid_in_the_way_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "config.new").symlink_to(victim)
    write_private(tmp_path / "config", "ours")
    assert victim.read_text() == "precious"
    assert (tmp_path / "config").read_text() == "ours"
    assert not (tmp_path / "config").is_symlink()
