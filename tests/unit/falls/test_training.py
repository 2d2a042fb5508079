"""What is trained is what is shipped: exported parts score as the libraries' own do."""

import numpy as np
import pytest

from analytics.falls.dataset import Trial
from analytics.falls.network import standardise
from analytics.falls.training import people
from analytics.falls.training.augment import augment, curtailed
from analytics.falls.training.clips import IGNORED, cells_of, cut
from analytics.falls.trigger import BEFORE, SPAN
from tests.unit.falls import acted

lightgbm = pytest.importorskip("lightgbm", reason="the train extra is not installed")
parts = pytest.importorskip("analytics.falls.training.parts")
settling = pytest.importorskip("analytics.falls.training.settle")
settle = settling.settle


def trial(samples, *, is_fall, hz=50.0, subject="P1", dataset="made-up", placement="wrist"):
    return Trial(
        dataset=dataset,
        trial="T",
        subject=subject,
        group="young",
        placement=placement,
        activity="F" if is_fall else "D",
        is_fall=is_fall,
        hz=hz,
        samples=samples,
        fall_start_s=None,
        fall_end_s=None,
    )


def examples(count=400, width=6):
    rng = np.random.default_rng(0)
    features = rng.normal(0, 1, (count, width)).astype(np.float32)
    label = (features[:, 0] + features[:, 1] * features[:, 2] > 0).astype(np.int64)
    return features, label


def test_an_exported_forest_scores_as_lightgbm_does(monkeypatch):
    features, label = examples()
    fitted = []
    fit = lightgbm.LGBMClassifier.fit

    def keep(self, *args, **kwargs):
        fitted.append(self)
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(lightgbm.LGBMClassifier, "fit", keep)
    forest = parts.fit_forest(features, label, np.ones(len(label)), seed=1)
    assert forest.score(features) == pytest.approx(
        fitted[0].booster_.predict(features, raw_score=True), abs=1e-4
    )


def test_an_exported_network_scores_as_scikit_learn_does(monkeypatch):
    features, label = examples()
    fitted = []
    fit = parts.MLPClassifier.fit

    def keep(self, *args, **kwargs):
        fitted.append(self)
        return fit(self, *args, **kwargs)

    monkeypatch.setattr(parts.MLPClassifier, "fit", keep)
    network = parts.fit_network(features, label, seed=1)
    known = standardise(features, network.mean, network.spread)
    chances = [net.predict_proba(known)[:, 1].astype(float) for net in fitted]
    logits = np.mean([np.log(chance / (1 - chance)) for chance in chances], axis=0)
    assert network.score(features) == pytest.approx(logits, abs=1e-3)


def test_folds_can_be_taken_from_the_normal_equations():
    rng = np.random.default_rng(1)
    known = rng.integers(0, 255, (300, 8)).astype(np.uint8)
    label = (known[:, 0] > 128).astype(np.int64)
    scaling, weight = parts.scaling_of(known), np.ones(300)
    whole = parts.normal_equations(known, scaling, label, weight)
    part = parts.normal_equations(known[:100], scaling, label[:100], weight[:100])
    rest = parts.normal_equations(known[100:], scaling, label[100:], weight[100:])
    weights, offset = parts.solve(whole - part, scaling)
    expected, expected_offset = parts.solve(rest, scaling)
    assert weights == pytest.approx(expected, abs=1e-6)
    assert offset == pytest.approx(expected_offset, abs=1e-4)
    said = known.astype(np.float32) @ weights + offset
    assert ((said > 0) == (label == 1)).mean() > 0.9


def test_the_hardest_blow_of_a_fall_trial_is_the_fall():
    trials = [trial(acted.fall(), is_fall=True), trial(acted.tumble(), is_fall=False)]
    clips = cut(trials, [cells_of(one) for one in trials])
    labels = [set(clips.label[clips.trial == index].tolist()) for index in (0, 1)]
    assert 1 in labels[0]
    assert labels[0] <= {1, IGNORED}
    assert labels[1] == {0}


def test_augmentation_is_the_same_for_the_same_seed_and_stays_in_range():
    original = trial(acted.fall(), is_fall=True)
    for seed in range(20):
        one, same = (augment(original, np.random.default_rng(seed)) for _ in range(2))
        assert (one.samples == same.samples).all()
        assert one.samples.dtype == np.int16
        assert 15 < one.hz < 60
        assert abs(one.seconds / original.seconds - 1) < 0.16


def recordings(count=400, dataset="made-up", **of):
    return [trial(acted.walk(1), is_fall=False, dataset=dataset, **of) for _ in range(count)]


def test_every_data_set_alone_stays_silent_in_all_but_a_few_recordings():
    easy, hard = recordings(dataset="easy"), recordings(dataset="hard")
    highest = np.concatenate([np.linspace(0, 0.7, 400), np.linspace(0, 0.9, 400)])
    threshold = settle(easy + hard, highest, early=False).of("wrist", 50)
    assert (highest[400:] > threshold).mean() == pytest.approx(settling.FALSE_SHARE["wrist"], abs=0.005)
    assert (highest[:400] > threshold).mean() < settling.FALSE_SHARE["wrist"]


def test_the_early_judge_must_be_surer():
    highest = np.linspace(0, 0.9, 400)
    early, final = (settle(recordings(), highest, early).of("wrist", 50) for early in (True, False))
    assert early > final


def test_thresholds_stay_within_limits():
    assert settle(recordings(), np.zeros(400), early=False).of("wrist", 50) == settling.LOWEST
    assert settle(recordings(), np.ones(400), early=False).of("wrist", 50) == settling.HIGHEST


def test_the_more_kinds_are_known_the_less_is_another_unlike_them():
    highest = np.linspace(0, 0.9, 400)
    one = settle(recordings(dataset="one"), highest, early=False)
    both = recordings(dataset="one") + recordings(dataset="other")
    two = settle(both, np.concatenate([highest, highest]), early=False)
    assert one.of("wrist", 50) == two.of("wrist", 50)
    assert one.of("wrist", 238) > two.of("wrist", 238) > two.of("wrist", 50)


def test_falls_of_the_people_left_out_move_no_threshold():
    quiet, highest = recordings(), np.linspace(0, 0.9, 400)
    falls = [trial(acted.walk(1), is_fall=True) for _ in range(50)]
    with_falls = settle(quiet + falls, np.concatenate([highest, np.ones(50)]), early=False)
    assert with_falls == settle(quiet, highest, early=False)


def test_a_device_that_began_late_or_ended_early_repeats_what_it_knows():
    acc = np.random.default_rng(0).normal(0, 1, (300, SPAN, 3)).astype(np.float32)
    curt = curtailed(acc, np.random.default_rng(1))
    late = (curt[:, 0] == curt[:, 1]).all(axis=1)
    early = (curt[:, -1] == curt[:, -2]).all(axis=1)
    assert 0.2 < late.mean() < 0.4
    assert 0.05 < early.mean() < 0.2
    assert (curt[:, BEFORE] == acc[:, BEFORE]).all()
    assert (curt[~late & ~early] == acc[~late & ~early]).all()


def test_test_people_are_who_the_data_say():
    assert people.is_test(trial(acted.walk(1), is_fall=False, subject="U12", dataset="weda-fall"))
    assert not people.is_test(trial(acted.walk(1), is_fall=False, subject="U12", dataset="sisfall"))
    assert people.is_test(trial(acted.walk(1), is_fall=False, subject="U1"), ["U1"])
