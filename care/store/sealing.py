"""The keys that people's identity is sealed with: made with the person, destroyed when they are forgotten."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from care import search
from core import queries, sealed

Q = queries.load(Path(__file__).with_suffix(".sql"))


def place(conn: psycopg.Connection[Any], resident: int) -> int:
    """The place of the person's key, made now for who has none; the record is locked until the end."""
    with conn.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        found = cursor.execute(Q["place"], {"resident": resident}).fetchone()
        if found is not None and found[0]:
            return int(found[0])
        made = sealed.places(conn)[0]
        cursor.execute(Q["put_place"], {"resident": resident, "place": made})
        return made


def hidden(words: Iterable[str]) -> list[str]:
    """Search keys as they are kept: numbers as hashes, behind the two signs that say what they are."""
    return sorted(
        word[:2] + sealed.hashed(word[2:], word[1]) if word.startswith(search.NUMBER) else word
        for word in words
    )


def count(conn: psycopg.Connection[Any]) -> tuple[int, int, int]:
    """Of how many people the name (can be read though sealed, cannot be read, is not sealed)."""
    readable = closed = plain = 0
    with conn.cursor(name="names_of_all", row_factory=psycopg.rows.tuple_row) as cursor:
        for read, kept in cursor.execute(Q["names"]):
            plain += not kept.startswith(sealed.MARK)
            closed += read == sealed.UNREADABLE
            readable += kept.startswith(sealed.MARK) and read != sealed.UNREADABLE
    return readable, closed, plain


def keys_left(conn: psycopg.Connection[Any]) -> int:
    """How many people were forgotten whose key is still in the book."""
    book = sealed.book()
    return sum(
        any(book.key(place) is not None for place in places)
        for (places,) in conn.execute(Q["keys_left"]).fetchall()
    )


def adopt(conn: psycopg.Connection[Any], mark: str) -> None:
    """Work with the book that bears `mark` from now on: the one before is lost."""
    with conn.transaction():
        sealed.reach(conn)  # of who was forgotten the place is on record: nobody else gets it
        if conn.execute(Q["adopt"], {"mark": mark}).rowcount:
            conn.execute(Q["forget_places"])
        else:  # an old copy of the same book: who can be read keeps their key, or it would outlive them
            found = conn.execute(Q["places"]).fetchall()
            lost = [place for (place,) in found if sealed.book().key(place) is None]
            conn.execute(Q["forget_lost"], {"places": lost})
