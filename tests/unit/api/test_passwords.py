"""Passwords and secrets."""

import asyncio

import pytest

from api import passwords, tokens


def test_a_password_fits_its_own_hash_only() -> None:
    async def story() -> None:
        kept = await passwords.make("correct horse battery staple")
        assert kept.startswith("$argon2id$")
        assert "correct" not in kept
        assert await passwords.check(kept, "correct horse battery staple")
        assert not await passwords.check(kept, "correct horse battery stable")
        assert not await passwords.check(None, "the password of nobody")
        assert not await passwords.check("no hash at all", "x")

    asyncio.run(story())


def test_a_login_that_does_not_exist_costs_as_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def fits(kept: str, password: str) -> bool:
        looked_at.append(kept)
        return False

    async def story() -> str:
        kept = await passwords.make("right")
        monkeypatch.setattr(passwords, "_fits", fits)
        await passwords.check(kept, "wrong")
        await passwords.check(None, "wrong")
        return kept

    kept = asyncio.run(story())
    known, unknown = (one.split("$")[1:4] for one in looked_at)  # kind, version and cost
    assert known == unknown == kept.split("$")[1:4]


def test_secrets_are_long_distinct_and_kept_as_digests() -> None:
    made = {tokens.fresh() for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 43  # 256 bits in base64
    one = made.pop()
    assert one.encode() not in tokens.digest(one)
    assert tokens.csrf(one) == tokens.csrf(one)
    assert tokens.csrf(one) != tokens.csrf(made.pop())


def test_a_word_that_is_no_ascii_is_merely_wrong() -> None:
    assert not tokens.same("é", tokens.csrf("x"))
