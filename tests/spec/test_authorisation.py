"""Who may do what is written down, and every route says what it asks."""

from pathlib import Path

from api.app import create_app
from api.authorisation import OPEN, OWN, actions, document, routes, signed
from api.policy import POLICY, Action
from api.settings import ApiSettings
from core.settings import Settings

APP = create_app(Settings(), ApiSettings())  # type: ignore[call-arg]
FILE = Path(__file__).parents[2] / "docs" / "authorisation.md"


def test_the_document_is_what_the_code_says() -> None:
    assert FILE.read_text(encoding="utf-8") == document(APP), (
        "run: python -m api.authorisation docs/authorisation.md"
    )


def test_every_action_has_its_row_and_somebody_who_may_do_it() -> None:
    assert set(POLICY) == set(Action)
    assert all(POLICY.values())


def test_every_route_asks_for_an_action_or_says_why_not() -> None:
    known = dict(routes(APP))
    assert len(known) >= len(APP.openapi()["paths"])
    assert set(OPEN) <= set(known), "a reason for a route that is not there"
    for name, route in known.items():
        path = name.partition(" ")[2]
        if name in OPEN:
            assert not signed(route), name
        else:
            assert signed(route), f"{name} is open; sign it or give the reason in api.authorisation.OPEN"
            assert actions(route) or path.startswith(OWN), f"{name} asks for no action"
