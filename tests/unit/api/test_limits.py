"""A body may be so large and no larger, whether it says so or not."""

import asyncio
from collections.abc import AsyncIterator

import httpx
from fastapi import FastAPI

from api import problems
from api.limits import MOST_BYTES, BodyLimit
from api.models.session import Look


def post(content: bytes | AsyncIterator[bytes]) -> httpx.Response:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(BodyLimit)

    @app.post("/")
    async def look(wish: Look) -> str:
        return wish.code

    async def story() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
            return await http.post("/", content=content, headers={"Content-Type": "application/json"})

    return asyncio.run(story())


def test_an_ordinary_body_passes() -> None:
    assert post(b'{"code": "x"}').json() == "x"


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    assert post(b" " * (MOST_BYTES + 1)).status_code == 413


def test_a_body_that_turns_out_too_large_is_broken_off() -> None:
    given = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(10_000):
            given += 8192
            yield b" " * 8192

    answer = post(flood())
    assert answer.status_code in (400, 413)
    assert answer.headers["content-type"] == "application/problem+json"
    assert given <= 2 * MOST_BYTES
