"""Calls of social-alarm units: what they say, what they are answered, and that nothing else ever happens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.quantity import BY_NAME
from ingest.foreign import scaip, sip
from ingest.foreign.scaip import Refusal, Status

ALARM = (
    "<mrq><ver>01.00</ver><ref>a1b2c3d4</ref><cid>+4670000001</cid><dty>0003</dty><did>001d94</did><mty>ME</mty>"
    "<stc>0010</stc><pri>0</pri><lco>021</lco><crd>sip:unit@example.org</crd></mrq>"
)


def call(**tags: str) -> scaip.Call:
    known = {"ref": "r1", "cid": "unit-1", "dty": "0003", **tags}
    return scaip.decode(("<mrq>" + "".join(f"<{k}>{v}</{k}>" for k, v in known.items()) + "</mrq>").encode())


def test_an_alarm_tells_who_which_device_where_and_what() -> None:
    heard = scaip.decode(ALARM.encode())
    assert (heard.controller, heard.device, heard.device_type) == ("+4670000001", "001d94", "0003")
    assert (heard.status, heard.location, heard.reference) == ("0010", "kitchen", "a1b2c3d4")
    assert [(one.quantity, one.value) for one in scaip.said(heard, "x")] == [("need_help", 1.0)]
    assert scaip.about(heard) == ("kitchen", "SCAIP 0003")


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"dty": "0005", "stc": "0009"}, ("fall", 1)),
        ({"dty": "0023", "stc": "0009"}, ("smoke", 1)),
        ({"dty": "0023", "stc": "0070"}, ("smoke", 0)),
        ({"dty": "0023", "mty": "RE", "stc": "0092"}, ("smoke", 0)),
        ({"dty": "0021", "stc": "0006"}, ("gas", 1)),
        ({"dty": "0026", "stc": "0009"}, ("co", 1)),
        ({"dty": "0033", "stc": "0009"}, ("water", 1)),
        ({"dty": "0012", "stc": "0009"}, ("need_help", 1)),
        ({"dty": "0017", "stc": "0011"}, ("need_help", 1)),
        ({"dty": "0003"}, ("need_help", 1)),
        ({"dty": "9999", "stc": "ZZ9"}, ("need_help", 1)),
        ({"dty": "0003", "stc": "0093"}, ("online", 1)),
        ({"dty": "0003", "stc": "0016"}, ("battery", 0.1)),
        ({"dty": "0045", "stc": "0085"}, ("online", 1)),
        ({"dty": "0045", "mty": "PI"}, ("online", 1)),
        ({"dty": "0045", "mty": "PI", "stc": "0010"}, ("online", 1)),
        ({"dty": "0014", "stc": "0076"}, ("door", 1)),
        ({"dty": "0010", "stc": "0119"}, ("presence", 1)),
        ({"dty": "0048", "stc": "0125"}, ("tamper", 1)),
        ({"dty": "0038", "stc": "0009"}, ("tamper", 1)),
        ({"dty": "0034", "stc": "0079"}, ("water", 1)),
        ({"dty": "0025", "stc": "0100"}, ("smoke", 1)),
        ({"dty": "0021", "stc": "0046"}, ("gas", 1)),
        ({"dty": "0020", "stc": "0100"}, ("online", 1)),
        ({"dty": "0012", "stc": "0003"}, ("bed", 0)),
        ({"dty": "0044", "stc": "0071"}, ("chair", 1)),
        ({"dty": "0014", "stc": "0077"}, ("door", 1)),
        ({"dty": "0004", "stc": "0090"}, ("need_help", 1)),
        ({"dty": "0004", "mty": "IN", "stc": "0090"}, ("online", 1)),
        ({"dty": "0010", "stc": "0074"}, ("online", 1)),
    ],
)
def test_a_code_says_what_it_says(tags: dict[str, str], told: tuple[str, float]) -> None:
    [one] = scaip.said(call(**tags), "x")
    assert (one.quantity, one.value) == told


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", Status.INVALID_FORMAT),
        ("<mrq>", Status.INVALID_FORMAT),
        ("<mrs></mrs>", Status.INVALID_FORMAT),
        ("<mrq></mrq>", Status.TAG_MISSING),
        ("<mrq><cid>1</cid></mrq>", Status.TAG_MISSING),
        ("<mrq><cid>1</cid><dty>0003</dty><mty>XX</mty></mrq>", Status.WRONG_DATA),
        ("<mrq><cid>1</cid><dty>no code</dty></mrq>", Status.WRONG_DATA),
        (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><mrq><cid>&b;</cid></mrq>',
            Status.INVALID_FORMAT,
        ),
        ("<mrq><cid>" + "1" * 9_000 + "</cid></mrq>", Status.TOO_LONG),
    ],
)
def test_what_is_no_call_is_refused_with_its_number(body: str, status: Status) -> None:
    with pytest.raises(Refusal) as refused:
        scaip.decode(body.encode())
    assert refused.value.status is status


def test_a_declaration_cannot_hide_in_another_encoding() -> None:
    with pytest.raises(Refusal):
        scaip.decode('<!DOCTYPE a [<!ENTITY b "c">]><mrq><cid>&b;</cid></mrq>'.encode("utf-16"))


@pytest.mark.parametrize(
    "body",
    [
        ALARM.encode("utf-8-sig"),
        b'\r\n <?xml version="1.0" encoding="UTF-8"?>\n<!-- unit 7 -->' + ALARM.encode(),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>'
        + ALARM.replace("021", "021</lco><lte>k\xf6k</lte><lco>").encode("latin-1"),
        ALARM.replace("001d94", "<![CDATA[001d94]]>").encode(),
        ALARM.replace("<mrq>", '<mrq xmlns="urn:example:scaip">').encode(),
    ],
)
def test_units_write_their_xml_in_their_own_ways(body: bytes) -> None:
    heard = scaip.decode(body)
    assert (heard.reference, heard.device, heard.status) == ("a1b2c3d4", "001d94", "0010")
    assert heard.location in ("kitchen", "k\xf6k")


def test_a_unit_that_is_carried_says_where_it_is() -> None:
    place = "<lge><tim>2026-03-01T08:00:00Z</tim><geo>geo:59.3293,18.0686;u=12</geo></lge>"
    heard = scaip.decode(ALARM.replace("<lco>021</lco>", place).encode())
    assert [(one.quantity, one.value) for one in scaip.said(heard, "x")] == [
        ("need_help", 1.0),
        ("lat", 59.3293),
        ("lon", 18.0686),
        ("accuracy_m", 12.0),
    ]
    wrong = scaip.decode(ALARM.replace("<lco>021</lco>", "<lge><geo>geo:999,north</geo></lge>").encode())
    assert [one.quantity for one in scaip.said(wrong, "x")] == ["need_help"], "and is an alarm all the same"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<dty>02</dty><did>00</did><mty>PI</mty><stc>102</stc><crd>no-voice:</crd>", ("online", 1)),
        ("<dty>2</dty><mty>PI</mty>", ("online", 1)),
        ("<dty>0002</dty><mty>PI</mty><stc>0009</stc><lco>002</lco><cha>0</cha>", ("online", 1)),
        ("<dty>02</dty><did>00</did><mty>ME</mty><stc>010</stc>", ("need_help", 1)),
        ("<dty>3</dty><stc>10</stc><crd>gsm:</crd>", ("need_help", 1)),
        ("<dty>5</dty><stc>9</stc>", ("fall", 1)),
        ("<dty>23</dty><stc>9</stc>", ("smoke", 1)),
        ("<dty>3</dty><stc>16</stc>", ("battery", 0.1)),
        ("<dty>3</dty><stc>123</stc>", ("online", 1)),
        ("<dty>0002</dty><mty>ME</mty><stc>0067</stc>", ("online", 1)),
        ("<dty>3</dty><stc>19</stc>", ("online", 1)),
    ],
)
def test_codes_are_the_same_without_the_noughts_before_them(body: str, told: tuple[str, float]) -> None:
    """As units of several makers write them."""
    heard = scaip.decode(f"<mrq><ref>00001A85</ref><cid> 8031372</cid>{body}</mrq>".encode())
    assert [(one.quantity, one.value) for one in scaip.said(heard, "x")] == [told]
    assert heard.controller == "8031372"
    assert call(lco="21").location == "kitchen"


def test_a_position_may_come_as_the_receiver_of_satellites_tells_it() -> None:
    gga = "<lge><gga>$GPGGA,101530,5919.758,N,01804.116,W,1,08,0.9,45.4,M,,M,,*47</gga></lge>"
    heard = scaip.decode(ALARM.replace("<lco>021</lco>", gga).encode())
    where = {one.quantity: one.value for one in scaip.said(heard, "x")}
    assert (where["lat"], where["lon"]) == (pytest.approx(59.3293), pytest.approx(-18.0686))
    without_fix = scaip.decode(ALARM.replace("<lco>021</lco>", gga.replace("W,1", "W,0")).encode())
    assert without_fix.position is None


def test_an_answer_bears_the_reference_and_no_mark_up_of_strangers() -> None:
    told = scaip.answer("<r&1>", Status.HOLD, "later").decode()
    assert told.endswith("<mrs><ref>&lt;r&amp;1&gt;</ref><snu>4</snu><ste>later</ste><mre>0</mre></mrs>")
    assert b"<scaip>" in scaip.answer("r", Status.OK, root="scaip")


def request(body: bytes, **changes: str) -> bytes:
    headers = {
        "Via": "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK77",
        "From": "<sip:unit@example.org>;tag=9",
        "To": "<sip:alarm@example.org>",
        "Call-ID": "c1@192.0.2.1",
        "CSeq": "1 MESSAGE",
        "Content-Type": "application/scaip+xml",
        "Content-Length": str(len(body)),
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    return "\r\n".join(["MESSAGE sip:alarm@example.org SIP/2.0", *lines, "", ""]).encode() + body


def test_a_request_is_read_also_in_its_compact_form() -> None:
    plain = sip.parse(request(b"hello"))
    assert (plain.method, plain.body, plain.headers["cseq"]) == ("MESSAGE", b"hello", "1 MESSAGE")
    compact = (
        request(b"hello")
        .replace(b"Via:", b"v:")
        .replace(b"Call-ID:", b"i:")
        .replace(b"Content-Length:", b"l:")
    )
    assert sip.parse(compact).headers["call-id"] == "c1@192.0.2.1"
    by_number = request(b"hello").replace(b"sip:alarm@example.org SIP", b"tel:+46700000001 SIP")
    assert sip.parse(by_number).body == b"hello"


def test_a_response_goes_back_the_way_it_came() -> None:
    two = request(b"", Via="SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKp, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK77")
    told = sip.response(200, sip.parse(two).headers, "tt", b"<a/>", "application/scaip+xml").decode()
    assert told.startswith(
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKp\r\nVia: SIP/2.0/UDP 192.0.2.1"
    )
    assert "To: <sip:alarm@example.org>;tag=tt\r\n" in told
    assert told.endswith("Content-Length: 4\r\n\r\n<a/>")


def test_a_unit_behind_a_router_is_told_whence_it_was_heard() -> None:
    headers = sip.parse(request(b"", Via="SIP/2.0/UDP 10.0.0.4:5060;rport;branch=z9hG4bK1")).headers
    told = sip.response(200, sip.received(headers, "203.0.113.5", 40112), "t").decode()
    assert "Via: SIP/2.0/UDP 10.0.0.4:5060;rport=40112;branch=z9hG4bK1;received=203.0.113.5\r\n" in told
    plain = sip.parse(request(b"")).headers
    assert sip.received(plain, "203.0.113.5", 40112) == plain, "who asks for nothing is told nothing"


def test_a_message_back_is_a_request_and_its_answer_is_known_by_its_call() -> None:
    headers = sip.parse(request(b"", From='"Unit" <sip:unit@example.org;x=1>;tag=9')).headers
    told = sip.parse(sip.message(headers, "UDP 192.0.2.5:5060", "t1", b"<mrs/>", "application/scaip+xml"))
    assert (told.method, told.body) == ("MESSAGE", b"<mrs/>")
    assert told.headers["to"] == "<sip:unit@example.org>"
    assert told.headers["from"] == "<sip:alarm@example.org>;tag=t1"
    assert sip.answered(sip.response(200, told.headers, "u").partition(b"\r\n\r\n")[0]) == ("t1@nowalls", 0)
    assert b"MESSAGE sip:unknown.invalid SIP" in sip.message({"from": "nobody"}, "UDP h", "t", b"", "x")
    for wrong in (b"", b"SIP/2.0 100 Trying\r\nCall-ID: x", b"SIP/2.0 200 OK\r\nContent-Length: 9999999"):
        with pytest.raises(sip.BadRequest):
            sip.answered(wrong)


@pytest.mark.parametrize(("asked", "told"), [("60", "60"), ("", "3600"), ("86400", "3600"), ("soon", "3600")])
def test_a_unit_that_registers_first_is_let_on(asked: str, told: str) -> None:
    changes = {"CSeq": "7 REGISTER", "Contact": "<sip:unit@192.0.2.1>", "Expires": asked}
    headers = sip.parse(request(b"", **changes).replace(b"MESSAGE sip", b"REGISTER sip")).headers
    answer = sip.response(200, headers, "t").decode()
    assert "Contact: <sip:unit@192.0.2.1>\r\n" in answer
    assert f"Expires: {told}\r\n" in answer


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"CSeq": "1 INVITE"}, 400),
        ({"CSeq": ""}, 0),
        ({"Via": ""}, 0),
        ({"Content_Length": "x"}, 400),
        ({"Content_Length": "99"}, 400),
        ({"Content_Length": "99999"}, 413),
        ({"From": "a\r\n b\x01"}, 0),
    ],
)
def test_what_is_no_request_is_refused(changes: dict[str, str], status: int) -> None:
    with pytest.raises(sip.BadRequest) as refused:
        sip.parse(request(b"hello", **changes))
    assert refused.value.status == status


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_call_or_refused_by_number(body: bytes) -> None:
    for candidate in (body, b"<mrq><ref>1</ref><cid>1</cid><dty>0003</dty><stc>" + body + b"</stc></mrq>"):
        try:
            heard = scaip.decode(candidate)
        except Refusal:
            continue
        for one in scaip.said(heard, "x"):
            assert BY_NAME[one.quantity].low <= one.value <= BY_NAME[one.quantity].high


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_datagram_is_a_request_or_refused(data: st.DataObject) -> None:
    raw = bytearray(request(ALARM.encode()))
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for candidate in (bytes(raw[: data.draw(st.integers(0, len(raw)))]), data.draw(st.binary(max_size=200))):
        try:
            found = sip.parse(candidate)
            told = sip.response(200, found.headers, "t")
        except sip.BadRequest as error:
            told = sip.response(error.status, error.headers, "t") if error.status else b"SIP/2.0 "
        assert told.startswith(b"SIP/2.0 ")
