"""The shipped file: small, plain numbers, and refused when it is anything else."""

import numpy as np
import pytest

from analytics.falls.features import describe
from analytics.falls.model import SHIPPED, BadModel, load
from analytics.falls.trigger import BEFORE, SPAN


def test_the_shipped_model_is_small():
    assert SHIPPED.stat().st_size < 5_000_000


def test_it_knows_the_features_this_code_makes():
    rng = np.random.default_rng(0)
    assert load().features == describe(rng.normal(0, 1, (2, SPAN, 3)).astype(np.float32))[1]


def test_saving_and_loading_changes_nothing(tmp_path):
    model = load()
    model.save(tmp_path / "again.npz")
    acc = np.random.default_rng(1).normal(0, 1, (50, SPAN, 3)).astype(np.float32)
    features, _ = describe(acc)
    again = load(tmp_path / "again.npz")
    for old, new in zip(model.judges, again.judges, strict=True):
        seen = acc[:, : BEFORE + 1 + old.after]
        assert (new.probability(features, seen) == old.probability(features, seen)).all()
        assert new.thresholds == old.thresholds
        assert (new.after, new.plainly_not) == (old.after, old.plainly_not)


def test_a_candidate_scores_the_same_alone_and_in_a_crowd():
    model = load().final
    acc = np.random.default_rng(2).normal(0, 1, (40, SPAN, 3)).astype(np.float32)
    together = model.probability(describe(acc)[0], acc)
    alone = [model.probability(describe(acc[[i]])[0], acc[[i]])[0] for i in range(40)]
    assert together.tolist() == pytest.approx(alone, abs=1e-9)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"not a model"])
def test_anything_else_is_refused(tmp_path, content):
    path = tmp_path / "odd.npz"
    path.write_bytes(content)
    with pytest.raises(BadModel, match=r"odd\.npz"):
        load(path)


def test_a_pickle_is_not_even_opened(tmp_path):
    path = tmp_path / "evil.npz"
    np.savez(path, head=np.array([{"run": "me"}], object))
    with pytest.raises(BadModel):
        load(path)


@pytest.mark.parametrize("judge", load().judges)
def test_every_site_and_rate_has_a_threshold(judge):
    for site in ("wrist", "waist", "chest", "thigh", "ankle", "unknown"):
        for hz in (20.0, 50.0, 238.0):
            assert 0 < judge.thresholds.of(site, hz) < 1


def test_the_model_is_surer_of_a_fall_on_a_kind_of_device_it_never_saw():
    for judge in load().judges:
        assert judge.thresholds.knows("wrist", 50)
        assert judge.thresholds.knows("wrist", 52)
        assert not judge.thresholds.knows("wrist", 238)
        assert not judge.thresholds.knows("thigh", 50)
        assert judge.thresholds.of("wrist", 238) > judge.thresholds.of("wrist", 50)
        assert judge.thresholds.of("thigh", 50) >= judge.thresholds.of("wrist", 50)


def test_the_early_judge_says_only_what_is_plain():
    early, final = load().judges
    assert early.after < final.after
    for hz in (20.0, 50.0, 238.0):
        assert early.thresholds.of("wrist", hz) > final.thresholds.of("wrist", hz)
