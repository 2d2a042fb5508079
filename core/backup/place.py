"""The folder that backups lie in.

    nowalls.json                 which database system these are of
    base/<stamp>/cluster/        a copy of the database, checked by pg_verifybackup
    base/<stamp>/house.tar       secrets, certificates, the operator's own database settings
    base/<stamp>/base.json       when and at which position of the log it was taken
    wal/<timeline>/              the log since then, as it is written

The keys of residents (<data>/keys) are never in it: what is erased by destroying a key must not come back.
"""

import json
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.embedded.secret import write_private

_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{16})(\.partial)?")
_STAMP = "%Y%m%dT%H%M%SZ"
_SEGMENT_BYTES = 16 * 1024 * 1024


class BackupError(Exception):
    """No backup, or none that can be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Base:
    """One copy of the whole database.

    Attributes:
        stamp: its name, the instant (UTC) at which it was begun.
        began, ended: ISO 8601 instants; it stands for the database as it was at `ended`.
        timeline, start, end: where in the log it lies ("0/3000028").
        version: PostgreSQL's, "18.6".
        migration: the last that had run.
        bytes: size of the copy.
    """

    stamp: str
    began: str
    ended: str
    timeline: int
    start: str
    end: str
    version: str
    migration: str
    bytes: int

    @property
    def ended_at(self) -> datetime:
        """The first instant it can be brought back to."""
        return datetime.fromisoformat(self.ended)

    @property
    def first_segment(self) -> str:
        """The 16 digits that name the first segment of the log it needs, without the timeline."""
        high, low = (int(part, 16) for part in self.start.split("/"))
        return f"{high:08X}{low // _SEGMENT_BYTES:08X}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the log: its whole name, and where it lies (perhaps not yet full)."""

    name: str
    path: Path

    @property
    def position(self) -> str:
        """Its name without the timeline."""
        return self.name[8:]


class Place:
    """The folder `folder`, which is made when it is first written to."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self.folder = folder.absolute()

    @property
    def wal(self) -> Path:
        """The log."""
        return self.folder / "wal"

    def path(self, stamp: str) -> Path:
        """Where the base of that name lies."""
        return self.folder / "base" / stamp

    def belong_to(self, system: str) -> None:
        """This folder is for that database system alone; raises BackupError when it is another's."""
        mark = self.folder / "nowalls.json"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not mark.exists():
                write_private(mark, json.dumps({"system": system}) + "\n")
            known = json.loads(mark.read_text(encoding="ascii"))["system"]
        except OSError as error:
            raise BackupError(f"cannot write to {self.folder}: {error.strerror}") from error
        if known != system:
            raise BackupError(f"{self.folder} holds the backups of another database; choose another folder")

    def bases(self) -> list[Base]:
        """All whole bases, the oldest first."""
        found = sorted((self.folder / "base").glob("*/base.json"))
        return [Base(**json.loads(path.read_text(encoding="ascii"))) for path in found]

    def begin(self, now: datetime) -> Path:
        """An empty folder for a base begun at `now`; it counts once `finish` named it."""
        making = self.path(now.astimezone(UTC).strftime(_STAMP) + ".new")
        for left in (self.folder / "base").glob("*.new"):
            shutil.rmtree(left)
        making.mkdir(mode=0o700, parents=True)
        return making

    def finish(self, making: Path, base: Base) -> None:
        """From now on `making` counts."""
        write_private(making / "base.json", json.dumps(asdict(base), indent=1) + "\n")
        making.rename(self.path(base.stamp))

    def segments(self) -> list[Segment]:
        """The log, in order; of a segment that is there twice the full one."""
        found: dict[str, Path] = {}
        for path in sorted(self.wal.glob("*/*")):
            match = _SEGMENT.fullmatch(path.name)
            if match and (match[3] is None or match[1] + match[2] not in found):
                found[match[1] + match[2]] = path
        return [Segment(name, found[name]) for name in sorted(found)]

    def histories(self) -> list[Path]:
        """Which timeline branched off from which, and where: files of PostgreSQL's own."""
        return sorted(self.wal.glob("*/*.history"))

    def reaches_to(self) -> datetime | None:
        """When the log was last written to; None without one."""
        ends = [segment.path.stat().st_mtime for segment in self.segments()]
        return datetime.fromtimestamp(max(ends), UTC) if ends else None

    def best_for(self, at: datetime | None) -> Base:
        """The newest base that lies before `at` (None: the newest); raises BackupError."""
        bases = self.bases()
        if not bases:
            raise BackupError(f"there is no backup in {self.folder}")
        fitting = [base for base in bases if at is None or base.ended_at <= at]
        if not fitting:
            raise BackupError(
                f"the oldest backup in {self.folder} is of {bases[0].ended}: nothing reaches back further"
            )
        return fitting[-1]

    def tidy(self, keep: int) -> list[str]:
        """Remove all but the last `keep` bases and the log that only those needed; returns what went."""
        bases = self.bases()
        gone = [base.stamp for base in bases[:-keep]]
        for stamp in gone:
            shutil.rmtree(self.path(stamp))
        if bases:
            first = bases[-keep:][0].first_segment
            for segment in self.segments():
                if segment.position < first:
                    segment.path.unlink()
        return gone
