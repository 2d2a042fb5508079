"""People's identity in the database: sealed with the person's key, opened where it is read.

The columns that hold it have the type `varchar`, which nothing else in the schema has, so that whatever a
statement selects from them is opened on its way in. In statements themselves it is nothing but noise: it can
be neither compared nor sorted; joined to a `text` column it comes out closed. Plain text is read as it is.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format

from core.keybook import KeyBook, KeyBookError
from core.settings import load

MARK = "sealed1:"
UNREADABLE = "■■■"  # shown for what no key opens any more

_NONCE_BYTES = 12
_HASH_CHARACTERS = 22  # 132 bits
_books: list[KeyBook] = []
# The highest place that was ever given to somebody of this database.
_LAST = """
SELECT greatest((SELECT max(seal_key) FROM resident), (SELECT max(k) FROM erasure, unnest(seal_keys) k), 0)"""


class SealedError(Exception):
    """The keys at hand are not those of this database."""


def book() -> KeyBook:
    """The book of this process."""
    if not _books:
        settings = load()
        at(settings.keys_dir or settings.data_dir / "keys")
    return _books[-1]


def at(folder: Path) -> None:
    """Use the book in `folder` from now on."""
    _books[:] = [KeyBook(folder)]


def seal(text: str, place: int) -> str:
    """`text`, unreadable without the key at `place`; the empty text stays. Raises SealedError without it."""
    if not text:
        return ""
    key = book().key(place)
    if key is None:
        raise SealedError(f"there is no key {place}: it was destroyed, or the keys are another database's")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    box = nonce + AESGCM(key).encrypt(nonce, text.encode(), None)
    return f"{MARK}{place}:{b64encode(box).decode()}"


def opened(text: str) -> str:
    """What was sealed; other text as it is, and `UNREADABLE` where the key is gone."""
    if not text.startswith(MARK):
        return text
    place, _, body = text.removeprefix(MARK).partition(":")
    try:
        key, box = book().key(int(place)), b64decode(body, validate=True)
        if key is not None:
            return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError, KeyBookError, OSError):
        pass  # whoever waits for help is not to wait for a file; the doctor says what is wrong with it
    return UNREADABLE


def opened_within(value: Any) -> Any:
    """The same for every text in a JSON value."""
    if isinstance(value, str):
        return opened(value)
    if isinstance(value, list):
        return [opened_within(one) for one in value]
    if isinstance(value, dict):
        return {name: opened_within(one) for name, one in value.items()}
    return value


def sealed_within(value: Any, place: int) -> Any:
    """Every text of a JSON value, sealed."""
    if isinstance(value, str):
        return seal(value, place)
    return [sealed_within(one, place) for one in value] if isinstance(value, list) else value


def hashed(number: str, purpose: str) -> str:
    """What a number is looked up by: always the same, and worth nothing without the book's secret."""
    made = hmac.digest(book().secret(), f"{purpose}\0{number}".encode(), "sha256")
    return b64encode(made, b"-_").decode()[:_HASH_CHARACTERS]


def mark() -> str:
    """By which a database knows its book."""
    return hashlib.sha256(b"book" + book().secret()).hexdigest()


def places(conn: psycopg.Connection[Any], count: int = 1) -> range:
    """New keys for people of this database; raises SealedError when the book at hand is another one's."""
    belongs(conn)
    if book().is_another():  # to look whenever somebody is taken in would cost too much
        reach(conn)
    made = book().fresh(count)
    belongs(conn)  # the file may have gone in between, and another have been begun
    return made


def reach(conn: psycopg.Connection[Any]) -> None:
    """No place that was ever given to somebody of this database is given out again by the book at hand."""
    with conn.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        last = cursor.execute(_LAST).fetchone()
    book().reach(last[0] if last else 0)


def belongs(conn: psycopg.Connection[Any]) -> None:
    """Raises SealedError when the book at hand is not this database's."""
    with conn.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        known = cursor.execute("SELECT mark FROM key_book").fetchone()
    if known is None or known[0] != mark():
        raise SealedError(
            f"the keys in {book().path} are not those that people's names in this database are sealed with:"
            " put the right ones back, or set NOWALLS_KEYS_DIR (docs/privacy.md)"
        )


class _Text(Loader):
    """Opens what comes in as text."""

    def load(self, data: Buffer) -> str:
        return opened(bytes(data).decode())


class _Binary(_Text):
    format = Format.BINARY


psycopg.adapters.register_loader("varchar", _Text)
psycopg.adapters.register_loader("varchar", _Binary)
