"""The daily work of care in a real browser: taken in, assessed, visited, helped, counted."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, WALL, Sit, keep
from tests.browser.test_looks import dress, flaws, look, speak
from tests.support.api import EAST, STREET, ApiHouse
from tests.support.care_day import a_day_of_care, offer_lunch

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SIZES = {"wall": WALL, "phone": PHONE}
# Both languages and both sizes, each once: a journey is long.
SEATS = pytest.mark.parametrize(("language", "size"), [("zh", "phone"), ("en", "wall")])


def take_in(page: Page, url: str, name: str) -> int:
    """Somebody new in East, with a daughter to call; returns the key."""
    page.goto(f"{url}/care#/people/new")
    page.get_by_test_id("station-choice").select_option(str(EAST))
    page.get_by_test_id("field-name").fill(name)
    page.get_by_test_id("field-identity").fill("11010519491231002X")
    expect(page.get_by_test_id("field-born")).to_have_value("1949-12-31")
    expect(page.get_by_test_id("field-sex")).to_have_value("female")
    page.get_by_test_id("field-living").select_option("alone")
    page.get_by_test_id("field-address").fill("9 Willow Lane")
    page.get_by_test_id("contact-name-0").fill("Lin")
    page.get_by_test_id("contact-phone-0").fill("13800138000")
    page.get_by_test_id("agree-monitoring").check()
    page.get_by_test_id("person-save").click()
    file = page.get_by_test_id("person-page")
    expect(file).to_contain_text(name)
    expect(page.get_by_test_id("identity-number")).not_to_contain_text("19491231")
    expect(page.get_by_test_id("consent-monitoring")).to_have_attribute("data-given", "true")
    return int(file.get_attribute("data-resident") or 0)


def find(page: Page, url: str, initials: str) -> None:
    """One person answers to the initials."""
    page.goto(f"{url}/care#/people")
    page.get_by_test_id("people-search").fill(initials)
    expect(page.get_by_test_id("person-row")).to_have_count(1)


def assess(page: Page, url: str, key: int, but: dict[str, int]) -> None:
    """All points but those of `but`, and dementia: 82 points are mild loss, which becomes moderate."""
    page.goto(f"{url}/care#/people/{key}/assess")
    expect(page.get_by_test_id("assess-send")).to_be_disabled()
    for item in page.locator(".assess-part .tiles").all():
        best = item.locator("input").first
        name = best.get_attribute("name") or ""
        (item.locator(f"input[value='{but[name]}']") if name in but else best).check()
    expect(page.get_by_test_id("standing")).to_contain_text("82")
    page.reload()  # what is half filled in stays on this device
    expect(page.get_by_test_id("sum-self_care")).to_have_text("29")
    page.get_by_test_id("health-dementia").check()
    expect(page.get_by_test_id("standing")).to_contain_text("82")
    page.get_by_test_id("field-assessors").fill("Wang, Li")
    page.get_by_test_id("assess-send").click()
    expect(page.get_by_test_id("assess-done")).to_have_attribute("data-grade", "2")


def visit(phone: Page, url: str, key: int) -> None:
    """Found well, half an hour."""
    phone.goto(f"{url}/care#/people/{key}/visit")
    phone.get_by_test_id("result-well").check()
    phone.get_by_test_id("minutes-30").check()
    phone.get_by_test_id("visit-send").click()
    expect(phone.get_by_test_id("visit-done")).to_be_visible()


def serve(page: Page, url: str, key: int) -> None:
    """The first service of the menu is asked for, promised, done and confirmed."""
    page.goto(f"{url}/care#/people/{key}/service")
    page.locator("input[name=service]").first.check()
    page.get_by_test_id("service-send").click()
    order = page.get_by_test_id("order-page")
    for action, state in (("accept", "accepted"), ("carry_out", "carried_out"), ("confirm", "confirmed")):
        page.get_by_test_id(f"do-{action}").click()
        if action == "carry_out":
            page.get_by_test_id("do-send").click()
        expect(order).to_have_attribute("data-state", state)


@SEATS
def test_somebody_is_taken_in_assessed_visited_served_and_counted(
    house: ApiHouse, sit: Sit, language: str, size: str
) -> None:
    offer_lunch(house.person("administrator"))
    desk = sit(path="/care", size=SIZES[size], language=language)
    expect(desk.get_by_test_id("person-row").first).to_be_visible()
    key = take_in(desk, house.url, "林玉兰")
    find(desk, house.url, "lyl")
    assess(desk, house.url, key, {"bathing": 1, "stairs": 0, "memory": 2})
    visit(sit("responder", path="/care", size=PHONE, language=language), house.url, key)
    serve(desk, house.url, key)

    desk.goto(f"{house.url}/care#/statistics")
    expect(desk.get_by_test_id("figure-people")).to_contain_text("3")  # of East, chosen above
    expect(desk.get_by_test_id("figure-visits")).to_contain_text("1")
    expect(desk.get_by_test_id("figure-orders")).to_contain_text("0")  # it is for tomorrow
    desk.get_by_test_id("to-board").click()
    expect(desk.get_by_test_id("board-connection")).to_be_visible()


def test_a_sheet_shows_its_problems_and_takes_in_nobody_before_it_is_accepted(
    house: ApiHouse, sit: Sit
) -> None:
    desk = sit("administrator", path="/care#/import")
    rows = "姓名,服务站编号,身份证号\n王芳,east,\n李强,east,110105194912310021\n赵敏,nowhere,\n"
    sheet = {"name": "people.csv", "mimeType": "text/csv", "buffer": rows.encode("gb18030")}
    desk.get_by_test_id("import-file").set_input_files(sheet)  # type: ignore[arg-type]
    expect(desk.get_by_test_id("intake")).to_have_attribute("data-state", "ready")
    expect(desk.get_by_test_id("import-people")).to_contain_text("1")
    problems = desk.get_by_test_id("import-problem-rows")
    expect(problems.locator("tbody tr")).to_have_count(2)
    expect(problems).to_contain_text("check digit")
    assert house.conn.execute("SELECT count(*) FROM resident").fetchone() == (4,)
    desk.get_by_test_id("import-accept").click()
    expect(desk.get_by_test_id("import-done")).to_contain_text("1")
    find(desk, house.url, "wf")


WAITS = {"zh": "正在读取…", "en": "Loading…"}
MOST_SEEN = ("person", "assess", "statistics")
SECTIONS = {
    "people": ("people", "person-row"),
    "person": ("people/{resident}", "next-visit"),
    "person-new": ("people/new", "person-form"),
    "import": ("import", "import-file"),
    "assess": ("people/{resident}/assess", "assess-form"),
    "assessments": ("assessments", "proposals"),
    "visits": ("visits", "due-row"),
    "visit": ("people/{resident}/visit", "visit-form"),
    "coverage": ("coverage", "coverage"),
    "services": ("services", "order"),
    "order": ("services/{order}", "order-page"),
    "service": ("people/{resident}/service", "service-form"),
    "menu": ("menu", "menu"),
    "settlement": ("settlement", "settlement"),
    "hours": ("hours", "volunteers"),
    "adaptations": ("adaptations", "adaptation"),
    "statistics": ("statistics", "figures"),
    "inspections": ("inspections", "announce-form"),
    "organisation": ("organisation", "station"),
    "more": ("more", "more-link"),
}


@SEATS
def test_every_section_can_be_read_by_everybody(house: ApiHouse, sit: Sit, language: str, size: str) -> None:
    keys = a_day_of_care(house)
    page = sit("administrator", path="/care", size=SIZES[size], language=language)
    for name, (path, landmark) in SECTIONS.items():
        page.goto(f"{house.url}/care#/{path.format(**keys)}")
        expect(page.get_by_test_id(landmark).first).to_be_attached()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text(WAITS[language], exact=True)).to_have_count(0)
        if name in MOST_SEEN:
            look(page, f"care-{name}", size)
            speak(page, language)
            continue
        keep(page, f"care-{name}-{language}-{size}")
        assert flaws(page) == [], name
        if size == "phone":
            dress(page, {"size": "large"})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} sticks out"
        dress(page, {"size": "normal"})


def test_a_volunteer_is_shown_what_a_volunteer_may_do(house: ApiHouse, sit: Sit) -> None:
    keys = a_day_of_care(house)
    phone = sit("responder", path="/care", size=PHONE)
    expect(phone.get_by_test_id("due-row").first).to_be_visible()
    phone.get_by_test_id("walk-start").click()  # where the phone is stays its secret
    expect(phone.get_by_test_id("walk")).to_be_visible()
    expect(phone.get_by_test_id("map")).to_be_attached()
    expect(phone.get_by_test_id("care-statistics")).to_have_count(0)
    phone.goto(f"{house.url}/care#/people/{keys['resident']}")
    expect(phone.get_by_test_id("to-visit")).to_be_visible()
    expect(phone.get_by_test_id("to-change")).to_have_count(0)
    expect(phone.get_by_test_id("reveal-ask")).to_have_count(0)
    phone.goto(f"{house.url}/care#/import")
    expect(phone.get_by_test_id("import-file")).to_have_count(0)


def test_the_label_of_a_new_station_leads_to_the_field_of_the_new_station(sit: Sit) -> None:
    """`id="field-name"` stood twice: a press on the second "Name" went to the name of the station above, and
    a screen reader called the second field nothing."""
    page = sit("administrator", path="/care#/organisation", station=STREET)
    below = page.locator("form").filter(has=page.get_by_test_id("field-code"))
    expect(below).to_be_visible()
    below.locator("label", has_text="Name").first.click()
    expect(below.get_by_test_id("field-name")).to_be_focused()
    expect(below.get_by_label("Name *", exact=True)).to_have_count(1)
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))
