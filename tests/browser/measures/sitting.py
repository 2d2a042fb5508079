"""A browser that is signed in to the measured system."""

from playwright.sync_api import Browser, Page

from benchmarks.town import Town


def sit(browser: Browser, town: Town, path: str = "/board", wait: str = "queue") -> Page:
    """A 1080p page on `path`, once the element `wait` is there."""
    page = arrive(browser, town)
    page.goto(f"http://{town.address}{path}")
    page.get_by_test_id(wait).wait_for()
    return page


def arrive(browser: Browser, town: Town) -> Page:
    """A fresh browser profile with the cookie of the system, before it opens anything."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB")
    name, value = town.cookie.split("; ")[0].split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": f"http://{town.address}"}])
    context.set_default_timeout(90_000)
    return context.new_page()
