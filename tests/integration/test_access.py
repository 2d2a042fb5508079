"""The second wall: every table as every role of a caller, outside its scope."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.access import roles
from core.access.functions import FUNCTIONS
from core.access.tables import TABLES
from core.instant import from_datetime
from ingest.store import Store
from tests.conftest import Server
from tests.support.sides import ALONE, EAST_SIDE, WEST_SIDE, rows_of, settle_sides

pytestmark = pytest.mark.integration
CLOSED = sorted(name for name, table in TABLES.items() if not table.rule.open)


@pytest.fixture(scope="module")
def world(server: Server, template: str) -> Iterator[str]:
    """The owner's connection string of a database with two worlds."""
    name = f"sides_{template}"
    dsn = server.create(name, template)
    settle_sides(make_conninfo(server.administrator, dbname=str(conninfo_to_dict(dsn)["dbname"])))
    yield dsn
    server.drop(name)


def caller(dsn: str, role: str, *, staff: bool) -> psycopg.Connection[tuple[object, ...]]:
    """Somebody of the east: staff of its station, or family of its resident."""
    key, nobody = f"{{{EAST_SIDE.key}}}", "{}"
    conn = psycopg.connect(dsn, autocommit=True, options=f"-c role={role}")
    conn.execute(
        "SELECT set_config('nowalls.stations', %s, false), set_config('nowalls.residents', %s, false),"
        " set_config('nowalls.opened', '{}', false), set_config('nowalls.account', %s, false)",
        (key if staff else nobody, nobody if staff else key, str(EAST_SIDE.key)),
    )
    return conn


def test_every_table_has_a_rule_or_a_reason_for_none(world: str) -> None:
    with psycopg.connect(world) as conn:
        tables = {
            row[0]: row[1]
            for row in conn.execute(
                "SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN information_schema.tables t"
                " ON t.table_name = c.relname AND t.table_schema = 'public'"
                " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
                " AND NOT c.relispartition"
            )
        }
        assert set(tables) == set(TABLES), "a table without a line in core/access/tables.py"
        for name, table in TABLES.items():
            assert tables[name] == (not table.rule.open or bool(table.rule.write)), name
            assert table.rule.why if table.rule.open else not table.rule.why, name
        [(unsafe,)] = conn.execute(
            "SELECT count(*) FROM pg_class c"
            " WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace"
            " AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)"
        ).fetchall()
        assert unsafe == 0  # a view that asks as its owner is a hole in the wall


@pytest.mark.parametrize("staff", [True, False], ids=["staff", "family"])
def test_what_is_counted_as_the_owner_is_counted_for_the_caller_only(world: str, staff: bool) -> None:
    both, now = [EAST_SIDE, WEST_SIDE], datetime(2026, 3, 2, tzinfo=UTC)
    keys = [side.key for side in both]
    asked = ([str(key) for key in keys], keys, None, now, 60.0, ["sos"])
    place = "SELECT id FROM places_of_residents(%s::text[]::ltree[], %s, %s::int, %s, %s, %s)"
    count = "SELECT sum(residents)::int FROM count_residents(%s::text[]::ltree[], %s, %s::int, %s, %s, %s)"
    with caller(world, roles.PERSON, staff=staff) as conn, psycopg.connect(world) as owner:
        assert conn.execute(place, asked).fetchall() == [(EAST_SIDE.key,)]
        assert conn.execute(count, asked).fetchone() == (1,)
        assert sorted(owner.execute(place, asked).fetchall()) == [(key,) for key in sorted(keys)]


