"""`python -m api.metrics_document docs/watching.md`: writes the table of numbers at the page's end."""

import sys
from pathlib import Path

from core.metrics import TABLE

HEAD = "## The numbers\n"
_STAGES = {
    "store": "database, asked by the API",
    "doctor": "doctor, asked by the API",
    "api": "API",
}


def table() -> str:
    """The table of all metrics."""
    rows = [
        f"| `{row.name}` | {row.kind} | {', '.join(f'`{label}`' for label in row.labels)} | "
        f"{_STAGES.get(row.stage, row.stage)} | {row.help} |"
        for row in TABLE
    ]
    return "\n".join(["| name | kind | by | from | what |", "| --- | --- | --- | --- | --- |", *rows]) + "\n"


def document(page: str) -> str:
    """The page with its last section made anew."""
    return page.partition(HEAD)[0] + HEAD + table()


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(document(path.read_text(encoding="utf-8")), encoding="utf-8")
