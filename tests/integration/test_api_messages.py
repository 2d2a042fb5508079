"""A relative writes to the station and is answered; who else has access; nothing of it without consent."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.support.api import EAST, START, WEST, ApiHouse, Person, api_house

pytestmark = pytest.mark.integration


@pytest.fixture
def house(dsn: str, tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(dsn, tmp_path) as built, built.serves():
        yield built


def say(person: Person, text: str, where: str = "/residents/1/messages") -> httpx.Response:
    return person.post(where, text=text, request=str(uuid4()))


def texts(person: Person, where: str = "/residents/1/messages") -> list[str]:
    return [one["text"] for one in person.get(where)["items"]]


def test_a_daughter_writes_and_the_desk_answers(house: ApiHouse) -> None:
    daughter, desk = house.person("family", resident=1), house.person("operator", EAST)
    answer = say(daughter, "  Did she take <b>her</b> pills?\nThank you  ")
    assert answer.status_code == 201, answer.text
    assert texts(daughter) == ["Did she take <b>her</b> pills?\nThank you"], "text stays text"
    assert desk.get("/conversations/waiting") == {"count": 1}
    (thread,) = desk.get("/conversations", waiting=True)["items"]
    assert (thread["resident"]["name"], thread["relative"]["name"]) == ("Resident 1", "family.1")
    assert (thread["waiting"], thread["from_station"], thread["relation"]) == (True, False, None)
    where = f"/conversations/{thread['id']}/messages"
    assert say(desk, "Yes, at eight.", where).status_code == 201
    assert desk.get("/conversations/waiting") == {"count": 0}
    newest, oldest = daughter.get("/residents/1/messages")["items"]
    assert (newest["from_station"], newest["fresh"], newest["by"]["name"]) == (True, True, "operator.2")
    assert oldest["fresh"] is True
    assert daughter.post("/residents/1/messages/seen", upto=newest["id"]).status_code == 204
    assert not any(one["fresh"] for one in daughter.get("/residents/1/messages")["items"])


def test_what_a_page_sends_twice_is_written_once(house: ApiHouse) -> None:
    daughter = house.person("family", resident=1)
    request = str(uuid4())
    for _ in range(2):
        answer = daughter.post("/residents/1/messages", text="Hello", request=request)
        assert answer.status_code == 201
    assert texts(daughter) == ["Hello"]


def test_what_needs_no_answer_is_settled_but_not_what_was_written_since(house: ApiHouse) -> None:
    daughter, desk = house.person("family", resident=1), house.person("operator", EAST)
    first = say(daughter, "Thank you!").json()["items"][0]["id"]
    (thread,) = desk.get("/conversations", waiting=True)["items"]
    second = say(daughter, "One more thing").json()["items"][0]["id"]
    settle = f"/conversations/{thread['id']}/settle"
    late = desk.post(settle, upto=first)
    assert (late.status_code, late.json()["code"]) == (409, "lost-race")
    assert desk.post(settle, upto=second).status_code == 204
    assert desk.get("/conversations", waiting=True)["items"] == []
    assert len(desk.get("/conversations")["items"]) == 1


def test_each_relative_and_each_station_reads_only_their_own(house: ApiHouse) -> None:
    daughter, son = house.person("family", resident=1), house.person("family", resident=1)
    say(daughter, "Please do not tell my brother")
    assert texts(son) == []
    assert son.http.get("/residents/2/messages").status_code == 404, "a neighbour"
    desk, stranger = house.person("operator", EAST), house.person("operator", WEST)
    (thread,) = desk.get("/conversations")["items"]
    where = f"/conversations/{thread['id']}/messages"
    assert stranger.get("/conversations")["items"] == []
    assert stranger.http.get(where).status_code == 404
    assert say(stranger, "x", where).status_code == 404
    assert stranger.post(f"/conversations/{thread['id']}/settle", upto=9).status_code == 404
    for person, path in ((daughter, where), (daughter, "/conversations"), (desk, "/residents/1/messages")):
        assert person.http.get(path).status_code in (403, 404)
    responder = house.person("responder", EAST)
    assert responder.http.get("/conversations").status_code == 403, "the desk answers"


def test_messages_have_a_measure(house: ApiHouse) -> None:
    daughter = house.person("family", resident=1)
    for bad in ("", "   ", "x" * 1001, "turned \u202e round", "nul \x00"):
        assert say(daughter, bad).status_code == 422
    assert say(daughter, "0").status_code == 201
    house.conn.execute(  # eighteen more
        "INSERT INTO message (conversation_id, account_id, from_station, at, text, request)"
        " SELECT conversation_id, account_id, false, at, n::text, gen_random_uuid()"
        " FROM message, generate_series(1, 18) AS n"
    )
    assert [say(daughter, text).status_code for text in ("19", "20")] == [201, 429]
    house.clock.advance(hours=1, seconds=1)
    assert say(daughter, "later").status_code == 201
    first = daughter.get("/residents/1/messages", limit=15)
    rest = daughter.get("/residents/1/messages", limit=15, cursor=first["next"])
    assert [one["text"] for one in first["items"] + rest["items"]] == ["later", *map(str, range(19, -1, -1))]
    assert rest["next"] is None
    with pytest.raises(psycopg.errors.RaiseException):
        house.conn.execute("UPDATE message SET text = 'another'")


def test_a_relative_sees_who_else_has_access(house: ApiHouse) -> None:
    daughter, son = house.person("family", resident=1), house.person("family", resident=1)
    house.person("family", resident=2)
    house.person("operator", EAST)
    house.person("operator", WEST)
    assert son.http.put("/residents/1/relation", json={"relation": "son"}).status_code == 204
    assert son.http.put("/residents/1/relation", json={"relation": "<b>"}).status_code == 422
    seen = daughter.get("/residents/1/access")
    kin = [(one["name"], one["relation"], one["me"]) for one in seen["family"]]
    assert kin == [("family.1", None, True), ("family.2", "son", False)]
    assert {"role": "operator", "people": 1} in seen["staff"]
    assert "family_view" in [one["purpose"] for one in seen["consents"]]
    assert "login" not in str(seen)
    assert daughter.http.get("/residents/2/access").status_code == 404


def test_when_the_resident_withdraws_all_of_it_is_gone_at_once(house: ApiHouse) -> None:
    daughter, desk = house.person("family", resident=1), house.person("operator", EAST)
    say(daughter, "How is she?")
    withdrawn = "UPDATE consent SET withdrawn_at = %s WHERE resident_id = 1 AND purpose = 'family_view'"
    house.conn.execute(withdrawn, (START,))
    for path in (
        "",
        "/messages",
        "/access",
        "/today",
        "/trend?metric=heart_rate",
        "/readings?metric=heart_rate",
    ):
        assert daughter.http.get(f"/residents/1{path}").status_code == 404, path
    assert say(daughter, "Hello?").status_code == 404
    assert daughter.http.put("/residents/1/relation", json={"relation": "son"}).status_code == 404
    assert len(desk.get("/conversations")["items"]) == 1, "the station keeps what was written to it"


@pytest.mark.parametrize("saw_all", [False, True])
def test_what_was_written_while_the_desk_was_answering_still_waits(house: ApiHouse, saw_all: bool) -> None:
    """The second message came a moment before the answer to the first, and nobody at the desk has seen it."""
    daughter, desk = house.person("family", resident=1), house.person("operator", EAST)
    first = say(daughter, "When is the doctor coming?").json()["items"][0]["id"]
    (thread,) = desk.get("/conversations", waiting=True)["items"]
    second = say(daughter, "She does not answer the telephone").json()["items"][0]["id"]
    where = f"/conversations/{thread['id']}/messages"
    answer = {"text": "On Monday.", "request": str(uuid4()), "upto": second if saw_all else first}
    assert desk.post(where, **answer).status_code == 201
    assert desk.get("/conversations/waiting") == {"count": 0 if saw_all else 1}
