"""The browser applications: login, operator board and family page, as static files without a build step.

`PAGES` holds one HTML file a page (`login.html`, `enter.html`, `board.html`, `family.html`); `STATIC` is what
the API serves under `/static/`. Nothing here runs in Python: these paths are all the rest needs to know.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent
PAGES = ROOT / "pages"
STATIC = ROOT / "static"
