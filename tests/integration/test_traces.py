"""An alarm's trace leaves the house as OpenTelemetry understands it, from the tables alone."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.support.api import api_house, until

pytest.importorskip("opentelemetry.sdk", reason="no opentelemetry here: TRACES ARE NOT TRIED OUT")
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

pytestmark = pytest.mark.integration


class Collector(HTTPServer):
    """What a house sends to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.got: list[bytes] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1/traces"


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip

            body = gzip.decompress(body)
        self.server.got.append(body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_from_a_press_to_the_verdict(
    dsn: str, tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOWALLS_TRACES_URL", collector.url)
    monkeypatch.setattr("api.tracing._EVERY_S", 0.05)
    with api_house(dsn, tmp_path) as house, house.serves():
        incident = house.sos()
        house.clock.advance(seconds=90)
        until(lambda: collector.got, 30)
        row = house.conn.execute("SELECT finding_id FROM incident WHERE id = %s", (incident,)).fetchone()
    assert row is not None
    request = ExportTraceServiceRequest.FromString(collector.got[0])
    spans = [s for r in request.resource_spans for scope in r.scope_spans for s in scope.spans]
    assert {span.trace_id for span in spans} == {row[0].bytes}
    assert {"alarm", "wire", "ingest", "triage", "message"} <= {span.name for span in spans}
    known = {span.span_id for span in spans}
    assert all(span.parent_span_id in known for span in spans if span.parent_span_id)
    assert timedelta(
        microseconds=(spans[0].end_time_unix_nano - spans[0].start_time_unix_nano) / 1000
    ) < timedelta(minutes=2)
