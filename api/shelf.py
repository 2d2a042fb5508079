"""Static files: read when they change, kept in memory with their hash and a compressed copy."""

import base64
import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

_COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/javascript",
    "image/svg+xml",
    "application/manifest",
)
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_IMPORT_MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """One file as it is served.

    Attributes:
        body, squeezed: as it is, and by gzip (None where that does not pay).
        media_type, etag: headers.
        import_maps: CSP sources ('sha256-...') of the import maps in a page; nothing else inline is allowed.
        stamp: what tells that the file changed.
    """

    body: bytes
    squeezed: bytes | None
    media_type: str
    etag: str
    import_maps: tuple[str, ...]
    stamp: tuple[int, int]


def _media_type(path: Path) -> str:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _csp_hash(script: bytes) -> str:
    # The browser hashes the text after it has made newlines of carriage returns.
    text = script.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


def make(name: str, body: bytes, stamp: tuple[int, int] = (0, 0)) -> Item:
    """What is served as a file of this name."""
    media_type = _media_type(Path(name))
    squeezed = None
    if media_type.startswith(_COMPRESSIBLE):
        squeezed = gzip.compress(body, 9, mtime=0)
        squeezed = squeezed if len(squeezed) < len(body) else None
    maps = _IMPORT_MAP.findall(body) if name.endswith(".html") else []
    etag = hashlib.sha256(body).hexdigest()[:20]
    return Item(body, squeezed, media_type, etag, tuple(map(_csp_hash, maps)), stamp)


class Shelf:
    """The files below one folder, and no other."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._items: dict[Path, Item] = {}

    def find(self, name: str) -> Item | None:
        """The file `name` ("js/board.js"), or None. Reads the disk only when the file changed."""
        if "\x00" in name or "\\" in name or any(part.startswith(".") for part in name.split("/")):
            return None
        try:
            path = (self._root / name).resolve()
            if not path.is_relative_to(self._root) or not path.is_file():
                return None
            about = path.stat()
            stamp = (about.st_mtime_ns, about.st_size)
            item = self._items.get(path)
            if item is None or item.stamp != stamp:
                item = self._items[path] = make(path.name, path.read_bytes(), stamp)
        except OSError:  # a name too long, or a file that went away meanwhile
            return None
        return item

    def is_fresh(self, name: str, stamp: tuple[int, int]) -> bool:
        """Whether the file `name`, found before, is still the one that had this `stamp`."""
        try:
            about = (self._root / name).stat()
        except OSError:
            return False
        return (about.st_mtime_ns, about.st_size) == stamp
