"""A day of care in the village: somebody taken in, visited, served, and something left to do everywhere."""

from typing import Any

from tests.support.api import CITY, EAST, ApiHouse, Person


def offer_lunch(administrator: Person) -> int:
    """East has a canteen whose lunch costs 15 yuan, 5 of them paid for people of any grade; its key."""
    canteen = made(administrator, f"/care/stations/{EAST}/providers", name="东社区食堂", phone="0537 2345678")
    lunch = {"kind": "meal", "name": "午餐", "name_en": "Lunch", "price_fen": 1500, "subsidy_fen": [500] * 5}
    return int(
        made(administrator, f"/care/stations/{EAST}/services", provider_id=canteen["id"], **lunch)["id"]
    )


def made(person: Person, path: str, **body: Any) -> dict[str, Any]:
    """What the API made of `body`."""
    answer = person.post(path, **body)
    assert answer.is_success, f"{path}: {answer.text}"
    return answer.json() if answer.content else {}


def a_day_of_care(house: ApiHouse) -> dict[str, int]:
    """Returns keys: `resident`, `order`."""
    administrator = house.person("administrator")
    volunteer = house.person("responder", EAST)
    service = offer_lunch(administrator)
    home = {"station_id": EAST, "code": "willow-9", "address": "9 Willow Lane", "access_note": "Ring twice"}
    home_id = made(administrator, "/care/homes", **home, lat=35.41, lon=116.58, rooms=["bedroom", "kitchen"])[
        "id"
    ]
    known = {"identity": "11010519491231002X", "living": "alone", "phone": "0537 2345679", "risks": "Dizzy"}
    contact = {"name": "Lin", "relation": "daughter", "phone": "13800138000"}
    contact |= {"quiet_from": "22:00", "quiet_until": "06:00"}
    key = made(
        administrator, "/care/residents", name="林玉兰", home_id=home_id, contacts=[contact],
        consents=["monitoring"], category="high_risk", **known,
    )["id"]  # fmt: skip
    made(administrator, f"/care/residents/{key}/changes", what="Out of hospital")
    visit = {"way": "home", "result": "problem", "note": "The rug slips", "minutes": 30}
    hazards = [{"kind": volunteer.get("/care/hazards")["items"][0]["kind"], "room": "bedroom"}]
    made(volunteer, "/care/visits", resident_id=key, hazards=hazards, **visit)
    made(volunteer, "/care/visits", resident_id=1, way="home", result="well", minutes=20)
    made(administrator, f"/care/residents/3/changes", what="A fall in the yard")
    orders = [
        made(
            administrator, "/care/orders", resident_id=one, service_id=service, wanted_at="2026-03-01T04:00:00Z",
            via="phone", note="No onions",
        )["id"]
        for one in (key, 1, 3, 3)
    ]  # fmt: skip
    for order, actions in zip(
        orders, ((), ("accept",), ("accept", "carry_out"), ("accept", "carry_out", "confirm")), strict=True
    ):
        for action in actions:
            made(administrator, f"/care/orders/{order}/actions", action=action)
    made(
        administrator,
        "/care/seasons",
        station_id=CITY,
        kind="cold",
        **{"from": "2026-02-20T00:00:00Z"},
        until="2026-03-10T00:00:00Z",
    )
    return {"resident": int(key), "order": orders[-1]}
