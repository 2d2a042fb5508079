"""What people agree to: the words, who agreed to which, and what a withdrawal ends at once."""

from datetime import datetime
from pathlib import Path

from care.store import registry
from care.store.rows import Connection, Row, key, rows
from core import queries

Q = queries.load(Path(__file__).with_suffix(".sql"))


def texts(conn: Connection) -> list[Row]:
    """purpose, version, zh, en, anew, since: the latest version of each purpose first."""
    return rows(conn, Q["texts"], {})


def add_text(
    conn: Connection, purpose: str, zh: str, en: str, *, anew: bool, now: datetime, account: int
) -> int:
    """New words for a purpose; returns their version.

    Whoever agreed to earlier words is asked again. Until then the old consent goes on, unless the words mean
    something else (`anew`): then it holds no longer.
    """
    values = {"purpose": purpose, "zh": zh, "en": en, "anew": anew, "now": now, "account": account}
    found = key(conn, Q["add_text"], values)
    assert found is not None
    return found


def holds(conn: Connection, resident: int, purpose: str, now: datetime) -> bool:
    """Whether the person agrees to `purpose` just now."""
    found = conn.execute(Q["holds"], {"resident": resident, "purpose": purpose, "now": now}).fetchone()
    return bool(found and found[0])


def give(conn: Connection, resident: int, purpose: str, now: datetime, account: int | None) -> None:
    """To the latest words; said twice it counts once."""
    conn.execute(Q["give"], {"resident": resident, "purpose": purpose, "now": now, "account": account})


def withdraw(conn: Connection, resident: int, purpose: str, now: datetime, account: int | None) -> None:
    """The person no longer agrees; whoever no longer agrees to be watched is not watched any more."""
    values = {"resident": resident, "purpose": purpose, "now": now, "account": account}
    conn.execute(Q["withdraw"], values)
    if purpose == "monitoring" and conn.execute(Q["stop_watching"], values).rowcount:
        registry.ring(conn)


def danger(conn: Connection, resident: int, now: datetime) -> int | None:
    """The number of an incident by which the law asks for no consent (PIPL art. 13(4)); None: none."""
    return key(conn, Q["danger"], {"resident": resident, "now": now})
