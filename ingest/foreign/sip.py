"""As much of SIP (RFC 3261, RFC 3428) as one who receives MESSAGE requests and answers them needs. Pure.

Strict: a request that is not exactly one is refused with the status the RFC names. The libraries for Python
are whole telephones, or no longer kept.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

MOST_HEAD, MOST_BODY = 16_384, 16_384
_LINE = re.compile(r"([A-Z]{1,20}) ([A-Za-z][A-Za-z0-9+.-]{1,9}:[^\s]{1,300}|\*) SIP/2\.0")
_ANSWER = re.compile(r"SIP/2\.0 [2-6]\d\d(?: .*)?")
_URI = re.compile(r"<?\b(sips?:[^\s<>;,\"?]{1,200})")
_HEADER = re.compile(r"([A-Za-z0-9!%*_+`'~.-]{1,40})[ \t]*:[ \t]*(.*)")
# The compact forms of RFC 3261 section 7.3.3 that we read.
_SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "c": "content-type", "l": "content-length",
          "m": "contact"}  # fmt: skip
_HOUR_S = 3_600
_NEEDED = ("via", "from", "to", "call-id", "cseq")
_REASONS = {
    200: "OK", 400: "Bad Request", 405: "Method Not Allowed", 413: "Request Entity Too Large",
    415: "Unsupported Media Type", 500: "Server Internal Error", 503: "Service Unavailable",
}  # fmt: skip


class Request(NamedTuple):
    """A request: `headers` by lower-case name, several `via` joined in their order."""

    method: str
    headers: Mapping[str, str]
    body: bytes


class BadRequest(Exception):
    """Not a request that can be answered with a body; `status` 0: not even answered."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(status))
        self.status, self.headers = status, headers or {}


def head_end(data: bytes) -> int:
    """Where the body begins; -1 while the head is not complete. Raises BadRequest when it grows too long."""
    end = data.find(b"\r\n\r\n")
    if end < 0 and len(data) > MOST_HEAD:
        raise BadRequest(0)
    return end + 4 if end >= 0 else -1


def parse_head(head: bytes) -> tuple[str, dict[str, str], int]:
    """(method, headers, length of the body) of a request's head; raises BadRequest."""
    try:
        lines = head.decode("utf-8").rstrip("\r\n").split("\r\n")
    except UnicodeDecodeError as error:
        raise BadRequest(0) from error
    first = _LINE.fullmatch(lines[0])
    if first is None:
        raise BadRequest(0)
    headers = _headers(lines[1:])
    if any(name not in headers for name in _NEEDED):
        raise BadRequest(0)
    if headers["cseq"].split()[1:] != [first[1]] or not headers["cseq"].split()[0].isdecimal():
        raise BadRequest(400, headers)
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 6:
        raise BadRequest(400, headers)
    if int(length) > MOST_BODY:
        raise BadRequest(413, headers)
    return first[1], headers, int(length)


def _headers(lines: list[str]) -> dict[str, str]:
    unfolded: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t") and unfolded:
            unfolded[-1] += " " + line.strip()
        else:
            unfolded.append(line)
    headers: dict[str, str] = {}
    for line in unfolded[:100]:
        found = _HEADER.fullmatch(line)
        if found is None or any(ord(letter) < 32 and letter != "\t" for letter in line):
            raise BadRequest(0)
        name = _SHORT.get(found[1].lower(), found[1].lower())
        if name == "via" and name in headers:
            headers[name] += ", " + found[2]
        elif name in headers and name in (*_NEEDED, "content-length", "content-type"):
            raise BadRequest(0)  # two answers to one question
        else:
            headers[name] = found[2].strip()
    return headers


def parse(datagram: bytes) -> Request:
    """A whole request, as UDP brings it; raises BadRequest."""
    start = head_end(datagram)
    if start < 0:
        raise BadRequest(0)
    method, headers, length = parse_head(datagram[: start - 2])
    body = datagram[start:]
    if "content-length" in headers and len(body) < length:
        raise BadRequest(400, headers)
    if len(body) > MOST_BODY:
        raise BadRequest(413, headers)
    return Request(method, headers, body[:length] if "content-length" in headers else body)


