"""Nights at the stations, told as they pass: real database, virtual time, a night in seconds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import psycopg
import pytest

from alerts.actions import act
from alerts.dispatch import store as dispatch
from alerts.incident import Incident
from alerts.lifecycle import Action
from alerts.roster import store as rosters
from alerts.roster.duty import Override, Shift
from alerts.roster.gaps import report_gaps
from core.instant import from_datetime
from ingest.store import Store
from tests.support.night import START, Night
from tests.support.village import settle

pytestmark = pytest.mark.integration

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVERY_DAY = frozenset(range(1, 8))


def at(text: str) -> int:
    """An instant of the story, as the clock on the station's wall shows it."""
    return from_datetime(datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=SHANGHAI))


class Story(Night):
    """A night with people on duty, and a clock that is read on the wall."""

    def until(self, text: str) -> None:
        """Live on until then."""
        self.passes((at(text) - self.clock.now()) / 1e6)

    def shift(self, account: int, station: int, start: int, end: int, role: str = "operator") -> None:
        new = Shift(role, account, EVERY_DAY, time(start), time(end), date(2026, 1, 1))
        rosters.put_shift(self.conn, station, new, self.clock.now())

    def does(self, account: int | None, action: str, outcome: str | None = None, **more: object) -> Incident:
        incident, refusal = act(
            self.conn, self.incident().id, Action(action, account, outcome, **more), self.clock.now()  # type: ignore[arg-type]
        )  # fmt: skip
        assert refusal is None, refusal
        assert incident is not None
        return incident

    def calls(self) -> list[tuple[str, int, list[str]]]:
        """(time on the wall, level, whom it was for) of each step."""
        rows = self.conn.execute(
            "SELECT e.at, coalesce((e.data ->> 'level')::int, 0),"
            " array_agg(coalesce(a.login, s.code, 'contact ' || c.rank) ORDER BY n.id)"
            " FROM incident_event e JOIN notification n ON n.incident_id = e.incident_id AND n.n = e.n"
            " LEFT JOIN account a ON n.recipient_kind = 'account' AND a.id = n.recipient_id"
            " LEFT JOIN station s ON n.recipient_kind = 'station' AND s.id = n.recipient_id"
            " LEFT JOIN contact c ON n.recipient_kind = 'contact' AND c.id = n.recipient_id"
            " WHERE n.purpose IN ('alarm', 'escalation')"
            " GROUP BY e.incident_id, e.n, e.at, e.data ORDER BY e.at"
        ).fetchall()
        return [(f"{when.astimezone(SHANGHAI):%H:%M:%S}", level, names) for when, level, names in rows]


@pytest.fixture
def story(dsn: str) -> Iterator[Story]:
    settle(dsn, START, homes=6)
    with psycopg.connect(dsn, autocommit=True) as conn, psycopg.connect(dsn) as other:
        yield Story(conn, Store(other), datetime(2026, 3, 2, 2, tzinfo=SHANGHAI))


def test_a_whole_night_in_which_nobody_answers(story: Story) -> None:
    for name, station in (("mei", "east"), ("lin", "street"), ("chief", "city")):
        story.hires(name, "operator", station)
    story.has_contact(resident=1, rank=1)
    story.has_contact(resident=1, rank=2)
    story.until("02 03:00:00")
    story.finds("fall", severity="possible")
    story.until("02 03:05:00")
    assert story.calls() == [
        ("03:00:30", 0, ["east", "mei"]),
        ("03:01:30", 1, ["east", "street", "mei", "lin", "contact 1"]),
        ("03:02:30", 2, ["east", "street", "city", "mei", "lin", "chief", "contact 1", "contact 2"]),
        ("03:03:30", 3, ["east", "street", "city", "mei", "lin", "chief", "contact 1", "contact 2"]),
        ("03:04:30", 3, ["east", "street", "city", "mei", "lin", "chief", "contact 1", "contact 2"]),
    ]
    story.until("02 07:00:00")
    calls = story.calls()
    assert len(calls) == 1 + 239, "every minute until the morning, without end"
    assert calls[-1][0] == "06:59:30"
    taken = story.does(None, "acknowledge")
    assert taken.state == "acknowledged"
    story.until("02 07:04:00")
    assert len(story.calls()) == 240, "while somebody has it in hand it is quiet"
    story.until("02 07:05:00")
    assert story.calls()[-1][0] == "07:05:00", "acknowledged, and then forgotten: it rings again"


