"""A social-alarm unit: SIP MESSAGE requests over UDP, TCP and TLS, and what it is answered."""

import itertools
import re
import socket
import ssl

_numbers = itertools.count(1)


def call(reference: str, controller: str = "unit-1", **tags: str) -> str:
    """The XML of a call; an alarm by a pendant unless told otherwise."""
    known = {"ref": reference, "cid": controller, "dty": "0003", "mty": "ME", "stc": "0010", **tags}
    return "<mrq>" + "".join(f"<{tag}>{value}</{tag}>" for tag, value in known.items()) + "</mrq>"


def request(body: str, method: str = "MESSAGE", kind: str = "application/scaip+xml") -> bytes:
    number = next(_numbers)
    lines = [
        f"{method} sip:alarm@example.org SIP/2.0",
        f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{number}",
        "Max-Forwards: 70",
        "From: <sip:unit@example.org>;tag=1",
        "To: <sip:alarm@example.org>",
        f"Call-ID: {number}@192.0.2.1",
        f"CSeq: {number} {method}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body.encode())}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body.encode()


def udp(port: int, sent: bytes, wait_s: float = 20.0) -> str:
    """What one datagram is answered; "" for nothing within `wait_s`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(wait_s)
        sock.sendto(sent, ("127.0.0.1", port))
        try:
            return sock.recv(65_536).decode()
        except TimeoutError:
            return ""


def asked(text: str) -> str:
    """What a unit says to a MESSAGE that it is sent."""
    names = ("Via", "From", "To", "Call-ID", "CSeq")
    kept = [line for line in text.partition("\r\n\r\n")[0].split("\r\n") if line.partition(":")[0] in names]
    return "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])


def tcp(
    port: int, *sent: bytes, context: ssl.SSLContext | None = None, told: list[str] | None = None
) -> list[str]:
    """What requests on one connection are answered, one after the other; the messages that come besides
    are answered by the unit, and noted in `told`."""
    answers, told = [], [] if told is None else told
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    with context.wrap_socket(plain, server_hostname="127.0.0.1") if context else plain as sock:
        data = b""
        for one in sent:
            sock.sendall(one)
            while True:
                text, data = _read(sock, data)
                if not text.lstrip().startswith("MESSAGE "):
                    break
                told.append(text)
                sock.sendall(asked(text).encode())
            answers.append(text)
        if (
            told is not None
            and answers
            and answers[-1].lstrip().startswith("SIP/2.0 200")
            and "<" in answers[-1]
        ):
            text, data = _read(sock, data)
            told.append(text)
    return answers


def _read(sock: socket.socket, data: bytes = b"") -> tuple[str, bytes]:
    """The next message on a connection, and what came behind it."""
    while True:
        end = data.find(b"\r\n\r\n", 4 if data.startswith(b"\r\n") else 0)
        length = re.search(rb"Content-Length: (\d+)", data[:end]) if end >= 0 else None
        if length and len(data) >= end + 4 + int(length[1]):
            whole = end + 4 + int(length[1])
            return data[:whole].decode(), data[whole:]
        part = sock.recv(4096)
        if not part:
            return data.decode(), b""
        data += part


def number(answer: str) -> int | None:
    """The status number of an answer."""
    found = re.search(r"<snu>(\d+)</snu>", answer)
    return int(found[1]) if found else None
