"""docs/settings.md names every setting there is, and every variable that anything in the repository reads."""

import re
from pathlib import Path

from pydantic_settings import BaseSettings

from api.settings_document import CLASSES, document, variables

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "ingest", "analytics", "alerts", "care", "api", "simulators")
_MADE_UP = {"NOWALLS_"}  # the prefix itself


def sources() -> dict[str, str]:
    found = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    found += [path for name in ("deploy", ".ci") for path in (ROOT / name).rglob("*") if path.is_file()]
    found += [ROOT / "Makefile", ROOT / "Containerfile", *(ROOT / "docs").glob("*.md")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


def test_the_page_is_what_the_code_says() -> None:
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == document(), (
        "python -m api.settings_document docs/settings.md"
    )


def test_no_settings_are_read_that_the_page_does_not_know_of() -> None:
    known = {settings.__name__ for settings in CLASSES.values()}
    written = {
        name
        for text in sources().values()
        for name in re.findall(r"^class (\w+)\(BaseSettings\)", text, re.MULTILINE)
    }
    assert known == written
    assert all(issubclass(settings, BaseSettings) for settings in CLASSES.values())


def test_every_setting_says_what_it_is() -> None:
    for settings in CLASSES.values():
        for name, field in settings.model_fields.items():
            assert field.description, f"{settings.__name__}.{name}"


def test_nobody_speaks_of_a_variable_that_does_not_exist() -> None:
    known = variables() | _MADE_UP
    for path, text in sources().items():
        named = set(re.findall(r"\bNOWALLS_[A-Z_]*", text))
        assert not named - known, f"{path} names {sorted(named - known)}"
