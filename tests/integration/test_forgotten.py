"""Being forgotten, column by column: a word about the person stood in every text of the database.

tests/integration/test_rights.py tells the story of one person; here no column can be overlooked.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import Jsonb

from core.access.tables import TABLES
from tests.conftest import Server
from tests.support.sides import EAST_SIDE, settle_sides

pytestmark = pytest.mark.integration

# Where the word may still stand, and why: it is not the person's, or the law or the work asks for it.
STAYS = {
    "of staff and relatives": (
        "account_link.code_hash api_token.token_hash api_token.tail identity.issuer identity.subject"
        " invitation.code_hash login_attempt.login_digest login_attempt.address passkey.credential_id"
        " passkey.public_key passkey.name recovery_code.code_hash session.token_hash session.how"
        " session.address session.agent sign_in_step.token_hash sign_in_step.how sign_in_step.challenge"
        " sign_in_step.data totp.sealed endpoint.label endpoint.address"
    ),
    "codes and secrets of things, drawn or printed": (
        "device.code device.model device_claim.id device_claim.bcrypt device_claim.pbkdf2"
        " device_secret.bcrypt device_secret.pbkdf2 family_home.code family_home.bcrypt family_home.pbkdf2"
        " home.code ask.topic"
        " publication.target"
    ),
    "taken back from the broker by delivery, within seconds": "family_home.shown",
    "words of a list, not of a person": (
        "adaptation.hazard adaptation.room adaptation.source assessment.scale drill.scenario erasure.ground"
        " installation.room installation.site inspection.seed inspection_task.subject"
    ),
    "the law asks to keep who looked": "audit_entry.why audit_entry.address",
    "sheets, a week at the latest": (
        "intake.name intake.content intake.why intake_problem.cell intake_problem.key intake_problem.params"
    ),
}
ALLOWED = {column for columns in STAYS.values() for column in columns.split()}


@pytest.fixture(scope="module")
def conn(server: Server, template: str) -> Iterator[psycopg.Connection[Any]]:
    """A database in which somebody about whom there was something in every column has been forgotten."""
    name, key, word = f"forgotten_{template}", EAST_SIDE.key, EAST_SIDE.word
    dsn = server.create(name, template)
    administrator = make_conninfo(server.administrator, dbname=str(conninfo_to_dict(dsn)["dbname"]))
    settle_sides(administrator, [EAST_SIDE])
    said = {"params": {"bpm": 141, "name": word}}
    with psycopg.connect(administrator, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE resident SET left_on = '2026-03-01', left_why = %s", (word,))
        for ended in ("residence", "installation"):
            owner.execute(f"UPDATE {ended} SET during = '[2026-01-01,2026-03-02)'")
        owner.execute("UPDATE erasure SET done_at = NULL, dropped_at = NULL")
        for days in ("home_day", "routine_day"):
            owner.execute(f"UPDATE {days} SET day = 20500")  # in February 2026
        owner.execute("UPDATE inspection SET kind = 'home'")
        owner.execute("UPDATE inspection_task SET subject = %s", (str(key),))
        owner.execute("UPDATE detector_memory SET detector = 'wandering', numbers = ARRAY[%s, 31.2]", (key,))
        owner.execute(
            "UPDATE incident_event SET data = %s",
            (Jsonb({"note": word, "text_key": "x", "text_params": said, "was": {"reason_params": said}}),),
        )
        owner.execute("SET session_replication_role = DEFAULT")
        owner.execute("SELECT carry_out_erasure(%s, now(), %s)", (key, key))
    with psycopg.connect(dsn) as found:
        yield found
    server.drop(name)


def columns_with(conn: psycopg.Connection[Any], word: str) -> set[str]:
    """table.column wherever the word stands."""
    found = set()
    for table in TABLES:
        columns = conn.execute(
            "SELECT attname, atttypid = 'bytea'::regtype FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (table,),
        ).fetchall()
        for name, raw in columns:
            text = sql.SQL("encode({}, 'escape')" if raw else "{}::text").format(sql.Identifier(name))
            query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} LIKE %s)").format(
                sql.Identifier(table), text
            )
            if conn.execute(query, (f"%{word}%",)).fetchone() == (True,):
                found.add(f"{table}.{name}")
    return found


def test_no_column_speaks_of_who_was_forgotten(conn: psycopg.Connection[Any]) -> None:
    left = columns_with(conn, EAST_SIDE.word)
    assert left - ALLOWED == set(), "blank or delete it by a row of personal_data, or say in STAYS why not"
    assert len(left) > 30, "or the search proves nothing"


def test_what_is_deleted_is_gone_row_by_row(conn: psycopg.Connection[Any]) -> None:
    deleted = conn.execute("SELECT name FROM personal_data WHERE fate = 'deleted' ORDER BY 1").fetchall()
    assert {"detector_memory", "foreign_announcement", "reading"} <= {name for (name,) in deleted}
    rows = {
        name: conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        for (name,) in deleted
    }
    assert {name: count for name, count in rows.items() if count != (0,)} == {}


def test_a_step_of_an_incident_keeps_when_and_who_and_nothing_else(conn: psycopg.Connection[Any]) -> None:
    assert conn.execute("SELECT data FROM incident_event").fetchall() == [
        ({"note": "", "text_key": "erased.words", "was": {}},)
    ]
    assert conn.execute("SELECT reason_key, reason_params FROM incident").fetchall() == [("erased.words", {})]
