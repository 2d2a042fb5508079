"""What every detector must keep, whatever it looks for. One town, six bad days, all detectors.

What a network may do, and what must change nothing: messages in other batches; delivered twice; those of
different devices a few seconds out of order (what one device says on one topic arrives in order: MQTT
promises that much); a worker killed at any instant, which then knows what it stored: findings, memories and
the readings of the last seventy minutes.
"""

import json
import pickle
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.detectors import all_detectors
from analytics.memory import Keeper
from core.batch import Batch
from core.directory import Directory
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.kind import BY_NAME
from core.messages import LANGUAGES, catalogue, render
from core.quantity import BY_NAME as QUANTITY
from ingest.abilities import Learner, Watcher
from ingest.behaviour.living import Diarist
from ingest.decode import Decoder
from ingest.message import Message
from tests.unit.analytics.story import END, EVERY_S, TOWN, bad_days, falling, town
from tests.unit.analytics.town import MORNING, facts, play

READINGS, MOTION = bad_days(), falling()
NAMES = [detector.name for detector in all_detectors()]
LOOK_BACK = 70 * MINUTE  # as ingest.worker folds again after a restart
TOGETHER = 4 * SECOND


def fresh(name: str):
    detector = next(d for d in all_detectors() if d.name == name)
    detector.know(TOWN.directory)
    return detector


def run(detector, readings=READINGS, until=END, motion=MOTION, **how):
    return play(detector, readings, until, every_s=EVERY_S, motion=motion, **how)


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def whole(name):
    """What the detector says about the bad days, folded plainly."""
    return run(fresh(name))


def test_it_has_something_to_say(whole):
    assert whole, "nothing in tests/unit/analytics/story.py is what this detector looks for: add it"


def test_the_same_input_gives_the_same_findings(name, whole):
    assert run(fresh(name)) == whole


def test_another_split_into_batches_changes_nothing(name, whole):
    assert sorted(facts(run(fresh(name), pieces=5))) == sorted(facts(whole))


def test_messages_delivered_twice_change_nothing(name, whole):
    twice = np.repeat(READINGS, 2)
    if name != "supervision":  # to supervision a repeat that arrives later is a later sign of life
        again = READINGS[::3].copy()
        again["received"] += 20 * SECOND * (again["metric"] > 32)  # vital signs are repeated at once
        twice = np.concatenate([READINGS, again])
        twice = twice[np.argsort(twice["received"], kind="stable")]
    twice_moved = [window for window in MOTION for _ in range(2)]
    assert sorted(facts(run(fresh(name), twice, motion=twice_moved))) == sorted(facts(whole))


def overtaking(readings, draw):
    """Messages of different devices that arrive within TOGETHER, in any order; each device's own stay in
    theirs."""
    group = readings["received"] // TOGETHER
    devices, original = readings["device"], np.arange(len(readings))
    place = np.lexsort((draw.random(len(readings)), group))  # a random order within each group
    seats = np.lexsort((np.argsort(place), devices, group))  # seats of each device, the first first
    order = np.empty(len(readings), np.int64)
    order[np.argsort(place)[seats]] = original[np.lexsort((original, devices, group))]
    return readings[order]


def test_messages_of_different_devices_may_overtake_each_other(name, whole):
    shuffled = overtaking(READINGS, np.random.default_rng(2))
    assert not np.array_equal(shuffled, READINGS)
    assert sorted(facts(run(fresh(name), shuffled))) == sorted(facts(whole))


class Kept:
    """What a worker has stored of a detector until it is killed."""

    def __init__(self, name: str, until: int) -> None:
        self.name, self.memories, self.routine, self.found = name, {}, [], []
        detector = fresh(name)
        readings = READINGS[READINGS["received"] <= until]
        tick = detector.tick

        def ticked(now):
            said = tick(now)
            if isinstance(detector, Keeper):
                self.memories |= {(m.subject, m.topic): m for m in detector.memories()}
            if isinstance(detector, Learner):
                self.routine += detector.routine_rows()
            return said

        detector.tick = ticked
        self.found = run(detector, readings, until)

    def restarted(self):
        """Another worker takes up, as ingest.worker does it."""
        detector = fresh(self.name)
        if isinstance(detector, Learner):
            detector.load({(row.home, row.day): row for row in self.routine}.values())
        if isinstance(detector, Keeper):
            detector.recall(
                [m._replace(numbers=[float(n) for n in m.numbers]) for m in self.memories.values()]
            )
        return detector


