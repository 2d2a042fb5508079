"""Who lies down is no longer in the bathroom, also when ingest was started anew in the afternoon.

A bed, a chair and an appliance tell by changing, so what they said last must outlive a restart: else the
first change of each is passed over, and who goes from the bathroom to bed that night is said to be in the
bathroom for two hours.
"""

from analytics.detectors import all_detectors
from analytics.inactivity import InactivityDetector
from analytics.living import LivingDetector
from analytics.memory import Keeper
from core.batch import Batch
from core.instant import DAY, HOUR, MINUTE
from ingest.abilities import Learner, Watcher
from tests.unit.analytics.town import MORNING, Town

KINDS = (("pir", "lounge", 3600, False), ("radar", "bathroom", 3600, False), ("bed", "bedroom", 3600, False))
TOWN = Town(1, KINDS)
MIDNIGHT = MORNING - 8 * HOUR
EVENING, END = MIDNIGHT + DAY + 15 * HOUR, MIDNIGHT + 2 * DAY


def day(begin):
    """Up at seven, in the lounge, ten minutes in the bathroom before ten in the evening, to bed."""
    said = [TOWN.says(1, "bed", "bed", 0, begin + 7 * HOUR)]
    lounge = range(begin + 7 * HOUR, begin + 21 * HOUR, 10 * MINUTE)
    said += [TOWN.says(1, "pir", "presence", 1, at) for at in lounge]
    bath = range(begin + 21 * HOUR + 20 * MINUTE, begin + 21 * HOUR + 31 * MINUTE, 2 * MINUTE)
    said += [TOWN.says(1, "radar", "presence", 1, at) for at in bath]
    return [*said, TOWN.says(1, "bed", "bed", 1, begin + 21 * HOUR + 40 * MINUTE)]


READINGS = TOWN.readings([*day(MIDNIGHT), *day(MIDNIGHT + DAY), *TOWN.heartbeats(END, begin=MIDNIGHT)])


def pair():
    """The two detectors that read signs of activity together, as ingest has them."""
    every = all_detectors()
    for detector in every:
        detector.know(TOWN.directory)
    return [d for d in every if isinstance(d, InactivityDetector | LivingDetector)]


def live(detectors, begin, end, memories):
    found = []
    for now in range(begin + 5 * MINUTE, end + 1, 5 * MINUTE):
        part = READINGS[(READINGS["received"] > now - 5 * MINUTE) & (READINGS["received"] <= now)]
        batch = Batch(now, part)
        for detector in detectors:
            found += detector.fold(batch) + detector.tick(now)
            if isinstance(detector, Keeper):
                memories |= {(detector.name, m.subject, m.topic): m for m in detector.memories()}
    return found


def restarted(memories, rows):
    detectors = pair()
    again = READINGS[(READINGS["received"] > EVENING - 70 * MINUTE) & (READINGS["received"] <= EVENING)]
    heard = {int(row["device"]): int(row["received"]) for row in READINGS[READINGS["received"] <= EVENING]}
    batch = Batch(EVENING, again)
    for detector in detectors:
        if isinstance(detector, Learner):
            detector.load(rows)
        if isinstance(detector, Keeper):
            detector.recall([m for m in memories.values() if m.detector == detector.name])
        if isinstance(detector, Watcher):
            detector.heard(heard.items())
    for detector in detectors:
        detector.fold(batch)
    return detectors


def test_going_to_bed_ends_the_stay_in_the_bathroom_also_after_a_restart():
    memories = {}
    steady = pair()
    live(steady, MIDNIGHT, EVENING, memories)
    rows = [row for d in steady if isinstance(d, Learner) for row in d.routine_rows()]
    again = restarted(memories, rows)
    assert [f.kind for f in live(steady, EVENING, END, {})] == []
    assert [f.kind for f in live(again, EVENING, END, {})] == []
    last = [next(d for d in detectors if d.name == "inactivity")._last[0] for detectors in (steady, again)]
    assert last[0] == last[1], "the silence of the night begins with the bed"
