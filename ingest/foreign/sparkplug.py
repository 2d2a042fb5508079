"""Sparkplug B: `spBv1.0/<group>/<type>/<edge node>[/<device>]`, a protobuf payload (the field numbers
below are those of its specification 3.0).

A birth says which metrics there are and gives them aliases; data then comes by alias alone. `seq` counts the
messages of an edge node from its birth, 0 to 255 and round again. Who missed one, or hears an alias nobody
introduced, asks for a rebirth: a command on `NCMD`. A death counts only for the birth whose `bdSeq` it bears.
"""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from core.instant import SECOND
from ingest.foreign import reading
from ingest.foreign.said import PAST, About, Heard, Reply, Said
from ingest.foreign.words import value, word
from ingest.message import BadPayload, Fault
from ingest.payload import MAX_BYTES

ROOT = "spBv1.0/"
MOST_NODES, MOST_METRICS = 200, 2_000  # of one source; of one edge node
_ASK_AGAIN = 30 * SECOND
_REBIRTH = "Node Control/Rebirth"
_SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}  # Int8 .. Int64: bits
_COMPRESSED = "SPBV1.0_COMPRESSED"
_PAYLOAD = (
    ("timestamp", 1, "UINT64"), ("metrics", 2, "Metric"), ("seq", 3, "UINT64"), ("uuid", 4, "STRING"),
    ("body", 5, "BYTES"),
)  # fmt: skip
_METRIC = (
    ("name", 1, "STRING"), ("alias", 2, "UINT64"), ("timestamp", 3, "UINT64"), ("datatype", 4, "UINT32"),
    ("is_historical", 5, "BOOL"), ("is_null", 7, "BOOL"), ("int_value", 10, "UINT32"),
    ("long_value", 11, "UINT64"), ("float_value", 12, "FLOAT"), ("double_value", 13, "DOUBLE"),
    ("boolean_value", 14, "BOOL"), ("string_value", 15, "STRING"),
)  # fmt: skip


