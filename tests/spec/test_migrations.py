"""A house is brought up to date while it works: no migration makes writers wait, and the code of the last
release goes on working on the new schema until its processes were replaced."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from core import migrate
from core.access import apply as access
from tests.support import release
from tests.support.house import wait_for
from tests.support.migration_rules import complaints, statements

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parents[1] / "fixtures" / "release.json"
LAST = release.read(FIXTURE)
# A value of the one kind is stored as one of the other without a word and without work.
ALIKE = [{"text", "character varying"}]
NEW = [path for path in migrate.files() if path.name not in LAST.migrations]


def test_no_migration_of_the_last_release_was_changed_or_taken_away() -> None:
    assert set(LAST.migrations) <= {path.name for path in migrate.files()}


# Upgrades for which the parts are stopped, as the runbook says; what they take away, old code misses.
STOPS = {"0180_delay.sql": ({"reading.received"}, {"ingest/queries.sql:recent_readings"})}


@pytest.mark.parametrize("path", NEW, ids=lambda path: path.name)
def test_a_migration_makes_nobody_wait(path: Path) -> None:
    found = list(complaints(path.read_text(encoding="utf-8")))
    assert bool(found) == (path.name in STOPS), found


@pytest.mark.parametrize("name", STOPS)
def test_an_upgrade_that_needs_a_stop_says_so(name: str) -> None:
    assert name in (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("statement", "harm"),
    [
        ("ALTER TABLE incident ADD COLUMN worth text NOT NULL;", "DEFAULT"),
        ("ALTER TABLE incident ADD COLUMN worth uuid DEFAULT gen_random_uuid();", "rewrites"),
        ("ALTER TABLE incident ALTER COLUMN kind TYPE varchar(10);", "another column"),
        ("ALTER TABLE incident ALTER COLUMN home_id SET NOT NULL;", "NOT VALID"),
        ("ALTER TABLE incident ADD CONSTRAINT c CHECK (level > 0);", "NOT VALID"),
        ("ALTER TABLE incident ADD UNIQUE (number);", "USING INDEX"),
        ("ALTER TABLE incident DROP COLUMN level;", "a release after"),
        ("ALTER TABLE incident RENAME COLUMN level TO height;", "beside the old"),
        ("CREATE INDEX i ON incident (level);", "writers wait"),
        ("DROP TABLE incident;", "a release after"),
        ("LOCK TABLE incident;", "nothing waits"),
        ("UPDATE incident SET level = 0;", "by a chore"),
        ("DELETE FROM incident;", "by a chore"),
    ],
)
def test_what_would_make_somebody_wait_is_noticed(statement: str, harm: str) -> None:
    assert [one for one in complaints(statement) if harm in one], statement
    assert list(complaints(f"-- locks: the table holds ten rows\n{statement}")) == []


@pytest.mark.parametrize(
    "harmless",
    [
        "ALTER TABLE incident ADD COLUMN worth text NOT NULL DEFAULT '';",
        "ALTER TABLE incident ADD CONSTRAINT c CHECK (level > 0) NOT VALID;",
        "CREATE TABLE fresh (id integer);\nCREATE INDEX i ON fresh (id);\nUPDATE fresh SET id = 1;",
        "UPDATE incident SET level = 0 WHERE id = 1;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  DELETE FROM incident;\nEND $$;",
    ],
)
def test_what_harms_nobody_passes(harmless: str) -> None:
    assert list(complaints(harmless)) == []


def test_a_reason_is_for_the_next_statement_only() -> None:
    text = "-- locks: ten rows\nDROP TABLE a;\nDROP TABLE b;"
    assert [excused for _, excused in statements(text)] == [True, False]
    assert len(list(complaints(text))) == 1


@pytest.mark.integration
def test_the_database_still_understands_everything_that_the_last_release_asks(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as conn:
        refused = {
            name: error for name, text in LAST.statements.items() if (error := release.prepare(conn, text))
        }
    assert len(LAST.statements) > 500
    assert set(refused) == {statement for _, statements in STOPS.values() for statement in statements}, (
        refused
    )


@pytest.mark.integration
def test_a_statement_that_asks_for_what_is_gone_is_refused(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("ALTER TABLE heartbeat RENAME COLUMN at TO last_at")
        refused = [name for name, text in LAST.statements.items() if release.prepare(conn, text)]
    assert "core/heartbeat.sql:beat" in refused


@pytest.mark.integration
def test_rows_that_the_last_release_writes_still_fit(dsn: str) -> None:
    with psycopg.connect(dsn) as conn:
        now = release.columns(conn)
    tables = {name.split(".")[0] for name in LAST.columns}
    gone = {column for columns, _ in STOPS.values() for column in columns}
    for name, old in LAST.columns.items():
        if name in gone:
            assert name not in now
            continue
        assert name in now, f"{name} is gone: old code reads it"
        assert now[name].kind == old.kind or {now[name].kind, old.kind} in ALIKE, name
        assert now[name].nullable or not old.nullable, (
            f"{name} must not be empty any more: old code leaves it so"
        )
        assert now[name].filled or not old.filled, f"{name} has no default any more"
    for name in now.keys() - LAST.columns.keys():
        if name.split(".")[0] in tables:
            assert now[name].nullable or now[name].filled, f"{name} is new and old code does not fill it"


def upgrade(dsn: str) -> None:
    with psycopg.connect(dsn) as conn:
        migrate.migrate(conn, datetime.now(UTC))


@pytest.mark.integration
def test_a_migration_waits_for_a_long_reader_without_making_writers_wait_behind_it(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = tmp_path / "9999_added.sql"
    added.write_text("ALTER TABLE heartbeat ADD COLUMN note text NOT NULL DEFAULT '';")
    known = migrate.files()
    monkeypatch.setattr(migrate, "files", lambda: [*known, added])
    monkeypatch.setattr(migrate, "LOCK_WAIT", "100ms")
    with psycopg.connect(dsn) as reader, psycopg.connect(dsn, autocommit=True) as writer:
        reader.execute("SELECT * FROM heartbeat")  # and holds its lock until it ends
        worker = threading.Thread(target=upgrade, args=(dsn,))
        worker.start()
        longest = 0.0
        for second in range(20):
            began = time.monotonic()
            writer.execute("INSERT INTO heartbeat VALUES (%s, now())", (f"part {second}",))
            longest = max(longest, time.monotonic() - began)
        assert worker.is_alive(), "it cannot be done while somebody reads"
        reader.commit()
        worker.join(30)
        assert not worker.is_alive()
        assert writer.execute("SELECT count(*) FROM heartbeat WHERE note = ''").fetchone() == (20,)
    assert longest < 2.0


# As if the program brought other rules for every table: what each remembers of those it has is gone.
FORGET = """
DO $$ DECLARE t regclass; BEGIN
    DELETE FROM access_digest;
    FOR t IN SELECT c.oid::regclass FROM pg_class c
             WHERE obj_description(c.oid, 'pg_class') LIKE 'rules %' LOOP
        EXECUTE format('COMMENT ON TABLE %s IS NULL', t);
    END LOOP;
