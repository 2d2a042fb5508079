"""All settings at once, before anything is started: what is wrong, and what nobody reads."""

import difflib
import importlib
from collections.abc import Iterable, Iterator

from core.settings import read

# Which classes there are is known by whoever writes the page about them; imported when it is asked for.
_PAGE = "api.settings_document"


def unread(names: Iterable[str]) -> Iterator[str]:
    """A sentence for each NOWALLS_* variable among `names` that nothing reads; raises WrongSettingError.

    A mistyped name would otherwise be a setting that silently does nothing.
    """
    page = importlib.import_module(_PAGE)
    for kind in page.CLASSES.values():
        read(kind)
    known = page.variables()
    for name in sorted(name for name in names if name.startswith("NOWALLS_") and name not in known):
        near = difflib.get_close_matches(name, known, 1, cutoff=0.8)
        yield f"{name} is no setting, and nothing reads it" + (f"; {near[0]}?" if near else "")