def _messages() -> tuple[Any, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="nowalls_sparkplug.proto", package="nowalls_sparkplug")
    for name, fields in (("Metric", _METRIC), ("Payload", _PAYLOAD)):
        made = file.message_type.add(name=name)
        for label, number, kind in fields:
            one = made.field.add(
                name=label, number=number, label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL
            )
            if kind == "Metric":
                one.label = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
                one.type, one.type_name = (
                    descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE,
                    ".nowalls_sparkplug.Metric",
                )
            else:
                one.type = getattr(descriptor_pb2.FieldDescriptorProto, f"TYPE_{kind}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = (pool.FindMessageTypeByName(f"nowalls_sparkplug.{name}") for name in ("Payload", "Metric"))
    payload, metric = (message_factory.GetMessageClass(one) for one in found)
    return payload, metric


Payload, Metric = _messages()


@dataclass(slots=True)
class _Node:
    """An edge node since its birth."""

    seq: int | None = None  # of its last message; None: its birth was not heard
    birth: int | None = None  # its bdSeq
    # Thing and alias -> thing and metric: some count the aliases of each device from the first again.
    aliases: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    types: dict[tuple[str, str], int] = field(default_factory=dict)  # of a metric, as its birth told it
    things: set[str] = field(default_factory=set)
    asked: int = 0  # when we last asked for a rebirth


class Sparkplug:
    """See ingest.foreign.said.Ear. A thing is `<group>/<edge node>/<device>`, or the edge node itself."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[str, str], _Node] = {}

    def owns(self, tail: str) -> bool:
        """Every topic of the namespace."""
        return tail.startswith(ROOT)

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """Births, data and deaths; commands and the state of host applications are not for us."""
        parts = tail.split("/")
        if len(parts) > 1 and parts[1] == "STATE":
            return Heard()
        if len(parts) not in (4, 5) or not all(parts):
            raise BadPayload(Fault.BAD_TOPIC, "expected spBv1.0/<group>/<type>/<node>[/<device>]")
        group, kind, edge = parts[1:4]
        thing = reading.name("/".join((group, *parts[3:])))
        if kind in ("NCMD", "DCMD"):
            return Heard()
        if (kind in ("DBIRTH", "DDATA", "DDEATH")) != (len(parts) == 5) or kind not in _KINDS:
            raise BadPayload(Fault.UNKNOWN_STREAM, kind[:40])
        node = self._node(group, edge)
        message = _parsed(payload)
        if kind == "NDEATH":
            return _death(node, message)
        heard = _Hearing(node, thing, received)
        if kind == "NBIRTH":
            return heard.born(message)
        heard.counted(message, Reply(f"{ROOT}{group}/NCMD/{edge}", _rebirth(received)))
        return heard.device(message, kind)

    def _node(self, group: str, edge: str) -> _Node:
        if (group, edge) not in self._nodes and len(self._nodes) >= MOST_NODES:
            raise BadPayload(Fault.TOO_MANY, f"more than {MOST_NODES} edge nodes")
        return self._nodes.setdefault((group, edge), _Node())


_KINDS = frozenset({"NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH"})


class _Hearing:
    """One message of one edge node."""

    def __init__(self, node: _Node, thing: str, received: int) -> None:
        self._node, self._thing, self._received = node, thing, received
        self._heard = Heard()

    def born(self, message: Any) -> Heard:
        """Whatever the node was before, it begins anew."""
        node = self._node
        node.aliases.clear()
        node.types.clear()
        node.things.clear()
        node.seq, node.birth, node.asked = message.seq % 256, _bd_seq(message), 0
        return self._introduced(message)

    def counted(self, message: Any, ask: Reply) -> None:
        """Whether nothing was missed before this one; else a rebirth is asked for, now and then."""
        node = self._node
        expected = None if node.seq is None else (node.seq + 1) % 256
        if message.HasField("seq"):
            if expected is None or message.seq != expected:
                self._ask(ask)
            node.seq = message.seq % 256 if node.seq is not None else None
        self._question = ask

    def device(self, message: Any, kind: str) -> Heard:
        """A device's birth, data or death, or the node's own data."""
        if kind == "DBIRTH":
            return self._introduced(message)
        if kind == "DDEATH":
            self._heard.said.append(Said(self._thing, "online", 0.0))
            return self._heard
        unknown = self._values(message, introduce=False)
        if unknown:
            self._ask(self._question)
            if not self._heard.said:
                raise Unborn(self._heard.replies)
        if self._heard.wrong is not None and not self._heard.said and not self._heard.replies:
            raise self._heard.wrong
        return self._heard

    def _ask(self, ask: Reply) -> None:
        if self._received - self._node.asked >= _ASK_AGAIN and not self._heard.replies:
            self._node.asked = self._received
            self._heard.replies.append(ask)

    def _introduced(self, message: Any) -> Heard:
        self._heard.keep = True
        self._node.things.add(self._thing)
        self._heard.about[self._thing] = About(self._thing)
        self._heard.said.append(Said(self._thing, "online", 1.0))
        self._values(message, introduce=True)
        return self._heard

    def _values(self, message: Any, introduce: bool) -> int:
        """Add what the metrics say; how many came by an alias that nobody introduced."""
        unknown = 0
        for metric in message.metrics:
            known = self._known(metric, introduce)
            if known is None:
                unknown += 1
                continue
            try:
                self._value(metric, known, message)
            except BadPayload as error:
                self._heard.wrong = self._heard.wrong or error
        return unknown

    def _value(self, metric: Any, known: tuple[str, str], message: Any) -> None:
        thing, name = known
        # Data need not repeat the type that its birth told, and the sign of a number is in it.
        raw = _raw(metric, metric.datatype or self._node.types.get(known, 0))
        meant = word(name.rpartition("/")[2])
        found = value(meant, raw) if meant is not None and raw is not None else None
        if found is not None:
            how = PAST if metric.is_historical else ""
            self._heard.said.append(Said(thing, *found, _instant(metric, message), how))

    def _known(self, metric: Any, introduce: bool) -> tuple[str, str] | None:
        if metric.HasField("name"):
            known = (self._thing, metric.name)
            if introduce:
                if len(self._node.types) >= MOST_METRICS:
                    raise BadPayload(Fault.TOO_MANY, f"more than {MOST_METRICS} metrics")
                self._node.types[known] = metric.datatype
                if metric.HasField("alias"):
                    self._node.aliases[self._thing, metric.alias] = known
            return known
        return self._node.aliases.get((self._thing, metric.alias)) if metric.HasField("alias") else None


class Unborn(BadPayload):
    """Data before its birth; `replies` asks for that."""

    def __init__(self, replies: list[Reply]) -> None:
        super().__init__(Fault.MISSING_FIELD, "the birth of this alias")
        self.replies = replies


def _parsed(payload: bytes, *, unpacked: bool = False) -> Any:
    message = Payload()
    try:
        message.ParseFromString(reading.bounded(payload))
    except (DecodeError, RecursionError, ValueError) as error:
        raise BadPayload(Fault.MALFORMED, f"not Sparkplug: {type(error).__name__}") from error
    if len(message.metrics) > MOST_METRICS:
        raise BadPayload(Fault.TOO_LARGE, f"{len(message.metrics)} metrics, at most {MOST_METRICS}")
    # Text that is none comes as bytes.
    if any(isinstance(text, bytes) for one in message.metrics for text in (one.name, one.string_value)):
        raise BadPayload(Fault.MALFORMED, "a text that is none")
    if message.uuid == _COMPRESSED:
        if unpacked:
            raise BadPayload(Fault.MALFORMED, "compressed twice")
        return _parsed(_unpacked(message.body), unpacked=True)
    return message


def _unpacked(body: bytes) -> bytes:
    """A payload that was compressed whole, by DEFLATE or GZIP: never more than a message may be."""
    reader = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either header
    try:
        found = reader.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise BadPayload(Fault.MALFORMED, "neither DEFLATE nor GZIP") from error
    if not found:
        raise BadPayload(Fault.MALFORMED, "compressed, and nothing in it")
    return reading.bounded(found)


def _death(node: _Node, message: Any) -> Heard:
    """All that the node introduced is away; an old will that arrives late changes nothing."""
    # Some nodes number neither birth nor death: then there is nothing to tell an old will by.
    if node.seq is None or _bd_seq(message) != node.birth:
        return Heard()
    node.seq = node.birth = None
    return Heard([Said(thing, "online", 0.0) for thing in sorted(node.things)])


def _bd_seq(message: Any) -> int | None:
    found: Iterator[int] = (
        int(raw)
        for m in message.metrics
        if m.name == "bdSeq" and isinstance(raw := _raw(m, m.datatype), int | float)
    )
    return next(found, None)


def _raw(metric: Any, kind: int) -> float | bool | str | None:
    """The value of a metric; None for null, and for kinds that are no single value."""
    if metric.is_null:
        return None
    for name in ("int_value", "long_value"):
        if metric.HasField(name):
            return _signed(getattr(metric, name), _SIGNED.get(kind))
    for name in ("float_value", "double_value", "boolean_value", "string_value"):
        if metric.HasField(name):
            kept: float | bool | str = getattr(metric, name)
            return None if isinstance(kept, float) and math.isnan(kept) else kept
    return None


def _signed(number: int, bits: int | None) -> int:
    """Signed numbers come as unsigned ones, in two's complement."""
    if bits is None:
        return number
    number &= (1 << bits) - 1
    return number - (1 << bits) if number >> (bits - 1) else number


def _instant(metric: Any, message: Any) -> int | None:
    for one in (metric, message):
        if one.HasField("timestamp"):
            return reading.milliseconds(one.timestamp, "timestamp")
    return None


def _rebirth(now: int) -> bytes:
    """The command, with the instant that the specification wants in it."""
    at = now // 1000
    metric = Metric(name=_REBIRTH, timestamp=at, datatype=11, boolean_value=True)
    asked: bytes = Payload(timestamp=at, metrics=[metric]).SerializeToString()
    return asked
