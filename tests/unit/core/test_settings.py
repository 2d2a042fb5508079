import pytest
from pydantic import ValidationError

from core.settings import Settings


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("NOWALLS_HTTP_PORT", "9000")
    monkeypatch.setenv("NOWALLS_BROKER_URL", "mqtt://platform:s3cret@127.0.0.1:1883")
    settings = Settings()
    assert settings.board_url == "http://127.0.0.1:9000"
    assert settings.broker_url.get_secret_value().endswith("@127.0.0.1:1883")


def test_a_printed_setting_shows_no_secret(monkeypatch):
    monkeypatch.setenv("NOWALLS_DATABASE_URL", "postgresql://u:s3cret@h/d")
    assert "s3cret" not in f"{Settings()} {Settings()!r}"


def test_the_public_address_wins_and_ends_without_a_slash(monkeypatch):
    monkeypatch.setenv("NOWALLS_PUBLIC_URL", "https://care.example.org/")
    assert Settings().board_url == "https://care.example.org"


def test_an_ipv6_address_gets_its_brackets(monkeypatch):
    monkeypatch.setenv("NOWALLS_HTTP_HOST", "::1")
    assert Settings().board_url == "http://[::1]:8420"


def test_settings_never_change():
    with pytest.raises(ValidationError):
        Settings().http_port = 1  # type: ignore[misc]


def test_a_wrong_value_names_its_setting(monkeypatch):
    monkeypatch.setenv("NOWALLS_HTTP_PORT", "http")
    with pytest.raises(ValidationError, match="http_port"):
        Settings()
