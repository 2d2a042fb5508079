"""How people ask for a resident, and that each way finds her."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.search import NUMBER, call_keys, identity_key, keys, like, number_keys, prefix

LIN = keys("林玉兰", "+8613800001234", "990000195001010028", ["139-0000-5678"])


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
NUMBERS = ["13800001234", "+86 138-0000-1234", "1234", "0028", "990000195001010028"]
SURNAMES = [("单福", "shan"), ("单福", "danf"), ("解珍", "xiezhen"), ("仇英", "qiu")]


@pytest.mark.parametrize("asked", WAYS)
def test_she_is_found(asked: str) -> None:
    assert any(key.startswith(prefix(asked)) for key in LIN), prefix(asked)


@pytest.mark.parametrize("asked", NUMBERS)
def test_she_is_found_by_whole_numbers_and_last_digits(asked: str) -> None:
    assert LIN & set(number_keys(asked))


@pytest.mark.parametrize(
    "asked", ["1380000", "138 0000", "800", "00001234", "5678", "13900005678", "lin", ""]
)
def test_a_piece_of_a_number_finds_nobody_nor_does_a_daughters_number(asked: str) -> None:
    assert not LIN & set(number_keys(asked))


@pytest.mark.parametrize("asked", ["13800001234", "+8613900005678", "139 0000 5678"])
def test_who_stands_before_the_door_knows_her_number_or_her_daughters(asked: str) -> None:
    assert LIN & set(call_keys(asked))
    assert not LIN & set(call_keys(asked[:-1]))


def test_an_identity_number_that_ends_with_x_is_found_in_either_case() -> None:
    found = keys("林", "", "11010519491231002X")
    assert found & set(number_keys("002X"))
    assert found & set(number_keys("11010519491231002x"))


def test_no_name_is_taken_for_a_number() -> None:
    assert not any(key.startswith(NUMBER) for key in keys(f"{NUMBER}i1234 {NUMBER}"))


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


def test_who_has_an_old_card_is_found_by_its_number() -> None:
    assert identity_key("11010519491231002X") in number_keys("110105 491231 002")
    assert identity_key("11010519491231002X") in number_keys("11010519491231002x")