@pytest.mark.parametrize("staff", [True, False], ids=["staff", "family"])
def test_nobody_reads_a_row_of_the_other_world(world: str, staff: bool) -> None:
    with caller(world, roles.PERSON, staff=staff) as conn, psycopg.connect(world, autocommit=True) as owner:
        seen = 0
        for name in CLOSED:
            assert name in ALONE or rows_of(owner, WEST_SIDE, name), f"{name} has nothing to be found"
            if TABLES[name].caller:
                assert rows_of(conn, WEST_SIDE, name) == [], name
                seen += bool(rows_of(conn, EAST_SIDE, name))
        # The wall has doors: one's own is there.
        assert seen >= (35 if staff else 12)
        views = [row[0] for row in owner.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'")]
        assert len(views) >= 5
        for name in views:  # they ask with the rights of who asks them
            assert rows_of(conn, WEST_SIDE, name) == [], name


@pytest.mark.parametrize("role", [roles.PERSON, roles.ACTING])
@pytest.mark.parametrize("staff", [True, False], ids=["staff", "family"])
def test_nobody_changes_a_row_of_the_other_world(world: str, role: str, staff: bool) -> None:
    ruled = sorted(name for name, table in TABLES.items() if not table.rule.open or table.rule.write)
    with caller(world, role, staff=staff) as conn, psycopg.connect(world, autocommit=True) as owner:
        for name in ruled:
            before = rows_of(owner, WEST_SIDE, name)
            [(first,)] = owner.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND NOT attisdropped AND attidentity = '' ORDER BY attnum LIMIT 1",
                (name,),
            ).fetchall()
            table, column = sql.Identifier(name), sql.Identifier(first)
            west = (f"%{WEST_SIDE.key}%", f"%{WEST_SIDE.word}%")
            where = sql.SQL("WHERE t::text LIKE %s OR t::text LIKE %s")
            for statement in (
                sql.SQL("UPDATE {} t SET {} = {} ").format(table, column, column) + where,
                sql.SQL("DELETE FROM {} t ").format(table) + where,
            ):
                try:
                    assert conn.execute(statement, west).rowcount == 0, (name, statement)
                except psycopg.errors.InsufficientPrivilege:
                    continue
            assert rows_of(owner, WEST_SIDE, name) == before, name


def test_nobody_adds_a_row_to_the_other_world(world: str) -> None:
    ruled = sorted(name for name, table in TABLES.items() if not table.rule.open or table.rule.write)
    added = []
    with psycopg.connect(world, autocommit=True) as owner:
        for role in (roles.PERSON, roles.ACTING):
            for staff in (True, False):
                with caller(world, role, staff=staff) as conn:
                    for name in ruled:
                        rows = owner.execute(
                            sql.SQL("SELECT t::text FROM {} t WHERE t::text LIKE %s LIMIT 1").format(
                                sql.Identifier(name)
                            ),
                            (f"%{WEST_SIDE.key}%",),
                        ).fetchall()
                        for (row,) in rows:
                            try:
                                conn.execute(
                                    sql.SQL(
                                        "INSERT INTO {} OVERRIDING SYSTEM VALUE SELECT (%s::{}).*"
                                    ).format(sql.Identifier(name), sql.Identifier(name)),
                                    (row,),
                                )
                                added.append((role, staff, name))
                            except psycopg.errors.InsufficientPrivilege:
                                continue
                            except psycopg.errors.IntegrityError:
                                added.append((role, staff, name, "only a key stood in the way"))
    assert not added, "\n".join(map(str, added))


