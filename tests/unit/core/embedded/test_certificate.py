"""The certificate that the embedded broker is started with: the last that can be used."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import tls
from core.embedded.nats import Nats
from core.embedded.nats_config import Tls

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_certificate_that_is_none_is_not_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place = tls.folder(tmp_path)
    tls.init(tmp_path, ["localhost"], NOW)
    broker = Nats(tmp_path, tls=Tls(place))
    broker._write()
    first = (broker.folder / "server.crt").read_bytes()
    for broken in (b"\xff half of it", b"", (place / "ca.crt").read_bytes()):
        (place / "server.crt").write_bytes(broken)
        broker._write()
        assert (broker.folder / "server.crt").read_bytes() == first
    assert len(caplog.records) == 3
    tls.issue(tmp_path, "server", ["localhost"], NOW)
    broker._write()
    assert (broker.folder / "server.crt").read_bytes() == (place / "server.crt").read_bytes() != first
    assert tls.serves(broker.folder)
