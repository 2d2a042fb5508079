"""Recordings laid out for a replay: nothing bleeds over, nothing lies in the future, all is matched."""

from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from analytics.falls.dataset import Trial
from core.instant import DAY, HOUR, SECOND, iso
from simulators import recorded, replay_homes, takes, verdict
from simulators.replay_falls import Tempo
from simulators.store import Seen

START = 1_760_000_000 * SECOND


def trial(name: str, *, fall: bool, seconds: float = 6, hz: float = 50, site: str = "wrist") -> Trial:
    samples = np.tile(np.array([0, 0, 1000], np.int16), (round(seconds * hz), 1))
    return Trial("made", name, "A", "young", site, "F" if fall else "D", fall, hz, samples, None, None)


def seen(device: str, onset: int, at: int, seen_at: float = 0.0) -> Seen:
    return Seen(uuid4(), 0, "fall", "possible", "h", device, onset, at, 0.9, False, seen_at)


def test_trials_of_one_wearable_are_far_enough_apart_to_be_falls_of_their_own() -> None:
    [line] = takes.lay_out([trial(str(n), fall=True) for n in range(3)], wearers=1)
    gaps = [b.begin - a.end for a, b in zip(line.takes, line.takes[1:], strict=False)]
    assert min(gaps) > 30 * SECOND
    assert sum(len(piece) for piece in line.samples) == line.length


def test_a_wearable_has_one_rate_and_one_site() -> None:
    mixed = [trial("a", fall=True), trial("b", fall=True, hz=20), trial("c", fall=True, site="waist")]
    lines = takes.lay_out(mixed, wearers=1)
    assert {(line.hz, line.site) for line in lines} == {(50, "wrist"), (20, "wrist"), (50, "waist")}


def test_work_is_spread_evenly() -> None:
    lines = takes.lay_out([trial(str(n), fall=False, seconds=5 + n % 7) for n in range(60)], wearers=6)
    assert len(lines) == 6
    assert max(line.seconds for line in lines) < 1.2 * min(line.seconds for line in lines)


def test_stillness_weighs_one_g_whatever_the_recording_ended_with() -> None:
    tail = takes.still(np.full((20, 3), 900, np.int16), 200, np.random.default_rng(0))
    assert np.linalg.norm(tail.astype(float), axis=1).mean() == pytest.approx(1000, abs=10)


@pytest.mark.parametrize("speed", [0.5, 1.0, 8.0])
def test_a_replay_is_never_in_the_future_and_ends_now(speed: float) -> None:
    begun, longest = 1_760_000_000.0, 200.0
    tempo = Tempo(begun, round((begun + longest / speed - longest) * SECOND), speed)
    if speed >= 1:
        for second in (1, 50, 199):
            instant = tempo.start + second * SECOND
            assert tempo.due(instant) >= instant / SECOND - 1e-6
    end = tempo.start + round(longest * SECOND)
    assert tempo.due(end) == pytest.approx(end / SECOND, abs=1e-3)


