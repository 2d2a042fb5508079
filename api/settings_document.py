"""`python -m api.settings_document docs/settings.md`: every setting, from the code that reads it."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from alerts.delivery.settings import DeliverySettings
from api.settings import ApiSettings
from core.settings import Settings

CLASSES: Mapping[str, type[BaseSettings]] = {
    "Every part": Settings,
    "The API and the pages": ApiSettings,
    "Delivery": DeliverySettings,
}
# Read by programs around the parts, or by tests; no class reads them.
OTHERS = {
    "NOWALLS_READY_FD": "given to a part by its supervisor: where it says that it is ready",
    "NOWALLS_BASE": ".ci/descriptions: the commit that what is published is compared with",
    "NOWALLS_VERSION": "deploy/compose: which image of nowalls is run",
    "NOWALLS_KIND": "given to the program that a gateway sounds with: what is the matter",
    "NOWALLS_SOUND": "given to the same: `high` or `off`",
    "NOWALLS_ATTEMPTS": "tests: how many attempts the tests of attacks make",
    "NOWALLS_CLUSTER_KILLS": "tests: how often a node of the cluster is killed",
    "NOWALLS_CLUSTER_REPORT": "tests: where that is written down",
    "NOWALLS_SEED": "tests: the random numbers of the tests of durability",
    "NOWALLS_TEST_TIMESCALE_DSN": "tests: a real TimescaleDB",
    "NOWALLS_STORM": "tests: how many devices come back at once in the tests of durability",
    "NOWALLS_TROUBLE_S": "tests: for how many seconds a network or disk is in trouble there",
    "NOWALLS_KILLS_TO": "tests: where the tests of durability write what they counted",
    "NOWALLS_KILLS": "tests: how often the tests of durability kill a part",
    "NOWALLS_DATA": "tests and `make`: folder of recorded data sets (`falls/`, `homes/`)",
    "NOWALLS_TEST_DATABASE_URL": "tests: a superuser's database of another server, such as a TimescaleDB",
}
_HEAD = """# Settings

Every setting is a variable of the environment; `nowalls up` sets those that follow from its options for the
parts it starts. A value that is wrong stops the part that reads it, with the name of the variable. Passwords
and addresses that carry one are never printed or logged. This page is made by
`python -m api.settings_document docs/settings.md`.
"""


def document() -> str:
    """The page."""
    parts = [_HEAD]
    for title, settings in CLASSES.items():
        parts.append(
            f"## {title}\n\n| variable | default | what it is |\n| --- | --- | --- |\n"
            + "\n".join(_rows(settings))
        )
    others = [f"| `{name}` | | {text} |" for name, text in sorted(OTHERS.items())]
    parts.append(
        "## Others\n\n| variable | default | what it is |\n| --- | --- | --- |\n" + "\n".join(others)
    )
    return "\n\n".join(part.strip() for part in parts) + "\n"


def variables() -> set[str]:
    """The names of all of them."""
    named = {_variable(name, s) for s in CLASSES.values() for name in s.model_fields}
    return named | set(OTHERS)


def _rows(settings: type[BaseSettings]) -> Iterator[str]:
    for name, field in settings.model_fields.items():
        text = (field.description or "").replace("|", "\\|")
        yield f"| `{_variable(name, settings)}` | {_default(field)} | {text}{_bounds(field)} |"


def _variable(name: str, settings: type[BaseSettings]) -> str:
    return f"{settings.model_config.get('env_prefix', '')}{name}".upper()


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value in (None, "") else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _bounds(field: FieldInfo) -> str:
    words = {"Ge": "at least", "Gt": "more than", "Le": "at most", "Lt": "less than"}
    known = [(type(one).__name__, one) for one in field.metadata]
    said = [f"{words[kind]} {getattr(one, kind.lower())}" for kind, one in known if kind in words]
    choices = getattr(field.annotation, "__args__", ())
    if choices and all(isinstance(choice, str) for choice in choices):
        said.append("one of " + ", ".join(f"`{choice}`" if choice else "nothing" for choice in choices))
    return f" ({'; '.join(said)})" if said else ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