def test_a_shift_ends_while_an_incident_is_in_hand(story: Story) -> None:
    mei, bo = story.hires("mei", "operator", "east"), story.hires("bo", "operator", "east")
    story.shift(mei, story.east, 20, 8)
    story.shift(bo, story.east, 8, 20)
    story.until("02 07:50:00")
    story.finds("sos")
    story.until("02 07:50:10")
    assert story.calls() == [("07:50:00", 0, ["east", "mei"])], "only who is on duty is woken"
    story.does(mei, "acknowledge")
    story.until("02 07:54:00")
    story.does(mei, "hand_over", note="she does not answer her telephone; her son is on his way", to=bo)
    assert ("hand_over", "account", bo, "all") in story.told()
    assert story.incident().acknowledged_by == bo
    story.until("02 07:59:30")
    assert story.calls()[-1] == ("07:59:00", 0, ["east", "mei"]), "the new one has his own time, no more"
    story.until("02 08:00:30")
    assert story.calls()[-1] == ("08:00:00", 1, ["east", "street", "bo"]), "at eight the other is on duty"
    story.does(bo, "respond")
    story.does(bo, "arrive")
    assert story.does(bo, "resolve", "help_given").outcome == "help_given"


def test_a_gap_in_the_roster_is_reported_before_it_comes_and_wakes_everybody_when_it_does(
    story: Story,
) -> None:
    mei, bo = story.hires("mei", "operator", "east"), story.hires("bo", "operator", "east")
    story.shift(mei, story.east, 8, 20)
    story.shift(bo, story.east, 20, 8)
    ill = Override("operator", at("04 20:00:00"), at("05 08:00:00"), None, bo)
    rosters.put_override(story.conn, story.east, ill, story.clock.now())
    assert report_gaps(story.conn, story.clock.now()) == 1
    assert story.incidents() == [], "two days off: nobody is told of it in the night"
    story.until("02 09:00:00")
    assert report_gaps(story.conn, story.clock.now()) == 1
    assert report_gaps(story.conn, story.clock.now()) == 1, "said again, it is the same one"
    warning = story.incident()
    assert (warning.kind, warning.station, warning.state) == ("roster_gap", story.east, "open")
    assert (warning.priority, story.events(warning.id)) == ("low", ["detected", "opened", "repeated"])
    story.does(mei, "acknowledge")
    story.does(mei, "resolve", "no_help_needed")
    story.until("05 03:00:00")
    story.finds("sos")
    story.works()
    assert story.calls()[-1] == ("03:00:00", 0, ["east", "mei", "bo"]), "a gap wakes all rather than nobody"


def test_a_gap_that_begins_soon_is_said_at_once_and_is_over_when_somebody_was_found(story: Story) -> None:
    mei, bo = story.hires("mei", "operator", "east"), story.hires("bo", "operator", "east")
    story.shift(mei, story.east, 8, 20)
    story.shift(bo, story.east, 20, 8)
    ill = Override("operator", at("02 08:00:00"), at("02 20:00:00"), None, mei)
    rosters.put_override(story.conn, story.east, ill, story.clock.now())
    report_gaps(story.conn, story.clock.now())
    assert (story.incident().priority, story.incident().state) == ("medium", "open")
    stands_in = Override("operator", at("02 08:00:00"), at("02 20:00:00"), bo, None)
    rosters.put_override(story.conn, story.east, stands_in, story.clock.now())
    assert report_gaps(story.conn, story.clock.now()) == 0
    assert (story.incident().state, story.incident().outcome) == ("resolved", "recovered")


