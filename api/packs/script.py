"""One module as the linker sees it: what it takes, what it gives, and its text in between."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.packs.tokens import Refused, Token, tokens

_NAME = r"[\w$]+"
_NAMES = re.compile(rf"({_NAME})(?: as ({_NAME}))?")
_IMPORT = re.compile(rf"import\s*(?:(?:({_NAME})|\{{([^}}]*)\}})\s*from\s*)?[\"']([^\"']+)[\"']")
_OWN_NAME = re.compile(r"\$\d+$")


@dataclass(frozen=True, slots=True)
class Taken:
    """`path` is imported; of each of `names` what it is called there, and here."""

    path: str
    names: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Script:
    """A module.

    Attributes:
        path: below /static, "app/board/main.js".
        taken: its imports, in order.
        given: what it exports -> the name it has inside.
        passed_on: what it exports of another module -> (path, name there).
        later: paths of its import("...").
        body: its text; an int stands for the n-th of `later`.
    """

    path: str
    taken: list[Taken] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    passed_on: dict[str, tuple[str, str]] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)
    body: list[str | int] = field(default_factory=list)

    @property
    def gives(self) -> set[str]:
        """All names that others may import."""
        return set(self.given) | set(self.passed_on)

    @property
    def needs(self) -> list[str]:
        """The modules that must have run before this one."""
        return [one.path for one in self.taken] + [path for path, _ in self.passed_on.values()]


def read(path: str, text: str) -> Script:
    """Understand the module at `path`. Raises Refused, naming it, where it is not in the style we write."""
    try:
        return _Reading(path, list(tokens(text))).done()
    except Refused as error:
        raise Refused(f"{path}: {error}") from None


class _Reading:
    """Walks over the tokens once."""

    def __init__(self, path: str, found: Sequence[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._script = Script(path)
        self._in_const = False  # in an exported declaration, where a comma would begin a second one

    def done(self) -> Script:
        while self._at < len(self._tokens):
            self._step(self._tokens[self._at])
        return self._script

    def _step(self, token: Token) -> None:
        top = token.depth == 0
        if token.kind == "word" and not self._is_property():
            if token.text == "import":
                self._import(top)
                return
            if token.text == "export" and top:
                self._export()
                return
            if token.text == "await" and top:
                raise Refused("await outside a function")
            if _OWN_NAME.match(token.text):
                raise Refused(f"the name {token.text} is the linker's")
        if top and token.text in (",", ";") and token.kind == "sign":
            if token.text == "," and self._in_const:
                raise Refused("export const declares two names")
            self._in_const = False
        self._keep(token)
        self._at += 1

    def _keep(self, token: Token) -> None:
        """Into the body, without comments (but a licence) and indentation."""
        body = self._script.body
        text = token.text
        if token.kind == "space" or (token.kind == "comment" and not text.startswith("/*!")):
            text = "\n" if "\n" in text else " "
            if not body or body[-1] in (" ", "\n"):
                if body and text == "\n":
                    body[-1] = text
                return
        body.append(text)

    def _is_property(self) -> bool:
        """`a.import`, and `{ import: 1 }` where it stands before a colon."""
        before = self._near(-1)
        after = self._near(1)
        return (before is not None and before.text in (".", "#")) or (after is not None and after.text == ":")

    def _near(self, step: int) -> Token | None:
        """The next token that means something."""
        at = self._at + step
        while 0 <= at < len(self._tokens) and self._tokens[at].kind in ("space", "comment"):
            at += step
        return self._tokens[at] if 0 <= at < len(self._tokens) else None

    def _meaning(self, count: int) -> list[Token]:
        """The next `count` tokens that mean something, from here."""
        found = [
            one
            for one in self._tokens[self._at : self._at + 4 * count]
            if one.kind not in ("space", "comment")
        ]
        return found[:count]

    def _import(self, top: bool) -> None:
        ahead = self._meaning(4)
        if len(ahead) > 1 and ahead[1].text == "(":
            self._dynamic(ahead)
            return
        if not top or (len(ahead) > 1 and ahead[1].text == "."):
            raise Refused("import.meta, or an import inside something")
        said = _IMPORT.fullmatch(self._until_string())
        if said is None:
            raise Refused("an import in a form that is not ours")
        whole, several, path = said.groups()
        names = [("default", whole)] if whole else _pairs(several or "")
        self._script.taken.append(Taken(self._resolve(path), tuple(names)))

    def _dynamic(self, ahead: list[Token]) -> None:
        if len(ahead) < 4 or ahead[2].kind != "string" or ahead[3].text != ")":
            raise Refused("import() of something that is not a plain string")
        self._script.body.append(len(self._script.later))
        self._script.later.append(self._resolve(ahead[2].text[1:-1]))
        self._pass(ahead[3])

    def _resolve(self, path: str) -> str:
        if not path.startswith("."):
            raise Refused(f"imports {path!r}, which is no neighbour")
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._script.path), path))

    def _pass(self, last: Token) -> None:
        """Go on behind `last`."""
        while self._tokens[self._at] is not last:
            self._at += 1
        self._at += 1

    def _until_string(self) -> str:
        """The text from here to the next string, with one space for each gap."""
        said = ""
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            said += " " if token.kind in ("space", "comment") else token.text
            if token.kind == "string":
                self._end_statement()
                return said
            if token.text == ";":
                break
        raise Refused("a statement that does not end")

    def _end_statement(self) -> None:
        if self._at < len(self._tokens) and self._tokens[self._at].text == ";":
            self._at += 1

    def _export(self) -> None:
        ahead = [one.text for one in self._meaning(4)] + [""] * 4
        self._at += 1
        if ahead[1] == "{":
            self._export_names()
        elif ahead[1] == "default":
            self._export_default(ahead)
        else:
            self._export_declared(ahead)

    def _export_declared(self, ahead: list[str]) -> None:
        name = ahead[3] if ahead[1] == "async" else ahead[2]
        if ahead[1] not in ("const", "function", "class", "async") or not re.fullmatch(_NAME, name):
            raise Refused(f"export {ahead[1]} {name}".strip())
        self._in_const = ahead[1] == "const"
        self._script.given[name] = name

    def _export_default(self, ahead: list[str]) -> None:
        named = ahead[2] in ("function", "class") and ahead[3] not in ("(", "{", "extends")
        if named or ahead[2] == "async":
            raise Refused("a default export with a name")
        while self._tokens[self._at].text != "default":
            self._at += 1
        self._at += 1
        self._script.body.append("const $default=")
        self._script.given["default"] = "$default"

    def _export_names(self) -> None:
        said = ""
        while not said.endswith("}"):
            token = self._tokens[self._at]
            said += " " if token.kind in ("space", "comment") else token.text
            self._at += 1
        pairs = _pairs(said.strip()[1:-1])
        ahead = self._meaning(2)
        if ahead and ahead[0].text == "from" and ahead[-1].kind == "string":
            path = self._resolve(ahead[-1].text[1:-1])
            self._pass(ahead[-1])
            self._script.passed_on |= {outside: (path, inside) for inside, outside in pairs}
        else:
            self._script.given |= {outside: inside for inside, outside in pairs}
        self._end_statement()


def _pairs(said: str) -> list[tuple[str, str]]:
    """`a, b as c` is (a, a), (b, c)."""
    found: list[tuple[str, str]] = []
    for one in filter(None, (part.strip() for part in said.split(","))):
        pair = _NAMES.fullmatch(re.sub(r"\s+", " ", one))
        if pair is None:
            raise Refused(f"a name in a form that is not ours: {one}")
        found.append((pair[1], pair[2] or pair[1]))
    return found
