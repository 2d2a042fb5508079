"""Whatever anybody sends in any tongue is understood or refused with a reason; there is no third way."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.quantity import BY_NAME
from ingest.foreign.said import Heard
from ingest.foreign.template import Template
from ingest.foreign.tongues import TONGUES
from ingest.foreign.words import WORDS
from ingest.message import BadPayload
from tests.support import foreign
from tests.support.foreign import RECEIVED, ROOT

CAPTURED: dict[str, list[tuple[str, bytes]]] = {tongue: [] for tongue in TONGUES}
for _name in foreign.fixtures():
    _known = foreign.ears()
    for _message in foreign.captured(_name):
        _tongue = foreign.listener(_known, _message.topic)
        if _tongue is not None:
            CAPTURED[_tongue].append((_message.topic, _message.payload))
        foreign.heard(_known, _message)
NAMES = [word.foreign for word in WORDS] + list(BY_NAME)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(NAMES)
)
KEYS = st.sampled_from(NAMES) | st.sampled_from(
    [
        "n",
        "v",
        "u",
        "bn",
        "t",
        "bt",
        "ts",
        "values",
        "~",
        "stat_t",
        "dev",
        "ids",
        "cmps",
        "p",
        "val_tpl",
        "dev_cla",
    ]
)
WORDS_OF_TEMPLATES = [
    "{{",
    "}}",
    "{%",
    "%}",
    "value",
    "value_json",
    ".a",
    "['a']",
    "|",
    "int",
    "float(0)",
    "if",
]
WORDS_OF_TEMPLATES += [
    "else",
    "endif",
    " ",
    "==",
    "1",
    "-",
    "/",
    "*",
    "(",
    ")",
    "'x'",
    "not",
    "and",
    "in",
    "is",
]
WORDS_OF_TEMPLATES += [
    "default(2)",
    "defined",
    "~",
    "9" * 30,
    "set",
    "a",
    "=",
    ".get(",
    ".split(','",
    "[0:2]",
]
WORDS_OF_TEMPLATES += ["{'a': 1}", "iif(", "|round(1,'floor')", "//", "%", "|replace('a','aa')", "none"]
TEMPLATES = st.text(max_size=60) | st.lists(st.sampled_from(WORDS_OF_TEMPLATES), max_size=16).map(" ".join)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=12,
)
_FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judged(tongue: str, topic: str, payload: bytes, ear: Any = None) -> None:
    ear = ear or TONGUES[tongue](ROOT)
    try:
        found = ear.hear(topic, payload, RECEIVED)
    except BadPayload:
        return
    assert isinstance(found, Heard)
    for said in found.said:
        quantity = BY_NAME[said.quantity]
        assert quantity.low <= said.value <= quantity.high
        said.thing.encode()  # no half characters, which no database takes
        assert "\x00" not in said.thing


@pytest.mark.parametrize("tongue", TONGUES)
@_FEW
@given(data=st.data())
def test_any_bytes(tongue: str, data: st.DataObject) -> None:
    topic, _ = data.draw(st.sampled_from(CAPTURED[tongue]))
    judged(tongue, topic, data.draw(st.binary(max_size=200)))


@pytest.mark.parametrize("tongue", TONGUES)
@_FEW
@given(data=st.data())
def test_a_captured_message_with_some_bytes_changed(tongue: str, data: st.DataObject) -> None:
    ear = TONGUES[tongue](ROOT)
    for topic, payload in data.draw(st.lists(st.sampled_from(CAPTURED[tongue]), min_size=1, max_size=4)):
        raw = bytearray(payload)
        for _ in range(data.draw(st.integers(0, 4)) if raw else 0):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        judged(tongue, topic, bytes(raw[: data.draw(st.integers(0, len(raw)))]), ear)


@pytest.mark.parametrize("tongue", [one for one in TONGUES if one != "sparkplug"])
@_FEW
@given(data=st.data())
def test_any_json_under_any_topic(tongue: str, data: st.DataObject) -> None:
    topic, _ = data.draw(st.sampled_from(CAPTURED[tongue]))
    if data.draw(st.booleans()):
        topic = topic.rpartition("/")[0] + "/" + data.draw(st.text(max_size=12))
    judged(tongue, topic, json.dumps(data.draw(TREES)).encode())


@_FEW
@given(TEMPLATES, st.text(max_size=30))
def test_any_template_is_refused_or_gives_a_text(source: str, payload: str) -> None:
    try:
        found = Template(source).render(payload)
    except BadPayload:
        return
    assert found is None or isinstance(found, str)


PYTHON = ["{{ value.__class__ }}", "{{ value_json.__class__ }}", "{{ ''.__class__.__mro__ }}"]
PYTHON += ["{{ value.format }}", "{{ value_json.keys }}", "{{ value.get('a') }}", "{{ value_json.lower() }}"]
BUSY = [
    "{% for a in value %}{% endfor %}",
    "{{ range(9) }}",
    "{{ cycler }}",
    "{{ 9 ** 9 }}",
    "{{ now() }}",
    "{{ value | map('x') }}",
    "{{ value | regex_replace('(a+)+', '') }}",
    "{{ value.format(1) }}",
    "{{ value | float(*value_json) }}",
    "{% set a, b = 1, 2 %}",
    "{% macro a() %}{% endmacro %}",
]


@pytest.mark.parametrize("source", PYTHON)
def test_nothing_of_python_can_be_reached(source: str) -> None:
    assert Template(source).render('{"a": 1}') is None


@pytest.mark.parametrize("source", BUSY)
def test_what_could_keep_us_busy_is_refused_when_it_is_announced(source: str) -> None:
    with pytest.raises(BadPayload):
        Template(source)
