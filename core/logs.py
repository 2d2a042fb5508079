"""Logs: a fixed sentence and fields, one JSON object a line on standard error.

Fields are ids and numbers. Never a name, an address, a telephone number, a vital sign or a secret. The text
of an error may carry the values of a row, whoever raised it and whoever logs it; so no error's text is
written, neither of those that libraries log nor of those that nobody caught.
"""

import logging
import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

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


class WithoutTexts(logging.Filter):
    """Of an error in a line its kind and place remain; of what asyncio says, its first words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the line stays."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None:
            vars(record).update(trace(error))
        record.exc_info = record.exc_text = record.stack_info = None
        if record.name == "asyncio":  # "Exception in callback f('somebody')", and tasks with all they hold
            record.msg, record.args = record.getMessage().partition("\n")[0].partition("(")[0], ()
        return True


def _uncaught(error: BaseException | None, where: str) -> None:
    if error is not None:
        logging.getLogger("uncaught").critical(
            "an error that nobody caught", extra={**trace(error), "in": where}
        )


def _of_process(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, frames)
    else:
        _uncaught(error, "process")


def _of_thread(hook: threading.ExceptHookArgs) -> None:
    if not issubclass(hook.exc_type, SystemExit):
        _uncaught(hook.exc_value, "thread")


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
    handler.addFilter(WithoutTexts())
    if form == "json":
        handler.setFormatter(_json_formatter(part))
    else:
        handler.setFormatter(TextFormatter(f"%(asctime)s %(levelname)-7s {part}: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # names what it tries again, keys in addresses too
    sys.excepthook, threading.excepthook = _of_process, _of_thread
    sys.unraisablehook = lambda hook: _uncaught(hook.exc_value, "destructor")


def trace(error: BaseException) -> dict[str, str]:
    """The kind of an error and where it came from, as fields of a log line.

    Never its text: that may carry the values of a row, and those are about people.
    """
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    known = {"error": type(error).__name__, "where": where}
    number = getattr(error, "errno", None)
    if isinstance(number, int):  # "Address already in use": of the system, and of nobody
        known["means"] = os.strerror(number)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        known["sqlstate"] = state
    return known