@pytest.mark.parametrize("cut_h", [1.75, 20.25, 31, 49.5, 75.5, 100])
def test_a_restart_in_the_middle_changes_nothing(name, whole, cut_h):
    """Killed at the cut; the new one learns the findings, the memories and the last of the readings."""
    cut = MORNING + round(cut_h * HOUR)
    kept = Kept(name, cut)
    again = kept.restarted()
    if isinstance(again, Watcher):
        seen = READINGS[(READINGS["received"] <= cut) & READINGS["live"]]
        seen = seen[~((seen["metric"] == 64) & (seen["value"] == 0))]  # a last will is the broker's word
        last = {int(row["device"]): int(row["received"]) for row in seen}
        again.heard(last.items())
    again.resume({f.id: f for f in kept.found}.values())
    replay = READINGS[(READINGS["received"] > cut - LOOK_BACK) & (READINGS["received"] <= cut)]
    known = set(facts(kept.found))
    for piece in np.array_split(replay, 5):
        if len(piece):
            repeated = set(facts(again.fold(Batch(now=int(piece["received"][-1]), readings=piece))))
            assert repeated <= known
    after = play(again, READINGS[READINGS["received"] > cut], END, begin=cut + EVERY_S * SECOND,
                 every_s=EVERY_S, motion=[w for w in MOTION if w.start > cut])  # fmt: skip
    assert known | set(facts(after)) == set(facts(whole))


def test_time_in_findings_is_in_order_and_nothing_is_known_before_it_happens(name):
    detector = fresh(name)
    ticks = range(MORNING, END, EVERY_S * SECOND)
    starts = np.searchsorted(READINGS["received"], ticks, side="right")
    for at, (low, high) in enumerate(pairwise(starts)):
        now = ticks[at + 1]
        for finding in [*detector.fold(Batch(now, READINGS[low:high])), *detector.tick(now)]:
            assert (
                MORNING - MINUTE <= finding.onset <= finding.at + 999
            )  # the last digits are a metric's number
            assert finding.at <= now


def test_time_that_stands_still_or_steps_back_says_nothing(name):
    detector = fresh(name)
    run(detector, until=MORNING + 2 * DAY)
    now = MORNING + 2 * DAY + EVERY_S * SECOND
    detector.tick(now)
    assert detector.tick(now) == []
    assert detector.tick(now - MINUTE) == []


def test_revisions_of_a_finding_rise_one_by_one(whole):
    last: dict = {}
    for finding in whole:
        assert finding.revision == last.get(finding.id, -1) + 1
        last[finding.id] = finding.revision


def test_nothing_said_about_nothing(name):
    detector = fresh(name)
    assert detector.fold(Batch(now=MORNING)) == []
    assert detector.tick(MORNING) == []
    assert detector.tick(MORNING + 30 * DAY) == []


def test_strangers_are_passed_over(name):
    """Readings of a device nobody knows, in a home nobody knows."""
    strange = READINGS[::40].copy()
    strange["device"], strange["home"] = 9_000_000, 9_000_000
    detector = fresh(name)
    found = detector.fold(Batch(now=MORNING, readings=strange)) + detector.tick(MORNING + DAY)
    assert all(BY_NAME[f.kind].priority == "high" and f.kind in ("sos", "smoke", "fall") for f in found)


def test_memory_is_bounded_by_the_town_not_by_time(name):
    detector = fresh(name)
    sizes = []
    for week in range(3):
        shifted = READINGS[::2].copy()
        shifted["time"] += week * 6 * DAY
        shifted["received"] += week * 6 * DAY
        moved = [replace(w, start=w.start + week * 6 * DAY) for w in MOTION]
        begin = MORNING + week * 6 * DAY
        play(detector, shifted, END + week * 6 * DAY, begin=begin, every_s=1800, motion=moved)
        if isinstance(detector, Learner):
            detector.routine_rows()
        if isinstance(detector, Keeper):
            detector.memories()
        if isinstance(detector, Diarist):
            detector.days()
        sizes.append(len(pickle.dumps(detector)))
    # A baseline of four weeks is still filling; what grows with time would grow by as much again.
    assert sizes[2] <= sizes[1] * 1.3 + 2000


def test_a_removed_home_is_forgotten(name):
    detector = fresh(name)
    run(detector, until=MORNING + DAY)
    detector.know(town(1).directory)
    assert all(f.home <= 1 for f in detector.tick(MORNING + 3 * DAY))
    detector.know(Directory())
    assert detector.tick(MORNING + 4 * DAY) == []


def test_every_sentence_exists_in_both_languages(whole):
    for finding in whole:
        assert finding.reason.key in catalogue()
        assert finding.kind in BY_NAME
        for language in LANGUAGES:
            text = render(finding.reason.key, finding.reason.params, language, "Asia/Shanghai")
            assert finding.reason.key not in text
            assert "None" not in text
            assert "{" not in text


def test_evidence_survives_the_store(whole):
    """Findings come back from JSON after a restart."""
    for finding in whole:
        assert json.loads(json.dumps(dict(finding.evidence))) == dict(finding.evidence)
        json.dumps(dict(finding.reason.params))


# --- quarantine ----------------------------------------------------------------------------------------

FRIGHTENING = st.sampled_from(
    [
        ("event", {"kind": "smoke", "state": 1}), ("event", {"kind": "button", "state": 1}),
        ("vital", {"heart_rate": 190}), ("vital", {"spo2": 60}), ("vital", {"room_temperature": 60}),
        ("position", {"lat": 10.0, "lon": 100.0}), ("status", {"battery": 0.01}), ("status", {"worn": False}),
    ]
)  # fmt: skip
SPOILT = st.sampled_from(
    ["no time", "text as time", "cut off", "stranger", "other home", "impossible", "stream"]
)


