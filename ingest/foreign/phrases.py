"""The filters, functions, methods and tests of Home Assistant's value templates that are known here. Pure.

Each is a plain function of small values; none loops over more than it was given, and no text grows longer
than LONGEST.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

LONGEST = 2_000


class _Missing:
    """What is not there: in a condition it is false, said aloud it is nothing."""

    def __str__(self) -> str:
        return ""

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()
_UNSAID = object()  # a default that was not given


def short(text: str) -> str:
    """`text`; ValueError when it is too long to be a word of a sensor."""
    if len(text) > LONGEST:
        raise ValueError("too long a word")
    return text


def printed(value: Any) -> str:
    """As a template prints it; ValueError for what is no word."""
    # A number of ten thousand digits takes long to print, and is none.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        raise ValueError("too large a number")
    # Said again and again, a long message would become a hundred of its kind.
    return short(str(value))


def _or(work: Callable[[], Any], default: Any) -> Any:
    try:
        return work()
    except (TypeError, ValueError, OverflowError):
        if default is _UNSAID:
            raise
        return default


def _int(given: Any, default: Any = 0, base: int = 10) -> Any:
    if isinstance(given, str) and base != 10:
        return _or(lambda: int(short(given), base), default)
    return _or(lambda: int(float(given)), default)


def _float(given: Any, default: Any = 0.0) -> Any:
    return _or(lambda: float(given), default)


def _round(given: Any, precision: Any = 0, method: str = "common", default: Any = _UNSAID) -> Any:
    digits = max(-10, min(10, int(precision)))

    def work() -> float:
        number = float(given)
        if method in ("floor", "ceil"):
            scale = 10.0**digits
            return (number * scale // 1 if method == "floor" else -(-number * scale // 1)) / scale
        return round(number, digits)

    return _or(work, default)


def _bool(given: Any, default: Any = False) -> Any:
    if isinstance(given, bool | int | float):
        return bool(given)
    text = str(given).strip().lower()
    if text in ("1", "true", "yes", "on", "enable"):
        return True
    return False if text in ("0", "false", "no", "off", "disable") else default


def _iif(given: Any, if_true: Any = True, if_false: Any = False, if_none: Any = _UNSAID) -> Any:
    if given is None and if_none is not _UNSAID:
        return if_none
    return if_true if given else if_false


def _default(given: Any, default_value: Any = "", boolean: bool = False) -> Any:
    return default_value if given is MISSING or (boolean and not given) else given


def _replace(given: Any, old: Any, new: Any, count: int = -1) -> str:
    text, old, new = short(str(given)), str(old), short(str(new))
    if not old or text.count(old) * len(new) > LONGEST:
        raise ValueError("too long a word")
    return text.replace(old, new, count)


def _from_json(given: Any, default: Any = _UNSAID) -> Any:
    return _or(lambda: msgspec.json.decode(str(given).encode("utf-8", "replace")), default)


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError("not a number")
    return given


def summed(work: Callable[[Any, Any], Any], left: Any, right: Any) -> float:
    """A sum of two numbers: of whole ones a whole one where they are small, else as floats."""
    left, right = _number(left), _number(right)
    if isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) < 2**31:
        found: float = work(left, right)
        return found
    return float(work(float(left), float(right)))


def _bits(given: Any, other: Any, work: Callable[[int, int], int]) -> int:
    return work(int(given) & (2**63 - 1), int(other) & (2**63 - 1))


def _is_number(given: Any) -> bool:
    """As Home Assistant means it: also a text that reads as a finite number."""
    try:
        return math.isfinite(float(given))
    except (TypeError, ValueError, OverflowError):
        return False


def _format(given: Any, *values: Any) -> str:
    """`"%.1f"|format(21.53)`; ValueError for a form that could grow."""
    if not isinstance(given, str) or not _FORM.fullmatch(short(given)):
        raise ValueError("a form that is not known here")
    for value in values:
        if not isinstance(value, int | float | str):
            raise TypeError("neither a number nor a text")
        printed(value)  # what is too long once is so many times as well
    return short(given % values)


def _log(given: Any, base: Any = math.e, default: Any = _UNSAID) -> Any:
    return _or(lambda: math.log(float(given), float(base)), default)


def _sum(given: Any, start: Any = 0) -> float:
    total: float = _number(start)
    for one in given:
        total = summed(lambda a, b: a + b, total, one)
    return total


_FORM = re.compile(r"(?:[^%]|%%|%[-+ 0]?\d{0,2}(?:\.\d)?[dfgsxX])*")
FILTERS: Mapping[str, Callable[..., Any]] = {
    "int": _int,
    "float": _float,
    "round": _round,
    "bool": _bool,
    "iif": _iif,
    "default": _default,
    "d": _default,
    "replace": _replace,
    "from_json": _from_json,
    "is_defined": lambda given: given,
    "lower": lambda given: str(given).lower(),
    "upper": lambda given: str(given).upper(),
    "capitalize": lambda given: str(given).capitalize(),
    "title": lambda given: str(given).title(),
    "trim": lambda given: str(given).strip(),
    "string": str,
    "abs": lambda given: abs(_number(given)),
    "length": len,
    "count": len,
    "first": lambda given: given[0] if given else MISSING,
    "last": lambda given: given[-1] if given else MISSING,
    "min": min,
    "max": max,
    "add": lambda given, amount, default=_UNSAID: _or(lambda: float(given) + float(amount), default),
    "multiply": lambda given, amount, default=_UNSAID: _or(lambda: float(given) * float(amount), default),
    "bitwise_and": lambda given, other: _bits(given, other, lambda a, b: a & b),
    "bitwise_or": lambda given, other: _bits(given, other, lambda a, b: a | b),
    "bitwise_xor": lambda given, other: _bits(given, other, lambda a, b: a ^ b),
    "is_number": _is_number,
    "format": _format,
    "log": _log,
    "sqrt": lambda given, default=_UNSAID: _or(lambda: math.sqrt(float(given)), default),
    "sum": _sum,
    "list": list,
}
# What is called by its name. Of the states of other entities nothing is known here, as of one never heard.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{
        name: FILTERS[name]
        for name in ("int", "float", "bool", "iif", "min", "max", "log", "sqrt", "is_number")
    },
    "states": lambda *_: MISSING,
    "state_attr": lambda *_: None,
    "is_state": lambda *_: False,
}
_OF_TEXT: Mapping[str, Callable[..., Any]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "split": str.split,
    "replace": _replace,
}
METHODS = frozenset(_OF_TEXT) | {"get", "keys", "values"}
# Each takes what is asked about and, where it compares, what with.
TESTS: Mapping[str, Callable[..., bool]] = {
    "defined": lambda given: given is not MISSING,
    "undefined": lambda given: given is MISSING,
    "none": lambda given: given is None,
    "number": lambda given: isinstance(given, int | float) and not isinstance(given, bool),
    "boolean": lambda given: isinstance(given, bool),
    "string": lambda given: isinstance(given, str),
    "mapping": lambda given: isinstance(given, dict),
    "true": lambda given: given is True,
    "false": lambda given: given is False,
    "odd": lambda given: bool(int(given) % 2),
    "even": lambda given: not int(given) % 2,
    "is_number": _is_number,
}
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("eq", "equalto", "==", "sameas"), lambda a, b: bool(a == b)),
    **dict.fromkeys(("ne", "!="), lambda a, b: bool(a != b)),
    **dict.fromkeys(("gt", "greaterthan", ">"), lambda a, b: bool(a > b)),
    **dict.fromkeys(("lt", "lessthan", "<"), lambda a, b: bool(a < b)),
    **dict.fromkeys(("ge", ">="), lambda a, b: bool(a >= b)),
    **dict.fromkeys(("le", "<="), lambda a, b: bool(a <= b)),
    "in": lambda a, b: a in b,
    "divisibleby": lambda a, b: not int(a) % int(b),
}


def asked(whole: Any, method: str, given: list[Any]) -> Any:
    """What a method of METHODS says; MISSING of what has none of that name."""
    if method == "get" and isinstance(whole, dict):
        default = given[1] if len(given) > 1 else None
        return whole.get(given[0], default) if isinstance(given[0], str | int | float) else default
    if method in ("keys", "values") and isinstance(whole, dict):
        return list(whole) if method == "keys" else list(whole.values())
    if method in _OF_TEXT and isinstance(whole, str):
        return _OF_TEXT[method](whole, *given)
    return MISSING


def part(whole: Any, key: Any) -> Any:
    """A member of an object, a list or a text; no attribute of anything in Python can be reached so."""
    if isinstance(whole, dict) and isinstance(key, str | int | float):
        return whole.get(key, MISSING)
    if isinstance(whole, list | str) and isinstance(key, int) and not isinstance(key, bool):
        return whole[key] if -len(whole) <= key < len(whole) else MISSING
    return MISSING
