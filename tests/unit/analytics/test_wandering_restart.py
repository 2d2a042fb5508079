"""A tracker outside that speaks every ten minutes is not lost because ingest was started anew.

Its deadline counts from when it last spoke, not from the last word about it, which is hours old when the
person stays where they are.
"""

from dataclasses import replace

from analytics.wandering import WanderingDetector
from core.batch import Batch
from core.fence import Fence
from core.instant import HOUR, MINUTE
from tests.unit.analytics.town import MORNING, Town, play

HOME = (34.79, 114.35)
TOWN = Town(1, (("wearable", "", 600, True), ("pir", "lounge", 3600, False)))
WHERE = replace(TOWN.directory, fences={101: (Fence("home", (HOME,), 400.0),)})
LEFT, CUT, END = MORNING + HOUR, MORNING + 4 * HOUR + 30 * MINUTE, MORNING + 8 * HOUR


def fixes():
    said = []
    for at in range(MORNING, END, 10 * MINUTE):
        lat = HOME[0] + (0.02 if at >= LEFT else 0)
        fix = (("lat", lat), ("lon", HOME[1]), ("accuracy_m", 10))
        said += [TOWN.says(1, "wearable", name, value, at) for name, value in fix]
    return TOWN.readings(said)


READINGS = fixes()


def live(detector, begin, end):
    memories, tick = {}, detector.tick

    def kept(now):
        found = tick(now)
        memories.update({(m.subject, m.topic): m for m in detector.memories()})
        return found

    detector.tick = kept
    part = READINGS[(READINGS["received"] > begin) & (READINGS["received"] <= end)]
    return play(detector, part, end, begin=begin, every_s=30), memories


def test_a_restart_while_somebody_is_out_loses_no_tracker():
    one, again = WanderingDetector(), WanderingDetector()
    for detector in (one, again):
        detector.know(WHERE)
    found, memories = live(one, MORNING, CUT)
    assert {f.kind for f in found} == {"wandering"}
    again.recall(memories.values())
    again.resume({f.id: f for f in found}.values())
    seen = READINGS[(READINGS["received"] > CUT - 70 * MINUTE) & (READINGS["received"] <= CUT)]
    said = again.fold(Batch(CUT, seen)) + live(again, CUT, END)[0]
    assert [f.kind for f in said if f.kind == "tracker_lost"] == []
