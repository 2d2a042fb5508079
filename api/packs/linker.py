"""Joins the modules of a page: one pack for the first picture, one for all that is asked for later.

Each module becomes a function that runs once, in the order in which a browser would run them, and gives an
object of its exports. Nothing is renamed. What a module takes from another is read when it begins: no export
of ours is assigned again (`export let` is refused) and no two modules import each other, so that this equals
a live binding.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.packs.script import Script
from api.packs.tokens import Refused

_VENDOR = "vendor/"  # a large module of others that is fetched alone, by its own address


@dataclass(frozen=True, slots=True)
class Linked:
    """Both packs, each exporting modules under their paths; `more` is empty when all is in `first`."""

    first: str
    more: str


def link(entry: str, find: Callable[[str], Script], more: str) -> Linked:
    """Link what `entry` needs; `more` is the address of the second pack, as the first one names it.

    Raises Refused when modules import each other, or a name that is not given.
    """
    known: dict[str, Script] = {}
    _arrange(entry, find, known, ())
    first = dict(known)
    targets = _arrange_later(find, known)
    numbers = {path: n for n, path in enumerate(known)}
    text = _Text(known, numbers, frozenset(first), more)
    rest = [path for path in known if path not in first]
    return Linked(
        "".join(map(text.module, first)) + text.exports(first),
        text.imports(rest) + "".join(map(text.module, rest)) + text.exports(targets) if rest else "",
    )


def _arrange(
    path: str, find: Callable[[str], Script], known: dict[str, Script], within: tuple[str, ...]
) -> None:
    """Put `path` into `known`, behind everything it needs."""
    if path in within:
        raise Refused(f"{' imports '.join((*within[within.index(path) :], path))}")
    if path in known:
        return
    script = find(path)
    for needed in script.needs:
        _arrange(needed, find, known, (*within, path))
    _check_names(script, known)
    known[path] = script


def _arrange_later(find: Callable[[str], Script], known: dict[str, Script]) -> list[str]:
    """All that import() may bring; returns what it names of the second pack."""
    first = set(known)
    asked: dict[str, None] = {}
    looked: set[str] = set()
    while left := [path for path in known if path not in looked]:
        for path in left:
            looked.add(path)
            for target in known[path].later:
                if target.startswith(_VENDOR):
                    if target in known or find(target).needs:
                        raise Refused(f"{path}: {target} would be fetched twice")
                    continue
                _arrange(target, find, known, ())
                if target not in first:
                    asked[target] = None
    return list(asked)


def _check_names(script: Script, known: Mapping[str, Script]) -> None:
    wanted = [(one.path, there) for one in script.taken for there, _ in one.names]
    for path, name in wanted + list(script.passed_on.values()):
        if name not in known[path].gives:
            raise Refused(f"{script.path}: {path} gives no {name}")


@dataclass(frozen=True, slots=True)
class _Text:
    """Writes modules as text; the module n is called $n."""

    known: Mapping[str, Script]
    numbers: Mapping[str, int]
    first: frozenset[str]
    more: str

    def module(self, path: str) -> str:
        script = self.known[path]
        takes = "".join(
            f"const {_unpacked(one.names)}=${self.numbers[one.path]};" for one in script.taken if one.names
        )
        body = "".join(self._later(path, one) if isinstance(one, int) else one for one in script.body).strip()
        gives = [name if name == inside else f"{name}:{inside}" for name, inside in script.given.items()]
        gives += [f"{name}:${self.numbers[at]}.{there}" for name, (at, there) in script.passed_on.items()]
        return f"const ${self.numbers[path]}=(()=>{{{takes}{body}\nreturn{{{','.join(gives)}}}}})();\n"

    def _later(self, path: str, n: int) -> str:
        target = self.known[path].later[n]
        if target.startswith(_VENDOR):
            return f"import({json.dumps(f'/static/{target}')})"
        name = f"${self.numbers[target]}"
        if target in self.first or path not in self.first:
            return (
                f"Promise.resolve().then(()=>{name})"  # it is in the same pack, or in the one that came first
            )
        return f"import({json.dumps(self.more)}).then((p)=>p[{json.dumps(target)}])"

    def imports(self, paths: list[str]) -> str:
        """Of the first pack, what the modules `paths` of the second one use."""
        used = {need for path in paths for need in self.known[path].needs + self.known[path].later}
        wanted = sorted((used & self.first), key=lambda path: self.numbers[path])
        names = ",".join(f"{json.dumps(path)} as ${self.numbers[path]}" for path in wanted)
        return f"import{{{names}}}from{json.dumps(self.more.replace('.more.js', '.js'))};\n" if names else ""

    def exports(self, paths: Mapping[str, Script] | list[str]) -> str:
        return "export{" + ",".join(f"${self.numbers[path]} as {json.dumps(path)}" for path in paths) + "};\n"


def _unpacked(names: tuple[tuple[str, str], ...]) -> str:
    return "{" + ",".join(there if there == here else f"{there}:{here}" for there, here in names) + "}"
