"""Told again after somebody took it in hand; and who is not told, or not as loudly."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts import drills
from alerts.delivery import receipts, store
from alerts.delivery.plan import Done, Later, decide
from core.clock import ManualClock
from core.instant import SECOND
from tests.support.outbox import EAST, Outbox, outbox

pytestmark = pytest.mark.integration


@pytest.fixture
def box(dsn: str, tmp_path: Path) -> Iterator[Outbox]:
    with outbox(dsn, tmp_path, ManualClock()) as one:
        yield one


def decided(box: Outbox, note: int) -> object:
    (held,) = store.cases(box.conn, [note], box.now)
    return decide(held.case, box.now)


def siren(box: Outbox) -> tuple[object, ...]:
    row = box.conn.execute(store.Q["loudest"], {"targets": ["east"]}).fetchone()
    assert row is not None
    return tuple(row[1:])


def shows(box: Outbox, incident: object) -> None:
    box.conn.execute(
        "INSERT INTO publication (incident_id, channel, target, wanted) VALUES (%s, 'console', 'east', 1)",
        (incident,),
    )


def test_who_is_told_after_somebody_took_it_in_hand_and_did_not_come_is_told(box: Outbox) -> None:
    incident, boss = box.incident(), box.account()
    before = box.notify(incident, boss)
    box.takes_in_hand(incident, 2)
    after = box.notify(incident, boss, purpose="escalation", n=3)
    assert decided(box, before) == Done("superseded")
    assert isinstance(decided(box, after), Later)  # waits for a board, as any other
    box.takes_in_hand(incident, 4, "responding")
    assert decided(box, after) == Done("superseded")


def test_the_siren_sounds_again_when_its_station_is_told_again(box: Outbox) -> None:
    incident = box.incident()
    shows(box, incident)
    box.notify(incident, EAST, kind="station")
    assert siren(box) == ("high", False, 1)
    box.takes_in_hand(incident, 2)
    assert siren(box) == (None, False, 0)
    box.notify(incident, EAST, kind="station", purpose="escalation", n=3)
    assert siren(box) == ("high", False, 1)
    box.takes_in_hand(incident, 4, "on_site")
    assert siren(box) == (None, False, 0)
    box.notify(incident, EAST, kind="station", n=5)
    assert siren(box) == ("high", False, 1)
    box.conn.execute(  # somebody presses "Heard"
        "INSERT INTO incident_event (incident_id, n, at, kind, data) VALUES (%s, 6, %s, 'noted', '{}')",
        (incident, box.now),
    )
    assert siren(box) == (None, False, 0)


def test_a_drill_never_makes_a_real_alarm_louder(box: Outbox) -> None:
    drill, real = box.incident("smoke", drill=True), box.incident("water")
    shows(box, drill)
    assert siren(box) == ("high", True, 1)
    box.conn.execute("UPDATE incident SET priority = 'medium' WHERE id = %s", (real,))
    shows(box, real)
    assert siren(box) == ("medium", False, 1)


def test_an_open_board_counts_as_told_in_a_rehearsal(box: Outbox) -> None:
    me = box.account()
    drill = drills.start(box.conn, EAST, "sos", None, box.clock.now())
    assert isinstance(drill, int)
    incident = box.one("SELECT incident_id FROM drill WHERE id = %s", drill)
    receipts.boards_showed(box.conn, incident, me, [EAST], box.clock.now() + SECOND)
    report = drills.report(box.conn, drill)
    assert report is not None
    assert report["steps"][0]["after_s"] == 1.0


def test_a_family_that_may_no_longer_look_is_not_told_in_place_of_a_contact(box: Outbox) -> None:
    daughter = box.account("family", None, resident=1)
    box.endpoint(daughter, "https://phone.example/")
    contact = box.one("INSERT INTO contact (resident_id, rank, name) VALUES (1, 1, 'Daughter') RETURNING id")
    note = box.notify(box.incident(), contact, kind="contact")

    def ways() -> int:
        (held,) = store.cases(box.conn, [note], box.now)
        return len(held.case.endpoints)

    assert ways() == 1
    box.conn.execute(
        "UPDATE consent SET withdrawn_at = %s WHERE resident_id = 1 AND purpose = 'family_view'", (box.now,)
    )
    assert ways() == 0
