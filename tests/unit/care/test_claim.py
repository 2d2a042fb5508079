"""Claim codes: what people type, and what must not be guessed."""

import pytest

from care import claim, secret
from care.claim import BadClaim


def test_a_code_survives_being_read_aloud_and_typed() -> None:
    made = claim.fresh()
    spoken = made.text.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert claim.parse(spoken) == made
    assert len({claim.fresh().text for _ in range(200)}) == 200


@pytest.mark.parametrize("text", ["", "K7QF", "U" * 28, "A" * 27, "A" * 29, "<script>" * 4, "é" * 28])
def test_anything_else_is_no_code(text: str) -> None:
    with pytest.raises(BadClaim):
        claim.parse(text)


def test_the_code_stands_where_no_server_logs_it() -> None:
    made = claim.fresh()
    before, _, after = claim.link(made, "https://care.example/").partition("#")
    assert before == "https://care.example/api/v1/device-claims"
    assert made.text in after


def test_a_secret_fits_its_hash_and_nothing_else_does() -> None:
    text = secret.fresh()
    kept = secret.hashes(text).bcrypt
    assert secret.matches(text, kept)
    for wrong in ("", text[:-1], text + "x", "x" * 100, "a\x00b", "\ud800"):
        assert not secret.matches(wrong, kept)
    assert not secret.matches(text, "no hash")
