"""Which statements of a migration would stop a house that is at work, or break the old code beside the new.

A statement on a table that the same file makes harms nobody. A line `-- locks: WHY` right above another one
says why it does no harm here, and lets it pass.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Rule(NamedTuple):
    """What is looked for (after `ALTER TABLE name` where `alters`), and what to do instead."""

    pattern: str
    instead: str
    alters: bool = True


_LATER = "only a release after the last code that knew it"
RULES = (
    Rule(r"ADD COLUMN (?!.*\bDEFAULT\b|.*\bGENERATED\b).*NOT NULL", "give it a DEFAULT, for old code"),
    Rule(
        r"ADD COLUMN .*DEFAULT (?:random|gen_random_uuid|clock_timestamp)", "this default rewrites the table"
    ),
    Rule(
        r"ALTER COLUMN \w+ (?:SET DATA )?TYPE (?!varchar\b(?!\())",
        "add another column, fill it, change over, drop the old one",
    ),
    Rule(r"ALTER COLUMN \w+ SET NOT NULL", "a CHECK that is NOT VALID, validated by a later migration"),
    Rule(r"ADD (?:CONSTRAINT \w+ )?(?:CHECK|FOREIGN KEY)(?!.*NOT VALID)", "add it NOT VALID, validate later"),
    Rule(r"ADD (?:CONSTRAINT \w+ )?(?:PRIMARY KEY|UNIQUE|EXCLUDE)", "an index made beforehand, USING INDEX"),
    Rule(r"DROP (?:COLUMN|CONSTRAINT)", _LATER),
    Rule(r"RENAME", "add the new name beside the old one"),
    Rule(r"^CREATE (?:UNIQUE )?INDEX .*? ON (?:ONLY )?(?P<table>\w+)", "writers wait for it", False),
    Rule(r"^DROP (?:TABLE|VIEW) (?:IF EXISTS )?(?P<table>\w+)", _LATER, False),
    Rule(r"^(?:LOCK|CLUSTER|VACUUM|REINDEX|REFRESH MATERIALIZED VIEW)\b", "nothing waits for it", False),
    Rule(r"^UPDATE (?P<table>\w+)(?!.*\bWHERE\b)", "in pieces, by a chore", False),
    Rule(r"^DELETE FROM (?P<table>\w+)(?!.*\bWHERE\b)", "in pieces, by a chore", False),
)
_REASON = re.compile(r"--\s*locks:\s*\S+.*")
_MADE = re.compile(r"CREATE (?:(?:UNLOGGED )?TABLE|VIEW) (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)
_ALTER = re.compile(r"^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(\w+)\s+(.*)", re.IGNORECASE | re.DOTALL)


def complaints(text: str) -> Iterator[str]:
    """What is wrong with the migration `text`, one sentence each."""
    made = {name.lower() for name in _MADE.findall(text)}
    for statement, excused in statements(text):
        if not excused:
            yield from _of(statement, made)


def statements(text: str) -> Iterator[tuple[str, bool]]:
    """Each statement on one line, without comments, and whether a reason stands right above it."""
    excused, lines, quoted = False, list[str](), False
    for line in text.splitlines():
        bare = line.split("--")[0].strip() if not quoted else line.strip()
        if _REASON.match(line.strip()) and not lines:
            excused = True
        if bare:
            lines.append(bare)
        quoted ^= line.count("$$") % 2 == 1
        if bare.endswith(";") and not quoted:
            yield " ".join(lines), excused
            excused, lines = False, []


def _of(statement: str, made: set[str]) -> Iterator[str]:
    altered = _ALTER.match(statement)
    for rule in RULES:
        if rule.alters:
            known = altered is None or altered[1].lower() in made
            found = None if known else re.search(rule.pattern, altered[2], re.IGNORECASE)  # type: ignore[index]
        else:
            found = re.search(rule.pattern, statement, re.IGNORECASE)
            known = found is not None and (found.groupdict().get("table") or "").lower() in made
        if found is not None and not known:
            yield f"{statement[:100]}: {rule.instead}"
