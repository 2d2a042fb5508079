"""After a gap in which nobody watched, silence counts afresh, and no restart forgets that.

A power cut from eight to eleven in the evening; people have gone to bed meanwhile. Ingest is started again
soon afterwards, as one does, or as an update follows: counted from before it, half the town would alarm.
"""

from analytics.inactivity import InactivityDetector
from analytics.memory import Memory
from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE
from tests.unit.analytics.test_inactivity import FIRST_DAY, ordinary_days
from tests.unit.analytics.town import Town, play

DAYS, HOMES = 14, 6
AWAY, BACK = FIRST_DAY + DAYS * DAY + 19 * HOUR, FIRST_DAY + DAYS * DAY + 23 * HOUR
KINDS = (("pir", "lounge", 600, False), ("pir2", "bedroom", 600, False))
MORNING = FIRST_DAY + (DAYS + 1) * DAY + 6 * HOUR + 30 * MINUTE


def lived(town, homes):
    """Ordinary days; nothing at all reaches us in the outage, and at night people sleep."""
    said = [s for home in homes for s in ordinary_days(town, home, DAYS + 1)]
    said += town.heartbeats(MORNING, begin=FIRST_DAY)
    return town.readings([s for s in said if not AWAY <= s.received < BACK])


class Worker:
    """A detector, and what ingest keeps of it."""

    def __init__(self, town, kept=None, readings=None, cut=0):
        self.detector, self.rows, self.memories = InactivityDetector(), {}, {}
        self.detector.know(town.directory)
        if kept is None:
            return
        self.rows, self.memories = dict(kept.rows), dict(kept.memories)
        self.detector.load(self.rows.values())
        self.detector.recall(self.memories.values())
        before = readings[readings["received"] <= cut]
        last = {int(row["device"]): int(row["received"]) for row in before}
        self.detector.heard(last.items())
        again = before[before["received"] > cut - 70 * MINUTE]
        for piece in (again[: len(again) // 2], again[len(again) // 2 :]):
            if len(piece):
                self.detector.fold(Batch(int(piece["received"][-1]), piece))

    def live(self, readings, begin, end):
        tick = self.detector.tick

        def kept(now):
            found = tick(now)
            self.rows |= {(row.home, row.day): row for row in self.detector.routine_rows()}
            self.memories |= {(m.subject, m.topic): m for m in self.detector.memories()}
            return found

        self.detector.tick = kept
        part = readings[(readings["received"] > begin) & (readings["received"] <= end)]
        found = play(self.detector, part, end, begin=begin, every_s=300)
        self.detector.tick = tick
        return found


def test_a_second_start_after_an_outage_wakes_nobody():
    town = Town(HOMES, KINDS)
    readings = lived(town, range(1, HOMES + 1))
    worker = Worker(town)
    cut = BACK + 30 * MINUTE
    assert worker.live(readings, FIRST_DAY, cut) == []
    again = Worker(town, worker, readings, cut)
    restarted, steady = (one.live(readings, cut, MORNING) for one in (again, worker))
    assert [(f.home, (f.at - BACK) / HOUR) for f in restarted] == [
        (f.home, (f.at - BACK) / HOUR) for f in steady
    ]


def test_what_a_clock_that_was_fast_has_kept_mutes_no_home():
    """The server's clock showed next year for a moment, and that instant was written down."""
    town = Town(1, KINDS)
    days = 2
    end = FIRST_DAY + (days + 2) * DAY
    said = ordinary_days(town, 1, days) + town.heartbeats(end, begin=FIRST_DAY)
    readings = town.readings(said)
    steady = Worker(town)
    cut = FIRST_DAY + days * DAY
    steady.live(readings, FIRST_DAY, cut)
    steady.memories["odd"] = Memory("inactivity", 1, 0, [float(cut + 365 * DAY)])
    again = Worker(town, steady, readings, cut)
    assert [f.kind for f in again.live(readings, cut, end)] == ["inactivity"]
