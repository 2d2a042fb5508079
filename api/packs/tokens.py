"""The tokens of a JavaScript module: enough of the grammar to tell code from text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


class Refused(Exception):
    """A module is written in a way that the linker does not understand."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a module.

    Attributes:
        kind: space, comment, string, number, word, sign, regex or text (a part of a template).
        depth: how many brackets stand open before it; an opening and its closing bracket have the same.
    """

    kind: str
    text: str
    depth: int


_PLAIN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<number>\d[\w.]*|\.\d\w*)
    |(?P<word>[\w$\#]+)
    |(?P<sign>[^\s\w"'`/$\#]|/)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
# A part of a template: to its end, or to where an expression begins.
_TEXT = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
# After these words a slash begins a regular expression; after other words, numbers and closing brackets not.
_BEFORE_REGEX = frozenset(
    ["return", "typeof", "case", "in", "of", "void", "delete", "instanceof", "new", "throw", "do", "else"]
)
_CLOSES = {")": "(", "]": "[", "}": "{"}


def tokens(text: str) -> Iterator[Token]:
    """All of `text`, in order and without loss. Raises Refused where it cannot be read."""
    at = 0
    open_ones: list[str] = []
    last: Token | None = None
    while at < len(text):
        found = _next(text, at, last, open_ones)
        yield found
        at += len(found.text)
        if found.kind not in ("space", "comment"):
            last = found
    if open_ones:
        raise Refused(f"a bracket stays open: {open_ones[-1]}")


def _next(text: str, at: int, last: Token | None, open_ones: list[str]) -> Token:
    """The token at `at`; keeps account of the brackets in `open_ones`."""
    here = text[at]
    if here == "`":
        return _template(text, at, at + 1, open_ones)
    if here == "}" and open_ones[-1:] == ["${"]:
        open_ones.pop()
        return _template(text, at, at + 1, open_ones)
    if here == "/" and text[at + 1 : at + 2] not in ("/", "*") and not _is_value(last):
        found = _REGEX.match(text, at)
        if found is None:
            raise Refused("a regular expression cannot be read")
        return Token("regex", found.group(), len(open_ones))
    found = _PLAIN.match(text, at)
    if found is None:
        raise Refused(f"cannot be read: {text[at : at + 20]!r}")
    kind = str(found.lastgroup)
    return Token(kind, found.group(), _depth(found.group(), open_ones) if kind == "sign" else len(open_ones))


def _template(text: str, begin: int, at: int, open_ones: list[str]) -> Token:
    found = _TEXT.match(text, at)
    if found is None:
        raise Refused("a template does not end")
    depth = len(open_ones)
    if found.group().endswith("${"):
        open_ones.append("${")
    return Token("text", text[begin : found.end()], depth)


def _depth(sign: str, open_ones: list[str]) -> int:
    if sign in "([{":
        open_ones.append(sign)
        return len(open_ones) - 1
    if sign in _CLOSES and (not open_ones or open_ones.pop() != _CLOSES[sign]):
        raise Refused(f"a bracket was never opened: {sign}")
    return len(open_ones)


def _is_value(last: Token | None) -> bool:
    """Whether a slash after `last` divides."""
    if last is None:
        return False
    if last.kind == "word":
        return last.text not in _BEFORE_REGEX
    if last.kind == "text":
        return last.text.endswith("`")
    return last.kind in ("string", "number", "regex") or last.text in (")", "]", "}")
