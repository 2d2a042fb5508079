"""Identity numbers, telephone numbers, masks. The numbers here belong to nobody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.identity import IdentityError, born_and_sex, check_letter, masked, phone, resident_id

TODAY = date(2026, 11, 22)
FIRST17 = "99000019500101002"  # 99 is no province
NUMBER = FIRST17 + check_letter(FIRST17)


def test_the_check_letter_of_the_standards_own_examples() -> None:
    # The two worked examples printed in GB 11643-1999.
    assert check_letter("11010519491231002") == "X"
    assert check_letter("44052418800101001") == "4"


def test_a_number_is_cleaned_and_read() -> None:
    assert resident_id(f" {NUMBER[:6]} {NUMBER[6:14]}-{NUMBER[14:].lower()} ", TODAY) == NUMBER
    assert born_and_sex(NUMBER) == (date(1950, 1, 1), "female")


def test_a_number_of_an_old_card_is_that_of_the_same_person() -> None:
    assert resident_id("110105 491231 002", TODAY) == "11010519491231002X"
    assert resident_id("990000500101002", TODAY) == NUMBER
    for wrong in ("990000501301002", "99000050010100X", "99000050010100²"):
        with pytest.raises(IdentityError):
            resident_id(wrong, TODAY)


@given(st.dates(date(1913, 1, 1), date(1999, 12, 31)))
def test_a_number_that_lost_its_end_is_not_taken_for_an_old_one(born: date) -> None:
    number = f"990000{born:%Y%m%d}002"
    number += check_letter(number)
    with pytest.raises(IdentityError):
        resident_id(number[:15], TODAY)


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(place: int, shift: int) -> None:
    wrong = NUMBER[:place] + str((int(NUMBER[place]) + shift) % 10) + NUMBER[place + 1 :]
    with pytest.raises(IdentityError):
        resident_id(wrong, TODAY)


@given(st.integers(0, 15))
def test_two_digits_swapped_are_always_noticed(place: int) -> None:
    swapped = NUMBER[:place] + NUMBER[place + 1] + NUMBER[place] + NUMBER[place + 2 :]
    if swapped != NUMBER:
        with pytest.raises(IdentityError):
            resident_id(swapped, TODAY)


@pytest.mark.parametrize(
    "bad", ["", "1" * 17, "1" * 19, "X" + NUMBER[1:], "٣" * 18, "990000" + "20991231" + "0020"]
)
def test_what_is_no_number_is_refused_without_being_repeated(bad: str) -> None:
    with pytest.raises(IdentityError) as caught:
        resident_id(bad, TODAY)
    assert not bad or bad not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("138 0000 0000", "+8613800000000"),
        ("(010) 6000-0000", "+861060000000"),
        ("+49 30 123456", "+4930123456"),
        ("0086-13800000000", "+8613800000000"),
    ],
)
def test_telephone_numbers_become_one_form(text: str, expected: str) -> None:
    assert phone(text) == expected


@pytest.mark.parametrize("text", ["", "call me", "12", "1" * 30])
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(IdentityError):
        phone(text)


@given(st.text(max_size=30))
def test_a_mask_shows_seven_characters_at_most(text: str) -> None:
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert len(text) <= 7 or hidden.count("*") >= len(text) - 7
