"""What every answer carries, and what TLS changes: the browser's own guards are all up."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from click.testing import CliRunner

from api.app import create_app
from api.authorisation import OPEN
from api.commands import recover
from api.settings import ApiSettings
from core.settings import Settings, load
from tests.support.api import EAST, PASSWORD, STREET, ApiHouse, api_house

pytestmark = pytest.mark.integration

PAGES = ("/login", "/enter", "/account", "/board", "/family", "/respond", "/console", "/bench", "/care")
ERRORS = (
    "/nothing",
    "/api/v1/nothing",
    "/api/v1/session",
    "/static/nothing.js",
    "/static/app/html.js",
    "/sw.js",
)


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def test_no_answer_lets_foreign_or_inline_code_run(house: ApiHouse) -> None:
    with httpx.Client(base_url=house.url, timeout=30) as http:
        for path in (*PAGES, *ERRORS):
            answer = http.get(path)
            assert (answer.status_code == 200) == (path in PAGES or path.endswith(("html.js", "sw.js"))), path
            policy = dict(
                part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
            )
            assert policy["default-src"] == "'self'", path
            assert policy["script-src"] == "'self'", path
            assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'", path
            assert "unsafe" not in str(policy), path
            headers = {
                "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
                "x-frame-options": "DENY",
                "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
            }  # fmt: skip
            assert headers.items() <= answer.headers.items(), path
            assert "camera=()" in answer.headers["permissions-policy"]
            assert "strict-transport-security" not in answer.headers
            if answer.headers["content-type"].startswith("text/html"):
                assert not re.search(r"<style|\sstyle=|<script>|\son\w+=|https?://", answer.text), path
            if path.startswith("/api/"):
                assert answer.headers["cache-control"] == "no-store"


def test_over_tls_the_cookie_belongs_to_this_host_and_the_browser_insists(house: ApiHouse) -> None:
    login = house.person("operator", EAST).session["account"]["login"]

    async def story() -> None:
        settings = Settings(database_url=house.dsn, data_dir=house.folder, public_url="https://care.example")  # type: ignore[call-arg]
        app = create_app(settings, ApiSettings(), house.clock, house.wall)
        transport = httpx.ASGITransport(app=app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="https://care.example/api/v1") as http,
        ):
            answer = await http.post("/session", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("__Host-nw_session=")
            assert {"HttpOnly", "Path=/", "SameSite=strict", "Secure"} <= {
                one.strip() for one in cookie.split(";")
            }
            assert "Domain" not in cookie
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
            assert (await http.get("/session")).status_code == 200
            for origin, status in (("http://care.example", 403), ("https://care.example", 200)):
                # A page in the clear may be anybody's, under our own name.
                over = await http.post(
                    "/session", json={"login": login, "password": PASSWORD}, headers={"Origin": origin}
                )
                assert over.status_code == status, origin
            assert all(
                "; Secure" in one and "HttpOnly" in one for one in answer.headers.get_list("set-cookie")
            )
            token = http.cookies["__Host-nw_session"]
            http.cookies.clear()
            plain = await http.get("/session", headers={"Cookie": f"nw_session={token}"})
            assert plain.status_code == 401  # a page of another port or host could have set that one
            over = await http.post("/session/passkey/options")
            assert over.json()["options"]["rpId"] == "care.example"

    asyncio.run(story())


def test_no_page_of_others_changes_anything_on_whatever_route(house: ApiHouse) -> None:
    """With a session's cookie, as a browser sends it, and without the word that only our pages know."""
    boss, stranger = house.person("administrator", STREET), house.stranger()
    document = boss.http.get("/openapi.json").json()
    boss.http.headers.pop("X-CSRF-Token")
    unsafe = [
        (method, re.sub(r"{[^}]*}", "1", path), f"{method.upper()} {path.removeprefix('/api/v1')}")
        for path, methods in document["paths"].items()
        for method in methods
        if method != "get"
    ]
    assert len(unsafe) > 100
    unguarded = []
    for method, path, route in [
        *unsafe,
        ("post", "/fhir/Observation", ""),
        ("post", "/fhir/Subscription", ""),
    ]:
        url, foreign = house.url + path, {"Origin": "https://evil.example"}
        if route in {one.replace(":path", "") for one in OPEN}:
            answer = stranger.http.request(method, url, json={}, headers=foreign)
            right = answer.status_code == 403 and answer.json()["code"] == "foreign-origin"
        else:
            answer = boss.http.request(method, url, json={})
            right = answer.status_code == 403 and "bad-csrf" in answer.text
        unguarded += [] if right else [(route or path, answer.status_code, answer.text[:80])]
    assert unguarded == []


def test_what_is_dear_is_served_at_a_pace(house: ApiHouse) -> None:
    operator, other = house.person("operator", EAST), house.person("operator", EAST)
    statuses = [operator.http.get("/statistics").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    refused = operator.http.get("/statistics")
    assert refused.json()["code"] == "slow-down"
    assert 1 <= int(refused.headers["retry-after"]) <= 3
    assert other.http.get("/statistics").status_code == 200
    house.wall.advance(seconds=2)
    assert operator.http.get("/statistics").status_code == 200


def test_the_description_says_how_one_comes_in(house: ApiHouse) -> None:
    document = house.stranger().http.get("/openapi.json").json()
    schemes = document["components"]["securitySchemes"]
    assert (schemes["session"]["in"], schemes["token"]["scheme"]) == ("cookie", "bearer")
    assert {"session": []} in document["paths"]["/api/v1/incidents"]["get"]["security"]
    assert {"token": []} in document["paths"]["/api/v1/incidents"]["get"]["security"]
    assert "security" not in document["paths"]["/api/v1/session"]["post"]


def test_on_the_machine_itself_there_is_a_way_back(house: ApiHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    login = house.person("administrator", STREET).session["account"]["login"]
    monkeypatch.setenv("NOWALLS_DATABASE_URL", house.dsn)
    load.cache_clear()
    made = CliRunner().invoke(recover, [login.upper(), "--second-factor"])
    nobody = CliRunner().invoke(recover, ["nobody"])
    load.cache_clear()
    assert nobody.exit_code == 2
    code = made.output.strip().partition("#reset.")[2]
    # The link was made by the real clock, and the house lives in another time.
    with psycopg.connect(house.dsn) as conn:
        conn.execute("UPDATE account_link SET expires_at = '2026-03-02'")
    someone = house.stranger()
    looked = someone.post("/resets/look", code=code).json()
    assert (looked["login"], looked["second_factor"]) == (login, True)
