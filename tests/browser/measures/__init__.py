"""What the pages cost, measured in a real browser: `python -m tests.browser.measures`."""
