"""Inspections: announced with a seed, drawn once from lists that are kept, reported by who was drawn."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from care.inspection import DrawError, Task, draw
from care.store.errors import CareError, Conflict, Unknown
from care.store.rows import Connection, Row, key, row, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))

_LISTS = {"home": "homes", "provider": "providers", "station": "stations"}


def announce(
    conn: Connection, station: int, kind: str, number: int, each: int, now: datetime, account: int
) -> int:
    """Announce an inspection of `number` homes, providers or stations by `each` inspectors; the key."""
    values = {"station": station, "kind": kind, "number": number, "each": each, "seed": token_hex(16)}
    added = key(conn, Q["announce"], {**values, "now": now, "account": account})
    assert added is not None
    return added


def page(
    conn: Connection, paths: Sequence[str], inspection: int | None = None, limit: int = 100
) -> list[Row]:
    """Inspections of the subtrees, the latest first."""
    return rows(conn, Q["page"], {"paths": list(paths), "inspection": inspection, "limit": limit})


def one(conn: Connection, paths: Sequence[str], inspection: int) -> Row:
    """One with its `tasks` and the `names` of inspectors by key; raises Unknown."""
    found = page(conn, paths, inspection)
    if not found:
        raise Unknown(f"there is no inspection {inspection}")
    tasks = rows(conn, Q["tasks"], {"inspection": inspection})
    accounts = sorted({account for task in tasks for account in task["inspectors"]})
    names = dict(conn.execute(Q["names"], {"accounts": accounts}).fetchall())
    return found[0] | {"tasks": tasks, "names": names}


def draw_now(conn: Connection, inspection: int, now: datetime, account: int) -> None:
    """Draw from the lists of this moment, once. Raises Conflict the second time, CareError when it cannot
    be: too few may inspect."""
    with conn.transaction():
        held = row(conn, Q["hold"], {"inspection": inspection})
        if held is None:
            raise Unknown(f"there is no inspection {inspection}")
        if held["drawn_at"] is not None:
            raise Conflict("it was drawn before")
        where = {"path": held["path"], "now": now, "station": held["station_id"]}
        subjects = sorted(one[0] for one in conn.execute(Q[_LISTS[held["kind"]]], where))
        inspectors = sorted(one[0] for one in conn.execute(Q["inspectors"], where))
        barred = []
        if held["kind"] == "home":
            barred = sorted(f"{home}/{who}" for home, who in conn.execute(Q["barred"], where))
        lists = {"subjects": subjects, "inspectors": inspectors, "barred": barred}
        tasks = _draw(held | lists)
        drawn = {"inspection": inspection, "now": now, "account": account, **lists}
        conn.execute(Q["drawn"], drawn)
        for task in tasks:
            people = [int(one) for one in task.inspectors]
            values = {"inspection": inspection, "subject": task.subject, "inspectors": people}
            conn.execute(Q["add_task"], values)


def verify(conn: Connection, inspection: Row) -> bool:
    """Whether drawing again from what was kept gives the same; False before it was drawn."""
    if inspection["drawn_at"] is None:
        return False
    kept = {(task["subject"], tuple(sorted(task["inspectors"]))) for task in inspection["tasks"]}
    again = {(t.subject, tuple(sorted(int(one) for one in t.inspectors))) for t in _draw(inspection)}
    return kept == again


def report(
    conn: Connection, inspection: int, task: int, result: str, note: str, now: datetime, account: int
) -> None:
    """What an inspector found. Raises Conflict for a task that is reported, or somebody else's."""
    values = {"inspection": inspection, "task": task, "result": result, "note": note}
    if conn.execute(Q["report"], {**values, "now": now, "account": account}).rowcount == 0:
        raise Conflict("it is reported already, or somebody else's")


def _draw(held: Row) -> tuple[Task, ...]:
    pairs = [tuple(pair.split("/", 1)) for pair in held["barred"] or ()]
    barred = [(pair[0], pair[1]) for pair in pairs]
    try:
        return draw(held["seed"], held["subjects"], held["inspectors"], held["number"], held["each"], barred)
    except DrawError as error:
        raise CareError(str(error)) from error
