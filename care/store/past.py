"""The few rows that only what was before needs: names of helpers, and who is meant by a home and a name."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from care.past import Helper
from care.store.errors import CareError, Unknown
from care.store.rows import Connection, key
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))


def known(conn: Connection, mark: UUID) -> bool:
    """Whether a visit bears `mark` as its request: the document was told before."""
    return conn.execute(Q["known"], {"mark": mark}).fetchone() is not None


def station(conn: Connection, code: str) -> int:
    """Key of the station; raises Unknown."""
    found = key(conn, Q["station"], {"code": code})
    if found is None:
        raise Unknown(f"there is no station {code}")
    return found


def person(conn: Connection, home: str, name: str, now: datetime) -> int:
    """Key of who lives in `home` under this name; raises Unknown."""
    for found, called in conn.execute(Q["person"], {"home": home, "now": now}):
        if called == name:
            return int(found)
    raise Unknown(f"nobody of this name lives in home {home}")


def helper(conn: Connection, one: Helper, since: datetime) -> int:
    """Key of the account that remembers `one`; nobody can sign in with it."""
    account = key(conn, Q["helper"], {"login": one.login, "name": one.name, "since": since})
    if account is None:
        raise CareError("a statement that always answers gave no row")
    where = {"account": account, "role": one.role, "station": station(conn, one.station), "since": since}
    conn.execute(Q["grant"], where)
    return account
