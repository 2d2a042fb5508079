"""All examples of RFC 8428 in JSON and CBOR, as the RFC states them; XML, EXI and SensML are refused.

The values are those of https://www.rfc-editor.org/rfc/rfc8428, sections 5.1 and 6. One record of the example
of section 5.1.5 is called nfc-reader in the RFC's HTML and nfv-reader in its text: only the name differs.
"""

import cbor2
import pytest

from ingest.foreign import senml
from ingest.foreign.senml import Record, pack, resolved
from ingest.message import BadPayload, Fault

NOW = 1_790_000_000_000_000
D = "urn:dev:ow:10e2073a01080063"
RH = '{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20}'
TRACK = [
    ("%RH", 0, 20), ("lon", 0, 24.30621), ("lat", 0, 60.07965), ("%RH", 60, 20.3), ("lon", 60, 24.30622),
    ("lat", 60, 60.07965), ("%RH", 120, 20.7), ("lon", 120, 24.30623), ("lat", 120, 60.07966),
    ("%EL", 150, 98), ("%RH", 180, 21.2), ("lon", 180, 24.30628), ("lat", 180, 60.07967),
]  # fmt: skip
START = 1320067464
EXAMPLES: dict[str, tuple[str, list[Record]]] = {
    "5.1.1 a single data point": (
        '[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]',
        [Record(D, "Cel", 23.1)],
    ),
    "5.1.2 voltage and current now": (
        """[{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},
            {"n":"current","u":"A","v":1.2}]""",
        [Record(f"{D}:voltage", "V", 120.1), Record(f"{D}:current", "A", 1.2)],
    ),
    "5.1.2 the five seconds before": (
        """[{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,
             "n":"voltage","u":"V","v":120.1},
            {"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},{"n":"current","t":-3,"v":1.4},
            {"n":"current","t":-2,"v":1.5},{"n":"current","t":-1,"v":1.6},{"n":"current","v":1.7}]""",
        [
            *[
                Record("urn:dev:ow:10e2073a0108006:current", "A", 1.2 + n / 10, None, 1276020071.001 + n)
                for n in range(5)
            ],
            Record("urn:dev:ow:10e2073a0108006:voltage", "V", 120.1, None, 1276020076.001),
            Record("urn:dev:ow:10e2073a0108006:current", "A", 1.7, None, 1276020076.001),
        ],
    ),
    "5.1.3 multiple measurements": (
        "["
        + RH
        + """,{"u":"lon","v":24.30621},{"u":"lat","v":60.07965},{"t":60,"v":20.3},
            {"u":"lon","t":60,"v":24.30622},{"u":"lat","t":60,"v":60.07965},{"t":120,"v":20.7},
            {"u":"lon","t":120,"v":24.30623},{"u":"lat","t":120,"v":60.07966},{"u":"%EL","t":150,"v":98},
            {"t":180,"v":21.2},{"u":"lon","t":180,"v":24.30628},{"u":"lat","t":180,"v":60.07967}]""",
        [Record(D, unit, value, None, START + t) for unit, t, value in TRACK],
    ),
    "5.1.4 resolved data": (
        "["
        + ",".join(
            f'{{"n":"{D}","u":"{unit}","t":{START + t}.0e+00,"v":{value}}}' for unit, t, value in TRACK
        )
        + "]",
        [Record(D, unit, value, None, START + t) for unit, t, value in TRACK],
    ),
    "5.1.5 multiple data types": (
        """[{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},
            {"n":"label","vs":"Machine Room"},{"n":"open","vb":false},{"n":"nfc-reader","vd":"aGkgCg"}]""",
        [
            Record(f"{D}:temp", "Cel", 23.1),
            Record(f"{D}:label", "", "Machine Room"),
            Record(f"{D}:open", "", False),
            Record(f"{D}:nfc-reader", "", b"hi \n"),
        ],
    ),
    "5.1.6 collection of resources": (
        """[{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2},
            {"n":"humidity","u":"%RH","v":30},
            {"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},{"n":"humidity","u":"%RH","v":67}]""",
        [
            Record("2001:db8::2/temperature", "Cel", 25.2, None, 1320078429),
            Record("2001:db8::2/humidity", "%RH", 30, None, 1320078429),
            Record("2001:db8::1/temperature", "Cel", 12.3, None, 1320078429),
            Record("2001:db8::1/humidity", "%RH", 67, None, 1320078429),
        ],
    ),
    "5.1.7 setting an actuator": (
        """[{"bn":"urn:dev:ow:10e2073a01080063:"},{"n":"temp","u":"Cel","v":23.1},{"n":"heat","u":"/","v":1},
            {"n":"fan","u":"/","v":0}]""",
        [Record(f"{D}:temp", "Cel", 23.1), Record(f"{D}:heat", "/", 1), Record(f"{D}:fan", "/", 0)],
    ),
    "5.1.7 two lights on": (
        '[{"bt":1.320078429e+09,"bu":"/","n":"2001:db8::3","v":1},{"n":"2001:db8::4","v":1}]',
        [Record(f"2001:db8::{n}", "/", 1, None, 1320078429) for n in (3, 4)],
    ),
    "5.1.7 two lights dimmed, then off": (
        """[{"bt":1.320078429e+09,"bu":"/","n":"2001:db8::3","v":0.5},{"n":"2001:db8::4","v":0.5},
            {"n":"2001:db8::3","t":0.1,"v":0},{"n":"2001:db8::4","t":0.1,"v":0}]""",
        [
            *[Record(f"2001:db8::{n}", "/", 0.5, None, 1320078429) for n in (3, 4)],
            *[Record(f"2001:db8::{n}", "/", 0, None, 1320078429.1) for n in (3, 4)],
        ],
    ),
}
CBOR_6 = (
    "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a22fb41d303a15b00106223614120050067766f6c"
    "7461676501615602fb405e066666666666a3006763757272656e74062402fb3ff3333333333333a3006763757272656e74062302"
    "fb3ff4cccccccccccda3006763757272656e74062202fb3ff6666666666666a3006763757272656e74062102f93e00a300676375"
    "7272656e74062002fb3ff999999999999aa3006763757272656e74060002fb3ffb333333333333"
)
_LABELS = {name: label for label, name in senml._LABELS.items()}


