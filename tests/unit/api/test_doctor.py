"""What the doctor says of facts: each thing that can be wrong is named, in both languages, and only then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from alerts.delivery.watch import PARTS
from alerts.roster.duty import ROLES
from api.doctor import knocking, looking
from api.doctor.checks import CHECKS, examine, verdict
from api.doctor.commands import lines, shown
from api.doctor.facts import Facts, Gap, Level, Store
from api.doctor.levels import Levels
from api.store.condition import Archive, Devices, Server, Waiting
from core import metrics
from core.keybook import KeyBookError
from core.messages import LANGUAGES, catalogue
from core.timeseries import Health

NOW = datetime(2026, 11, 22, 23, tzinfo=UTC)
GIB = 2**30
STORE = Store(
    server=Server("18.6", NOW.timestamp(), 20, 100, 1000),
    late_s=0.0,
    pending=(),
    damaged=0,
    waiting=Waiting(None, None, None, None, 0),
    beats=dict.fromkeys(PARTS, NOW - timedelta(seconds=4)),
    quarantine={"malformed": (3, NOW - timedelta(days=2))},
    devices={"heard": Devices(40, ("w1",))},
    failing={},
    archive=Archive(1000, True, "reserved"),
    rosters=1,
    jobs=(Health("roll_up", NOW - timedelta(hours=1), None, ""),),
)
WELL = Facts(
    now=NOW,
    wall=NOW,
    synchronised=True,
    disk_free=50 * GIB,
    disk_bytes=100 * GIB,
    tls=True,
    certificates=(("server.crt", NOW + timedelta(days=90)),),
    broker="",
    store=STORE,
    copied=NOW - timedelta(days=1),
    archived=True,
    keys_kept=True,
    keys_copied=NOW - timedelta(hours=9),
)


def store(**changes: Any) -> Facts:
    return replace(WELL, store=replace(STORE, **changes))


def late(what: str) -> Facts:
    """Something has waited for a minute."""
    return store(waiting=STORE.waiting._replace(**{what: NOW - timedelta(minutes=1)}))


def heard(many: int, **others: int) -> Facts:
    """So many devices are heard, and others are not."""
    return store(devices={state: Devices(n, ("w7",)) for state, n in {"heard": many, **others}.items()})


def wrong(facts: Facts) -> list[tuple[str, Level]]:
    return [(one.key, one.level) for one in examine(facts) if one.level is not Level.WELL]


def test_a_house_in_which_all_is_well_gets_one_good_word_for_each_check() -> None:
    remarks = examine(WELL)
    assert verdict(remarks) is Level.WELL
    assert [one.check for one in remarks] == [check.__name__ for check in CHECKS]


@pytest.mark.parametrize(
    ("facts", "key", "level"),
    [
        (replace(WELL, synchronised=False), "clock.alone", Level.SOON),
        (store(late_s=-3.0), "clock.apart", Level.SOON),
        (store(late_s=40.0), "clock.apart", Level.BROKEN),
        (replace(WELL, disk_free=10 * GIB), "disk.little", Level.SOON),
        (replace(WELL, disk_free=4 * GIB), "disk.little", Level.BROKEN),
        (replace(WELL, disk_free=GIB, disk_bytes=2 * GIB), "disk.little", Level.BROKEN),
        (replace(WELL, certificates=(("ca.crt", NOW + timedelta(days=9)),)), "certificates.ends", Level.SOON),
        (replace(WELL, certificates=(("ca.crt", NOW),)), "certificates.over", Level.BROKEN),
        (replace(WELL, broker="refused"), "broker.refused", Level.BROKEN),
        (replace(WELL, broker_bytes=6 * GIB), "broker.full", Level.BROKEN),
        (replace(WELL, broker="refused", broker_bytes=9, disk_free=0), "broker.no_room", Level.BROKEN),
        (replace(WELL, broker_dropped=2), "broker.dropped", Level.SOON),
        (replace(WELL, broker="unreachable"), "broker.unreachable", Level.BROKEN),
        (replace(WELL, store=None), "database.away", Level.BROKEN),
        (store(pending=("0200_sealed.sql",)), "database.pending", Level.BROKEN),
        (store(damaged=1), "database.damaged", Level.BROKEN),
        (store(server=Server("18.6", 0, 95, 100, 0)), "database.crowded", Level.SOON),
        (store(server=Server("18.6", 0, 9, 100, 1_900_000_000)), "database.unvacuumed", Level.BROKEN),
        (store(sealed="other keys"), "database.sealed", Level.BROKEN),
        (store(beats=STORE.beats | {"ingest": NOW - timedelta(seconds=90)}), "parts.silent", Level.BROKEN),
        (late("finding"), "parts.finding", Level.BROKEN),
        (late("step"), "parts.step", Level.BROKEN),
        (late("notification"), "parts.notification", Level.BROKEN),
        (store(gaps=(Gap("east", "operator", NOW + timedelta(hours=2)),)), "rosters.operator", Level.BROKEN),
        (store(gaps=(Gap("east", "responder", NOW + timedelta(days=2)),)), "rosters.responder", Level.SOON),
        (store(unstaffed=("east",)), "rosters.nobody", Level.BROKEN),
        (store(jobs=(Health("roll_up", None, NOW, "DiskFull"),)), "storage.failing", Level.SOON),
        (store(jobs=(Health("roll_up", NOW - timedelta(days=3), None, ""),)), "storage.late", Level.SOON),
        (replace(WELL, keys_kept=False), "keys.none", Level.SOON),
        (replace(WELL, keys_copied=None), "keys.no_copy", Level.BROKEN),
        (replace(WELL, keys_copied=NOW - timedelta(days=3)), "keys.old", Level.SOON),
        (heard(5, silent=1), "devices.silent", Level.BROKEN),
        (heard(99, silent=1), "devices.silent", Level.SOON),
        (heard(5, never_heard=1), "devices.never_heard", Level.SOON),
        (store(failing={"web_push": 2}), "channels.failing", Level.BROKEN),
        (store(quarantine={"malformed": (3, NOW)}), "quarantine.some", Level.SOON),
        (replace(WELL, archived=False), "backups.none", Level.SOON),
        (replace(WELL, copied=None), "backups.no_copy", Level.BROKEN),
        (replace(WELL, copied=NOW - timedelta(days=9)), "backups.old", Level.SOON),
        (store(archive=Archive(0, False, "lost")), "backups.lost", Level.BROKEN),
        (store(archive=Archive(10, False, "reserved")), "backups.behind", Level.BROKEN),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(facts: Facts, key: str, level: Level) -> None:
    assert (f"doctor.{key}", level) in wrong(facts)
    assert verdict(examine(facts)) is level


def test_a_gap_is_told_by_the_clock_on_the_stations_wall() -> None:
    gap = Gap("east", "operator", datetime(2026, 11, 22, 19, tzinfo=UTC), "Asia/Shanghai")
    [line] = [one for one in lines(examine(store(gaps=(gap,))), "en") if "rosters" in one]
    assert "east: no operator on duty from 11-23 03:00 (Asia/Shanghai)" in line


def test_a_job_that_failed_and_was_done_since_is_well_and_one_never_due_too() -> None:
    failed = NOW - timedelta(hours=2)
    for job in (Health("pack", failed + timedelta(hours=1), failed, "x"), Health("drop", None, None, "")):
        assert wrong(store(jobs=(job,))) == []


def test_what_needs_no_word_of_warning_is_said_as_it_is() -> None:
    said = [one.key for one in examine(replace(store(rosters=0), archived=False, own_database=True))]
    assert {"doctor.rosters.none", "doctor.backups.own"} <= set(said)
    assert wrong(replace(store(rosters=0), archived=False, own_database=True)) == []


def test_a_database_that_is_away_does_not_hide_what_else_is_wrong() -> None:
    found = wrong(replace(WELL, store=None, broker="refused", disk_free=GIB))
    assert [key for key, _ in found] == [
        "doctor.disk.little",
        "doctor.database.away",
        "doctor.broker.refused",
    ]


def test_every_sentence_is_there_in_both_languages_and_takes_its_numbers() -> None:
    everything = replace(
        WELL,
        disk_free=GIB,
        certificates=(("server.crt", NOW),),
        store=replace(STORE, failing={"siren": 1}, devices={"silent": Devices(1, ("w7",))}),
    )
    for language in LANGUAGES:
        for line in lines(examine(everything), language):
            assert "doctor." not in line
            assert "{" not in line
    assert "w7" in next(
        one["text"]["en"] for one in map(shown, examine(everything)) if one["check"] == "devices"
    )


def test_no_sentence_waits_that_the_doctor_never_says() -> None:
    from pathlib import Path

    source = "".join(path.read_text() for path in Path("api/doctor").glob("*.py"))
    made = {"doctor.broker.none", "doctor.broker.unreachable", "doctor.broker.refused"}
    made |= {f"doctor.parts.{what}" for what in ("finding", "step", "notification")}
    made |= {f"doctor.devices.{what}" for what in ("silent", "never_heard")}
    made |= {f"doctor.rosters.{role}" for role in ROLES}
    known = {key for key in catalogue() if key.startswith("doctor.")}
    assert {key for key in known if f'"{key}"' not in source} == made


@pytest.mark.parametrize(
    ("fault", "told", "undone"),
    [
        (PermissionError("people.keys"), "PermissionError", 0),
        (KeyBookError("no book"), "KeyBookError", 0),
        (psycopg.errors.UndefinedTable("key_book"), "", 1),
    ],
    ids=["a book nobody may read", "a torn book", "a database from before the keys"],
)
def test_the_doctor_looks_on_whatever_there_is_with_the_keys(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str, undone: int
) -> None:
    def belongs(conn: object) -> None:
        raise fault

    rollbacks: list[int] = []
    monkeypatch.setattr("core.sealed.belongs", belongs)
    assert looking._sealed(SimpleNamespace(rollback=lambda: rollbacks.append(1))) == told
    assert len(rollbacks) == undone


def told(levels: Levels) -> dict[tuple[str, ...], float]:
    """What Prometheus hears, by name and labels."""
    levels.refresh()
    return {
        (one.name, *one.labels.values()): one.value for family in levels.collect() for one in family.samples
    }


def test_prometheus_hears_the_worst_of_each_check() -> None:
    gap = Gap("east", "operator", NOW + timedelta(hours=2))
    ill = replace(
        WELL,
        broker_stored=9,
        broker_dropped=0,
        store=replace(STORE, gaps=(gap,), late_s=-3.0, unstaffed=("west",)),
    )
    found = told(Levels(lambda: ill))
    by_check = {key[1]: value for key, value in found.items() if key[0] == "nowalls_check"}
    assert set(by_check) == {check.__name__ for check in CHECKS}
    assert {check for check, level in by_check.items() if level == 2} == {"rosters"}
    assert {check for check, level in by_check.items() if level == 1} == {"clock"}
    assert found["nowalls_roster_gaps", "operator"] == 1
    assert found["nowalls_unstaffed_stations",] == 1
    assert found["nowalls_clock_late_seconds",] == -3
    assert found["nowalls_backup_age_seconds",] == 86_400
    assert {name for name, *_ in found} == {row.name for row in metrics.TABLE if row.stage == "doctor"}


def test_what_the_doctor_cannot_look_at_is_not_told_as_it_was() -> None:
    facts = iter([WELL])
    levels = Levels(lambda: next(facts))
    assert told(levels)["nowalls_check", "disk"] == 0
    assert told(levels) == {}


def test_of_what_a_broker_sends_whole_numbers_of_whole_packets_count() -> None:
    def packet(kind: int, topic: bytes, value: bytes) -> bytes:
        body = len(topic).to_bytes(2, "big") + topic + value
        return bytes([kind, len(body)]) + body

    acknowledged = bytes([0x90, 4, 0, 1, 0, 0])
    heard = acknowledged + packet(0x31, b"a", b"7") + packet(0x31, b"b", b"much") + packet(0x31, b"c", b"9")
    assert knocking.read(heard) == {"a": 7, "c": 9}
    assert knocking.read(heard[:-1]) == {"a": 7}
    assert knocking.read(b"\x31\xff\xff\xff\x7f") == {}