def test_findings_are_matched_with_the_trial_they_lie_in() -> None:
    [line] = takes.lay_out([trial("fall", fall=True), trial("walk", fall=False)], wearers=1)
    by_name = {take.trial.trial: take for take in line.takes}
    fall, walk = by_name["fall"], by_name["walk"]
    published = verdict.Published()
    for second in range(1, 120):
        published.note("watch", START + second * SECOND - SECOND // 50, 1000.0 + second)
    onset = START + fall.begin + 2 * SECOND
    alarm = seen(
        "watch", onset, onset + 2 * SECOND, seen_at=1000.0 + (onset + 2 * SECOND - START) / SECOND + 1.05
    )
    between = seen("watch", START + fall.end + 10 * SECOND, START + fall.end + 12 * SECOND)
    outcomes, stray = verdict.judge([line], ["watch"], [alarm, between], START, published)
    found = {o.take.trial.trial: o for o in outcomes}
    assert found["fall"].alarm == alarm
    assert found["fall"].delay_s == 2
    assert found["fall"].latency_s is not None
    assert 0 < found["fall"].latency_s < 1.1
    assert found["walk"].alarm is None
    assert stray == 1
    assert walk.begin != fall.begin
    result = verdict.Result(outcomes, 119, 119, 1, stray, 0, 1.0, 1.0)
    figures = verdict.figures(result)
    assert (figures["sensitivity"], figures["specificity"]) == (1.0, 1.0)


def write_tihm(folder: Path) -> None:
    (folder / "Activity.csv").write_text(
        "patient_id,location_name,date\n"
        "aa,kitchen,2019-05-16 10:52:49\n"
        "aa,front-door,2019-05-16 10:52:50\n"
        "bb,kitchen,2019-05-18 09:00:00\n"
        "aa,kitchen,2019-05-16 08:00:00\n",
        encoding="utf-8-sig",
    )
    (folder / "Physiology.csv").write_text(
        "patient_id,date,device_type,value,unit\n"
        "aa,2019-05-16 09:00:00,Heart rate,71.0,beats/min\n"
        "aa,2019-05-16 09:00:00,O/E - muscle mass,40.0,kg\n"
    )


def test_a_recorded_night_stays_a_night(tmp_path: Path) -> None:
    write_tihm(tmp_path)
    homes = recorded.read(tmp_path)
    assert [home.name for home in homes] == ["aa", "bb"]
    kitchen = next(r for r in homes[0].recorders if r.name == "kitchen")
    assert iso(int(kitchen.times[0])) == "2019-05-16T00:00:00.000Z"  # eight in the morning in Shanghai
    assert (np.diff(kitchen.times) > 0).all()


def test_doors_people_go_out_by_are_told_from_the_fridge(tmp_path: Path) -> None:
    write_tihm(tmp_path)
    front = next(r for r in recorded.read(tmp_path)[0].recorders if r.name == "front-door")
    assert (front.kind, front.room, front.event) == ("door", "front-door", "door")


def test_what_no_quantity_fits_is_left_out(tmp_path: Path) -> None:
    write_tihm(tmp_path)
    vitals = next(r for r in recorded.read(tmp_path)[0].recorders if r.kind == "cuff")
    assert [name for _, name, _ in vitals.vitals] == ["heart_rate"]


def test_intervals_become_on_and_off_and_years_are_brought_together(tmp_path: Path) -> None:
    row = "{0}-11-28 02:27:59\t\t{0}-11-28 10:18:11\tBed\tPressure\tBedroom\n"
    for name, year in (("OrdonezA", 2011), ("OrdonezB", 2012)):
        (tmp_path / f"{name}_Sensors.txt").write_text("Start time\n---\n" + row.format(year))
    first, second = recorded.read(tmp_path)
    assert first.recorders[0].values.tolist() == [1.0, 0.0]
    apart = int(second.recorders[0].times[0] - first.recorders[0].times[0])
    assert 0 <= apart < 7 * DAY
    assert apart % DAY == 0


def test_a_recording_cut_short_counts_its_days(tmp_path: Path) -> None:
    write_tihm(tmp_path)
    homes = recorded.read(tmp_path)
    assert replay_homes.longest_gap(homes)[1] - replay_homes.longest_gap(homes)[0] > 40 * HOUR
    replay_homes.cut(homes, 1)
    assert [home.person_days for home in homes] == [1, 0]


@pytest.mark.parametrize("text", ["", "patient_id,date\n", "patient_id,location_name,date\na,b,never\n"])
def test_a_folder_that_is_no_recording_is_refused_with_the_reason(tmp_path: Path, text: str) -> None:
    if text:
        (tmp_path / "Activity.csv").write_text(text)
    with pytest.raises(recorded.BadRecording, match=tmp_path.name):
        recorded.read(tmp_path)
