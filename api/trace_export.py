"""Spans on their way to a collector, as OTLP over HTTP. Needs the optional group `traces`."""

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags

from api.tracing import Span
from api.version import VERSION

log = logging.getLogger(__name__)

_NS = 1000  # in a microsecond
_FLAGS = TraceFlags(TraceFlags.SAMPLED)


class Exporter:
    """Sends finished spans to `url`, the whole address (http://collector:4318/v1/traces)."""

    def __init__(self, url: str) -> None:
        """Nothing is sent yet."""
        self._exporter = OTLPSpanExporter(endpoint=url, timeout=10)
        self._resource = Resource.create({"service.name": "nowalls", "service.version": VERSION})

    def send(self, spans: Sequence[Span]) -> bool:
        """Whether the collector took them; those that it does not take are gone: traces are no record."""
        result = self._exporter.export([self._readable(span) for span in spans])
        if result is not SpanExportResult.SUCCESS:
            log.warning("the collector of traces does not answer", extra={"spans": len(spans)})
        return result is SpanExportResult.SUCCESS

    def _readable(self, span: Span) -> ReadableSpan:
        parent = span.parent_id
        return ReadableSpan(
            name=span.name,
            context=_context(span.trace_id, span.span_id),
            parent=None if parent is None else _context(span.trace_id, parent),
            resource=self._resource,
            attributes=dict(span.attributes),
            kind=SpanKind.INTERNAL,
            start_time=span.began * _NS,
            end_time=span.ended * _NS,
        )


def _context(trace: int, span: int) -> SpanContext:
    return SpanContext(trace, span, is_remote=False, trace_flags=_FLAGS)
