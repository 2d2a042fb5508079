"""Client ids that devices chose themselves: whose they are, and for how long."""

from core.embedded.client_ids import MOST, ClientIds


def test_who_uses_an_id_first_has_it() -> None:
    ids = ClientIds()
    assert ids.rival("kitchen", "w1") is None
    ids.note("kitchen", "w1", 10)
    assert ids.rival("kitchen", "w1") is None
    assert ids.rival("kitchen", "w2") == ("w1", 10)
    ids.note("kitchen", "w1", 20)
    assert ids.rival("kitchen", "w2") == ("w1", 20)


def test_an_id_goes_over_to_who_was_given_it() -> None:
    ids = ClientIds()
    ids.note("kitchen", "w1", 10)
    ids.note("kitchen", "w2", 5000)  # the first had been away for long
    assert ids.rival("kitchen", "w1") == ("w2", 5000)
    ids.note("hall", "w1", 5001)
    assert set(ids.held) == {"kitchen", "hall"}


def test_a_device_that_draws_another_id_each_time_fills_nothing_and_takes_no_others() -> None:
    ids = ClientIds()
    ids.note("kitchen", "w2", 1)
    for number in range(1000):
        ids.note(f"mqttjs_{number}", "w1", number)
    assert len(ids.held) == MOST + 1
    assert ids.rival("mqttjs_999", "w2") == ("w1", 999)
    assert ids.rival("mqttjs_0", "w2") is None


def test_who_is_known_no_longer_keeps_no_id() -> None:
    ids = ClientIds()
    ids.note("kitchen", "w1", 1)
    ids.note("hall", "w2", 1)
    ids.keep(frozenset({"w2", "w3"}))
    assert set(ids.held) == {"hall"}


def test_an_id_that_the_server_draws_is_nobodys() -> None:
    ids = ClientIds()
    ids.note("", "w1", 1)
    assert ids.rival("", "w2") is None
