"""The part of Home Assistant's value templates that devices use, looked up and never run.

Jinja's own parser reads it; what follows here knows `value`, `value_json`, their parts, constants,
comparisons, `and`/`or`/`not`, sums, `if`, `set`, and the filters, functions and tests of `phrases`. No loops,
no macros, no repeated text: a template that a stranger announced cannot keep us busy. Anything else is
refused when it is announced.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from jinja2 import Environment, TemplateError, nodes

from ingest.foreign.phrases import (
    COMPARISONS,
    FILTERS,
    FUNCTIONS,
    LONGEST,
    METHODS,
    MISSING,
    TESTS,
    asked,
    part,
    printed,
    short,
    summed,
)
from ingest.message import BadPayload, Fault

_PARSER = Environment(autoescape=True)
# `this` is the entity as it stands in Home Assistant: it says nothing here.
_NAMES = frozenset({"value", "value_json", "this"})
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
_SUM: Mapping[type[nodes.BinExpr], Callable[[Any, Any], Any]] = {
    nodes.Add: lambda a, b: a + b,
    nodes.Sub: lambda a, b: a - b,
    nodes.Mul: lambda a, b: a * b,
    nodes.Div: lambda a, b: a / b,
    nodes.FloorDiv: lambda a, b: a // b,
    nodes.Mod: lambda a, b: a % b,
}
Scope = dict[str, Any]


class Template:
    """One template, read when it was announced."""

    def __init__(self, source: str) -> None:
        """Raises BadPayload when it is more than what is known here."""
        if len(source) > LONGEST:
            raise BadPayload(Fault.TOO_LARGE, "a template of that length")
        try:
            tree = _PARSER.parse(source)
            set_here = [one.target for one in tree.find_all(nodes.Assign)]
            names = _NAMES | {one.name for one in set_here if isinstance(one, nodes.Name)}
            self._body = tree.body
            for node in self._body:
                _check(node, names)
        except (TemplateError, RecursionError, ValueError, OverflowError) as error:
            raise BadPayload(Fault.MALFORMED, f"a template that is none: {type(error).__name__}") from error

    def render(self, text: str) -> str | None:
        """What it makes of a payload; None when a part that it names is not there.

        Raises BadPayload when it cannot be worked out.
        """
        try:
            known: Scope = {"value": text, "value_json": _json(text), "this": MISSING}
            said = _all(self._body, known)
        except (
            TypeError, ValueError, ArithmeticError, LookupError, RecursionError, AttributeError
        ) as error:  # fmt: skip
            raise BadPayload(
                Fault.WRONG_TYPE, f"not what its template expects: {type(error).__name__}"
            ) from error
        return None if said is MISSING else str(said).strip()


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return MISSING


def _check(node: nodes.Node, names: frozenset[str]) -> None:
    """Raises BadPayload unless `node` and all below it are known here."""
    wrong = _unknown(node, names)
    if wrong:
        raise BadPayload(Fault.UNKNOWN_KIND, f"a template with {wrong} that is not known here")
    for below in _below(node):
        _check(below, names)


def _unknown(node: nodes.Node, names: frozenset[str]) -> str:
    """What of `node` itself is not known here; "" when all is."""
    if isinstance(node, nodes.Name) and node.name not in names:
        return "a name"
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.dyn_args or node.dyn_kwargs):
        return f"the filter {node.name[:20]}"
    if isinstance(node, nodes.Test) and not _is_known_test(node):
        return f"the test {node.name[:20]}"
    if isinstance(node, nodes.Call) and not _is_known_call(node):
        return "a call"
    if isinstance(node, nodes.Assign) and not isinstance(node.target, nodes.Name):
        return "an assignment"
    return "" if isinstance(node, _KNOWN) else type(node).__name__


def _is_known_test(node: nodes.Test) -> bool:
    if node.kwargs or node.dyn_args or node.dyn_kwargs:
        return False
    return node.name in (COMPARISONS if len(node.args) == 1 else () if node.args else TESTS)


def _is_known_call(node: nodes.Call) -> bool:
    if node.dyn_args or node.dyn_kwargs:
        return False
    if isinstance(node.node, nodes.Name):
        return node.node.name in FUNCTIONS
    return isinstance(node.node, nodes.Getattr) and node.node.attr in METHODS and not node.kwargs


def _below(node: nodes.Node) -> Iterator[nodes.Node]:
    """The nodes below, but for the name of a function that is called and of what is set."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        yield from (*node.args, *node.kwargs)
    else:
        yield from node.iter_child_nodes()


