"""The staff of a scenario on virtual time: accounts, rosters and rules in the database, people who answer
who asks them to go, wearers who are asked whether all is well, and messages that arrive."""

import json
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import psycopg

from alerts import actions, asks, settings
from alerts.delivery import store as outbox
from alerts.delivery.channel import Answer, Outcome
from alerts.delivery.plan import Tell, Tried, after, decide
from alerts.dispatch import store as dispatch
from alerts.drills import store as drills
from alerts.lifecycle import Action, Refusal
from alerts.quiet import Silence
from alerts.roster import store as rosters
from alerts.roster.duty import Holiday, Override, Rotation, Shift
from core.instant import SECOND, to_datetime
from simulators.post import Post, Sender
from simulators.scenarios.script import Script
from simulators.scenarios.staff import Duty, Member, Reached
from simulators.scenarios.steps import Acts, Calls, Drills, EndsSilence
from simulators.scenarios.verdict import place_of
from simulators.store import Onlooker

Connection = psycopg.Connection[Any]
_FAR = 4_000_000_000_000_000  # microseconds: later than any scenario
METRES_A_DEGREE = 111_320.0
WORKER = 1
_NEXT = {
    "next_ask": "SELECT (extract(epoch FROM min(due_at)) * 1e6)::bigint FROM ask",
    "next_offer": "SELECT (extract(epoch FROM min(expires_at)) * 1e6)::bigint FROM offer"
    " WHERE answer IS NULL",
    "next_message": "SELECT (extract(epoch FROM min(due_at)) * 1e6)::bigint FROM notification",
}


