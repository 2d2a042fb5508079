import asyncio
import gc
import json
import logging
import os
import sys
import threading

import pytest

from core import logs, ready


@pytest.fixture(autouse=True)
def _quiet_root():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


def test_a_json_line_holds_the_sentence_the_part_and_the_fields(capsys):
    logs.setup("ingest")
    logging.getLogger("ingest.store").info("batch stored", extra={"rows": 3})
    line = json.loads(capsys.readouterr().err)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO", "logger": "ingest.store", "message": "batch stored", "part": "ingest", "rows": 3,
    }  # fmt: skip


def test_an_error_stays_one_line_of_json(capsys):
    logs.setup("ingest")
    try:
        raise KeyError("seq")
    except KeyError:
        logging.getLogger("ingest").exception("message quarantined")
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["error"], said["message"]) == ("KeyError", "message quarantined")
    assert said["where"].startswith("test_logs.py:")


NAME = "Wang Xiulan"


def wrong(*_: object) -> None:
    raise ValueError(f"duplicate key: (name)=({NAME})")


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_error_tells_of_whom_it_was_about_whoever_writes_it_down(capsys, monkeypatch, form):
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    logs.setup("alerts", form=form)

    async def forgotten() -> None:
        asyncio.get_running_loop().call_soon(wrong, NAME)
        task = asyncio.create_task(fails(NAME))
        await asyncio.sleep(0)
        del task
        await asyncio.sleep(0)

    async def fails(_: str) -> None:
        wrong()

    asyncio.run(forgotten())
    gc.collect()
    thread = threading.Thread(target=wrong)
    thread.start()
    thread.join()
    try:
        wrong()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
        logging.getLogger("some.library").warning("it failed", exc_info=True)
    try:
        os.stat(f"/{NAME}")
    except OSError:
        logging.getLogger("some.library").exception("it failed")
    said = capsys.readouterr().err
    assert NAME not in said
    assert said.count("ValueError") == 5, said
    assert "No such file or directory" in said
    assert "Task exception was never retrieved" in said


def test_text_puts_the_fields_behind_the_sentence(capsys):
    logs.setup("api", form="text")
    logging.getLogger("api").warning("slow request", extra={"ms": 12, "path": "/board"})
    assert capsys.readouterr().err.endswith("WARNING api: slow request ms=12 path=/board\n")


def test_a_part_tells_once_that_it_is_ready(monkeypatch):
    reader, writer = os.pipe()
    monkeypatch.setenv(ready.VARIABLE, str(writer))
    ready.tell()
    ready.tell()
    with os.fdopen(reader) as pipe:
        assert pipe.read() == "READY\n"


def test_without_a_supervisor_nobody_is_told(monkeypatch):
    monkeypatch.delenv(ready.VARIABLE, raising=False)
    ready.tell()


def test_a_supervisor_that_has_gone_does_not_stop_a_part(monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setenv(ready.VARIABLE, str(writer))
    ready.tell()
