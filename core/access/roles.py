"""The database roles that the parts of the program work as. None may log in or owns anything."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection, sql

DOOR = "nowalls_door"  # somebody who is not known yet: signing in, invitations
PERSON = "nowalls_person"  # somebody with a part of the station tree, or one resident
ACTING = "nowalls_acting"  # the same, while the alerts package decides: reads what coordination needs
WHOLE = "nowalls_whole"  # somebody to whom the whole tree belongs, and the API's own chores
FEED = "nowalls_feed"  # the live reader: looks at everything once for all sockets
SEALER = "nowalls_sealer"  # links the entries of the audit
INGEST = "nowalls_ingest"
ALERTS = "nowalls_alerts"
DELIVER = "nowalls_deliver"

ROLES = (DOOR, PERSON, ACTING, WHOLE, FEED, SEALER, INGEST, ALERTS, DELIVER)
# Roles that are kept to some tables, but to no rows of them.
UNBOUND = (DOOR, WHOLE, FEED, SEALER, INGEST, ALERTS, DELIVER)

# What a connection is called, and the role it works as; others work as the login itself.
OF_APPLICATION = {
    "nowalls ingest": INGEST,
    "nowalls alerts": ALERTS,
    "nowalls deliver": DELIVER,
    "nowalls metrics": WHOLE,  # counts and ages of everything
}


class RolesMissing(Exception):
    """The login may not make the roles; the message is what an administrator must run once."""


def needed_statements(login: str, roles: Sequence[str] = ROLES, missing: Sequence[str] = ROLES) -> list[str]:
    """What an administrator of the server runs once for the login of nowalls (also in the documentation).

    `roles` are those that the login cannot take on yet, `missing` those that do not exist.
    """
    made = [f"CREATE ROLE {role} NOLOGIN;" for role in roles if role in missing]
    return [*made, f"GRANT {', '.join(roles)} TO {login};"]


def ensure(conn: Connection[Any]) -> None:
    """Make what is missing and let the login take on each role; raises RolesMissing when it may not."""
    login = _one(conn, "SELECT current_user")
    if _one(conn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        missing = [role for role in ROLES if not _exists(conn, role)]
        for role in missing:
            _create(conn, role)
        return
    missing = [role for role in ROLES if not _exists(conn, role)]
    lacking = [role for role in ROLES if role in missing or not _may_become(conn, role)]
    for role in lacking:
        try:
            if not _exists(conn, role):
                _create(conn, role)
            if not _may_become(conn, role):
                with conn.transaction():
                    conn.execute(
                        sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(login))
                    )
        except psycopg.errors.InsufficientPrivilege as error:
            raise RolesMissing(
                f"the database login {login} may not make the roles that nowalls works as; an administrator"
                " of the server runs once:\n" + "\n".join(needed_statements(login, lacking, missing))
            ) from error


@contextmanager
def as_owner(conn: Connection[Any]) -> Iterator[None]:
    """A transaction as the login itself: partitions are made and dropped by who owns the table."""
    with conn.transaction():
        conn.execute("SET LOCAL ROLE NONE")
        yield


def _exists(conn: Connection[Any], role: str) -> bool:
    return bool(_one(conn, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", role))


def _may_become(conn: Connection[Any], role: str) -> bool:
    # Since version 16 being a member and being allowed to take the role on are two things.
    privilege = "SET" if conn.info.server_version >= 160000 else "MEMBER"
    return bool(_one(conn, "SELECT pg_has_role(current_user, %s, %s)", role, privilege))


def _create(conn: Connection[Any], role: str) -> None:
    try:
        with conn.transaction():
            conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return  # another database of this server is brought up to date at the same time


def _one(conn: Connection[Any], statement: str, *values: object) -> Any:
    row = conn.execute(statement.encode(), values).fetchone()
    return row[0] if row else None
