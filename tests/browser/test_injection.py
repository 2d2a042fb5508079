"""Whatever stands in a free text - a name, an address, a device's model, a note - is words to every page."""

from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect
from psycopg import sql

from tests.browser.conftest import Sit
from tests.support.api import EAST, STREET, ApiHouse, Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

EVIL = (
    "<img src=x onerror=top.hit=1><svg onload=top.hit=1>\"'><script>top.hit=1</script>{{7*7}}${7*7}"
    "javascript:top.hit=1"
)
SQL = "'; DROP TABLE resident; --"
# Texts that programs read: not written by people, and checked where they come in.
INTERNAL = """
    code kind role state path level severity reason_key reason language time_zone purpose metric cause outcome
    step channel scheme bcrypt pbkdf2 owner_kind status priority word subject detector topic_key digest login
    password password_hash living sex category scenario about datum room site home_code device_code unit id
    key item domain kinds strategy anchor rotation shape target part work action act type form instrument
    version issuer provider media_type
"""
TABLES_OF_MACHINES = """
    metric migration schema_migration heartbeat session invitation device_secret device_claim console_secret
    audit audit_entry resident_key account_secret api_token detector_memory endpoint escalation_policy
    kind_policy
"""
BOARD = ("", "residents", "residents/1", "devices", "map", "visits", "endpoints", "quarantine")
CARE = ("people", "people/1", "services", "visits", "organisation")


def columns(conn: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Every free text that a person or a stranger may have written."""
    rows = conn.execute(
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " AND data_type IN ('text', 'character varying') ORDER BY 1, 2"
    ).fetchall()
    return [
        (table, column)
        for table, column in rows
        if column not in INTERNAL.split()
        and table not in TABLES_OF_MACHINES.split()
        and not column.endswith(("_hash", "_key", "_kind"))
    ]


def poison(conn: psycopg.Connection[Any], text: str) -> set[str]:
    """Write `text` into all of them, where the schema lets it; which these were."""
    done = set()
    for table, column in columns(conn):
        statement = sql.SQL("UPDATE {} SET {} = %s").format(sql.Identifier(table), sql.Identifier(column))
        try:
            with conn.transaction():
                if conn.execute(statement, (text,)).rowcount:
                    done.add(f"{table}.{column}")
        except psycopg.Error:
            continue  # constrained: no free text
    return done


def inert(page: Page) -> None:
    """Nothing of it has become an element, run, or been computed."""
    assert page.evaluate("top.hit") is None, page.url
    assert page.locator("img[src='x'], svg[onload], [onerror]").count() == 0, page.url
    assert page.evaluate("document.querySelectorAll('script:not([src]):not([type])').length") == 0
    assert page.locator("a[href^='javascript:']").count() == 0


def walk(page: Page, places: tuple[str, ...]) -> int:
    """Look at each place; how often the text was there to be read."""
    seen = 0
    for place in places:
        page.evaluate("(place) => { location.hash = place }", f"#/{place}")
        page.wait_for_load_state("networkidle")
        inert(page)
        seen += page.get_by_text("onerror=top.hit=1").count()
    return seen


@pytest.fixture
def poisoned(house: ApiHouse) -> ApiHouse:
    """A village in which somebody wrote an attack wherever anybody can write."""
    for home in (1, 3):
        house.sos(home)
    house.finds("fall", 3)
    house.conn.execute(
        "INSERT INTO contact (resident_id, rank, name, relation, phone) VALUES (1, 1, 'a', 'b', '1')"
    )
    house.conn.execute(
        "INSERT INTO quarantine (topic, digest, reason, detail, payload, home_code, device_code, first_at,"
        " last_at) VALUES (%s, 'x', 'malformed', 'd', %s, 'h1', 'w1', '2026-03-01', '2026-03-01')",
        (f"nw/v1/h1/{EVIL}", EVIL.encode()),
    )
    house.conn.execute("INSERT INTO device_state (device_id, firmware) SELECT id, 'f' FROM device")
    done = poison(house.conn, EVIL)
    assert {"resident.name", "home.address", "device.model", "contact.name", "station.name"} <= done
    # A device's own name is a code; one that came by another way than ours is shown all the same.
    house.conn.execute("UPDATE device SET code = code || %s", (EVIL,))
    return house


def test_no_free_text_becomes_more_than_words_on_any_page(poisoned: ApiHouse, sit: Sit) -> None:
    board = sit("administrator", station=STREET)
    expect(board.locator("#main")).to_be_visible()
    incident = poisoned.conn.execute("SELECT id FROM incident ORDER BY opened_at LIMIT 1").fetchone()
    assert incident
    assert walk(board, (*BOARD, f"incident/{incident[0]}")) > 10
    assert walk(sit("administrator", "/care", station=STREET), CARE) >= 0
    for role, path, grant in (
        ("responder", "/respond", {"station": EAST}),
        ("family", "/family", {"resident": 1}),
        ("operator", "/account", {"station": EAST}),
        ("operator", "/console", {"station": EAST}),
    ):
        page = sit(role, path, **grant)
        page.wait_for_load_state("networkidle")
        inert(page)
        if path != "/console":
            walk(page, (f"incident/{incident[0]}",))


def test_what_is_typed_reaches_the_database_as_words(house: ApiHouse) -> None:
    """Every text that a person may send, as itself: nothing is dropped, nothing is another statement."""
    operator: Person = house.person("operator", EAST)
    incident = house.sos(1)
    for text in (SQL, EVIL, "%s %(x)s {0} \\' \\u0000"):
        assert operator.act(incident, "note", note=text).status_code == 200
        assert operator.http.get("/residents", params={"q": text[:60]}).status_code == 200
        assert operator.http.get("/quarantine", params={"reason": text}).status_code in (403, 422)
    kept = house.conn.execute("SELECT string_agg(e::text, ' ') FROM incident_event e").fetchone()
    assert kept is not None
    assert "DROP TABLE resident" in kept[0]
    assert house.conn.execute("SELECT count(*) FROM resident").fetchone() == (4,)
