"""What a resident is found by: name, pinyin, initials, whole numbers and their last four digits.

A name is found by any beginning of a key, so that one index answers all of them. Keys that are numbers begin
with a sign of their own: they are kept as hashes (care.store.sealing), and found whole or not at all.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from care.identity import of_old_card

_READINGS = 4  # of a name with characters that are read in several ways
_TAIL = 4
_PHONE_LEAST = 7
NUMBER = "\x1f"  # begins every key that is a number; no name holds it
_OWN, _IDENTITY, _CALLED = f"{NUMBER}n", f"{NUMBER}i", f"{NUMBER}c"
_ASKED = re.compile(r"[0-9]{3,}[0-9x]")


def keys(name: str, phone: str = "", identity: str = "", contacts: Iterable[str] = ()) -> frozenset[str]:
    """The keys of one person; `phone` and `identity` may be empty. `contacts`: numbers of whom to call."""
    own = itertools.chain(_name(name), _phone(phone), _identity(identity))
    return frozenset(key for key in itertools.chain(own, call_words(contacts)) if key)


def call_words(contacts: Iterable[str]) -> frozenset[str]:
    """Those of the keys that are numbers of whom to call."""
    return frozenset(_CALLED + digits for digits in map(_national, contacts) if len(digits) >= _PHONE_LEAST)


def identity_key(identity: str) -> str:
    """The key that no two people share."""
    return _IDENTITY + _fold(identity)


def number_keys(asked: str) -> list[str]:
    """The keys that a whole number or four last digits may be; none when nothing of the kind was typed."""
    folded = prefix(asked)
    if not _ASKED.fullmatch(folded):
        return []
    return [_OWN + folded, _IDENTITY + folded, *_of_old_card(folded)]


def _of_old_card(folded: str) -> Iterator[str]:
    whole = of_old_card(folded)
    if whole != folded:
        yield identity_key(whole)


def call_keys(asked: str) -> list[str]:
    """The keys that a whole telephone number may be: the person's own, or one of whom to call."""
    digits = _national(asked)
    return [_OWN + digits, _CALLED + digits] if len(digits) >= _PHONE_LEAST else []


def prefix(asked: str) -> str:
    """What a person typed into the search box, as the beginning of a key; "" when it says nothing."""
    folded = _fold(asked)
    digits = folded.replace("-", "").removeprefix("+86")
    return digits if digits.isascii() and digits.removeprefix("+").isdigit() else folded


def like(start: str) -> str:
    """The LIKE pattern of all keys that begin with `start`."""
    escaped = start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace() and c.isprintable())


def _name(name: str) -> Iterator[str]:
    words = name.split()
    whole = _fold(name)
    if not whole:
        return
    yield whole
    if whole.isascii():
        yield from (_fold(word) for word in words[1:])
        yield "".join(_fold(word)[:1] for word in words)
        return
    if len(whole) > 2:
        yield whole[1:]  # the given name
    for reading in _readings(whole):
        yield "".join(reading)
        yield "".join(syllable[0] for syllable in reading if syllable)
        if len(reading) > 1:
            yield "".join(reading[1:])


def _readings(name: str) -> Iterable[list[str]]:
    """The likeliest reading, then what else its characters may be read as."""
    each = [_syllables(character) for character in name]
    likeliest = [some[0] for some in each]
    # Surnames have readings of their own (Shan, Xie, Qiu): the first character's are all taken.
    surnames = ([first, *likeliest[1:]] for first in each[0])
    others = (list(some) for some in itertools.islice(itertools.product(*each), _READINGS))
    return [likeliest, *surnames, *others]


@lru_cache(20_000)
def _syllables(character: str) -> tuple[str, ...]:
    """How one character may be read, the usual reading first; one that is no hanzi is read as itself."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - too big for who never asks

    return tuple(_fold(one) or character for one in pinyin(character, style=Style.NORMAL, heteronym=True)[0])


def _phone(phone: str) -> Iterator[str]:
    national = _national(phone)
    if len(national) >= _PHONE_LEAST:
        yield _OWN + national
        yield _OWN + national[-_TAIL:]


def _national(phone: str) -> str:
    digits = "".join(c for c in phone if c.isascii() and c.isdigit())
    return digits.removeprefix("86") if phone.strip().startswith("+86") else digits


def _identity(identity: str) -> Iterator[str]:
    if len(identity) > _TAIL:
        yield _OWN + _fold(identity[-_TAIL:])
        yield identity_key(identity)
