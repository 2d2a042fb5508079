"""docs/api.md names every route, problem and setting; a new one without a line there fails here."""

import re
from pathlib import Path

from api.app import create_app
from api.settings import ApiSettings
from core.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_route_is_documented() -> None:
    app = create_app(Settings(), ApiSettings())  # type: ignore[call-arg]
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            named = f"{method.upper()} {path}`" in DOCS
            assert named or (path in DOCS and f"`{method.upper()}`" in DOCS), f"{method} {path}"


def test_every_problem_is_documented() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "api").rglob("*.py"))
    used = set(re.findall(r'Problem\(\s*\d{3},\s*"([a-z-]+)"', code))
    assert len(used) > 8
    assert not [slug for slug in sorted(used) if f"`{slug}`" not in DOCS]


def test_every_setting_is_documented() -> None:
    assert not [name for name in ApiSettings.model_fields if f"`NOWALLS_{name.upper()}`" not in DOCS]
