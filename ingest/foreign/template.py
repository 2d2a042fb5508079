"""The part of Home Assistant's value templates that devices use, looked up and never run.

Jinja's own parser reads it; what follows here knows `value`, `value_json`, their parts, constants,
comparisons, `and`/`or`/`not`, sums, `if`, and the filters below. No loops, no calls, no assignment, no
repeated text: a template that a stranger announced cannot keep us busy. Anything else is refused when it is
announced.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from jinja2 import Environment, TemplateError, nodes

from ingest.message import BadPayload, Fault

LONGEST = 2_000
_PARSER = Environment(autoescape=True)
_NAMES = frozenset({"value", "value_json"})


class _Missing:
    """What is not there: in a condition it is false, said aloud it is nothing."""

    def __str__(self) -> str:
        return ""

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "lteq": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
    "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
}
_SUM: Mapping[type[nodes.BinExpr], Callable[[float, float], float]] = {
    nodes.Add: lambda a, b: a + b,
    nodes.Sub: lambda a, b: a - b,
    nodes.Mul: lambda a, b: a * b,
    nodes.Div: lambda a, b: a / b,
}


def _round(given: Any, digits: Any = 0) -> float:
    return round(float(given), max(-10, min(10, int(digits))))


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "int": lambda given, default=0: _or(lambda: int(float(given)), default),
    "float": lambda given, default=0.0: _or(lambda: float(given), default),
    "round": _round,
    "lower": lambda given: str(given).lower(),
    "upper": lambda given: str(given).upper(),
    "trim": lambda given: str(given).strip(),
    "string": str,
    "abs": lambda given: abs(float(given)),
    "default": lambda given, other="": other if given is MISSING else given,
    "is_defined": lambda given: given,
}


class Template:
    """One template, read when it was announced."""

    def __init__(self, source: str) -> None:
        """Raises BadPayload when it is more than what is known here."""
        if len(source) > LONGEST:
            raise BadPayload(Fault.TOO_LARGE, "a template of that length")
        try:
            self._body = _PARSER.parse(source).body
            for node in self._body:
                _check(node)
        except (TemplateError, RecursionError, ValueError, OverflowError) as error:
            raise BadPayload(Fault.MALFORMED, f"a template that is none: {type(error).__name__}") from error

    def render(self, text: str) -> str | None:
        """What it makes of a payload; None when a part that it names is not there.

        Raises BadPayload when it cannot be worked out.
        """
        try:
            known = {"value": text, "value_json": _json(text)}
            said = [_shown(node, known) for node in self._body]
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            raise BadPayload(
                Fault.WRONG_TYPE, f"not what its template expects: {type(error).__name__}"
            ) from error
        return None if any(part is MISSING for part in said) else "".join(map(str, said)).strip()


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return MISSING


def _check(node: nodes.Node) -> None:
    """Raises BadPayload unless `node` and all below it are known here."""
    if isinstance(node, nodes.Name) and node.name not in _NAMES:
        raise BadPayload(Fault.UNKNOWN_KIND, "a template with a name that is not known here")
    if isinstance(node, nodes.Filter) and (node.name not in _FILTERS or node.kwargs or node.dyn_args):
        raise BadPayload(Fault.UNKNOWN_KIND, "a template with a filter that is not known here")
    if isinstance(node, nodes.Test) and (node.name != "defined" or node.args):
        raise BadPayload(Fault.UNKNOWN_KIND, "a template with a test that is not known here")
    if not isinstance(node, _KNOWN):
        raise BadPayload(Fault.UNKNOWN_KIND, f"a template with {type(node).__name__}")
    for below in node.iter_child_nodes():
        _check(below)


_KNOWN: tuple[type[nodes.Node], ...] = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Filter,
    nodes.Test, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.If, nodes.And, nodes.Or, nodes.Not,
    nodes.Neg, nodes.List, nodes.Tuple, *_SUM,
)  # fmt: skip


def _shown(node: nodes.Node, known: Mapping[str, Any]) -> Any:
    """What a statement prints; MISSING when it prints what is not there."""
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Output):
        said = [_shown(one, known) for one in node.nodes]
        return MISSING if any(one is MISSING for one in said) else "".join(map(_printed, said))
    if isinstance(node, nodes.If):
        for branch in (node, *node.elif_):
            if _worth(branch.test, known):
                return _all(branch.body, known)
        return _all(node.else_, known)
    return _worth(node, known)


def _all(body: list[nodes.Node], known: Mapping[str, Any]) -> Any:
    said = [_shown(one, known) for one in body]
    return MISSING if any(one is MISSING for one in said) else "".join(map(_printed, said))


def _printed(value: Any) -> str:
    # A number of ten thousand digits takes long to print, and is none.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        raise ValueError("too large a number")
    text = str(value)
    # Said again and again, a long message would become a hundred of its kind: what a sensor says is a word.
    if len(text) > LONGEST:
        raise ValueError("too long a word")
    return text


def _worth(node: nodes.Node, known: Mapping[str, Any]) -> Any:
    """The value of an expression."""
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.Name):
        return known[node.name]
    if isinstance(node, nodes.Getattr):
        return _part(_worth(node.node, known), node.attr)
    if isinstance(node, nodes.Getitem):
        return _part(_worth(node.node, known), _worth(node.arg, known))
    if isinstance(node, nodes.List | nodes.Tuple):
        return [_worth(one, known) for one in node.items]
    if isinstance(node, nodes.Filter):
        first = MISSING if node.node is None else _worth(node.node, known)
        return _FILTERS[node.name](first, *[_worth(one, known) for one in node.args])
    if isinstance(node, nodes.Test):
        return _worth(node.node, known) is not MISSING
    return _judged(node, known)


def _judged(node: nodes.Node, known: Mapping[str, Any]) -> Any:
    """Conditions and sums."""
    if isinstance(node, nodes.CondExpr):
        if _worth(node.test, known):
            return _worth(node.expr1, known)
        return MISSING if node.expr2 is None else _worth(node.expr2, known)
    if isinstance(node, nodes.Compare):
        left = _worth(node.expr, known)
        for step in node.ops:
            right = _worth(step.expr, known)
            if not _COMPARE[step.op](left, right):
                return False
            left = right
        return True
    if isinstance(node, nodes.And):
        return _worth(node.left, known) and _worth(node.right, known)
    if isinstance(node, nodes.Or):
        return _worth(node.left, known) or _worth(node.right, known)
    if isinstance(node, nodes.Not):
        return not _worth(node.node, known)
    if isinstance(node, nodes.Neg):
        return -_number(_worth(node.node, known))
    assert isinstance(node, nodes.BinExpr)
    return _SUM[type(node)](_number(_worth(node.left, known)), _number(_worth(node.right, known)))


def _part(whole: Any, key: Any) -> Any:
    """A member of an object or a list; no attribute of anything in Python can be reached so."""
    if isinstance(whole, dict) and isinstance(key, str):
        return whole.get(key, MISSING)
    if isinstance(whole, list) and isinstance(key, int) and not isinstance(key, bool):
        return whole[key] if -len(whole) <= key < len(whole) else MISSING
    return MISSING


def _number(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError("not a number")
    return float(given)


def _or(work: Callable[[], Any], default: Any) -> Any:
    try:
        return work()
    except (TypeError, ValueError, OverflowError):
        return default
