"""What the description of the API does not hold, or only by name: FHIR, pages, pictures, sheets, devices,
sockets, and the numbers for Prometheus. Nearly right, each in its own way."""

import http.client
import json
import random
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

from PIL import Image
from websockets.exceptions import InvalidHandshake, WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from api.fhir.search import PARAMETERS
from tests.fuzz import corpus, mutate
from tests.fuzz.words import ODD

_FHIR = "application/fhir+json"
_COMMON = ("_id", "_lastUpdated", "_count", "_sort", "_cursor", "_format", "_pretty", "patient", "_summary")
_KEYS = ("1", "2", "99", "0", "heart_rate.1.1", "1-1", "1.2.3", "00000000-0000-0000-0000-000000000001", "abc")
_SAID = (
    "1", "Patient/1", "Patient/2", "http://loinc.org|8867-4", "|", "active,resolved", "ge2026-01-01",
    "lt2026", "2026-03-01T02:00:00Z", "2026-13-45", "-_lastUpdated", "200", "0", "true",
    "female", "Resident 1",
)  # fmt: skip
_PAGES = (
    "/", "/login", "/enter", "/account", "/board", "/family", "/respond", "/console", "/care", "/status",
    "/sw.js", "/static/app/html.js", "/static/style/base.css", "/static/", "/manifest.webmanifest",
    "/nothing", "/metrics", "/api/v1/provider/callback", "/api/v1/live", "/api/v1/status",
    "/api/v1/status/details", "/fhir/metadata",
)  # fmt: skip
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation", "status": "final", "identifier": [{"system": "urn:x", "value": "1"}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
    "subject": {"reference": "Patient/1"}, "effectiveDateTime": "2026-03-01T02:00:00Z",
    "valueQuantity": {"value": 70, "system": "http://unitsofmeasure.org", "code": "/min"},
}  # fmt: skip
SUBSCRIPTION: dict[str, Any] = {
    "resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": "Flag?patient=1",
    "channel": {"type": "rest-hook", "endpoint": "https://1.1.1.1/x", "payload": _FHIR},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its bytes, and headers beside those of who sends it."""

    method: str
    path: str
    data: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def door(self) -> str:
        """Which one, without keys and values."""
        return f"{self.method} " + "/".join(self.path.partition("?")[0].split("/")[:5])


class Doors:
    """Makes such requests; `basic` is the Authorization of a device, `incidents` are keys of some."""

    def __init__(self, draw: random.Random, basic: str, incidents: tuple[str, ...] = ()) -> None:
        self._draw, self._basic, self._incidents = draw, basic, incidents
        out = BytesIO()
        Image.new("RGB", (40, 30), (90, 80, 80)).save(out, "JPEG")
        self._picture, out = out.getvalue(), BytesIO()
        Image.new("RGBA", (30, 30)).save(out, "PNG")
        self._pictures = (self._picture, out.getvalue(), b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"GIF89a")

    def one(self) -> Asked:
        """The next."""
        draw = self._draw
        makers = (self._search, self._search, self._key, self._told, self._page, self._device, self._upload)
        return draw.choice(makers)()

    def _word(self) -> str:
        draw = self._draw
        return draw.choice(ODD) if draw.random() < 0.3 else draw.choice(_SAID)

    def _search(self) -> Asked:
        draw = self._draw
        kind = draw.choice((*PARAMETERS, "Subscription", "Encounter"))
        names = (*_COMMON, *sorted(PARAMETERS.get(kind, ())), "_has:x", "name:exact", "")
        given = [(draw.choice(names), self._word()) for _ in range(draw.randrange(4))]
        text = urlencode(given, errors="replace")
        if draw.random() < 0.25:
            form = {"Content-Type": draw.choice(("application/x-www-form-urlencoded", "text/plain"))}
            return Asked("POST", f"/fhir/{kind}/_search", mutate.bytes_of(text.encode(), draw), form)
        prefer = {"Prefer": "handling=lenient"} if draw.random() < 0.2 else {}
        return Asked("GET", f"/fhir/{kind}?{text}", None, prefer)

    def _key(self) -> Asked:
        draw = self._draw
        kind = draw.choice((*PARAMETERS, "Subscription", "Encounter"))
        key = (
            quote(self._word()[:80], safe="", errors="replace") if draw.random() < 0.2 else draw.choice(_KEYS)
        )
        if kind == "Patient" and draw.random() < 0.4:
            return Asked(
                "GET", f"/fhir/Patient/{key}/$everything?_count={draw.choice(('1', 'x', '0', '9' * 30))}"
            )
        return Asked(
            draw.choice(("GET", "GET", "GET", "DELETE", "PUT", "PATCH")), f"/fhir/{kind}/{key or 'x'}"
        )

    def _told(self) -> Asked:
        draw = self._draw
        body: Any = draw.choice((OBSERVATION, OBSERVATION, SUBSCRIPTION))
        where = body["resourceType"]
        for _ in range(draw.randrange(3)):
            body = mutate.meaning(body, draw)
        data = json.dumps(body, default=repr).encode(errors="surrogatepass")
        data = mutate.bytes_of(data, draw) if draw.random() < 0.15 else data
        data = mutate.nested(draw)[:60_000] if draw.random() < 0.05 else data
        headers = {"Content-Type": draw.choice((_FHIR, _FHIR, "application/json", "text/xml"))}
        if draw.random() < 0.2:
            headers["If-None-Exist"] = draw.choice(("identifier=urn:x|1", "identifier=", "%00", "a=b&" * 60))
        return Asked("POST", f"/fhir/{where}", data, headers)

    def _page(self) -> Asked:
        draw = self._draw
        path = draw.choice(_PAGES)
        if draw.random() < 0.3:
            path += "/" + quote(draw.choice(ODD)[:200], safe="/.%", errors="replace").replace(" ", "")
        query = urlencode(
            {draw.choice(("state", "code", "x", "lang", "v")): draw.choice(ODD)}, errors="replace"
        )
        method = draw.choice(("GET", "GET", "HEAD", "POST", "OPTIONS", "TRACE"))
        return Asked(
            method, f"{path}?{query}" if draw.random() < 0.4 else path, b"" if method == "POST" else None
        )

    def _device(self) -> Asked:
        draw = self._draw
        stream, said = draw.choice(corpus.objects(1_772_334_000_000))
        data = corpus.encoded(mutate.meaning(said, draw) if draw.random() < 0.5 else said, draw)
        data = mutate.bytes_of(data, draw) if draw.random() < 0.3 else data
        data = draw.choice((mutate.nested(draw), b"", b"\x9f" * 9)) if draw.random() < 0.05 else data
        kind = draw.choice(("application/json", "application/cbor", "application/msgpack", "x", ""))
        login = (
            self._basic
            if draw.random() < 0.7
            else draw.choice(("Basic", "Basic eDp5", "Basic \xff", "Bearer x"))
        )
        tail = (
            stream
            if draw.random() < 0.7
            else "in/" + quote(draw.choice(("a/b", "zigbee2mqtt/x", *ODD))[:300])
        )
        headers = {"Content-Type": kind, "Authorization": login}
        return Asked("POST", f"/api/v1/device-messages/{tail or 'x'}", data[:200_000], headers)

    def _upload(self) -> Asked:
        draw = self._draw
        if draw.random() < 0.5:
            subject = draw.choice(
                (*(f"incident:{one}" for one in self._incidents), "visit:1", "adaptation:1", "x:")
            )
            data = draw.choice(self._pictures)
            data = mutate.bytes_of(data, draw) if draw.random() < 0.7 else data
            kind = draw.choice(("image/jpeg", "image/png", "image/webp", "image/svg+xml"))
            return Asked("POST", f"/api/v1/photos?subject={quote(subject)}", data, {"Content-Type": kind})
        sheet = "name,phone,home,birth_date\nA B,123,h1,1940-01-02\n=1+1,,,\n".encode(
            draw.choice(("utf-8", "utf-16", "gb18030"))
        )
        data = mutate.bytes_of(
            draw.choice((sheet, b"PK\x03\x04" + sheet, b"PK\x05\x06" + b"\x00" * 18)), draw
        )
        name = quote(draw.choice(("x.csv", "x.xlsx", *ODD))[:120], errors="replace")
        media = {"Content-Type": "application/octet-stream"}
        return Asked("POST", f"/api/v1/care/intakes?name={name}", data, media)


def socket_door(url: str, cookie: str, draw: random.Random) -> str:
    """One visit to the live feed with odd words and broken frames; what went wrong on our side, or ""."""
    cursor = quote(draw.choice((*ODD, "1-2", "0.0"))[:150], safe="", errors="replace")
    headers = {"Cookie": draw.choice((cookie, cookie, "nw_session=x", ""))}
    words = (
        '{"type":"ping"}',
        '{"type":"viewing","incident":null}',
        "[]",
        "\x00",
        '{"type":' * 50,
        "9" * 4096,
    )
    try:
        with connect(
            url.replace("http", "ws") + f"/api/v1/live?cursor={cursor}", additional_headers=headers,
            origin=Origin(url), compression=None, close_timeout=0.2, open_timeout=20,
        ) as feed:  # fmt: skip
            for _ in range(draw.randrange(4)):
                text = draw.choice(words)
                feed.send(text if draw.random() < 0.7 else mutate.bytes_of(text.encode(), draw))
            if draw.random() < 0.3:
                feed.socket.sendall(draw.randbytes(draw.randrange(1, 60)))
    except InvalidHandshake as error:
        answer = getattr(error, "response", None)
        return f"live {answer.status_code}" if answer is not None and answer.status_code >= 500 else ""
    except (WebSocketException, OSError):
        return ""
    return ""


def metrics_door(port: int, token: str, draw: random.Random) -> str:
    """One odd visit to the page of numbers; what went wrong, or ""."""
    if draw.random() < 0.3:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as raw:
            raw.sendall(mutate.bytes_of(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", draw) + b"\r\n\r\n")
            raw.shutdown(socket.SHUT_WR)
            line = raw.recv(200).split(b"\r\n")[0]
            return (
                f"metrics {line!r}" if b" 50" in line and b" 501" not in line and b" 505" not in line else ""
            )
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    shown = draw.choice((f"Bearer {token}", "Bearer x", "Bearer \xe9", ""))
    path = draw.choice(("/metrics", "/metrics", "/", "/metrics?x=1", "/" + "a" * 3000))
    there.request("GET", path, headers={"Authorization": shown})
    answer = there.getresponse()
    said = answer.read()
    there.close()
    right = 200 if path == "/metrics" and shown.endswith(token) else 401 if path == "/metrics" else 404
    return "" if answer.status == right else f"metrics {path} {answer.status} {said[:100]!r}"
