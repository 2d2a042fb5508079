"""Pages with their packs, linked anew when a file of theirs changed."""

import hashlib
import logging
import re
import threading
from dataclasses import dataclass, field

from api.packs import linker
from api.packs.script import Script, read
from api.packs.tokens import Refused
from api.shelf import Item, Shelf, make

log = logging.getLogger(__name__)

_SCRIPT = re.compile(r'<script type="module" src="/static/([^"]+)"></script>')
_STYLE = re.compile(r' *<link rel="stylesheet" href="/static/([^"]+)"( data-later)?>\n')
_CSS_NOISE = re.compile(r"/\*.*?\*/|^[ \t]+", re.DOTALL | re.MULTILINE)
_CSS_NEIGHBOUR = re.compile(r"""@import|url\(\s*["']?(?!["']?(?:/|data:|\#))""")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it is served, its packs by name, and the stamps of the files that it was made of."""

    item: Item
    packs: dict[str, Item]
    stamps: dict[str, tuple[int, int]]


@dataclass(slots=True)
class _Used:
    """Reads files and remembers which."""

    files: Shelf
    scripts: dict[str, tuple[str, Script]]
    stamps: dict[str, tuple[int, int]] = field(default_factory=dict)

    def item(self, name: str) -> Item:
        found = self.files.find(name)
        if found is None:
            raise Refused(f"there is no {name}")
        self.stamps[name] = found.stamp
        return found

    def script(self, name: str) -> Script:
        item = self.item(name)
        etag, script = self.scripts.get(name, ("", None))
        if script is None or etag != item.etag:
            script = read(name, item.body.decode())
            self.scripts[name] = (item.etag, script)
        return script

    def style(self, names: list[str]) -> str:
        """The style sheets one behind the other. Raises Refused when one names a file relative to itself."""
        text = ""
        for name in names:
            sheet = _CSS_NOISE.sub("", self.item(name).body.decode())
            if _CSS_NEIGHBOUR.search(sheet):
                raise Refused(f"{name}: names a file that is not given from the root")
            text += sheet
        return text


class Packs:
    """The pages of `pages`, made of the files of `files`."""

    def __init__(self, pages: Shelf, files: Shelf) -> None:
        self._pages, self._files = pages, files
        self._made: dict[str, _Page] = {}
        self._scripts: dict[str, tuple[str, Script]] = {}
        self._one_at_a_time = threading.Lock()

    def page(self, name: str) -> Item | None:
        """The page `name` ("board") with its packs, or None; as it is written where they cannot be made."""
        written = self._pages.find(f"{name}.html")
        if written is None:
            return None
        with self._one_at_a_time:
            made = self._made.get(name)
            if made is None or made.item.stamp != written.stamp or not self._is_fresh(made):
                made = self._made[name] = self._make(name, written)
        return made.item

    def pack(self, name: str) -> Item | None:
        """The pack "<digest>/board.js" of a page that was looked at; None where it is another version's."""
        digest, _, file = name.partition("/")
        page = file.partition(".")[0]
        # A page that nobody asked this process for yet: another process may have served it.
        if page not in self._made:
            self.page(page)
        made = self._made.get(page)
        return made.packs.get(f"{digest}/{file}") if made else None

    def _is_fresh(self, made: _Page) -> bool:
        return all(self._files.is_fresh(name, stamp) for name, stamp in made.stamps.items())

    def _make(self, name: str, written: Item) -> _Page:
        used = _Used(self._files, self._scripts)
        try:
            return pack_page(name, written, used)
        except Refused as error:
            log.warning("a page is served without packs", extra={"page": name, "why": str(error)})
            return _Page(written, {}, used.stamps)


def pack_page(name: str, written: Item, used: _Used) -> _Page:
    """Link the page. Raises Refused."""
    html = written.body.decode()
    entries = _SCRIPT.findall(html)
    if len(entries) != 1:
        raise Refused("it has not just one script")
    sheets = _STYLE.findall(html)
    linked = linker.link(entries[0], used.script, f"./{name}.more.js")
    texts = {
        f"{name}.js": linked.first,
        f"{name}.more.js": linked.more,
        f"{name}.css": used.style([path for path, later in sheets if not later]),
        f"{name}.more.css": used.style([path for path, later in sheets if later]),
    }
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()[:16]
    packs = {f"{digest}/{file}": make(file, text.encode()) for file, text in texts.items() if text}
    at = f"/static/packs/{digest}/{name}"
    tags = f'  <link rel="stylesheet" href="{at}.css">\n' if f"{digest}/{name}.css" in packs else ""
    if f"{digest}/{name}.more.css" in packs:
        tags += f'  <meta name="later-styles" content="{at}.more.css">\n'
    page = _STYLE.sub("", html)
    page = _SCRIPT.sub(f'<script type="module" src="{at}.js"></script>', page)
    page = page.replace("</title>\n", f"</title>\n{tags}", 1)
    return _Page(make(f"{name}.html", page.encode(), written.stamp), packs, used.stamps)
