import pytest
from pydantic import ValidationError

from core.settings import Settings, WrongSettingError
from core.settings_check import unread


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOWALLS_HTTP_PORT", "99999"),
        ("NOWALLS_BROKER_URL", "http://platform:s3cret@broker"),
        ("NOWALLS_BROKER_URL", "mqtt://platform:s3cret@broker:port"),
        ("NOWALLS_PUBLIC_URL", "care.example"),
        ("NOWALLS_METRICS", "everywhere"),
        ("NOWALLS_IDLE_HOURS", "-1"),
        ("NOWALLS_HOSTS", "https://care.example/"),
        ("NOWALLS_TRUSTED_PROXIES", "*"),
        ("NOWALLS_TRUSTED_PROXIES", "0.0.0.0/0"),
        ("NOWALLS_TRUSTED_PROXIES", "::/0"),
        ("NOWALLS_TRUSTED_PROXIES", "10.0.0.5, proxy.s3cret.example"),
        ("NOWALLS_TRUSTED_PROXIES", "10.0.0.5/8"),
        ("NOWALLS_OIDC_ISSUER", "city"),
        ("NOWALLS_SELF_TEST_AT", "25:99"),
        ("NOWALLS_DEADMAN_URL", "ping.example/s3cret"),
    ],
)
def test_a_wrong_value_ends_the_program_with_one_line_that_names_it_and_not_the_value(
    monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettingError) as caught:
        list(unread([]))
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_mistyped_name_is_noticed():
    assert list(unread(["NOWALLS_HTPP_PORT", "HOME", "NOWALLS_HTTP_HOST"])) == [
        "NOWALLS_HTPP_PORT is no setting, and nothing reads it; NOWALLS_HTTP_PORT?"
    ]


def test_a_proxy_is_an_address_or_a_network(monkeypatch):
    monkeypatch.setenv("NOWALLS_TRUSTED_PROXIES", "127.0.0.1, 172.16.0.0/12,::1,fd00::/8")
    assert list(unread([])) == []
