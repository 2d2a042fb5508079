"""Makes PostgreSQL enforce the table of rules: privileges, policies, views that ask as their caller.

A policy is made under a lock that nobody else's statement on that table gets past. So each table is a piece
of its own, done in a transaction of its own, and only where its rules are others than those it has: a house
at work waits for one table at a time, for a moment. All in one transaction would hold some tables while it
waits for others, and deadlock with whoever has those and waits for these.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

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
               AND 'security_invoker=true' <> ALL (coalesce(c.reloptions, '{{}}'))
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP
        EXECUTE format('ALTER VIEW %s SET (security_invoker = true)', v);
    END LOOP;
END $$"""
# What follows from a change that was allowed (counters, append-only) is done as the owner.
_TRIGGERS = """
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
             WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype
               AND NOT p.prosecdef
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', f);
    END LOOP;
END $$"""
_GRANT_VIEWS = f"""
DO $$ DECLARE v regclass; BEGIN
    FOR v IN SELECT c.oid::regclass FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
               AND c.relname NOT IN ('{HOURS}', '{CONTINUOUS}')
               AND NOT (SELECT bool_and(has_table_privilege(r, c.oid, 'SELECT'))
                        FROM unnest(ARRAY{[*roles.ROLES]}) r)
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP
        EXECUTE format('GRANT SELECT ON %s TO {", ".join(roles.ROLES)}', v);
    END LOOP;
END $$"""
# What a table or view was made by last; it goes with it.
_REMEMBERED = """
SELECT c.oid::regclass::text, obj_description(c.oid, 'pg_class') FROM pg_class c
WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace::regnamespace::text IN ('public', %s)"""


class Piece(NamedTuple):
    """What is done at once: `statements`, and what is then remembered of them, "rules <digest>"."""

    name: str
    statements: tuple[str, ...]
    noted: str = ""  # the kind and name of what carries the note, "TABLE incident"; "": nothing does

    @property
    def note(self) -> str:
        """The same for the same statements."""
        return "rules " + hashlib.sha256("\n".join(self.statements).encode()).hexdigest()


def due(conn: Connection[Any], kind: Engine) -> list[Piece]:
    """What is not as the rules say, to be done by `make`, each in a transaction of its own.

    Asked after every migration, so that it does not matter which of them made a table.
    """
    names = {str(row[0]): frozenset(row[1]) for row in conn.execute(cast("Any", _EXISTING)).fetchall()}
    if kind == "timescale":
        names[HOURS] = frozenset(names.get("reading", ()))
    for name in names:
        if name not in TABLES:
            log.warning("a table without a rule is closed", extra={"table": name})
    remembered = dict(conn.execute(cast("Any", _REMEMBERED), (SCOPED,)).fetchall())
    pieces = [_general(conn, kind), *_of_tables(names, kind)]
    return [one for one in pieces if remembered.get(one.noted.partition(" ")[2]) != one.note]


def make(conn: Connection[Any], piece: Piece) -> None:
    """Do it, in the caller's transaction."""
    for statement in piece.statements:
        conn.execute(statement.encode())
    if piece.noted:
        conn.execute(f"COMMENT ON {piece.noted} IS '{piece.note}'".encode())


def _general(conn: Connection[Any], kind: Engine) -> Piece:
    """What is of no table: it changes nothing that is right, and nobody waits for it."""
    everybody = ", ".join(roles.ROLES)
    made = [
        f"GRANT USAGE ON SCHEMA public TO {everybody}",
        f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {everybody}",
        f"GRANT USAGE ON SEQUENCE station_id_seq TO {roles.PERSON}, {roles.ACTING}, {roles.WHOLE}",
        _VIEWS,
        _TRIGGERS,
        _GRANT_VIEWS,
        *_callable(conn.execute(_AS_OWNER.encode()).fetchall()),
    ]
    if kind == "timescale":
        made += [
            f"CREATE SCHEMA IF NOT EXISTS {SCOPED}",
            f"GRANT USAGE ON SCHEMA {SCOPED} TO {roles.PERSON}",
        ]
    return Piece("what is of no table", tuple(made))


def _of_tables(names: Mapping[str, frozenset[str]], kind: Engine) -> Iterator[Piece]:
    closed = ", ".join(roles.ROLES)
    for name, has in names.items():
        table = TABLES.get(name)
        made = [f"REVOKE ALL ON {name} FROM {closed}"]
        if table is not None and kind == "timescale" and name in WITHOUT_ROW_SECURITY:
            yield Piece(name, (*made, *_scoped(name, table)), f"VIEW {SCOPED}.{name}")
            continue
        made += _drop_policies(name)
        if table is None:
            made.append(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        else:
            made += [*_privileges(name, table, has), *_policies(name, table)]
        yield Piece(name, tuple(made), f"TABLE {name}")


def _callable(functions: Iterable[tuple[str, str]]) -> Iterator[str]:
    """As the tables, closed unless it is said to whom they are open; PostgreSQL's own way is the reverse."""
    for name, signature in functions:
        yield f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC, {', '.join(roles.ROLES)}"
        if name in FUNCTIONS:
            yield f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(FUNCTIONS[name].callers)}"


def _scoped(name: str, table: Table) -> Iterator[str]:
    """A table that cannot have row-level security: a bound caller has no privilege on it and reads a view of
    the same name that shows the caller's rows (`api.lease` puts its schema first)."""
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
