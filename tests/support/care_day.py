"""A day of care in the village: somebody taken in, visited, served, and something left to do everywhere."""

from typing import Any

from tests.support.api import CITY, EAST, ApiHouse, Person

NOON = "2026-03-01T04:00:00Z"


def made(person: Person, path: str, **body: Any) -> dict[str, Any]:
    """What the API made of `body`."""
    answer = person.post(path, **body)
    assert answer.is_success, f"{path}: {answer.text}"
    return answer.json() if answer.content else {}


def offer_lunch(administrator: Person) -> int:
    """East has a canteen whose lunch costs 15 yuan, 5 of them paid for people of any grade; its key."""
    phone = "0537 2345678"
    canteen = made(administrator, f"/care/stations/{EAST}/providers", name="东社区食堂", phone=phone)
    lunch = {"kind": "meal", "name": "午餐", "name_en": "Lunch", "price_fen": 1500, "subsidy_fen": [500] * 5}
    menu = made(administrator, f"/care/stations/{EAST}/services", provider_id=canteen["id"], **lunch)
    return int(menu["items"][0]["id"])


def _take_in(administrator: Person) -> int:
    home = {"station_id": EAST, "code": "willow-9", "address": "9 Willow Lane", "access_note": "Ring twice"}
    place = {"lat": 35.41, "lon": 116.58, "rooms": ["bedroom", "kitchen"]}
    contact = {"name": "Lin", "relation": "daughter", "phone": "13800138000"}
    resident = {
        "name": "林玉兰",
        "home_id": made(administrator, "/care/homes", **home, **place)["id"],
        "identity": "11010519491231002X",
        "phone": "0537 2345679",
        "living": "alone",
        "category": "high_risk",
        "risks": "Dizzy",
        "contacts": [contact | {"quiet_from": "22:00", "quiet_until": "06:00"}],
        "consents": ["monitoring"],
    }
    return int(made(administrator, "/care/residents", **resident)["id"])


def a_day_of_care(house: ApiHouse) -> dict[str, int]:
    """Returns the keys of the `resident` and of a confirmed `order`."""
    administrator, volunteer = house.person("administrator"), house.person("responder", EAST)
    lunch = offer_lunch(administrator)
    key = _take_in(administrator)
    for one, what in ((key, "Out of hospital"), (3, "A fall in the yard")):
        made(administrator, f"/care/residents/{one}/changes", what=what)
    hazard = {"kind": volunteer.get("/care/hazards")["items"][0]["kind"], "room": "bedroom"}
    visit = {"way": "home", "result": "problem", "note": "The rug slips", "minutes": 30}
    made(volunteer, "/care/visits", resident_id=key, hazards=[hazard], **visit)
    made(administrator, "/care/volunteers", account_id=volunteer.session["account"]["id"], station_id=EAST)
    seen = made(volunteer, "/care/visits", resident_id=1, way="home", result="well", minutes=20)
    made(administrator, f"/care/visits/{seen['id']}/confirm")
    for home, north in ((2, 35.412), (3, 35.415), (4, 35.411)):
        place = {"lat": north, "lon": 116.58 + home / 1000}
        assert administrator.http.patch(f"/care/homes/{home}", json=place).is_success
    season = {"station_id": CITY, "kind": "cold", "from": "2026-02-20T00:00:00Z"}
    made(administrator, "/care/seasons", **season, until="2026-03-10T00:00:00Z")
    order = 0
    for who, *actions in (
        (key,),
        (1, "accept"),
        (3, "accept", "carry_out"),
        (3, "accept", "carry_out", "confirm"),
    ):
        wish = {"resident_id": who, "service_id": lunch, "via": "phone", "note": "No onions"}
        order = int(made(administrator, "/care/orders", **wish, wanted_at=NOON)["id"])
        for action in actions:
            made(administrator, f"/care/orders/{order}/actions", action=action)
    return {"resident": key, "order": order}