class Troupe:
    """Everybody but the devices. `due` is the next instant at which one of them does something."""

    def __init__(self, conn: Connection, script: Script, onlooker: Onlooker) -> None:
        self._conn, self._script = conn, script
        self._members = {member.name: member for member in script.scenario.staff}
        self._keys = onlooker.keys(place_of(script))
        self.due = _FAR
        self._accounts: dict[str, int] = {}
        self._doing: list[tuple[int, str, int]] = []  # instant, what, key of the offer or account
        self._asked: set[tuple[str, str]] = set()
        self._replies: list[Post] = []
        self._wearers = {
            script.device(device.code): (Sender(script.home(home.code), script.device(device.code)), device)
            for home, device in script.scenario.devices()
            if device.says != "nothing"
        }
        self._places()
        self._hire()
        self._roster()
        self._rule()

    def account(self, name: str) -> int | None:
        """Key of a member's account; None for ""."""
        return self._accounts[name] if name else None

    # --- before it begins --------------------------------------------------------------------------------

    def _places(self) -> None:
        homes = [home for home in self._script.scenario.homes if home.lat is not None]
        self._place = (homes[0].lat or 0.0, homes[0].lon or 0.0) if homes else None

    def _station(self, level: str) -> int:
        return self._keys["station", self._script.stations[level]]

    def _hire(self) -> None:
        now = to_datetime(self._script.begin)
        for number, member in enumerate(self._members.values()):
            row = self._conn.execute(
                "INSERT INTO account (login, name, password_hash, created_at) VALUES (%s, %s, '', %s)"
                " RETURNING id",
                (f"member{number}", member.name, now),
            ).fetchone()
            assert row is not None
            key = self._accounts[member.name] = int(row[0])
            person = self._keys["person", member.of] if member.of else None
            # Who helps now and then has no role of the platform's: they are on a roster, or they are not.
            if member.role in ("operator", "responder", "family", "administrator"):
                station = None if member.role in ("family", "administrator") else self._station(member.at)
                self._conn.execute(
                    "INSERT INTO role_grant (account_id, role, station_id, resident_id, granted_at)"
                    " VALUES (%s, %s, %s, %s, %s)",
                    (key, member.role, station, person, now),
                )
            self._reach(member.reached, "account", key, now)
            if member.away_m is not None or not member.free:
                self._stand(member, key, member.away_m, now)
        for row in self._conn.execute("SELECT id FROM contact").fetchall():
            self._reach(Reached(), "contact", row[0], now)

    def _reach(self, reached: Reached, kind: str, key: int, now: datetime) -> None:
        self._conn.execute(
            "INSERT INTO endpoint (owner_kind, owner_id, channel, address, least, quiet_from, quiet_until,"
            " created_at) VALUES (%s, %s, 'webhook', %s, %s, %s, %s, %s)",
            (kind, key, "fails" if reached.fails else "works", reached.least, reached.quiet_from,
             reached.quiet_until, now),
        )  # fmt: skip

    def _stand(self, member: Member, key: int, away_m: float | None, now: datetime) -> None:
        lat = lon = None
        if self._place is not None and away_m is not None:
            lat, lon = self._place[0] + away_m / METRES_A_DEGREE, self._place[1]
        self._conn.execute(
            "INSERT INTO responder_state (account_id, available, lat, lon, at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (account_id) DO UPDATE"
            " SET lat = excluded.lat, lon = excluded.lon, at = excluded.at",
            (key, member.free, lat, lon, now),
        )

    def _roster(self) -> None:
        begin, scenario = self._script.begin, self._script.scenario
        today = (to_datetime(begin) + timedelta(hours=8)).date()
        for duty in scenario.rosters:
            self._on_duty(duty, today - timedelta(days=7))
        for gone in scenario.absences:
            start, end = (begin + round(s * SECOND) for s in (gone.since, gone.until))
            override = Override(gone.role, start, end, self.account(gone.instead), self.account(gone.who))
            rosters.put_override(self._conn, self._station(gone.at), override, begin)
        if scenario.holiday:
            rosters.put_holiday(self._conn, Holiday(today, "", None))

    def _on_duty(self, duty: Duty, first: Any) -> None:
        station, times = self._station(duty.at), [time.fromisoformat(t) for t in (duty.since, duty.until)]
        keys = [self._accounts[name] for name in duty.who]
        if duty.turn_days is not None:
            rotation = Rotation(duty.role, tuple(keys), first, duty.turn_days, times[0], times[1])
            rosters.put_rotation(self._conn, station, rotation, self._script.begin)
            return
        for key in keys:
            shift = Shift(
                duty.role, key, frozenset(duty.days), times[0], times[1], first, holidays=duty.holidays
            )
            rosters.put_shift(self._conn, station, shift, self._script.begin)

    def _rule(self) -> None:
        begin, scenario = self._script.begin, self._script.scenario
        levels = {level: self._station(level) for level in self._script.stations}
        for policy in scenario.policies:
            settings.put_escalation(self._conn, policy.name, policy.body(levels), None, None, begin)
        for rule in scenario.rules:
            settings.change_kind(self._conn, rule.kind, rule.changes, 1, None, begin)
        self._silences = []
        for one in scenario.silences:
            start, end = (begin + round(s * SECOND) for s in (one.since, one.until))
            home = self._keys["home", self._script.home(one.home)] if one.home else None
            device = self._keys["device", self._script.device(one.device)] if one.device else None
            place = None if home or device else self._station("community")
            new = Silence(0, frozenset(one.kinds), start, end, place, home, device)
            self._silences.append(settings.silence(self._conn, new, "maintenance", None, begin).id)

    # --- while it goes on --------------------------------------------------------------------------------

    def act(self, step: Acts | EndsSilence | Drills | Calls, incident: str, now: int) -> str:
        """Do what a cue says; one word about what became of it."""
        if isinstance(step, EndsSilence):
            done = [settings.end_silence(self._conn, key, None, now) for key in self._silences]
            return "done" if all(done) else "nothing to end"
        if isinstance(step, Drills):
            home = next(key for (what, _), key in self._keys.items() if what == "home")
            begun = drills.start(self._conn, self._station("community"), step.scenario, None, now, home=home)
            return "done" if isinstance(begun, int) and not isinstance(begun, str) else str(begun)
        by = self.account(step.by)
        if isinstance(step, Calls):
            place = {"station": self._station("community"), "resident": self._keys["person", step.person]}
            home = next(key for (what, _), key in self._keys.items() if what == "home")
            actions.report(
                self._conn, kind=step.kind, **place, home=home, actor=by, note=step.note, now=now
            )  # fmt: skip
            return "done"
        if step.action == "send":
            became = dispatch.offer(self._conn, UUID(incident), self.account(step.to), by, now)
            return str(became) if isinstance(became, Refusal) else "done"
        action = Action(
            step.action, by, outcome=step.outcome or None, note=step.note, to=self.account(step.to)
        )
        _, refusal = actions.act(self._conn, UUID(incident), action, now)
        return str(refusal) if refusal else "done"

    def live(self, now: int) -> int:
        """Everybody does what they have to by `now`; how much that was."""
        count = self._answer(now)
        if self._wearers:
            asks.put(self._conn, self, now)
        if self._members:
            self._look()
            self._deliver(now)
        self.due = min((at for at, _, _ in self._doing), default=_FAR)
        for query in ("next_ask",) * bool(self._wearers) + ("next_message", "next_offer") * bool(
            self._members
        ):
            row = self._conn.execute(_NEXT[query]).fetchone()
            self.due = min(self.due, row[0]) if row and row[0] is not None else self.due
        return count

    @property
    def replies(self) -> list[Post]:
        """What wearers say who were asked, new since the last call."""
        fresh, self._replies = self._replies, []
        return fresh

    # What alerts.asks publishes to.
    up = True

    def publish(self, topic: str, payload: bytes, retain: bool, qos: int = 1) -> bool:
        """A wearable hears a command: its wearer answers a question once."""
        code, said = topic.split("/")[3], json.loads(payload)
        if code in self._wearers and said["cmd"] == "ask_ok" and (code, said["id"]) not in self._asked:
            self._asked.add((code, said["id"]))
            sender, device = self._wearers[code]
            at = said["t"] * 1000 + round(device.says_after * SECOND)
            body = {"t": at // 1000, "seq": at // SECOND, "kind": device.says, "state": 1}
            self._replies.append(Post(at, sender, "event", (body,)))
        return True

    def _look(self) -> None:
        """Who has been asked to go will say so."""
        known = {key for _, what, key in self._doing if what == "offer"}
        for key, account, at in self._conn.execute(
            "SELECT id, account_id, (extract(epoch FROM offered_at) * 1e6)::bigint FROM offer"
            " WHERE answer IS NULL"
        ):
            member = self._members[self._name(account)]
            if key not in known and member.answers != "silent":
                self._doing.append((at + round(member.answers_after * SECOND), "offer", key))

    def _name(self, account: int) -> str:
        return next(name for name, key in self._accounts.items() if key == account)

    def _answer(self, now: int) -> int:
        ready = [one for one in self._doing if one[0] <= now]
        self._doing = [one for one in self._doing if one[0] > now]
        for at, what, key in ready:
            if what == "there":
                self._stand(self._members[self._name(key)], key, 0.0, to_datetime(at))
                continue
            row = self._conn.execute("SELECT account_id FROM offer WHERE id = %s", (key,)).fetchone()
            assert row is not None
            member = self._members[self._name(row[0])]
            dispatch.answer(self._conn, key, row[0], member.answers == "accepts", "", at)
            if member.answers == "accepts" and member.arrives_after is not None:
                self._doing.append((at + round(member.arrives_after * SECOND), "there", row[0]))
        return len(ready)

    def _deliver(self, now: int) -> None:
        """The outbox as its worker works on it, but for the services: an endpoint works or it does not."""
        instant = to_datetime(now)
        while ids := outbox.claim(self._conn, WORKER, [], 500, instant, only_high=False):
            for held in outbox.cases(self._conn, ids, instant):
                case, tries = held.case, held.tries
                while isinstance(decision := decide(case, instant), Tell):
                    made = []
                    for endpoint in decision.endpoints:
                        tries += 1
                        word = Outcome.SENT if endpoint.address == "works" else Outcome.UNREACHABLE
                        made.append(outbox.Try(held, tries, endpoint, Answer(word), instant, instant))
                    outbox.record(self._conn, made)
                    case = after(case, [Tried(t.endpoint.id, str(t.answer.outcome), instant) for t in made])
                outbox.settle(self._conn, [(case, decision)])
