"""Who has what open: on this process and on others, without a database."""

import json

from api.live.presence import Presence, Viewed

FALL, FIRE = Viewed("fall", "1.2", (7,)), Viewed("fire", "1.3", ())


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_person_looks_at_one_incident_a_window() -> None:
    presence = Presence()
    presence.look("left window", 1, "Li", FALL)
    presence.look("right window", 1, "Li", FALL)
    presence.look("other desk", 2, "Wu", FALL)
    assert presence.viewers("fall") == [(1, "Li"), (2, "Wu")]
    presence.look("other desk", 2, "Wu", FIRE)
    assert presence.viewers("fall") == [(1, "Li")]
    presence.look("left window", 1, "Li", None)
    assert presence.viewers("fall") == [(1, "Li")]  # the right one is still open
    presence.look("right window", 1, "Li", None)
    assert presence.viewers("fall") == []
    assert presence.open() == [FIRE]


def test_what_changed_is_told_once() -> None:
    presence = Presence()
    presence.look("a", 1, "Li", FALL)
    presence.look("a", 1, "Li", FIRE)
    assert sorted(viewed.incident for viewed, _ in presence.changed()) == ["fall", "fire"]
    assert presence.changed() == []


def test_processes_hear_of_each_other_and_not_of_themselves() -> None:
    here, there = Presence(), Presence()
    there.look("a", 2, "Wu", FALL)
    word = there.word(FALL)
    there.hear(word)
    assert there.viewers("fall") == [(2, "Wu")]
    here.hear(word)
    assert here.viewers("fall") == [(2, "Wu")]
    assert here.changed() == [(FALL, False)]  # told to our sockets, not told back
    here.hear(word)
    assert here.changed() == []
    there.look("a", 2, "Wu", None)
    here.hear(there.word(FALL))
    assert here.viewers("fall") == []
    assert here.changed() == [(FALL, False)]


def test_a_process_that_died_is_forgotten() -> None:
    time = Time()
    here, there = Presence(time), Presence()
    there.look("a", 2, "Wu", FALL)
    here.hear(there.word(FALL))
    here.changed()
    time.now = 10
    here.hear(there.words()[0])  # it lives
    time.now = 20
    assert here.changed() == []
    time.now = 30
    assert here.changed() == [(FALL, False)]
    assert here.viewers("fall") == []


def test_nonsense_on_the_channel_is_passed_over() -> None:
    presence = Presence()
    for payload in ("", "x", "[]", "1", "{}", json.dumps({"process": "p", "incident": "i", "path": "1"})):
        presence.hear(payload)
    assert presence.open() == []


def test_a_word_fits_a_notification_however_many_look() -> None:
    presence = Presence()
    for account in range(500):
        presence.look(account, account, "某某某某某", FALL)
    assert len(presence.word(FALL).encode()) < 8000
