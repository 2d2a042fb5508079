"""Recorded trials on disk: `trials.csv` beside `signals.npy`.

`trials.csv` has one row a trial (COLUMNS); `start` and `length` index the rows of `signals.npy`, int16 of
shape (samples, 3), milli-g, gravity included.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.instant import SECOND
from core.motion import SITES, MotionWindow

COLUMNS = (
    "trial",
    "subject",
    "group",
    "placement",
    "activity",
    "is_fall",
    "hz",
    "start",
    "length",
    "fall_start_s",
    "fall_end_s",
)

_TRUE = {"1": True, "true": True, "0": False, "false": False}


class BadDataset(Exception):
    """The directory does not hold trials in the expected form; the message says where and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One recording.

    Attributes:
        dataset: name of the directory it came from.
        group: "young" or "elder".
        placement: where the device was worn, one of `core.motion.SITES`.
        hz: sampling rate.
        samples: shape (n, 3), int16, milli-g.
        fall_start_s, fall_end_s: when the fall happens, seconds from the start; None if not known.
    """

    dataset: str
    trial: str
    subject: str
    group: str
    placement: str
    activity: str
    is_fall: bool
    hz: float
    samples: NDArray[np.int16]
    fall_start_s: float | None
    fall_end_s: float | None

    @property
    def seconds(self) -> float:
        """Length of the recording."""
        return len(self.samples) / self.hz

    def windows(
        self, *, seconds: float = 1.0, start: int = 0, device: int = 1, home: int = 1
    ) -> Iterator[MotionWindow]:
        """The trial as a wearable would send it: windows of `seconds`, the first at instant `start`."""
        size = max(2, round(seconds * self.hz))
        for first in range(0, len(self.samples), size):
            yield MotionWindow(
                home=home,
                device=device,
                resident=device,
                start=start + round(first * SECOND / self.hz),
                hz=self.hz,
                acc=np.asarray(self.samples[first : first + size]),
                site=self.placement,
            )


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """All trials of one directory."""

    name: str
    trials: tuple[Trial, ...]

    def __iter__(self) -> Iterator[Trial]:
        return iter(self.trials)

    def __len__(self) -> int:
        return len(self.trials)


def load(directory: Path) -> Trials:
    """Read `directory`; raises BadDataset with the file, the row and the reason."""
    directory = Path(directory)
    signals = _signals(directory / "signals.npy")
    rows = _rows(directory / "trials.csv")
    trials = tuple(_trial(directory.name, number, row, signals) for number, row in enumerate(rows, 2))
    if not trials:
        raise BadDataset(f"{directory / 'trials.csv'}: no trials")
    return Trials(directory.name, trials)


def _signals(path: Path) -> NDArray[np.int16]:
    try:
        signals: NDArray[np.int16] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BadDataset(f"{path}: {error}") from error
    if signals.dtype != np.int16 or signals.ndim != 2 or signals.shape[1] != 3:
        raise BadDataset(f"{path}: expected int16 of shape (samples, 3), got {signals.dtype} {signals.shape}")
    return signals


def _rows(path: Path) -> list[dict[str, str]]:
    """Rows of the table; a byte-order mark is fine, a missing column is not."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise BadDataset(f"{path}: missing column {', '.join(missing)}")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadDataset(f"{path}: {error}") from error


def _trial(dataset: str, number: int, row: dict[str, str], signals: NDArray[np.int16]) -> Trial:
    try:
        start, length = int(row["start"]), int(row["length"])
        hz = float(row["hz"])
        trial = Trial(
            dataset=dataset,
            trial=row["trial"],
            subject=row["subject"],
            group=row["group"],
            placement=row["placement"],
            activity=row["activity"],
            is_fall=_TRUE[row["is_fall"].strip().lower()],
            hz=hz,
            samples=signals[start : start + length],
            fall_start_s=_seconds(row["fall_start_s"]),
            fall_end_s=_seconds(row["fall_end_s"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadDataset(f"{dataset}/trials.csv line {number}: {error!r}") from error
    _check(trial, start, length, f"{dataset}/trials.csv line {number}")
    return trial


def _check(trial: Trial, start: int, length: int, where: str) -> None:
    if start < 0 or length < 1 or len(trial.samples) != length:
        raise BadDataset(f"{where}: samples {start} to {start + length} are not in signals.npy")
    if not 0 < trial.hz < 10_000:
        raise BadDataset(f"{where}: {trial.hz} Hz")
    if trial.placement not in SITES:
        raise BadDataset(f"{where}: placement {trial.placement!r} is none of {', '.join(SITES)}")


def _seconds(text: str) -> float | None:
    return float(text) if text.strip() else None
