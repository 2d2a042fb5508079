"""Who may do what where: the table, and the arithmetic of scopes."""

import pytest

from api.policy import EVERYTHING, Action, Grant, Role, Scope, scope


def test_a_station_covers_what_is_below_it_and_nothing_that_only_looks_alike() -> None:
    street = Scope(paths=("1.2",))
    assert street.covers("1.2")
    assert street.covers("1.2.30")
    assert not street.covers("1.20")
    assert not street.covers("1")
    assert not street.covers(None)
    assert not street.covers("")


def test_only_who_sees_everything_sees_the_platform() -> None:
    assert Scope(paths=(EVERYTHING,)).covers(None)
    assert Scope(paths=(EVERYTHING,)).covers("")
    assert not Scope(paths=("1",)).covers("")


def test_no_scope_covers_nothing() -> None:
    assert not Scope().covers("1.2", (7,))


@pytest.mark.parametrize("consented", [True, False])
def test_family_sees_its_resident_while_that_one_agrees(consented: bool) -> None:
    grants = [Grant(Role.FAMILY, resident_id=7, consented=consented)]
    found = scope(grants, Action.SEE_RESIDENTS)
    assert found is not None  # the role is allowed to ask; what it gets may be nothing
    assert found.covers("1.2.3", (7,)) is consented
    assert not found.covers("1.2.3", (8,))
    assert scope(grants, Action.SEE_DEVICES) is None


def test_each_role_counts_only_where_it_holds() -> None:
    grants = [Grant(Role.OPERATOR, path="1.2"), Grant(Role.RESPONDER, path="1.3")]
    devices, incidents = scope(grants, Action.SEE_DEVICES), scope(grants, Action.SEE_INCIDENTS)
    assert devices == Scope(paths=("1.2",))
    assert incidents == Scope(paths=("1.2", "1.3"))