def transaction(headers: Mapping[str, str]) -> str:
    """What tells a request that is sent again from another one (RFC 3261 section 17.2.3): 32 letters."""
    parts = (headers.get("call-id", ""), headers.get("cseq", ""), headers.get("from", ""))
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def received(headers: Mapping[str, str], address: str, port: int) -> dict[str, str]:
    """`headers` with whence the request came noted in its topmost Via (RFC 3261 section 18.2.1, RFC 3581):
    a unit behind a router waits for that."""
    via, comma, others = headers.get("via", "").partition(",")
    bare = [part.strip() for part in via.split(";")]
    if "rport" in [part.lower() for part in bare]:
        kept = [f"rport={port}" if part.lower() == "rport" else part for part in bare]
        via = ";".join(
            [part for part in kept if not part.lower().startswith("received")] + [f"received={address}"]
        )
    return {**headers, "via": via + comma + others}


def message(headers: Mapping[str, str], via: str, token: str, body: bytes, kind: str) -> bytes:
    """A MESSAGE back to who sent the request with `headers`: RFC 3428 wants no body in an answer, and most
    units wait for this. `via`: transport and host of ours; `token` makes it one of its own."""
    to, here = _address(headers.get("from", "")), _address(headers.get("to", ""))
    lines = [f"MESSAGE {to} SIP/2.0", f"Via: SIP/2.0/{via};rport;branch=z9hG4bK{token}", "Max-Forwards: 70"]
    lines += [f"From: <{here}>;tag={token}", f"To: <{to}>", f"Call-ID: {token}@nowalls", "CSeq: 1 MESSAGE"]
    lines += [f"Content-Type: {kind}", "User-Agent: nowalls", f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace") + body


def _expires(headers: Mapping[str, str]) -> int:
    """For how many seconds a registration is taken: as long as was asked for, at most an hour."""
    asked = headers.get("expires", "")
    return min(_HOUR_S, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else _HOUR_S


def _address(header: str) -> str:
    """The URI in a From or To header."""
    found = _URI.search(header)
    return found[1] if found else "sip:unknown.invalid"


def answered(head: bytes) -> tuple[str, int]:
    """(Call-ID, length of the body) of an answer to a request of ours; raises BadRequest for what is none."""
    try:
        lines = head.decode("utf-8").rstrip("\r\n").split("\r\n")
    except UnicodeDecodeError as error:
        raise BadRequest(0) from error
    if not _ANSWER.fullmatch(lines[0]):
        raise BadRequest(0)
    headers = _headers(lines[1:])
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 6 or int(length) > MOST_BODY:
        raise BadRequest(0)
    return headers.get("call-id", ""), int(length)


def response(status: int, headers: Mapping[str, str], tag: str, body: bytes = b"", kind: str = "") -> bytes:
    """The answer to a request with `headers`; `tag` names our side of it."""
    to = headers.get("to", "")
    lines = [f"SIP/2.0 {status} {_REASONS[status]}"]
    lines += [f"Via: {via.strip()}" for via in headers.get("via", "").split(",") if via.strip()]
    lines += [f"From: {headers.get('from', '')}", f"To: {to if ';tag=' in to else f'{to};tag={tag}'}"]
    lines += [f"Call-ID: {headers.get('call-id', '')}", f"CSeq: {headers.get('cseq', '')}"]
    if status == 405:
        lines.append("Allow: MESSAGE, OPTIONS, REGISTER")
    if status == 415:
        lines.append("Accept: application/scaip+xml")
    if status == 200 and headers.get("cseq", "").endswith("REGISTER"):
        # Nothing is kept: whoever calls is answered the way the call came.
        lines += [f"Contact: {headers['contact']}"] if headers.get("contact", "*") != "*" else []
        lines.append(f"Expires: {_expires(headers)}")
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += ["User-Agent: nowalls", f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace") + body
