"""What is written of devices with a batch, and what waits: nothing but that a device was heard once more."""

import pytest

from core.instant import SECOND
from ingest.decode import DeviceNews
from ingest.sightings import MOST, STALE, Sightings

NOW = 1_700_000_000 * SECOND


def heard(at: int, **more: object) -> DeviceNews:
    return DeviceNews(last_seen=at, online=True, **more)  # type: ignore[arg-type]


def test_who_speaks_every_second_is_written_every_five_and_the_last_word_is_never_lost() -> None:
    sightings = Sightings()
    written = [at for second in range(12) for at in sightings.due({7: heard(NOW + second * SECOND)}).values()]
    assert [item.last_seen for item in written] == [NOW, NOW + 5 * SECOND, NOW + 10 * SECOND]
    assert sightings.late(NOW + 14 * SECOND) == {}
    assert sightings.late(NOW + 15 * SECOND) == {7: heard(NOW + 11 * SECOND)}
    assert sightings.late(NOW + 60 * SECOND) == sightings.rest() == {}


@pytest.mark.parametrize(
    "news",
    [
        DeviceNews(last_seen=NOW + 1, online=False),
        DeviceNews(last_seen=None, online=False),  # a last will
        heard(NOW + 1, battery=0.0),
        heard(NOW + 1, rssi=-70.0),
        heard(NOW + 1, firmware="2.0"),
        heard(NOW + 1, clock_offset=3_600 * SECOND),
    ],
)
def test_whatever_else_is_said_is_written_with_its_message(news: DeviceNews) -> None:
    sightings = Sightings()
    sightings.due({7: heard(NOW)})
    assert sightings.due({7: news}) == {7: news}


def test_who_comes_back_is_there_at_once() -> None:
    sightings = Sightings()
    sightings.due({7: heard(NOW)})
    sightings.due({7: DeviceNews(online=False)})
    assert sightings.due({7: heard(NOW + 1)}) == {7: heard(NOW + 1)}


def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    sightings = Sightings()
    sightings.due({7: heard(NOW + 3_600 * SECOND)})
    assert sightings.due({7: heard(NOW)}) == {7: heard(NOW)}


def test_what_waited_is_not_written_over_what_came_after_it() -> None:
    sightings = Sightings()
    sightings.due({7: heard(NOW)})
    sightings.due({7: heard(NOW + 1)})
    sightings.due({7: DeviceNews(online=False)})
    assert sightings.rest() == {}


def test_a_silent_city_is_written_in_parts() -> None:
    sightings, devices = Sightings(), range(2 * MOST + 1)
    sightings.due({device: heard(NOW) for device in devices})
    sightings.due({device: heard(NOW + 1) for device in devices})
    parts = [sightings.late(NOW + STALE) for _ in range(4)]
    assert [len(part) for part in parts] == [MOST, MOST, 1, 0]
    assert set().union(*parts) == set(devices)