def test_what_works_as_the_owner_is_called_by_who_needs_it_only(world: str) -> None:
    with psycopg.connect(world, autocommit=True) as owner:
        found = owner.execute(
            "SELECT p.proname::text, p.oid, p.proconfig FROM pg_proc p"
            " WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"
            " AND p.prorettype <> 'trigger'::regtype"
        ).fetchall()
        assert {name for name, _, _ in found} == set(FUNCTIONS), (
            "one without a line in core/access/functions.py"
        )
        for name, key, settings in found:
            assert settings == ["search_path=public, pg_temp"], f"{name} can be led to tables of its caller's"
            may = {
                role
                for role in ("public", *roles.ROLES)
                if owner.execute("SELECT has_function_privilege(%s, %s, 'EXECUTE')", (role, key)).fetchone()
                == (True,)
            }
            assert may == set(FUNCTIONS[name].callers), name
    for role in set(roles.ROLES) - {roles.DELIVER}:  # among them every caller of the API
        with (
            psycopg.connect(world, autocommit=True, options=f"-c role={role}") as conn,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            conn.execute("SELECT * FROM family_homes(now(), '{}', 1)")


def test_each_part_of_the_program_reaches_its_own_tables_only(world: str) -> None:
    for role, foreign in (
        (roles.INGEST, ("account", "session", "contact", "visit", "notification", "audit_entry", "photo")),
        (roles.DELIVER, ("reading", "motion", "session", "assessment", "audit_entry", "resident_identity")),
        (roles.ALERTS, ("session", "totp", "resident_identity", "audit_entry", "service_order", "motion")),
        (roles.FEED, ("session", "contact", "resident_identity", "endpoint", "audit_entry")),
        (roles.DOOR, ("incident", "reading", "contact", "visit", "audit_entry", "resident_identity")),
        (roles.SEALER, ("resident", "incident", "account")),
    ):
        with psycopg.connect(world, autocommit=True, options=f"-c role={role}") as conn:
            for name in foreign:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(name)))
        if role == roles.DOOR:
            continue
        with (
            psycopg.connect(world, autocommit=True, options=f"-c role={role}") as conn,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            conn.execute("SELECT password_hash FROM account")


def test_ingest_makes_room_and_drops_what_is_old_as_its_role(world: str) -> None:
    with psycopg.connect(world, options=f"-c role={roles.INGEST}") as conn:
        store = Store(conn)
        later = from_datetime(datetime(2031, 3, 1, tzinfo=UTC))
        assert store.make_room(later) > later
        assert store.drop_old(later)
        [(role,)] = conn.execute("SELECT current_user").fetchall()
        assert role == roles.INGEST  # for that only
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT * FROM account")


def test_what_people_sign_in_with_is_theirs_alone(world: str) -> None:
    """Not even who stands above them reads or makes it: that is done by the door."""
    colleague = 31
    with psycopg.connect(world, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO account (id, login, name, password_hash, created_at)"
            " VALUES (%(id)s, 'colleague', 'Colleague', 'a hash', now())",
            {"id": colleague},
        )
        owner.execute(
            "INSERT INTO role_grant (account_id, role, station_id, granted_at)"
            " VALUES (%s, 'administrator', %s, now())",
            (colleague, EAST_SIDE.key),
        )
    forged = {
        "hash": "SELECT password_hash FROM account",
        "password": "UPDATE account SET password_hash = 'mine' WHERE id = %(id)s",
        "session": "INSERT INTO session (token_hash, account_id, created_at, idle_s, idle_until, expires_at,"
        " confirmed_at) VALUES (sha256('x'), %(id)s, now(), 1, now(), now(), now())",
        "app": "INSERT INTO totp (account_id, sealed, made_at) VALUES (%(id)s, 'x', now())",
        "recovery": "INSERT INTO recovery_code (account_id, code_hash) VALUES (%(id)s, 'x')",
        "link": "INSERT INTO account_link VALUES (sha256('y'), %(id)s, true, NULL, now(), now())",
        "role": "INSERT INTO role_grant (account_id, role, station_id, granted_at)"
        " VALUES (%(own)s, 'administrator', %(own)s, now())",
        "invitation": "INSERT INTO invitation"
        " (code_hash, role, station_id, created_by, created_at, expires_at)"
        " VALUES (sha256('z'), 'administrator', %(west)s, %(own)s, now(), now())",
        "policy": "UPDATE kind_policy SET priority = 'low'",
        "escalation": "DELETE FROM escalation_policy",
    }
    about = {"id": colleague, "own": EAST_SIDE.key, "west": WEST_SIDE.key}
    done = []
    with caller(world, roles.PERSON, staff=True) as conn:
        for what, statement in forged.items():
            try:
                if conn.execute(statement.encode(), about).rowcount:
                    done.append(what)
            except psycopg.errors.InsufficientPrivilege:
                continue
    assert not done
    with (
        caller(world, roles.WHOLE, staff=True) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute("SELECT password_hash FROM account")
