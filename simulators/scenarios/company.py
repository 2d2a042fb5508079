"""The staff of a scenario on a running system: real accounts, open boards, answers to who asks them to go."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from core.clock import Clock
from core.instant import SECOND, iso, to_datetime
from core.settings import Settings
from simulators.scenarios.document import BadScenario
from simulators.scenarios.script import Script
from simulators.scenarios.session import Session, Unwilling, administrator
from simulators.scenarios.staff import Duty, Member
from simulators.scenarios.steps import Acts, Calls, Done, Drills, EndsSilence

_LOOK_S = 0.4
_METRES_A_DEGREE = 111_320.0
Keys = Mapping[tuple[str, str], int]


@dataclass(eq=False)
class Company:
    """Everybody of one scenario who has an account, signed in. `keys`: what codes and names stand for."""

    script: Script
    admin: Session
    keys: Keys
    clock: Clock
    sessions: dict[str, Session] = field(default_factory=dict)
    silences: list[int] = field(default_factory=list)
    _running: list[asyncio.Task[None]] = field(default_factory=list)
    _answered: set[int] = field(default_factory=set)

    def station(self, level: str) -> int:
        """Key of the station of a level."""
        return self.keys["station", self.script.stations[level]]

    # --- before it begins --------------------------------------------------------------------------------

    def hire(self, prefix: str) -> None:
        """Accounts, rules, and where everybody stands; raises Unwilling."""
        for number, member in enumerate(self.script.scenario.staff):
            wish: dict[str, Any] = {"role": member.role}
            if member.of:
                wish["resident_id"] = self.keys["person", member.of]
            else:
                wish["station_id"] = self.station("city" if member.role == "administrator" else member.at)
            link = self.admin.call("POST", "/invitations", wish)["url"]
            session = self.sessions[member.name] = Session(self.admin.address, self.admin.trust)
            session.redeem(link, f"{prefix}.{number}", member.name)
            if member.role == "responder":
                self._stand(member, member.away_m)
        self._rule()

    def _stand(self, member: Member, away_m: float | None) -> None:
        home = next((h for h in self.script.scenario.homes if h.lat is not None and h.lon is not None), None)
        body: dict[str, Any] = {"available": member.free}
        if home is not None and away_m is not None:
            body |= {"lat": (home.lat or 0.0) + away_m / _METRES_A_DEGREE, "lon": home.lon}
        self.sessions[member.name].call("PUT", "/me/state", body)

    def _rule(self) -> None:
        levels = {level: self.station(level) for level in self.script.stations}
        for policy in self.script.scenario.policies:
            self.admin.call("PUT", f"/policies/escalation/{policy.name}", {"body": policy.body(levels)})
        kinds = {row["kind"]: row for row in self.admin.call("GET", "/policies/kinds")["items"]}
        for rule in self.script.scenario.rules:
            self.admin.call("PUT", f"/policies/kinds/{rule.kind}", {**kinds[rule.kind], **rule.changes})

    def settle(self, script: Script) -> None:
        """Who is on duty and what is silenced, once it is known when it begins; raises Unwilling."""
        self.script = script
        today = (to_datetime(script.begin) + timedelta(hours=8)).date()
        for duty in script.scenario.rosters:
            for path, body in _roster(duty, today - timedelta(days=7), self.sessions):
                self.admin.call("POST", f"/stations/{self.station(duty.at)}/{path}", body)
        for gone in script.scenario.absences:
            body = {"role": gone.role, "replaces": self.sessions[gone.who].account, **_span(script, gone)}
            body |= {"account_id": self.sessions[gone.instead].account} if gone.instead else {}
            self.admin.call("POST", f"/stations/{self.station(gone.at)}/overrides", body)
        if script.scenario.holiday:
            self.admin.call("PUT", f"/holidays/{today}", {"name": "of a scenario"})
        for silence in script.scenario.silences:
            body = {"kinds": list(silence.kinds), "reason": "maintenance", **_span(script, silence)}
            body |= self._place(silence.home, silence.device)
            self.silences.append(self.admin.call("POST", "/silences", body)["id"])

    def _place(self, home: str, device: str) -> dict[str, int]:
        if home:
            return {"home_id": self.keys["home", self.script.home(home)]}
        if device:
            return {"device_id": self.keys["device", self.script.device(device)]}
        return {"station_id": self.station("community")}

    # --- while it goes on --------------------------------------------------------------------------------

    def begin(self) -> None:
        """Everybody sits down before their board, and answers when asked to go."""
        for member in self.script.scenario.staff:
            session = self.sessions[member.name]
            self._running.append(asyncio.create_task(session.watch()))
            if member.answers != "silent":
                self._running.append(asyncio.create_task(self._listen(member, session)))

    async def leave(self) -> None:
        """All boards are closed."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _listen(self, member: Member, session: Session) -> None:
        while True:
            with suppress(Unwilling):
                offers = await asyncio.to_thread(session.call, "GET", "/offers")
                for offer in offers["items"]:
                    if offer["answer"] is None and offer["id"] not in self._answered:
                        self._answered.add(offer["id"])
                        self._running.append(asyncio.create_task(self._answer(member, session, offer["id"])))
            await asyncio.sleep(min(_LOOK_S, self.clock.sleep_s(1.0)))

    async def _answer(self, member: Member, session: Session, offer: int) -> None:
        await asyncio.sleep(self.clock.sleep_s(member.answers_after))
        accept = member.answers == "accepts"
        # Too late is one of the things that may come of it, and shows among the checks.
        with suppress(Unwilling):
            await asyncio.to_thread(session.call, "POST", f"/offers/{offer}/answer", {"accept": accept})
        if accept and member.arrives_after is not None:
            await asyncio.sleep(self.clock.sleep_s(member.arrives_after))
            await asyncio.to_thread(self._stand, member, 0.0)

    def act(self, step: Done, incident: str) -> None:
        """What a cue says; raises Unwilling."""
        if isinstance(step, EndsSilence):
            for silence in self.silences:
                self.admin.call("DELETE", f"/silences/{silence}")
        elif isinstance(step, Drills):
            home = self.keys["home", next(iter(self.script.homes))]
            where = {"station_id": self.station("community"), "home_id": home}
            self.admin.call("POST", "/drills", {**where, "scenario": step.scenario})
        elif isinstance(step, Calls):
            whom = {"resident_id": self.keys["person", step.person]}
            said = {"kind": step.kind, "note": step.note}
            self.sessions[step.by].call("POST", "/incidents", {**whom, **said})
        else:
            self._deal(step, incident)

    def _deal(self, step: Acts, incident: str) -> None:
        session = self.sessions[step.by] if step.by else self.admin
        to = self.sessions[step.to].account if step.to else None
        if step.action == "send":
            session.call("POST", f"/incidents/{incident}/offers", {"account_id": to})
            return
        body = {"action": step.action, "note": step.note, "to": to, "outcome": step.outcome or None}
        session.call("POST", f"/incidents/{incident}/actions", body)


