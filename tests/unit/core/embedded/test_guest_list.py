"""Who is let into the embedded broker, and under which client id."""

import pytest

from care.secret import hashes
from core.embedded.guest_list import Caller, Guests, marked
from core.embedded.nats import hash_secret
from core.embedded.nats_config import Console, FamilyHome, Guest, Login
from core.session_name import gateway_session

WATCH = Login("w1", "h1", hash_secret("secret of w1"))
SECOND = WATCH._replace(number=2, bcrypt=hash_secret("its next secret"))
OTHER = Login("w2", "h2", *hashes("secret of w2")._asdict().values())
GATEWAY = Login("gw", "h3", hash_secret("secret of gw"), is_gateway=True)
CONSOLE, FAMILY = Console("east", hash_secret("c")), FamilyHome("f1", hash_secret("f"))
ALL: list[Guest] = [WATCH, SECOND, OTHER._replace(number=1, bcrypt="", pbkdf2=hashes("secret of w2").pbkdf2)]
ALL += [GATEWAY, CONSOLE, FAMILY]
LIST = Guests(ALL)


def let_in(user: str, secret: str, client_id: str) -> bool:
    return not isinstance(LIST.judge(Caller(user, secret, client_id)), str)


@pytest.mark.parametrize(
    ("user", "secret"),
    [
        ("w1", "secret of w1"),
        ("w1@2", "its next secret"),
        ("w2", "secret of w2"),
        ("station.east", "c"),
        ("station:east", "c"),
    ],
)
def test_who_knows_the_secret_is_let_in(user: str, secret: str) -> None:
    assert let_in(user, secret, "any id of its own")
    assert not let_in(user, secret + "x", "any id of its own")
    assert not let_in(user, "", "any id of its own")


@pytest.mark.parametrize(("user", "secret"), [("w1", "its next secret"), ("w3", "x"), ("", ""), ("w1", "\0")])
def test_nobody_else_is(user: str, secret: str) -> None:
    assert not let_in(user, secret, "x")


@pytest.mark.parametrize(
    "client_id",
    [
        "w2",
        "w2-0123456789ab",
        "gw",
        "station.east",
        "family.f1",
        gateway_session("gw"),
        "nowalls-ingest-01",
    ],
)
def test_a_client_id_of_another_or_of_the_platform_is_refused(client_id: str) -> None:
    assert not let_in("w1", "secret of w1", client_id)


@pytest.mark.parametrize("client_id", ["w1", "w1@2", "w1-0123456789ab", "", "thermometer", "w2-app"])
def test_its_own_and_one_that_is_nobody_s_are_taken(client_id: str) -> None:
    assert let_in("w1", "secret of w1", client_id)
    assert let_in("w1@2", "its next secret", client_id)


def test_a_gateway_has_the_session_of_its_name() -> None:
    assert let_in("gw", "secret of gw", gateway_session("gw"))


def test_a_hash_that_is_none_opens_to_nobody() -> None:
    wrong: list[Guest] = [WATCH._replace(bcrypt="no hash"), OTHER._replace(pbkdf2="$7$x$")]
    broken = Guests(wrong)
    assert isinstance(broken.judge(Caller("w1", "no hash", "")), str)
    assert isinstance(broken.judge(Caller("w2", "secret of w2", "")), str)


def test_who_gets_another_secret_or_other_rights_or_goes_is_not_in_any_more() -> None:
    mark = marked(WATCH)
    assert LIST.still(mark)
    assert not Guests([WATCH._replace(bcrypt=hash_secret("new"))]).still(mark)
    assert not Guests([WATCH._replace(home="h9")]).still(mark)
    assert not Guests([OTHER]).still(mark)
    assert not LIST.still("platform")
