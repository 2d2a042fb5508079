"""Numbers that name a person: identity numbers, telephone numbers, and how much is shown of them."""

from datetime import date

import phonenumbers

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_OLD = 15  # digits of cards of the first generation, which counted until 2013: no century, no check letter


class IdentityError(ValueError):
    """Not a number that anybody can have: a key of the message catalogue, which never repeats the number."""

    @property
    def key(self) -> str:
        """Why, as a key of the message catalogue."""
        return str(self)


def resident_id(text: str, today: date) -> str:
    """The 18 characters of a Chinese resident identity number, checked by GB 11643-1999.

    Blanks and hyphens are dropped, the check letter is made large; a number of 15 digits, as old cards and
    old lists have it, becomes that of the same person with 18. Raises IdentityError.
    """
    number = "".join(text.split()).replace("-", "").upper()
    number = of_old_card(number)
    if len(number) != 18:
        raise IdentityError("identity.length")
    if not (number[:17].isascii() and number[:17].isdigit()):
        raise IdentityError("identity.letters")
    born = _born(number)
    if not date(1850, 1, 1) <= born <= today:
        raise IdentityError("identity.birthday")
    if number[17] != check_letter(number[:17]):
        raise IdentityError("identity.check")
    return number


def of_old_card(number: str) -> str:
    """The 18 characters that a number of 15 digits became; any other text as it is.

    All who have one were born in the last century. Three digits lost of 18 hardly ever look like one: what
    would stand for the month is the end of a year.
    """
    if len(number) != _OLD or not (number.isascii() and number.isdigit()):
        return number
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_letter(first17)


def check_letter(first17: str) -> str:
    """The last character that belongs to the first 17 (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def born_and_sex(number: str) -> tuple[date, str]:
    """The birthday and the sex ("female" or "male") that a checked identity number carries."""
    return _born(number), "male" if int(number[16]) % 2 else "female"


def phone(text: str, region: str = "CN") -> str:
    """A telephone number as E.164 ("+8613800000000"), read as in `region` when it names no country.

    Raises IdentityError when it cannot be a number there.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise IdentityError("phone.none") from error
    if not phonenumbers.is_possible_number(number):
        raise IdentityError("phone.length")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked(text: str, head: int = 3, tail: int = 4) -> str:
    """`text` with all but its first `head` and last `tail` characters hidden; short ones are hidden whole."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def _born(number: str) -> date:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdentityError("identity.birthday") from error
