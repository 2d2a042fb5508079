"""One Chromium for tests that follow each other. Its event loop runs in the main thread, where no other test
can have one of its own meanwhile: whoever needs none closes it."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright


class Chromium:
    """Started when somebody first asks for it; Playwright stands no second of its kind in a process."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._browser: Browser | None = None

    def open(self) -> Browser:
        """The browser; skips the test where there is none."""
        if self._browser is None:
            program = os.environ.get("NOWALLS_CHROMIUM", "/usr/bin/chromium")
            if not Path(program).exists():
                pytest.skip(f"no browser at {program}; NOWALLS_CHROMIUM names another")
            playwright = self._stack.enter_context(sync_playwright())
            self._browser = playwright.chromium.launch(
                executable_path=program,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            self._stack.callback(self._browser.close)
        return self._browser

    def close(self) -> None:
        """End it, if it runs."""
        self._browser = None
        self._stack.close()