def test_a_responder_refuses_another_does_not_answer_the_third_goes(story: Story) -> None:
    operator = story.hires("mei", "operator", "east")
    story.conn.execute("UPDATE home SET lat = 34.8, lon = 114")
    names = {story.hires(name, "responder", "east"): name for name in ("an", "bao", "chen")}
    for n, account in enumerate(names, 1):
        story.conn.execute(
            "INSERT INTO responder_state VALUES (%s, true, %s, 114, to_timestamp(%s / 1e6))",
            (account, 34.8 + n / 100, at("02 02:55:00")),
        )
    an, _, chen = names
    story.until("02 03:00:00")
    story.finds("sos")
    story.works()
    story.does(operator, "acknowledge")
    story.until("02 03:00:20")
    dispatch.offer(story.conn, story.incident().id, None, operator, story.clock.now())
    story.until("02 03:00:30")
    (first,) = dispatch.offers(story.conn, story.incident().id)
    dispatch.answer(story.conn, first[0], an, False, "my scooter is broken", story.clock.now())
    story.until("02 03:02:00")  # bao sleeps on
    *_, last = dispatch.offers(story.conn, story.incident().id)
    dispatch.answer(story.conn, last[0], chen, True, "", story.clock.now())
    said = [(names[row[1]], row[5]) for row in dispatch.offers(story.conn, story.incident().id)]
    assert said == [("an", "refused"), ("bao", "lapsed"), ("chen", "accepted")]
    story.until("02 03:12:00")
    story.conn.execute(
        "UPDATE responder_state SET lat = 34.8003, at = to_timestamp(%s / 1e6) WHERE account_id = %s",
        (story.clock.now(), chen),
    )
    dispatch.arrivals(story.conn, story.book, story.clock.now())
    incident = story.incident()
    assert incident.state == "on_site"
    assert story.events(incident.id) == [
        "detected", "opened", "acknowledged", "offered", "offer_refused", "offered", "offer_lapsed",
        "offered", "offer_accepted", "responding", "arrived",
    ]  # fmt: skip


def test_the_power_fails_in_the_whole_city_and_somebody_falls(story: Story) -> None:
    story.hires("mei", "operator", "east")
    story.conn.execute(
        "INSERT INTO home (code, station_id, created_at)"
        " SELECT 'p' || n, CASE n %% 2 WHEN 0 THEN %s ELSE %s END, %s FROM generate_series(1, 60) AS n",
        (story.east, story.west, START),
    )
    homes = [row[0] for row in story.conn.execute("SELECT id FROM home WHERE code LIKE 'p%' ORDER BY id")]
    story.until("02 03:00:00")
    dark = [story.finds("home_offline", home=home, resident=None) for home in homes]
    story.finds("fall", severity="long_lie")
    story.works()
    kinds = Counter((i.kind, i.severity) for i in story.incidents())
    assert kinds == {("home_offline", ""): 10, ("home_offline", "many"): 2, ("fall", "long_lie"): 1}
    assert Counter(story.verdicts()) == {"opened": 11, "grouped": 50}
    many = next(i for i in story.incidents() if i.severity == "many" and i.station == story.east)
    assert many.reason_params["count"] == 25
    alarms = [row for row in story.told() if row[1] == "account"]
    assert len(alarms) == 5 + 1 + 1, "mei is told of five, of the many as one, and of the fall"
    story.until("02 04:00:00")
    story.write(*(replace(one, revision=1, cleared=True, at=story.clock.now()) for one in dark))
    story.works()
    standing = [i for i in story.incidents() if not i.closed]
    assert [i.kind for i in standing] == ["fall"], "the light is back, and only the fall still rings"


def test_the_engine_was_down_for_an_hour_and_forgets_nothing(story: Story) -> None:
    story.hires("mei", "operator", "east")
    story.until("02 03:00:00")
    story.finds("fall", severity="possible")
    story.works()
    story.clock.instant = at("02 04:00:00")  # no cycle ran
    story.works()
    assert story.incident().state == "open"
    story.passes(120)
    assert [(when, level) for when, level, _ in story.calls()] == [
        ("04:00:00", 0), ("04:01:00", 1), ("04:02:00", 2),
    ]  # fmt: skip
