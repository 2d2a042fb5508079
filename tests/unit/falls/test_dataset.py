"""Reading recorded trials: what is wrong is named, with the place."""

import numpy as np
import pytest

from analytics.falls.dataset import COLUMNS, BadDataset, load
from core.instant import SECOND

HEADER = ",".join(COLUMNS)
ROW = "F01_R01,P1,young,wrist,F01,1,50,0,120,1.0,2.0"


def write(folder, rows, *, header=HEADER, bom="", signals=None):
    (folder / "trials.csv").write_text(bom + "\n".join([header, *rows]) + "\n", encoding="utf-8")
    np.save(folder / "signals.npy", np.zeros((200, 3), np.int16) if signals is None else signals)
    return folder


def test_a_trial_becomes_a_stream_of_windows(tmp_path):
    (trial,) = load(write(tmp_path, [ROW]))
    windows = list(trial.windows(seconds=1, start=7, device=3))
    assert [len(window.acc) for window in windows] == [50, 50, 20]
    assert [window.start for window in windows] == [7, 7 + SECOND, 7 + 2 * SECOND]
    assert (windows[0].device, windows[0].site, windows[0].hz) == (3, "wrist", 50.0)
    assert (trial.is_fall, trial.fall_start_s, trial.seconds) == (True, 1.0, 2.4)


def test_a_byte_order_mark_is_no_obstacle(tmp_path):
    assert len(load(write(tmp_path, [ROW], bom="\ufeff"))) == 1


def test_times_of_the_fall_may_be_missing(tmp_path):
    (trial,) = load(write(tmp_path, [ROW.replace("1.0,2.0", ",")]))
    assert trial.fall_start_s is None


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (ROW.replace("120", "999"), "not in signals"),
        (ROW.replace("120", "0"), "not in signals"),
        (ROW.replace(",0,120", ",-5,120"), "not in signals"),
        (ROW.replace(",50,", ",0,"), "Hz"),
        (ROW.replace(",50,", ",fast,"), "line 2"),
        (ROW.replace(",50,", ",nan,"), "Hz"),
        (ROW.replace("wrist", "hat"), "hat"),
        (ROW.replace(",1,50", ",maybe,50"), "line 2"),
        ("F01_R01,P1", "line 2"),
    ],
)
def test_a_bad_row_is_named(tmp_path, row, complaint):
    with pytest.raises(BadDataset, match=complaint):
        load(write(tmp_path, [row]))


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(BadDataset, match="subject"):
        load(write(tmp_path, [ROW], header=",".join(COLUMNS).replace("subject", "who")))


@pytest.mark.parametrize("content", ["", ",".join(COLUMNS) + "\n"])
def test_an_empty_table_is_refused(tmp_path, content):
    write(tmp_path, [])
    (tmp_path / "trials.csv").write_text(content)
    with pytest.raises(BadDataset):
        load(tmp_path)


@pytest.mark.parametrize("signals", [np.zeros((200, 2), np.int16), np.zeros((200, 3))])
def test_signals_of_another_form_are_refused(tmp_path, signals):
    with pytest.raises(BadDataset, match="int16"):
        load(write(tmp_path, [ROW], signals=signals))


def test_missing_and_broken_files_are_refused(tmp_path):
    with pytest.raises(BadDataset):
        load(tmp_path)
    write(tmp_path, [ROW])
    (tmp_path / "signals.npy").write_bytes(b"")
    with pytest.raises(BadDataset, match=r"signals\.npy"):
        load(tmp_path)
