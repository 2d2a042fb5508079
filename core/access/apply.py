"""Makes PostgreSQL enforce the table of rules: privileges, policies, views that ask as their caller."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from psycopg import Connection

from core.access import roles
from core.access.functions import FUNCTIONS
from core.access.table import Table
from core.access.tables import TABLES
from core.timeseries.series import CONTINUOUS, HOURS, WITHOUT_ROW_SECURITY, Engine

log = logging.getLogger(__name__)

_WORDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}

# Tables of ours, not of an extension and no part of another table.
_EXISTING = """
SELECT c.relname,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"""
# Functions of ours that work as the owner; triggers are not called.
_AS_OWNER = """
SELECT p.proname::text, p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 2"""
# The schema of the views that a bound caller reads instead of tables that cannot have row-level security.
SCOPED = "scoped"
# A view asks with the rights of who asks it, and not with those of who made it.
_VIEWS = f"""
DO $$ DECLARE v regclass; BEGIN
    FOR v IN SELECT c.oid::regclass FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
               AND c.relname NOT IN ('{HOURS}', '{CONTINUOUS}')
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP
        EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', v);
    END LOOP;
END $$"""
# What follows from a change that was allowed (counters, append-only) is done as the owner.
_TRIGGERS = """
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
             WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', f);
    END LOOP;
END $$"""
_GRANT_VIEWS = f"""
DO $$ DECLARE v regclass; BEGIN
    FOR v IN SELECT c.oid::regclass FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
               AND c.relname NOT IN ('{HOURS}', '{CONTINUOUS}')
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP
        EXECUTE format('GRANT SELECT ON %s TO {", ".join(roles.ROLES)}', v);
    END LOOP;
END $$"""


def apply(conn: Connection[Any], kind: Engine) -> bool:
    """Bring rules and privileges up to date, in the caller's transaction; False when they were already.

    Runs after every migration, so that it does not matter which of them made a table.
    """
    names = {str(row[0]): frozenset(row[1]) for row in conn.execute(cast("Any", _EXISTING)).fetchall()}
    if kind == "timescale":
        names[HOURS] = frozenset(names.get("reading", ()))
    functions = conn.execute(_AS_OWNER.encode()).fetchall()
    statements = [*_statements(names, kind), *_callable(functions)]
    digest = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    known = conn.execute("SELECT digest FROM access_digest").fetchone()
    if known and known[0] == digest:
        return False
    for name in names:
        if name not in TABLES:
            log.warning("a table without a rule is closed", extra={"table": name})
    for statement in statements:
        conn.execute(statement.encode())
    conn.execute("DELETE FROM access_digest")
    conn.execute("INSERT INTO access_digest (digest) VALUES (%s)", (digest,))
    return True


def _statements(names: Mapping[str, frozenset[str]], kind: Engine) -> Iterator[str]:
    everybody = ", ".join(roles.ROLES)
    yield f"GRANT USAGE ON SCHEMA public TO {everybody}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {everybody}"
    yield f"GRANT USAGE ON SEQUENCE station_id_seq TO {roles.PERSON}, {roles.ACTING}, {roles.WHOLE}"
    yield _VIEWS
    yield _TRIGGERS
    yield _GRANT_VIEWS
    if kind == "timescale":
        yield f"CREATE SCHEMA IF NOT EXISTS {SCOPED}"
        yield f"GRANT USAGE ON SCHEMA {SCOPED} TO {roles.PERSON}"
    for name in names:
        table = TABLES.get(name)
        if table is not None and kind == "timescale" and name in WITHOUT_ROW_SECURITY:
            yield from _scoped(name, table)
            continue
        yield from _drop_policies(name)
        if table is None:
            yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
            continue
        yield from _privileges(name, table, names[name])
        yield from _policies(name, table)


def _callable(functions: Iterable[tuple[str, str]]) -> Iterator[str]:
    """As the tables, closed unless it is said to whom they are open; PostgreSQL's own way is the reverse."""
    for name, signature in functions:
        yield f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, {', '.join(roles.ROLES)}"
        if name in FUNCTIONS:
            yield f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(FUNCTIONS[name].callers)}"


