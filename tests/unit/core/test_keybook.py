"""A book of keys gives no place out twice, and one that cannot be read shows no names and stops nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core import sealed
from core.keybook import KeyBook, KeyBookError
from core.migrate import _seal


class Database:
    """It knows its book by `mark`, and nobody lives there."""

    def __init__(self, mark: str) -> None:
        self.mark, self._asked = mark, ""

    @contextmanager
    def cursor(self, **_: object) -> Iterator[Any]:
        yield self

    def execute(self, query: str, *_: object) -> Any:
        self._asked = query
        return self

    def fetchone(self) -> tuple[str | int]:
        return (self.mark if "key_book" in self._asked else 0,)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[KeyBook]:
    before = sealed.book().path.parent
    sealed.at(tmp_path)
    yield sealed.book()
    sealed.at(before)


def put_back(book: KeyBook, copy: bytes) -> None:
    newer = book.path.with_name("put.back")
    newer.write_bytes(copy)
    newer.rename(book.path)


def tear(path: Path) -> None:
    path.write_bytes(b"")


def make_unreadable(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("spoil", [tear, make_unreadable])
def test_with_a_book_that_cannot_be_read_names_are_closed_and_everything_else_goes_on(
    book: KeyBook, spoil: Any
) -> None:
    text = sealed.seal("王秀英", book.fresh()[0])
    mark = sealed.mark()
    spoil(book.path)
    sealed.at(book.path.parent)  # as a process that starts
    assert sealed.opened(text) == sealed.UNREADABLE
    _seal(Database(mark))


def test_a_book_cut_off_within_its_head_is_none(book: KeyBook) -> None:
    book.fresh()
    book.path.write_bytes(book.path.read_bytes()[:40])
    with pytest.raises(KeyBookError):
        KeyBook(book.path.parent).secret()


def test_a_book_put_back_from_a_copy_gives_nobody_the_place_of_another(book: KeyBook) -> None:
    book.fresh(10)
    copy = book.path.read_bytes()
    taken_in_since = book.fresh(3)[-1]
    put_back(book, copy)
    book.reach(taken_in_since)
    assert [book.key(place) for place in range(11, taken_in_since + 1)] == [None] * 3
    assert list(book.fresh(2)) == [taken_in_since + 1, taken_in_since + 2]
    book.reach(taken_in_since)
    assert book.count() == (12, 3), "what is reached already stays as it is"


def test_no_key_is_given_out_of_a_book_that_was_begun_where_the_right_one_was_lost(book: KeyBook) -> None:
    database = Database(sealed.mark())
    assert sealed.places(database, 2) == range(1, 3)
    book.path.unlink()
    with pytest.raises(sealed.SealedError):
        sealed.places(database)
