"""Chores of care go on, whatever becomes of one of them."""

from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from api import chores_of_care
from care.store import retention


def test_one_chores_mistake_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    class Enough(BaseException):
        pass

    async def chore(parts: Any) -> None:
        done.append("begun")
        raise KeyError("a mistake")

    async def pause(parts: Any) -> None:
        if len(done) == 2:
            raise Enough

    async def twice() -> None:
        parts: Any = SimpleNamespace(ready=True)
        await chores_of_care._again(parts, chore, pause)

    with pytest.raises(Enough):
        anyio.run(twice)
    assert [record.message for record in caplog.records] == ["a chore of care failed"] * 2
    assert "a mistake" not in caplog.text, "an error's text may carry the values of a row"


def test_what_is_old_goes_wholly_and_not_so_much_every_few_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city's positions of a day are many times what one sweep takes."""
    full = retention.AT_ONCE
    swept = [{"positions": full, "photos": 3}, {"positions": full}, {"positions": full - 1}]

    async def work(parts: Any, sweep: Any, now: Any) -> dict[str, int]:
        assert sweep is retention.sweep
        return swept.pop(0)

    monkeypatch.setattr(chores_of_care, "work", work)
    anyio.run(chores_of_care.old, SimpleNamespace(now=None))
    assert swept == []


def test_a_sheet_that_cannot_be_looked_at_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []

    async def work(parts: Any, due: Any, now: Any) -> list[int]:
        return [1, 2, 3]

    async def in_a_process(look: Any, conninfo: str, intake: int, now: Any, cancellable: bool) -> None:
        looked_at.append(intake)
        if intake == 1:
            raise RuntimeError("a fault of ours")

    monkeypatch.setattr(chores_of_care, "work", work)
    monkeypatch.setattr(chores_of_care.to_process, "run_sync", in_a_process)
    secret = SimpleNamespace(get_secret_value=lambda: "")
    parts: Any = SimpleNamespace(now=None, settings=SimpleNamespace(database_url=secret))
    with pytest.raises(RuntimeError):  # it is said, by whoever runs the chore
        anyio.run(chores_of_care.sheets, parts)
    assert looked_at == [1, 2, 3]
