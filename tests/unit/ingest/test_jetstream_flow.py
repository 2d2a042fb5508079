"""What a reader of a partition counts: what to ask for, what it holds already, and what is missing."""

import pytest

from ingest.jetstream import topic_of
from ingest.jetstream_flow import WINDOW, Flow, Gap, Place, place_of
from ingest.message import Message


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        ("$JS.ACK.$MQTT_msgs.ingest-p1.1.812.77.1795350478360129500.4", Place(812, 77)),
        ("$JS.ACK.hub.Xa1b.$MQTT_msgs.ingest-p1.2.812.77.1795350478360129500.4", Place(812, 77)),
        ("$JS.ACK.hub.Xa1b.$MQTT_msgs.ingest-p1.2.812.77.1795350478360129500.4.token", Place(812, 77)),
    ],
)
def test_the_subject_of_an_acknowledgement_says_where_a_message_stands(reply: str, place: Place) -> None:
    assert place_of(reply) == place


@pytest.mark.parametrize("reply", ["", "_INBOX.a.b", "$JS.ACK.too.few", "$JS.FC.a.b.1.2.3.4.5"])
def test_other_subjects_are_none(reply: str) -> None:
    with pytest.raises(ValueError, match="acknowledgement"):
        place_of(reply)


def test_no_more_is_asked_for_than_a_worker_can_hold() -> None:
    flow = Flow(asked=0)
    flow.asked = flow.wish()
    assert flow.asked == WINDOW
    for n in range(1, WINDOW + 1):
        assert flow.comes(Place(n * 3, n), f"ack {n}")
    assert flow.is_full
    assert flow.wish() == 0
    for n in range(1, 101):
        del flow.held[n * 3]
    assert flow.wish() == 100, "with nothing asked for, a little room is asked for at once"


def test_questions_are_not_asked_for_every_message_that_is_done() -> None:
    flow = Flow(asked=WINDOW - 10)
    assert flow.wish() == 0


def test_a_delivery_that_is_missing_is_noticed_by_the_next() -> None:
    flow = Flow(delivered=10)
    assert flow.comes(Place(50, 11), "a")
    with pytest.raises(Gap):
        flow.comes(Place(52, 13), "b")


def test_a_delivery_that_is_missing_is_noticed_by_a_beat_when_nothing_follows() -> None:
    flow = Flow(delivered=10)
    flow.reaches(10)
    with pytest.raises(Gap):
        flow.reaches(11)


def test_what_is_handed_out_again_while_we_hold_it_is_passed_over() -> None:
    flow = Flow()
    assert flow.comes(Place(7, 1), "a")
    flow.waiting.append(Message("t", b"", 0, token=7))
    assert not flow.comes(Place(7, 2), "b")
    assert flow.delivered == 2


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        ("$MQTT.msgs.p.3.nw.v1.h7.w7.vital", "nw/v1/h7/w7/vital"),
        ("$MQTT.msgs.nw.v1.h7.w7.weird", "nw/v1/h7/w7/weird"),
    ],
)
def test_the_topic_is_what_the_device_wrote(subject: str, topic: str) -> None:
    assert topic_of(subject) == topic
