"""Logs say a fixed sentence and fields; the fields are ids, kinds and numbers, never a person."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "ingest", "analytics", "alerts", "care", "api")
LEVELS = {"debug", "info", "warning", "error", "critical", "log"}
# Fields that would hold a person, a place, a measurement, a secret, or somebody's own words.
NEVER = {
    "name", "names", "login", "phone", "number_of", "address", "birth", "identity", "text", "payload", "body",
    "value", "values", "token", "password", "secret", "url", "email", "lat", "lon", "note",
    "topic", "ip", "client_ip", "heart_rate", "spo2",
}  # fmt: skip


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a logger, with where it stands."""
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "log." in text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                if node.func.attr in LEVELS and isinstance(owner, ast.Name) and owner.id == "log":
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def fields(call: ast.Call) -> set[str]:
    """The names of the fields of a line."""
    extra = next((word.value for word in call.keywords if word.arg == "extra"), None)
    keys = extra.keys if isinstance(extra, ast.Dict) else []
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}


def test_there_are_lines_to_look_at() -> None:
    assert len(list(calls())) > 60


def test_no_field_holds_a_person() -> None:
    assert [(where, fields(call) & NEVER) for where, call in calls() if fields(call) & NEVER] == []


def test_a_sentence_is_the_same_each_time() -> None:
    """Nothing is put into it but a word of our own."""
    for where, call in calls():
        words = (
            call.args[1:] if isinstance(call.func, ast.Attribute) and call.func.attr == "log" else call.args
        )
        assert len(words) == 1, f"{where}: put it into `extra`"
        parts = words[0].values if isinstance(words[0], ast.JoinedStr) else [words[0]]
        for part in parts:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            assert isinstance(inner, ast.Constant | ast.Name), f"{where}: {ast.unparse(inner)}"