_KNOWN: tuple[type[nodes.Node], ...] = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Filter,
    nodes.Test, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.If, nodes.And, nodes.Or, nodes.Not,
    nodes.Neg, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Slice, nodes.Concat,
    nodes.Assign, nodes.Call, *_SUM,
)  # fmt: skip


def _all(body: Sequence[nodes.Node], known: Scope) -> Any:
    """What statements print, one after the other; MISSING when one prints what is not there."""
    said = [_shown(one, known) for one in body]
    return MISSING if any(one is MISSING for one in said) else short("".join(map(printed, said)))


def _shown(node: nodes.Node, known: Scope) -> Any:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Output):
        return _all(node.nodes, known)
    if isinstance(node, nodes.Assign):
        assert isinstance(node.target, nodes.Name)
        known[node.target.name] = _worth(node.node, known)
        return ""
    if isinstance(node, nodes.If):
        for branch in (node, *node.elif_):
            if _worth(branch.test, known):
                return _all(branch.body, known)
        return _all(node.else_, known)
    return _worth(node, known)


def _worth(node: nodes.Node, known: Scope) -> Any:
    """The value of an expression."""
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.Name):
        return known.get(node.name, MISSING)
    if isinstance(node, nodes.Getattr):
        return part(_worth(node.node, known), node.attr)
    if isinstance(node, nodes.Getitem):
        return _item(node, known)
    if isinstance(node, nodes.List | nodes.Tuple):
        return [_worth(one, known) for one in node.items]
    if isinstance(node, nodes.Dict):
        return {_worth(pair.key, known): _worth(pair.value, known) for pair in node.items}
    if isinstance(node, nodes.Filter):
        first = MISSING if node.node is None else _worth(node.node, known)
        return FILTERS[node.name](first, *_given(node.args, known), **_by_name(node.kwargs, known))
    if isinstance(node, nodes.Call):
        return _called(node, known)
    if isinstance(node, nodes.Test):
        asked_about, given = _worth(node.node, known), _given(node.args, known)
        return COMPARISONS[node.name](asked_about, given[0]) if given else TESTS[node.name](asked_about)
    return _judged(node, known)


def _item(node: nodes.Getitem, known: Scope) -> Any:
    whole = _worth(node.node, known)
    if not isinstance(node.arg, nodes.Slice):
        return part(whole, _worth(node.arg, known))
    if not isinstance(whole, str | list):
        return MISSING
    ends = (node.arg.start, node.arg.stop, node.arg.step)
    return whole[slice(*(None if end is None else _worth(end, known) for end in ends))]


def _called(node: nodes.Call, known: Scope) -> Any:
    given = _given(node.args, known)
    if isinstance(node.node, nodes.Name):
        return FUNCTIONS[node.node.name](*given, **_by_name(node.kwargs, known))
    assert isinstance(node.node, nodes.Getattr)
    return asked(_worth(node.node.node, known), node.node.attr, given)


def _given(args: list[nodes.Expr], known: Scope) -> list[Any]:
    return [_worth(one, known) for one in args]


def _by_name(kwargs: list[Any], known: Scope) -> dict[str, Any]:
    return {pair.key: _worth(pair.value, known) for pair in kwargs}


def _judged(node: nodes.Node, known: Scope) -> Any:
    """Conditions and sums."""
    if isinstance(node, nodes.CondExpr):
        if _worth(node.test, known):
            return _worth(node.expr1, known)
        return MISSING if node.expr2 is None else _worth(node.expr2, known)
    if isinstance(node, nodes.Compare):
        return _compared(node, known)
    if isinstance(node, nodes.And):
        return _worth(node.left, known) and _worth(node.right, known)
    if isinstance(node, nodes.Or):
        return _worth(node.left, known) or _worth(node.right, known)
    if isinstance(node, nodes.Not):
        return not _worth(node.node, known)
    if isinstance(node, nodes.Neg):
        return summed(lambda a, b: a - b, 0, _worth(node.node, known))
    if isinstance(node, nodes.Concat):
        return short("".join(printed(_worth(one, known)) for one in node.nodes))
    assert isinstance(node, nodes.BinExpr)
    return summed(_SUM[type(node)], _worth(node.left, known), _worth(node.right, known))


def _compared(node: nodes.Compare, known: Scope) -> bool:
    left = _worth(node.expr, known)
    for step in node.ops:
        right = _worth(step.expr, known)
        if not _COMPARE[step.op](left, right):
            return False
        left = right
    return True