def spoil(stream, body, how, now):
    """A message that cannot be understood, whatever it would have said."""
    topic, fields = (
        f"nw/v1/home-1/{'wearable-1' if stream != 'event' else 'smoke-1'}/{stream}",
        {"t": now // 1000},
    )
    fields |= body
    if how == "no time":
        del fields["t"]
        fields["battery"] = "low"  # a status without a time would be a last will
    if how == "text as time":
        fields["t"] = "now"
    if how == "impossible":
        fields |= {"t": 1e300}
    if how == "stranger":
        topic = topic.replace("wearable-1", "nobody").replace("smoke-1", "nobody")
    if how == "other home":
        topic = topic.replace("home-1", "home-2")
    if how == "stream":
        topic += "s"
    raw = json.dumps(fields).encode()
    return Message(topic, raw[:-3] if how == "cut off" else raw, now)


def is_cry(said):
    """Somebody calls for help, and only the time of it is wrong."""
    (stream, _), how = said
    return stream == "event" and how in ("no time", "text as time", "impossible")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(FRIGHTENING, SPOILT), min_size=1, max_size=6))
def test_no_alarm_comes_from_quarantined_data_but_a_cry_for_help(messages):
    decoder = Decoder(TOWN.directory)
    spoilt = [spoil(*what, how, MORNING + n * MINUTE) for n, (what, how) in enumerate(messages)]
    decoded = decoder.decode(spoilt, MORNING + 6 * MINUTE)
    assert len(decoded.refused) == len(spoilt)
    cries = [(n, what[1]["kind"]) for n, (what, how) in enumerate(messages) if is_cry((what, how))]
    assert [(int(row["time"]), int(row["metric"])) for row in decoded.batch.readings] == [
        (MORNING + n * MINUTE, QUANTITY[kind].id) for n, kind in cries
    ]
    fresh_ones = all_detectors()
    for detector in fresh_ones:
        detector.know(TOWN.directory)
    said = {finding.kind for detector in fresh_ones for finding in detector.fold(decoded.batch)}
    assert said == {{"button": "sos"}.get(kind, kind) for _, kind in cries}


# --- networks that do what they like -------------------------------------------------------------------


@pytest.fixture(scope="module")
def first_day(name):
    """What the detector says about the first day and a quarter."""
    return sorted(facts(run(fresh(name), until=MORNING + 30 * HOUR)))


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1), pieces=st.integers(1, 9), repeat=st.integers(1, 3))
def test_whatever_the_network_does_the_same_is_said(name, first_day, seed, pieces, repeat):
    draw = np.random.default_rng(seed)
    early = READINGS[READINGS["received"] <= MORNING + 30 * HOUR]
    noisy = np.repeat(overtaking(early, draw), draw.integers(1, repeat + 1, len(early)))
    found = run(fresh(name), noisy, until=MORNING + 30 * HOUR, pieces=pieces)
    assert sorted(facts(found)) == first_day


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_arrival_and_any_repeats_raise_no_more_than_the_truth(data):
    """Hazards only: whatever the network does to the messages, each episode is one finding."""
    begins = data.draw(st.lists(st.integers(0, 20), min_size=1, max_size=4, unique=True))
    truth = [(b * 15, 1) for b in begins] + [(b * 15 + 7, 0) for b in begins]
    order = data.draw(st.permutations(truth * 2))
    readings = TOWN.readings(
        [TOWN.says(1, "smoke", "smoke", state, MORNING + at * MINUTE, late_s=0) for at, state in order]
    )
    arrival = np.arange(len(readings)) * SECOND + MORNING + 320 * MINUTE
    readings["received"] = arrival
    shuffled = readings[data.draw(st.permutations(range(len(readings))))]
    found = []
    detector = fresh("immediate")
    for row in np.array_split(shuffled, 3):
        found += detector.fold(Batch(now=MORNING + 6 * HOUR, readings=row))
    assert {f.onset for f in found} <= {MORNING + b * 15 * MINUTE for b in begins}
    raised = [f for f in found if f.revision == 0]
    assert len({f.id for f in raised}) == len(raised)


@settings(max_examples=30, deadline=None)
@given(
    values=st.lists(st.sampled_from([75.0, 150.0, 185.0, 35.0, 0.0, 300.0]), max_size=30),
    pieces=st.integers(1, 6),
)
def test_vitals_open_worsen_and_close_in_turn(values, pieces):
    readings = TOWN.readings(
        [TOWN.says(1, "wearable", "heart_rate", v, MORNING + i * 4 * MINUTE) for i, v in enumerate(values)]
    )
    found = run(fresh("vitals"), readings, MORNING + 3 * HOUR, pieces=pieces, motion=())
    standing = set()
    for finding in found:
        assert (finding.id in standing) == (finding.revision > 0)
        standing = standing - {finding.id} if finding.cleared else standing | {finding.id}
    assert found == run(fresh("vitals"), readings, MORNING + 3 * HOUR, motion=())


def test_all_detectors_have_names_of_their_own():
    assert len(set(NAMES)) == len(NAMES)
