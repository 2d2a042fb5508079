"""What the tests on a real database and broker share."""

import pytest

from api.live import words


@pytest.fixture(autouse=True)
def quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests wait for the live feed's next sign of life to know that nothing more comes: later than the
    feed's poll, but not as late as people can afford."""
    monkeypatch.setattr(words, "HEARTBEAT_S", 1.5)
