"""ThingsBoard's device and gateway topics: `v1/devices/me/telemetry`, `v1/gateway/telemetry` and their kin.

As its MQTT device and gateway API documents them: an object of values, `{"ts": ms, "values": {...}}`, or an
array of either; the gateway's names its devices first. The device form speaks for the sender itself.
"""

from typing import Any

from ingest.foreign import reading
from ingest.foreign.said import ITSELF, About, Heard, Said
from ingest.message import BadPayload, Fault

_ME, _GATEWAY, _SHORT = "v1/devices/me/", "v1/gateway/", "v2/"
_OWN = frozenset({_ME + "telemetry", "v2/t", "v2/t/j"})


class ThingsBoard:
    """See ingest.foreign.said.Ear."""

    def owns(self, tail: str) -> bool:
        """Every topic of the two APIs, and the short ones of the first."""
        return tail.startswith((_ME, _GATEWAY, _SHORT))

    def hear(self, tail: str, payload: bytes, received: int) -> Heard:
        """Telemetry; who is connected; attributes and answers to remote calls are passed over."""
        if tail in _OWN:
            heard = Heard()
            _rows(heard, ITSELF, reading.json(payload))
            return _known(heard)
        if tail == _GATEWAY + "telemetry":
            return _known(_of_gateway(reading.json_object(payload)))
        if tail in (_GATEWAY + "connect", _GATEWAY + "disconnect"):
            return _presence(reading.json_object(payload), here=tail.endswith("/connect"))
        if "/attributes" in tail or "/rpc" in tail or tail.startswith(("v2/a", "v2/r")):
            return Heard()
        raise BadPayload(Fault.UNKNOWN_STREAM, tail[:40])


def _known(heard: Heard) -> Heard:
    if not heard.said and heard.wrong is None:
        raise BadPayload(Fault.NO_KNOWN_FIELD, "no key that means something here")
    return heard.or_refused()


def _of_gateway(given: dict[str, Any]) -> Heard:
    heard = Heard()
    for thing, rows in given.items():
        known = reading.name(thing)
        if not known:
            raise BadPayload(Fault.WRONG_TYPE, "a device without a name")
        heard.about[known] = About(name=known)
        _rows(heard, known, rows)
        if len(heard.said) > reading.MOST_VALUES:
            raise BadPayload(Fault.TOO_LARGE, f"more than {reading.MOST_VALUES} values")
    return heard


def _rows(heard: Heard, thing: str, given: Any) -> None:
    rows = given if isinstance(given, list) else [given]
    if len(rows) > reading.MOST_VALUES:
        raise BadPayload(Fault.TOO_LARGE, f"{len(rows)} rows, at most {reading.MOST_VALUES}")
    for row in rows:
        _row(heard, thing, row)


def _row(heard: Heard, thing: str, row: Any) -> None:
    """One set of values; one that is none is noted, and the others count."""
    if not isinstance(row, dict):
        raise BadPayload(Fault.WRONG_TYPE, "a row that is no object")
    known, at = row, None
    try:
        if "ts" in row:  # with `values`, or in the older form among them
            at = reading.milliseconds(row["ts"])
            known = row["values"] if "values" in row else {k: v for k, v in row.items() if k != "ts"}
        elif set(row) == {"values"}:
            known = row["values"]
        if not isinstance(known, dict):
            raise BadPayload(Fault.WRONG_TYPE, "values is no object")
    except BadPayload as error:
        heard.wrong = heard.wrong or error
        return
    reading.add(heard, thing, known, at)


def _presence(given: dict[str, Any], *, here: bool) -> Heard:
    thing = reading.name(given.get("device"))
    if not thing:
        raise BadPayload(Fault.MISSING_FIELD, "device")
    about = About(thing, reading.name(given.get("type")))
    return Heard([Said(thing, "online", float(here))], {thing: about})
