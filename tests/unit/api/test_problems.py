"""Every error has one form and reveals nothing."""

import asyncio
import logging
from typing import Any

import httpx
import psycopg
import psycopg_pool
import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from api import problems
from api.models.session import Redeem, SignIn
from api.problems import Problem

SECRET = "hunter2-hunter2"


def make_app() -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, redirect_slashes=False)
    problems.install(app)

    @app.get("/number/{number}")
    async def number(number: int) -> int:
        return number

    @app.post("/sign-in")
    async def sign_in(wish: SignIn) -> None:
        raise AssertionError(wish.login)

    @app.post("/redeem")
    async def redeem(wish: Redeem) -> str:
        return wish.login

    @app.get("/fails/{how}")
    async def fails(how: str) -> None:
        errors: dict[str, Exception] = {
            "bug": ValueError(SECRET),
            "pool": psycopg_pool.PoolTimeout(SECRET),
            "gone": psycopg.OperationalError(SECRET),
            "data": psycopg.errors.UniqueViolation(SECRET),
            "race": Problem(409, "lost-race", state="open", version=3),
            "http": HTTPException(418, SECRET),
        }
        raise errors[how]

    return app


def ask(method: str, path: str, **more: Any) -> httpx.Response:
    async def story() -> httpx.Response:
        transport = httpx.ASGITransport(make_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            return await http.request(method, path, **more)

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("POST", "/number/1", 405, "method-not-allowed"),
        ("GET", "/number/one", 422, "invalid"),
        ("GET", "/number/1/", 404, "not-found"),
        ("POST", "/sign-in", 422, "invalid"),
        ("GET", "/fails/bug", 500, "internal"),
        ("GET", "/fails/data", 500, "internal"),
        ("GET", "/fails/pool", 503, "database-unavailable"),
        ("GET", "/fails/gone", 503, "database-unavailable"),
        ("GET", "/fails/race", 409, "lost-race"),
        ("GET", "/fails/http", 418, "error"),
    ],
)
def test_an_error_is_a_problem(method: str, path: str, status: int, code: str) -> None:
    answer = ask(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/problems/{code}")
    assert body["title"]
    assert SECRET not in answer.text


def test_a_race_says_what_stands() -> None:
    body = ask("GET", "/fails/race").json()
    assert (body["state"], body["version"]) == ("open", 3)


def test_what_was_typed_comes_back_neither_in_the_answer_nor_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        short = ask("POST", "/sign-in", json={"login": SECRET, "password": ["not", SECRET]})
        bug = ask("POST", "/sign-in", json={"login": SECRET, "password": SECRET})
    assert (short.status_code, bug.status_code) == (422, 500)
    assert SECRET not in short.text + bug.text
    assert not [record for record in caplog.records if SECRET in str(vars(record))]
    (failure,) = [record for record in caplog.records if record.message == "request failed"]
    assert vars(failure)["error"] == "AssertionError"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"login": 5, "password": {}}', b"[" * 100_000,
        b'{"login": "a\\u0000b", "password": "x"}', b'{"login": "\\ud800", "password": "x"}',
        b'{"login": "\\u202eevil", "password": "x"}', b'{"login": "x", "password": "' + b"y" * 300 + b'"}',
    ],
)  # fmt: skip
def test_bad_bodies_are_refused(body: bytes) -> None:
    answer = ask("POST", "/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("login", "kept"),
    [
        ("Li.Na", "li.na"),
        (" ANNA ", "anna"),
        ("ｗａｎｇ１", "wang1"),
        ("李娜娜", "李娜娜"),
        ("a@b.example", "a@b.example"),
    ],
)
def test_logins_are_folded(login: str, kept: str) -> None:
    body = {"code": "c", "login": login, "password": "long enough", "name": "x"}
    assert ask("POST", "/redeem", json=body).json() == kept


@pytest.mark.parametrize(
    "wrong", [{"login": "ab"}, {"login": "a b c"}, {"password": "short"}, {"name": ""}, {"language": "fr"}]
)
def test_a_new_account_has_rules(wrong: dict[str, str]) -> None:
    body = {"code": "c", "login": "anna", "password": "long enough", "name": "x"} | wrong
    assert ask("POST", "/redeem", json=body).status_code == 422


def test_who_forgets_to_say_that_a_body_is_json_is_told() -> None:
    answer = ask("POST", "/sign-in", content='{"login": "wang", "password": "x"}').json()
    assert "Content-Type: application/json" in answer["errors"][0]["message"]
