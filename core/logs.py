"""Logs: a fixed sentence and fields, one JSON object a line on standard error.

Fields are ids and numbers. Never a name, an address, a telephone number, a vital sign or a secret.
"""

import logging
import sys
import traceback
from pathlib import Path

from pythonjsonlogger.json import JsonFormatter

# What a LogRecord carries by itself; everything else came in through `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class TextFormatter(logging.Formatter):
    """For people: time, level, part, sentence, then the fields as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, plus the traceback if there is one."""
        fields = " ".join(f"{k}={v}" for k, v in vars(record).items() if k not in _OWN)
        line = super().format(record)
        first, newline, rest = line.partition("\n")
        return f"{first} {fields}".rstrip() + newline + rest


def _json_formatter(part: str) -> logging.Formatter:
    return JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        rename_fields={"levelname": "level", "name": "logger"},
        static_fields={"part": part},
        timestamp="time",
        json_ensure_ascii=False,
    )


def setup(part: str, level: str = "INFO", form: str = "json") -> None:
    """Send all logs of this process to standard error.

    Args:
        part: name of the process in every line ("ingest").
        level: least level kept.
        form: "json" or "text".
    """
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        handler.setFormatter(_json_formatter(part))
    else:
        handler.setFormatter(TextFormatter(f"%(asctime)s %(levelname)-7s {part}: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)


def trace(error: BaseException) -> dict[str, str]:
    """The kind of an error and where it came from, as fields of a log line.

    Never its text: that may carry the values of a row, and those are about people.
    """
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return {"error": type(error).__name__, "where": where}
