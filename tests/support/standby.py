"""A second embedded PostgreSQL that follows the first and takes its place.

The first acknowledges only what the second has on its disk too (`demand`), so nothing acknowledged is lost.
What connects names both, and asks for the one that may be written to (`either`).
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.embedded import postgres_config
from core.embedded.postgres import ADMINISTRATOR, DATABASE, OWNER, Postgres
from core.embedded.process import StartError, run, wait_until
from core.embedded.secret import write_private

NAME = "nowalls_standby"  # what a follower calls itself; pg_receivewal of an archive is none
_PROMOTED_WITHIN_S = 60


class Standby(Postgres):
    """Follows `primary` until it is promoted; its cluster is a copy, made on the first start.

    As a part of the supervisor it is ready when it has all that the primary had when it was asked.
    """

    name = "standby"

    def __init__(self, data: Path, primary: str, tcp_port: int | None = None) -> None:
        """`primary`: connection string of the primary's superuser. Nothing is started yet."""
        known = conninfo_to_dict(primary)
        self._primary = make_conninfo(
            primary, dbname="", application_name=NAME, user=known.get("user", ADMINISTRATOR)
        )
        super().__init__(data, tcp_port)

    def is_ready(self) -> bool:
        """Whether it takes connections; it makes no roles, they come from the primary."""
        try:
            with psycopg.connect(self.admin_dsn, autocommit=True, connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def promote(self) -> None:
        """Follow no more: from now on this one is written to. Raises StartError, and psycopg.Error when it
        does not answer.

        Whoever calls it has made sure that the old one is gone, or cannot commit: one that demands a follower
        and has none acknowledges nothing.
        """
        with psycopg.connect(self.admin_dsn, autocommit=True) as conn:
            row = conn.execute("SELECT pg_promote(true, %s)", (_PROMOTED_WITHIN_S,)).fetchone()
        if not (row and row[0]):
            raise StartError("the standby did not take over in time")

    def _make_cluster(self, initdb: Path) -> None:
        making = self.folder / "cluster.new"
        shutil.rmtree(making, ignore_errors=True)
        known = conninfo_to_dict(self._primary)
        passwords = self.folder / "primary.secret"
        entry = ":".join(["*", "*", "*", str(known["user"]), _escaped(str(known.pop("password")))])
        write_private(passwords, entry + "\n", self._account)
        reach = make_conninfo("", **{**known, "passfile": str(passwords)})
        copy = initdb.with_name("pg_basebackup")
        options = [
            "-D",
            str(making),
            "-d",
            reach,
            "--wal-method=stream",
            "--checkpoint=fast",
            "--no-password",
        ]
        try:
            run([str(copy), *options], cwd=self.folder, account=self._account, timeout_s=24 * 3600)
        finally:
            passwords.unlink()
        write_private(making / "standby.signal", "", self._account)
        # What the primary demands of its standby is not to be demanded by us once we are promoted.
        write_private(making / "postgresql.auto.conf", "", self._account)
        making.rename(self.cluster)

    def _config_text(self) -> str:
        own = {"primary_conninfo": self._primary, "hot_standby": "on"}
        return super()._config_text() + "".join(
            f"{name} = {postgres_config.quote(value)}\n" for name, value in own.items()
        )


def _escaped(password: str) -> str:
    return password.replace("\\", "\\\\").replace(":", "\\:")


def demand(primary: str, wanted: bool = True, within_s: float = 60.0) -> None:
    """Let the primary acknowledge only what a standby has on disk; `primary` is its superuser's connection.

    Waits until a standby keeps up, so that nobody who commits is held up. Raises StartError when none does.
    """
    with psycopg.connect(primary, autocommit=True) as conn:
        if wanted and not wait_until(lambda: _follows(conn), within_s, every_s=0.1):
            raise StartError("no standby follows this database")
        names = f"ANY 1 ({NAME})" if wanted else ""
        conn.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(sql.Literal(names)))
        conn.execute("SELECT pg_reload_conf()")


def _follows(conn: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = conn.execute(
        "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'", (NAME,)
    ).fetchone()
    return row is not None


def share_passwords(primary: Path, standby: Path) -> None:
    """Give the data folder of a standby the passwords of its primary's: they are in the copied cluster."""
    (standby / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
    for user in (OWNER, ADMINISTRATOR):
        text = (primary / "secrets" / f"database-{user}").read_text(encoding="ascii")
        write_private(standby / "secrets" / f"database-{user}", text)


def either(dsns: Sequence[str], database: str = DATABASE) -> str:
    """One connection string of several servers with the same login: whichever of them may be written to."""
    known = [conninfo_to_dict(dsn) for dsn in dsns]
    together = {name: ",".join(str(one.get(name, "")) for one in known) for name in ("host", "port")}
    return make_conninfo(
        dsns[0], **together, dbname=known[0].get("dbname", database), target_session_attrs="read-write"
    )
