"""Codes, tokens, seals, claims and paces: the pure parts of coming in."""

from pathlib import Path

import pyotp
import pytest

from api import codes, provider, tokens
from api.buckets import Buckets
from api.policy import Role, needs_second_factor
from api.settings import ApiSettings
from api.vault import NotOurs, Vault
from api.visit import agent_words
from core.instant import SECOND

SECRET = b"12345678901234567890"  # of RFC 6238's test vectors
NOW = 1_111_111_109


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B (SHA-1), of whose eight digits an app shows the last six.
    for seconds, code in (
        (59, "287082"),
        (NOW, "081804"),
        (1_111_111_111, "050471"),
        (20_000_000_000, "353130"),
    ):
        assert codes.step_of(SECRET, code, seconds, 0) == seconds // codes.STEP_S


def test_a_code_holds_for_a_phone_half_a_minute_off_and_once() -> None:
    step = NOW // codes.STEP_S
    for off in (-1, 0, 1):
        code = pyotp.TOTP(codes.as_text(SECRET)).generate_otp(step + off)
        assert codes.step_of(SECRET, f" {code[:3]} {code[3:]} ", NOW, 0) == step + off
        assert codes.step_of(SECRET, code, NOW, step + off) is None
    for off in (-2, 2):
        assert (
            codes.step_of(SECRET, pyotp.TOTP(codes.as_text(SECRET)).generate_otp(step + off), NOW, 0) is None
        )


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345", "12 345", "\x00" * 6]
)
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert codes.step_of(SECRET, code, NOW, 0) is None


def test_recovery_codes_are_many_different_and_read_however_they_are_typed() -> None:
    made = codes.fresh_recovery()
    assert len({codes.fold_recovery(one) for one in made}) == 10
    assert all(len(codes.fold_recovery(one)) == 16 for one in made)  # 80 bits
    assert codes.fold_recovery(f" {made[0].upper().replace('-', ' ')}\n") == codes.fold_recovery(made[0])


def test_a_seal_opens_with_its_key_for_its_purpose_only(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "keys")
    sealed = vault.seal(SECRET, "totp/7")
    assert SECRET not in sealed
    assert Vault(tmp_path / "keys").open(sealed, "totp/7") == SECRET
    for odd in (sealed[:-1], b"", bytes(64)):
        with pytest.raises(NotOurs):
            vault.open(odd, "totp/7")
    with pytest.raises(NotOurs):
        vault.open(sealed, "totp/8")  # moved to another account's row
    with pytest.raises(NotOurs):
        Vault(tmp_path / "others").open(sealed, "totp/7")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_a_machines_token_is_told_from_chance_by_its_form() -> None:
    token = tokens.fresh_machine()
    assert tokens.machine_form(token)
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    for odd in ("", "nwt_", other, token[1:], "nwt_" + "x" * 300, tokens.fresh()):
        assert not tokens.machine_form(odd)


def test_a_bucket_holds_a_minute_and_fills_evenly() -> None:
    buckets = Buckets()
    assert [buckets.take("map", "one", 3, 0) for _ in range(4)] == [0, 0, 0, 21]
    assert buckets.take("map", "two", 3, 0) == 0  # everybody has their own
    assert buckets.take("statistics", "one", 3, 0) == 0
    assert buckets.take("map", "one", 3, 19 * SECOND) > 0
    assert buckets.take("map", "one", 3, 20 * SECOND) == 0
    assert buckets.take("map", "one", 3, 21 * SECOND) > 0
    assert buckets.take("map", "one", 3, 0) > 0  # a clock that is set back fills nothing


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://login.city.example/realm", True), ("http://127.0.0.1:9/x", True),
        ("http://localhost/", True), ("http://login.city.example/", False),
        ("https://user:word@login.city.example/", False), ("https://", False),
        ("file:///etc/passwd", False), ("https://x/#y", False), ("https://x:99999/", False), ("//x", False),
        ("http://127.0.0.1.evil.example/", False), ("gopher://127.0.0.1/", False), ("https://[", False),
    ],
)  # fmt: skip
def test_where_an_identity_provider_may_be(url: str, good: bool) -> None:
    assert provider.safe(url) is good


def test_claims_must_be_for_us_from_them_about_this_and_now() -> None:
    good = {"iss": "https://a", "aud": "us", "nonce": "n", "iat": NOW - 5, "exp": NOW + 60, "sub": "u"}
    assert provider.judge(good, "us", "https://a", "n", NOW) == ""
    assert provider.judge(good | {"aud": ["us", "x"], "azp": "us"}, "us", "https://a", "n", NOW) == ""
    for wrong in (
        {"iss": "https://b"}, {"aud": "x"}, {"aud": ["us", "x"]}, {"aud": None}, {"nonce": "m"},
        {"nonce": None},
        {"exp": NOW - 61}, {"exp": "never"}, {"iat": NOW + 61}, {"iat": None}, {"sub": ""}, {"sub": 7},
        {"sub": "x" * 256},
    ):  # fmt: skip
        assert provider.judge(good | wrong, "us", "https://a", "n", NOW), wrong


def test_who_lets_people_in_or_takes_lists_out_needs_a_second_factor() -> None:
    assert needs_second_factor({Role.ADMINISTRATOR, Role.FAMILY})
    assert not needs_second_factor({Role.OPERATOR, Role.RESPONDER, Role.FAMILY})
    assert ApiSettings().second_factor_required
    assert not ApiSettings(demo=True).second_factor_required
    assert ApiSettings(demo=True, second_factor="required").second_factor_required
    assert not ApiSettings(second_factor="optional").second_factor_required


def test_a_browser_is_known_again_in_a_few_words() -> None:
    chrome = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
    assert agent_words(chrome) == "Chrome, Windows"
    assert agent_words(chrome + " Edg/140.0") == "Edge, Windows"
    assert agent_words("python-httpx/0.28") == "python-httpx/0.28"
    assert agent_words("<script>alert(1)</script> x") == "scriptalert1/script"
    assert agent_words("") == ""
