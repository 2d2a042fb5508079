"""What every detector must keep, whatever it looks for. One town, a bad fortnight, all detectors."""

import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.detectors import Falls, all_detectors
from analytics.immediate import ImmediateDetector
from analytics.inactivity import InactivityDetector
from analytics.supervision import SupervisionDetector
from analytics.vitals import VitalsDetector
from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE, SECOND
from core.kind import BY_NAME
from core.messages import LANGUAGES, catalogue, render
from tests.unit.analytics.town import MORNING, Town, facts, play

FOLDS = {d.name: d for d in (ImmediateDetector, InactivityDetector, SupervisionDetector, VitalsDetector)}
TOWN = Town(7)
END = MORNING + 3 * DAY
EVERY_S = 120


def bad_days(seed: int = 5):
    """Three days in which something of every sort goes wrong, with messages late, twice and out of order."""
    rng = np.random.default_rng(seed)
    gone = {(2, kind) for kind in ("wearable", "pir", "smoke", "door")}
    said = [s for s in TOWN.heartbeats(MORNING + DAY) if s.device % 10 != 0 or rng.random() < 0.9]
    said += TOWN.heartbeats(MORNING + 2 * DAY, begin=MORNING + DAY, silent=gone | {(3, "pir")})
    said += TOWN.heartbeats(END, begin=MORNING + 2 * DAY + 5 * HOUR)  # five hours of outage before
    for home in range(1, 8):
        times = MORNING + rng.integers(0, 3 * DAY, 200)
        awake = times[(times - MORNING) % DAY < 14 * HOUR]
        if home == 4:  # lies on the floor for a day and a half
            awake = awake[(awake < MORNING + 4 * HOUR) | (awake > MORNING + 40 * HOUR)]
        said += [TOWN.says(home, "pir", "presence", 1, int(at), late_s=rng.exponential(5)) for at in awake]
        rates = np.where(rng.random(60) < 0.3, 150, 75)
        said += [
            TOWN.says(home, "wearable", "heart_rate", float(r), MORNING + i * 9 * MINUTE)
            for i, r in enumerate(rates)
        ]
        said += [TOWN.says(home, "wearable", "spo2", 50.0, MORNING + DAY + i * HOUR) for i in range(home)]
        said += [
            TOWN.says(home, "button", "button", 1, int(at))
            for at in MORNING + rng.integers(0, 3 * DAY, 2)
            if home != 4
        ]
        said += [TOWN.says(home, "pir", "battery", 0.3 - i * 0.03, MORNING + i * 3 * HOUR) for i in range(8)]
        said += [TOWN.says(home, "pir", "battery", 0.9, MORNING + 2 * DAY)]
    said += [
        TOWN.says(5, "smoke", "smoke", state, MORNING + at * MINUTE)
        for at, state in ((9, 1), (20, 0), (600, 1))
    ]
    said += [TOWN.says(6, "wearable", "online", 0, MORNING + 90 * MINUTE)]
    said += [TOWN.says(6, "button", "button", 1, MORNING + HOUR, late_s=4000, live=False)]
    return TOWN.readings(said)


READINGS = bad_days()


def fresh(name: str):
    detector = FOLDS[name]()
    detector.know(TOWN.directory)
    return detector


def run(detector, readings=READINGS, until=END, **how):
    return play(detector, readings, until, every_s=EVERY_S, **how)


@pytest.fixture(scope="module", params=FOLDS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def whole(name):
    """What the detector says about the bad days, folded plainly."""
    return run(fresh(name))


def test_it_has_something_to_say(whole):
    assert whole


def test_the_same_input_gives_the_same_findings(name, whole):
    assert run(fresh(name)) == whole


def test_another_split_into_batches_changes_nothing(name, whole):
    assert sorted(facts(run(fresh(name), pieces=5))) == sorted(facts(whole))


def test_messages_delivered_twice_change_nothing(name, whole):
    again = READINGS[::3].copy()
    again["received"] += 20 * SECOND * (again["metric"] > 32)  # life is life; other repeats come later
    twice = np.concatenate([READINGS, again])
    twice = twice[np.argsort(twice["received"], kind="stable")]
    if name == "supervision":  # a repeat that arrives later is a later sign of life: only exact repeats
        twice = np.repeat(READINGS, 2)
    assert sorted(facts(run(fresh(name), twice))) == sorted(facts(whole))


@pytest.mark.parametrize("cut_h", [1.5, 20, 31, 49, 55])
def test_a_restart_in_the_middle_changes_nothing(name, whole, cut_h):
    """Killed at the cut; the new one learns the findings and the last day, as the worker does it."""
    cut = MORNING + round(cut_h * HOUR)
    first = fresh(name)
    before = play(first, READINGS, cut, every_s=EVERY_S)
    again = fresh(name)
    if name == "inactivity":
        again.load(first.routine_rows())
    again.resume({f.id: f for f in before}.values())
    replay = READINGS[(READINGS["received"] > cut - DAY) & (READINGS["received"] <= cut)]
    known = set(facts(before))
    for piece in np.array_split(replay, 20):
        if len(piece):
            repeated = set(facts(again.fold(Batch(now=int(piece["received"][-1]), readings=piece))))
            assert repeated <= known
    after = play(again, READINGS, END, begin=cut + EVERY_S * SECOND, every_s=EVERY_S)
    assert set(facts(before)) | set(facts(after)) == set(facts(whole))


def test_time_in_findings_is_in_order(whole):
    for finding in whole:
        assert MORNING - MINUTE <= finding.onset <= finding.at <= END


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
    strange = READINGS[:50].copy()
    strange["device"], strange["home"] = 9_000_000, 9_000_000
    detector = fresh(name)
    detector.fold(Batch(now=MORNING, readings=strange))
    assert all(f.kind in ("sos", "smoke") for f in detector.tick(MORNING + DAY))


def test_memory_is_bounded_by_the_town_not_by_time(name):
    detector = fresh(name)
    sizes = []
    for day in range(3):
        shifted = READINGS.copy()
        shifted["time"] += day * 3 * DAY
        shifted["received"] += day * 3 * DAY
        play(detector, shifted, END + day * 3 * DAY, begin=MORNING + day * 3 * DAY, every_s=600)
        if name == "inactivity":
            detector.routine_rows()
        sizes.append(len(pickle.dumps(detector)))
    assert sizes[2] <= sizes[1] * 1.2


def test_a_removed_home_is_forgotten(name):
    detector = fresh(name)
    play(detector, READINGS, MORNING + DAY, every_s=600)
    detector.know(Town(1).directory)
    assert all(f.home <= 1 for f in detector.tick(MORNING + 3 * DAY))


def test_every_sentence_exists_in_both_languages(whole):
    for finding in whole:
        assert finding.reason.key in catalogue()
        assert finding.kind in BY_NAME
        for language in LANGUAGES:
            text = render(finding.reason.key, finding.reason.params, language, "Asia/Shanghai")
            assert finding.reason.key not in text
            assert "None" not in text
            assert "{" not in text


def test_all_detectors_have_names_of_their_own():
    detectors = all_detectors()
    assert len({d.name for d in detectors}) == len(detectors)
    assert any(isinstance(d, Falls) for d in detectors)


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
    found = run(fresh("vitals"), readings, MORNING + 3 * HOUR, pieces=pieces)
    standing = set()
    for finding in found:
        assert (finding.id in standing) == (finding.revision > 0)
        standing = standing - {finding.id} if finding.cleared else standing | {finding.id}
    assert found == run(fresh("vitals"), readings, MORNING + 3 * HOUR)
