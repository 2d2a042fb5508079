"""People with real browsers before the real API.

`house`  a village of four homes with its API running (tests.support.api).
`sit`    sit down at a browser: sit(role, ...) signs somebody in and shows their page.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.api import STREET, ApiHouse, api_house

SHOTS = Path(__file__).parents[2] / "out" / "screenshots"
WALL, PHONE = (1920, 1080), (390, 844)
Sit = Callable[..., Page]

expect.set_options(timeout=20_000)


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


@pytest.fixture
def desk(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A fresh browser profile; what its pages complain about fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        size: tuple[int, int] = WALL, language: str = "en", motion: str = "no-preference"
    ) -> BrowserContext:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            timezone_id="Asia/Shanghai",
            reduced_motion=motion,  # type: ignore[arg-type]
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None
        )
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def sit(house: ApiHouse, desk: Callable[..., BrowserContext]) -> Sit:
    def sit_down(
        role: str = "operator",
        path: str = "/board",
        at: str = "",
        size: tuple[int, int] = WALL,
        language: str = "en",
        motion: str = "no-preference",
        **grant: int,
    ) -> Page:
        """A page as somebody with `role` sees it; `at` is another address of the same server."""
        person = house.person(role, **(grant or {"station": STREET}))
        context = desk(size, language, motion)
        url = at or house.url
        cookies = [{"name": name, "value": value, "url": url} for name, value in person.http.cookies.items()]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        # The account speaks English; what the reader chose on this device comes before that.
        key = "nowalls.language"
        choice = f"localStorage.getItem('{key}') ?? localStorage.setItem('{key}', '{language}')"
        context.add_init_script(f"if (location.protocol === 'http:') {{ {choice} }}")
        page = context.new_page()
        page.goto(url + path)
        return page

    return sit_down


def keep(page: Page, name: str) -> None:
    """Leave a picture of the page for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