END $$"""
POLICIES = """
SELECT tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies WHERE schemaname = 'public'
ORDER BY 1, 2"""
WAITS = "SELECT pid FROM pg_locks WHERE relation = 'notification'::regclass AND NOT granted"
HOLDS = """
SELECT relation::regclass::text FROM pg_locks
WHERE pid = %s AND granted AND locktype = 'relation' AND mode = 'AccessExclusiveLock'"""


@pytest.mark.integration
def test_rules_of_rows_are_made_one_table_at_a_time_and_end_nobody_who_is_at_work(dsn: str) -> None:
    """Who has one table and waits for another meets nobody who has that one and waits for this."""
    with psycopg.connect(dsn, autocommit=True) as owner, psycopg.connect(dsn) as worker:
        before = owner.execute(POLICIES.encode()).fetchall()
        owner.execute(FORGET.encode())
        worker.execute("LOCK TABLE notification IN ROW EXCLUSIVE MODE")  # as whoever writes into it
        upgrading = threading.Thread(target=upgrade, args=(dsn,))
        upgrading.start()
        waiting = wait_for(lambda: owner.execute(WAITS.encode()).fetchone(), "it is the turn of notification")
        assert owner.execute(HOLDS.encode(), waiting).fetchall() == []
        worker.execute("LOCK TABLE incident IN ROW EXCLUSIVE MODE")
        worker.commit()
        upgrading.join(300)
        assert not upgrading.is_alive()
        assert len(before) > 200
        assert owner.execute(POLICIES.encode()).fetchall() == before
        assert [piece.name for piece in access.due(owner, "plain")] == ["what is of no table"]