def _scoped(name: str, table: Table) -> Iterator[str]:
    """A table that cannot have row-level security: a bound caller has no privilege on it and reads a view of
    the same name that shows the caller's rows (`api.lease` puts its schema first)."""
    yield f"REVOKE ALL ON {name} FROM {', '.join(roles.ROLES)}"
    for role, letters in {**table.others, roles.WHOLE: table.caller, roles.ACTING: "r"}.items():
        for letter in letters:
            yield f"GRANT {_WORDS[letter]} ON {name} TO {role}"
    view = f"{SCOPED}.{name}"
    came = f", {name}.received" if name == "reading" else ""
    yield f"DROP VIEW IF EXISTS {view}"
    yield (
        f"CREATE VIEW {view} WITH (security_barrier) AS"
        f" SELECT {name}.*{came} FROM public.{name} WHERE {table.rule.read}"
    )
    yield f"GRANT SELECT ON {view} TO {roles.PERSON}"


def _drop_policies(name: str) -> Iterator[str]:
    yield f"""
DO $$ DECLARE p name; BEGIN
    FOR p IN SELECT polname FROM pg_policy WHERE polrelid = 'public.{name}'::regclass LOOP
        EXECUTE format('DROP POLICY %I ON public.{name}', p);
    END LOOP;
END $$"""


def _privileges(name: str, table: Table, has: frozenset[str]) -> Iterator[str]:
    wanted: dict[str, str] = dict(table.others)
    wanted[roles.PERSON] = wanted[roles.WHOLE] = table.caller
    # Who decides for a caller looks at all that coordination and the caller need, and changes what the alerts
    # package changes.
    alerts = table.others.get(roles.ALERTS, "")
    changed = (table.caller + alerts).replace("r", "") if alerts else ""
    read = "r" if "r" in table.caller + alerts + table.others.get(roles.DELIVER, "") else ""
    wanted[roles.ACTING] = "".join(letter for letter in _WORDS if letter in read + changed)
    for role, letters in wanted.items():
        for letter in letters:
            columns = [one for one in table.columns.get(role, ()) if letter == "r" and one in has]
            only = f" ({', '.join(columns)})" if columns else ""
            yield f"GRANT {_WORDS[letter]}{only} ON {name} TO {role}"


def _policies(name: str, table: Table) -> Iterator[str]:
    rule = table.rule
    write = rule.write or rule.read
    if rule.open and not rule.write:
        yield f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY"
        return
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    yield f"CREATE POLICY unbound ON {name} TO {', '.join(roles.UNBOUND)} USING (true)"
    if write == rule.read:
        yield f"CREATE POLICY caller ON {name} TO {roles.PERSON} USING ({write})"
    else:
        yield f"CREATE POLICY caller_reads ON {name} FOR SELECT TO {roles.PERSON} USING ({rule.read})"
        yield from _writing(name, "caller", roles.PERSON, write)
    # Decisions look beyond the caller's scope (who is free, what else is open) but change nothing outside it.
    yield f"CREATE POLICY acting_reads ON {name} FOR SELECT TO {roles.ACTING} USING (true)"
    yield from _writing(name, "acting", roles.ACTING, write)


def _writing(name: str, who: str, role: str, condition: str) -> Iterator[str]:
    yield f"CREATE POLICY {who}_adds ON {name} FOR INSERT TO {role} WITH CHECK ({condition})"
    yield f"CREATE POLICY {who}_changes ON {name} FOR UPDATE TO {role} USING ({condition})"
    yield f"CREATE POLICY {who}_takes_away ON {name} FOR DELETE TO {role} USING ({condition})"