def _span(script: Script, what: Any) -> dict[str, str]:
    return {
        "from": iso(script.begin + round(what.since * SECOND)),
        "until": iso(script.begin + round(what.until * SECOND)),
    }


def _roster(duty: Duty, first: date, sessions: Mapping[str, Session]) -> Sequence[tuple[str, dict[str, Any]]]:
    who = [sessions[name].account for name in duty.who]
    row = {
        "role": duty.role,
        "first_day": first.isoformat(),
        "from_time": duty.since,
        "until_time": duty.until,
    }
    if duty.turn_days is not None:
        return [("rotations", {**row, "members": who, "turn_days": duty.turn_days})]
    shift = {**row, "days": list(duty.days), "holidays": duty.holidays}
    return [("shifts", {**shift, "account_id": account}) for account in who]


def assemble(script: Script, prefix: str, settings: Settings, keys: Keys, clock: Clock) -> Company | None:
    """The staff of a scenario that has any, hired; raises BadScenario when the system does not let us."""
    scenario = script.scenario
    acts = (Drills, EndsSilence, Calls)
    needed = scenario.staff or scenario.silences or scenario.policies or scenario.rules
    if not needed and not any(isinstance(step, acts) for step in scenario.timeline):
        return None
    try:
        company = Company(script, administrator(settings, f"{prefix}.admin"), keys, clock)
        company.hire(prefix)
    except Unwilling as error:
        raise BadScenario(f"{scenario.name}: {error}") from error
    return company
