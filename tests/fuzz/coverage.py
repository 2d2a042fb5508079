"""Coverage-guided fuzzing of every decoder: what reaches new lines is kept, and changed further.

A program of its own (`python -m tests.fuzz.coverage FOLDER SECONDS`): libFuzzer ends the process it is in.
"""

import logging
import random
import sys
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ingest", "cbor2", "core"]):
    from ingest import payload as payloads
    from ingest.decode import Decoder
    from ingest.foreign import scaip, sip
    from ingest.foreign.interpreter import Interpreter, Names
    from ingest.foreign.strangers import Strangers
    from ingest.message import Fault, Message

from core.directory import DeviceEntry, Directory
from core.instant import SECOND
from core.quantity import STREAMS
from tests.fuzz import corpus
from tests.support import foreign
from tests.support.sip import call, request

NOW = 1_790_000_000 * SECOND
TOWN = Directory.of([DeviceEntry(1, "w1", 1, "h1", 7, resident=5, kind="wearable")], {1: (5,)})
CONTENT = ("", "application/json", "application/msgpack", "application/cbor")


def decoded(data: bytes) -> None:
    """The first byte chooses stream and encoding, the rest is the payload; raises on a fault of ours."""
    if not data:
        return
    stream, content = STREAMS[data[0] % len(STREAMS)], CONTENT[data[0] // 8 % len(CONTENT)]
    message = Message(f"nw/v1/h1/w1/{stream}", data[1:], NOW, bool(data[0] & 128), content)
    out = Decoder(TOWN).decode([message], NOW)
    if any(item.fault is Fault.UNREADABLE for item in out.refused):
        raise AssertionError(f"unreadable: {out.refused[0].detail}")
    if not out.refused and not len(out.batch.readings) and not out.batch.motion and not out.news:
        raise AssertionError("neither read nor refused")


FOREIGN = [(one.topic, one.payload) for one in foreign.everything()]
TOPICS = sorted({topic for topic, _ in FOREIGN})
LISTENING = Interpreter(TOWN, Names(frozenset({1})))  # which knows what the fixtures announce


def interpreted(data: bytes) -> None:
    """The first byte chooses a topic of another tongue, the rest is the payload."""
    LISTENING.things.clear()
    LISTENING._strangers = Strangers()
    topic = TOPICS[data[0] % len(TOPICS)] if data else TOPICS[0]
    out = LISTENING.interpret([Message(f"nw/in/w1/{topic}", data[1:], NOW)])
    if any(item.fault is Fault.UNREADABLE for item in out.refused):
        raise AssertionError(f"unreadable: {out.refused[0].detail}")


def called(data: bytes) -> None:
    """A datagram of a social-alarm unit, and its body; raises on a fault of ours."""
    for work in (sip.parse, scaip.decode):
        with suppress(sip.BadRequest, scaip.Refusal):
            work(data)


def everything(data: bytes) -> None:
    """The first byte chooses the door."""
    doors = (decoded, decoded, interpreted, called)
    doors[data[0] % len(doors) if data else 0](data[1:])


def seeds(folder: Path) -> None:
    """What well-behaved devices send, as files to start from."""
    folder.mkdir(parents=True, exist_ok=True)
    LISTENING.interpret([Message(f"nw/in/w1/{topic}", payload, NOW) for topic, payload in FOREIGN])
    for number, (topic, payload) in enumerate(FOREIGN):
        (folder / f"foreign-{number}").write_bytes(bytes([2, TOPICS.index(topic)]) + payload)
    (folder / "scaip-0").write_bytes(b"\x03" + request(call("r1", lco="011")))
    (folder / "scaip-1").write_bytes(b"\x03" + call("r1", lco="011").encode())
    draw = random.Random(4)
    for number, (stream, obj) in enumerate(corpus.objects(NOW // 1000)):
        for form in range(3):
            data = corpus.encoded(obj, draw)
            (folder / f"{number}-{form}").write_bytes(bytes([0, STREAMS.index(stream)]) + data)


def main() -> None:
    """Fuzz for so many seconds; ends with status 0 when nothing was found."""
    folder, seconds = Path(sys.argv[1]), int(sys.argv[2])
    logging.disable(logging.CRITICAL)
    seeds(folder)
    assert payloads.MAX_BYTES
    options = [
        f"-max_total_time={seconds}",
        "-max_len=4096",
        "-timeout=10",
        f"-artifact_prefix={folder}/found-",
    ]
    atheris.Setup([sys.argv[0], str(folder), *options], everything)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
