"""Value templates as devices announce them come to what Home Assistant would make of them."""

import pytest

from ingest.foreign.template import Template
from ingest.message import BadPayload, Fault

STATE = '{"a": 21.46, "on": true, "off": false, "n": null, "s": "Motion,3", "b": 7, "low": {"x y": [4, 5]}}'


@pytest.mark.parametrize(
    ("source", "payload", "said"),
    [
        ("{{ value_json.a | round(1) }}", STATE, "21.5"),
        ("{{ value_json.a | float(default=0) | round(1, 'floor') }}", STATE, "21.4"),
        ("{{ value_json['low']['x y'][1] }}", STATE, "5"),
        ("{{ value_json.get('missing', 'none') }}", STATE, "none"),
        ("{{ value_json.missing }}", STATE, None),
        ("{{ value_json.missing | default('OFF', true) }}", STATE, "OFF"),
        ("{{ value_json.missing | is_defined }}", STATE, None),
        ("{{ value_json.on }}", STATE, "True"),
        ("{{ value_json.n }}", STATE, "None"),
        ("{{ 'ON' if value_json.on else 'OFF' }}", STATE, "ON"),
        ("{% if value_json.b > 5 %}ON{% elif value_json.b %}x{% else %}OFF{% endif %}", STATE, "ON"),
        ("{%- set v = value_json.b | int -%}{{ 'ON' if v == 7 else 'OFF' }}", STATE, "ON"),
        ("{{ {'7': 'open', '8': 'closed'}[value_json.b | string] }}", STATE, "open"),
        ("{{ {7: 'open'}.get(value_json.b, 'closed') }}", STATE, "open"),
        ("{{ iif(value_json.off, 'ON', 'OFF') }}", STATE, "OFF"),
        ("{{ value_json.off | iif('ON', 'OFF') }}", STATE, "OFF"),
        ("{{ value_json.s.split(',')[0].lower() }}", STATE, "motion"),
        ("{{ value_json.s[-1:] }}", STATE, "3"),
        ("{{ value_json.s.startswith('Motion') }}", STATE, "True"),
        ("{{ value_json.b ~ ' W' }}", STATE, "7 W"),
        ("{{ (value_json.b // 2) % 2 }}", STATE, "1"),
        ("{{ value_json.b + 1 }}", STATE, "8"),
        ("{{ value_json.b / 2 }}", STATE, "3.5"),
        ("{{ -value_json.b }}", STATE, "-7"),
        ("{{ value_json.b | bitwise_and(4) > 0 }}", STATE, "True"),
        ("{{ value_json.n is none }}", STATE, "True"),
        ("{{ value_json.a is number and value_json.on is defined }}", STATE, "True"),
        ("{{ 'a' in value_json }}", STATE, "True"),
        ("{{ value_json.a | default(states('sensor.x')) }}", STATE, "21.46"),
        ("{{ value_json.missing | default(this.state) }}", STATE, None),
        ("{{ float(value) * 99 + 1 }}", "1", "100.0"),
        ("{{ value | int(-1) }}", "unknown", "-1"),
        ("{{ value | int(0, 16) }}", "1f", "31"),
        ("{{ value | replace('a', 'b') | upper }}", "banana", "BBNBNB"),
        ("{{ value | bool }}", "on", "True"),
        ("{{ (value | from_json).x }}", '{"x": 3}', "3"),
        ("{{ value if is_number(value) else 'unknown' }}", "21.5", "21.5"),
        ("{{ value if value | is_number else 'unknown' }}", "nan", "unknown"),
        ("{{ 'ON' if value_json.b is eq(7) and value_json.b is in [7, 8] else 'OFF' }}", STATE, "ON"),
        ("{{ value_json.b is odd and value_json.b is not divisibleby 2 }}", STATE, "True"),
        ("{{ '%.1f'|format(value_json.a) }}", STATE, "21.5"),
        ("{{ (value_json.b * value_json.b + 1) | sqrt | round(2) }}", STATE, "7.07"),
        ("{{ value_json.low.values() | first | sum }}", STATE, "9"),
        ("{{ value_json.low.keys() | list | length }}", STATE, "1"),
    ],
)
def test_a_template_says(source: str, payload: str, said: str | None) -> None:
    assert Template(source).render(payload) == said


@pytest.mark.parametrize(
    "source",
    [
        "{{ value ~ value ~ value }}",
        "{{ value | replace('a', value) }}",
        "{{ value.replace('a', 'b' ) }}",
        "{{ '%s%s'|format(value, value) }}",
        "{{ '%9999999d'|format(1) }}",
        "{{ value }}",
    ],
)
def test_a_long_message_does_not_grow(source: str) -> None:
    with pytest.raises(BadPayload) as refused:
        Template(source).render("a" * 100_000)
    assert refused.value.fault is Fault.WRONG_TYPE


def test_what_is_not_known_is_named_when_it_is_refused() -> None:
    with pytest.raises(BadPayload, match="the filter timestamp_local"):
        Template("{{ value | timestamp_local }}")