def same(found: list[tuple[Record, str]], stated: list[Record]) -> None:
    assert len(found) == len(stated)
    for (record, _), wanted in zip(found, stated, strict=True):
        assert record[:2] == wanted[:2]
        assert record.value == (
            pytest.approx(wanted.value) if isinstance(wanted.value, float) else wanted.value
        )
        assert record.sum == wanted.sum
        assert record.time == pytest.approx(wanted.time, abs=1e-3)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_rfc_in_json(name: str) -> None:
    text, stated = EXAMPLES[name]
    same(resolved(pack(text.encode()), NOW), stated)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_same_example_in_cbor_with_its_labels(name: str) -> None:
    text, stated = EXAMPLES[name]
    # The same data with the integer labels of table 4; data values are bytes there.
    made = [{_LABELS[label]: item for label, item in record.items()} for record in pack(text.encode())]
    for record in made:
        if 8 in record:
            record[8] = b"hi \n"
    same(resolved(pack(cbor2.dumps(made)), NOW), stated)


def test_the_dump_of_section_6_is_the_example_of_section_5_1_2() -> None:
    dump = bytes.fromhex(CBOR_6.replace(" ", ""))
    assert len(dump) == 0xC3
    same(resolved(pack(dump), NOW), EXAMPLES["5.1.2 the five seconds before"][1])


def test_sensml_is_refused_in_both_forms() -> None:
    stream = (
        b'[{"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":21.2},{"t":10,"v":21.3},'
    )
    with pytest.raises(BadPayload) as refused:
        pack(stream)
    assert refused.value.fault is Fault.MALFORMED
    with pytest.raises(BadPayload) as refused:
        pack(b"\x9f\xa2\x00\x61a\x02\x01\xff")
    assert refused.value.fault is Fault.WRONG_TYPE


def test_xml_and_exi_are_refused() -> None:
    xml = b'<sensml xmlns="urn:ietf:params:xml:ns:senml"><senml n="a" v="1"></senml></sensml>'
    exi = bytes.fromhex("a030 0d84 80f3 ab93 71d3 232b b1d3 7bb9".replace(" ", ""))
    for payload in (xml, exi):
        with pytest.raises(BadPayload):
            pack(payload)


def test_base_value_and_base_sum_are_added_and_times_below_2_28_are_relative() -> None:
    text = (
        '[{"bn":"m:","bv":20,"bs":100,"n":"a","v":1.5,"s":2},{"n":"b","t":-60},{"n":"c","t":268435456,"s":1}]'
    )
    first, second, third = (record for record, _ in sorted(resolved(pack(text.encode()), NOW)))
    assert (first.value, first.sum, first.time) == (21.5, 102, 0)
    assert second.name == "m:b"
    assert third.time == 268435456


def test_a_relative_time_counts_from_receipt() -> None:
    found = senml.SenMl().hear("senml", b'[{"n":"x:temperature","t":-60,"v":20}]', NOW)
    assert found.said[0].at == NOW - 60_000_000
