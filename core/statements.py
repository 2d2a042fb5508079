"""Statements live in `.sql` files, each with a name and a line of why; this reads them, for any database."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)


def load(path: Path) -> Mapping[str, LiteralString]:
    """The statements of the file at `path` by name.

    A statement begins at a line `-- name: something`. Raises ValueError when a name stands twice or when
    text stands before the first name. The result is typed as literal: it is code from the repository,
    never built from input.
    """
    parts = _NAME.split(path.read_text(encoding="utf-8"))
    if any(line and not line.startswith("--") for line in parts[0].splitlines()):
        raise ValueError(f"{path.name}: a statement before the first name")
    queries: dict[str, LiteralString] = {}
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        if name in queries:
            raise ValueError(f"{path.name}: {name} stands twice")
        queries[name] = cast("LiteralString", text.strip())
    return queries
