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
