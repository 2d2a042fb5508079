"""A database made as new again between tests: emptying the few tables that were used costs a fraction of
copying and dropping a whole database."""

from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass
   AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


class Wiped:
    """The tables of one database, with what stood in them at first. `administrator` is a superuser's."""

    def __init__(self, administrator: str) -> None:
        self._dsn = administrator
        with psycopg.connect(administrator, autocommit=True) as conn:
            self._tables = [str(row[0]) for row in conn.execute(_TABLES)]
            self._kept = self._used(conn)
            conn.execute("CREATE SCHEMA kept")
            for table in self._kept:
                copy = sql.SQL("CREATE TABLE kept.{0} AS SELECT * FROM public.{0}")
                conn.execute(copy.format(sql.Identifier(table)))

    def wipe(self) -> None:
        """Everything is as it was, but that numbers go on."""
        with psycopg.connect(self._dsn) as conn:
            # Neither triggers nor foreign keys: all of it goes at once.
            conn.execute("SET LOCAL session_replication_role = replica")
            for table in self._used(conn):
                conn.execute(sql.SQL("DELETE FROM public.{}").format(sql.Identifier(table)))
            for table in self._kept:
                columns = [row[0] for row in conn.execute(_COLUMNS, (f'public."{table}"',))]
                back = "INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM kept.{0}"
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                conn.execute(sql.SQL(back).format(sql.Identifier(table), names))

    def _used(self, conn: Connection) -> list[str]:
        """The tables in which something stands."""
        asked = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM public.{})").format(table, sql.Identifier(table))
            for table in self._tables
        )
        return [str(row[0]) for row in conn.execute(asked)]
