"""What a message says, to whom, in which language."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.channels.webhook import payload
from alerts.delivery.message import Content, Message, render
from core.instant import HOUR
from core.kind import KINDS

FALL = Content(
    notification=5,
    purpose="alarm",
    sees="all",
    priority="high",
    incident=UUID(int=1),
    number=17,
    kind="fall",
    state="open",
    outcome=None,
    drill=False,
    reason_key="drill.fall",
    reason_params={},
    onset=19 * HOUR,
    zone="Asia/Shanghai",
    station={"zh": "东社区", "en": "East"},
    address="1 Lane",
    resident="Lin Mei",
    page="board",
)


def say(content: Content, language: str = "en") -> Message:
    return render(content, 3, language, "https://x.example", 20 * HOUR)


def test_the_family_reads_all_of_it_in_its_own_language() -> None:
    english, chinese = say(FALL), say(FALL, "zh")
    assert english.title == "Possible fall"
    assert english.body.splitlines() == [
        "Who: Lin Mei", "Where: 1 Lane", "Rehearsal: a possible fall", "Since 03:00", "East",
    ]  # fmt: skip
    assert chinese.title == "疑似跌倒"
    assert "老人：Lin Mei" in chinese.body


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if kind.about in ("resident", "home")])
@pytest.mark.parametrize(
    "purpose", ["alarm", "escalation", "offer", "withdrawn", "update", "hand_over", "overdue", "closed"]
)
def test_a_volunteer_learns_where_but_not_what_ails(kind: str, purpose: str) -> None:
    content = replace(
        FALL, kind=kind, purpose=purpose, sees="address", outcome="hospital", reason_params={"value": 131}
    )
    text = payload(say(content)).decode()
    assert "1 Lane" in text
    for secret in ("Lin Mei", "131", "hospital", "Hospital", "drill.fall", '"kind"', "Rehearsal"):
        assert secret not in text
    if kind in ("fall", "vitals", "inactivity", "sos"):
        assert kind not in text


@given(st.sampled_from(["alarm", "escalation", "closed"]), st.sampled_from([kind.name for kind in KINDS]))
def test_a_siren_or_a_group_chat_learns_nothing(purpose: str, kind: str) -> None:
    for language in ("zh", "en"):
        said = say(replace(FALL, sees="nothing", purpose=purpose, kind=kind), language)
        text = payload(said).decode()
        assert not any(secret in text for secret in ("Lin Mei", "1 Lane", "跌倒", "fall"))
        assert json.loads(text)["data"] == {"incident": str(FALL.incident), "number": 17}


def test_a_drill_says_so_first() -> None:
    for sees in ("all", "address", "nothing"):
        for language in ("zh", "en"):
            said = say(replace(FALL, drill=True, sees=sees), language)
            assert "演练" in said.title
            assert "DRILL" in said.title


def test_the_end_says_how_it_ended_to_those_who_may_know() -> None:
    ended = replace(FALL, purpose="closed", outcome="hospital")
    assert say(ended).title == "Over: Possible fall"
    assert say(ended).body.splitlines() == ["Where: 1 Lane", "Taken to hospital"]
    assert say(replace(ended, sees="address")).body == "Where: 1 Lane"


def test_a_group_chat_hears_that_it_is_over() -> None:
    assert say(replace(FALL, purpose="closed", sees="nothing")).title == "Over: Urgent alarm"


def test_a_message_keeps_its_number_and_differs_by_endpoint() -> None:
    assert say(FALL).id == say(FALL).id
    assert render(FALL, 4, "en", "", 0).id != say(FALL).id
    assert say(FALL).tag == say(replace(FALL, notification=6)).tag


def test_each_reader_is_led_to_a_page_of_theirs() -> None:
    assert say(FALL).url == f"https://x.example/board#/incident/{FALL.incident}"
    assert say(replace(FALL, page="family")).url == "https://x.example/family"
