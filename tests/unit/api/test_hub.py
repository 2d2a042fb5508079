"""The hub's guards: one row that cannot be shown blinds nobody, and nobody listening costs nothing."""

import asyncio
import logging
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from api.live import words
from api.live.hub import Hub
from api.live.reader import Reader
from api.parts import Parts
from api.policy import EVERYTHING, Scope

EVERYWHERE = Scope(paths=(EVERYTHING,))
ROW = {"id": UUID(int=7), "path": "1", "subjects": [], "state": "open"}


class Broken(words.IncidentTexts):
    """An incident that meets an error nobody thought of."""

    def for_reader(self, see: Scope, act: Scope) -> str | None:
        raise KeyError("Name of a person")


class Plain(words.IncidentTexts):
    """An incident with a text."""

    def for_reader(self, see: Scope, act: Scope) -> str | None:
        return "shown"


class Asked:
    """Stands for the watch of the residents; counts."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.times, self._rows = 0, rows

    async def changed(self) -> list[dict[str, Any]]:
        self.times += 1
        return self._rows


def hub_of(rows: list[dict[str, Any]]) -> tuple[Hub, Asked]:
    hub, watch = Hub(cast("Parts", SimpleNamespace(now=None)), "1"), Asked(rows)
    hub._watch = watch  # type: ignore[assignment]
    return hub, watch


def reader() -> Reader:
    return Reader(cast("Any", None), b"", EVERYWHERE, EVERYWHERE, EVERYWHERE)


def test_an_incident_that_cannot_be_shown_does_not_hold_up_the_next(caplog: pytest.LogCaptureFixture) -> None:
    hub, _ = hub_of([])
    somebody = reader()
    hub._readers.add(somebody)
    with caplog.at_level(logging.ERROR):
        asyncio.run(hub._tell([Broken(ROW, "c"), Plain(ROW, "c")]))
    assert somebody.backlog == 1
    [record] = caplog.records
    assert record.__dict__["error"] == "KeyError"
    assert "Name of a person" not in f"{record.__dict__}"


def test_a_resident_who_cannot_be_shown_does_not_end_the_feed(caplog: pytest.LogCaptureFixture) -> None:
    hub, _ = hub_of([{"id": 3, "path": "1"}])  # a row that lacks everything else
    somebody = reader()
    hub._readers.add(somebody)
    asyncio.run(hub._tell_residents())
    assert somebody.backlog == 0
    assert caplog.records[0].__dict__["resident"] == 3


def test_with_nobody_listening_the_residents_are_not_asked_for() -> None:
    hub, watch = hub_of([])
    asyncio.run(hub._tell_residents())
    assert watch.times == 0
    hub._readers.add(reader())
    asyncio.run(hub._tell_residents())
    assert watch.times == 1
