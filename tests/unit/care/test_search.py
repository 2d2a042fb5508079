"""How people ask for a resident, and that each way finds her."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.search import keys, like, prefix

LIN = keys("林玉兰", "+8613800001234", "990000195001010028")


WAYS = [
    "林",
    "林玉",
    "林玉兰",
    " 林 玉兰 ",
    "玉兰",
    "lin",
    "LinYuLan",
    "lin yu",
    "lyl",
    "LY",
    "yulan",
    "ｌｉｎ",
]
NUMBERS = ["13800001234", "+86 138-0000-1234", "138 0000", "1234", "0028"]
SURNAMES = [("单福", "shan"), ("单福", "danf"), ("解珍", "xiezhen"), ("仇英", "qiu")]


@pytest.mark.parametrize("asked", WAYS + NUMBERS)
def test_she_is_found(asked: str) -> None:
    assert any(key.startswith(prefix(asked)) for key in LIN), prefix(asked)


@pytest.mark.parametrize("asked", ["王", "兰", "wyl", "1235", "800"])
def test_she_is_not_found(asked: str) -> None:
    assert not any(key.startswith(prefix(asked)) for key in LIN)


@pytest.mark.parametrize(
    ("name", "asked"), [("单福", "shan"), ("单福", "danf"), ("解珍", "xiezhen"), ("仇英", "qiu")]
)
def test_a_surname_with_its_own_reading(name: str, asked: str) -> None:
    assert any(key.startswith(asked) for key in keys(name))


def test_a_latin_name_is_found_by_each_word_and_its_initials() -> None:
    found = keys("José Ángel Müller")
    for asked in ("jose", "angel", "Mull", "jam", "joséángel"):
        assert any(key.startswith(prefix(asked)) for key in found), asked


def test_a_wildcard_is_only_a_letter() -> None:
    assert like("50%_\\") == "50\\%\\_\\\\%"


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_nobody_has_many_keys_or_an_empty_one(name: str, phone: str, identity: str) -> None:
    found = keys(name, phone, identity)
    assert "" not in found
    assert len(found) <= 60


@given(st.text(alphabet="王林玉兰英单解曾 ", min_size=1, max_size=4))
def test_whole_names_find_their_owner(name: str) -> None:
    asked = prefix(name)
    assert not asked or any(key.startswith(asked) for key in keys(name))
