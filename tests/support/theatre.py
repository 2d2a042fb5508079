"""A scenario on virtual time: the real decoder, detectors, store and alert engine, driven by a clock that
the test moves. What takes a day passes in a second, and deadlines are exact."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import groupby
from typing import Any

import psycopg

from alerts import console, cycles, store
from alerts.dispatch.store import arrivals, run_out
from alerts.escalation.policy import Book
from alerts.roster.gaps import report_gaps
from analytics.detectors import all_detectors
from care.admission import admit
from care.community import parse
from core.clock import ManualClock
from core.instant import HOUR, MINUTE, SECOND, from_datetime, to_datetime
from core.settings import Settings
from ingest.message import Message
from ingest.worker import Worker
from ingest.writer import Writer
from simulators import homes, wire
from simulators.post import BACK, CUT, SAY, Post
from simulators.scenarios.document import Scenario
from simulators.scenarios.script import Cue, Script, write
from simulators.scenarios.steps import Acts, Done
from simulators.scenarios.verdict import Check, judge, seen_by
from simulators.store import Onlooker
from tests.support.feed import Feed
from tests.support.troupe import Troupe

MONDAY = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=8)))
FINE, COARSE, SLOW = SECOND, 20 * SECOND, 10 * MINUTE  # how often detectors look; SLOW: where hours pass
AWAKE = 45 * SECOND  # so long after something was said a second counts
Cycle = Callable[[psycopg.Connection[Any], Book, int], int]
CYCLES: tuple[Cycle, ...] = (cycles.triage, cycles.due, cycles.stranded, run_out, arrivals)
URGENT = ("button", "smoke", "gas", "water")
GATHERED = SECOND // 20  # what arrives together is one batch


def begins(scenario: Scenario) -> int:
    """The instant a scenario begins at: its own time of day, or ten in the morning."""
    hours, minutes = (scenario.starts or "10:00").split(":")
    return from_datetime(MONDAY + timedelta(hours=int(hours), minutes=int(minutes)))


class Theatre:
    """A database with one scenario in it."""

    def __init__(self, dsn: str, scenario: Scenario) -> None:
        self.script: Script = write(scenario, begins(scenario))
        self._clock = ManualClock(self.script.begin)
        self._dsn = dsn

    def play(self) -> list[Check]:
        """Let it happen, and judge."""
        now = to_datetime(self.script.begin)
        with psycopg.connect(self._dsn) as conn:
            document = parse(json.dumps(self.script.community).encode())
            admit(conn, document, now, to_datetime(self.script.since))
        writer = Writer(lambda: psycopg.connect(self._dsn))
        self._onlooker = Onlooker(Settings(database_url=self._dsn))  # type: ignore[arg-type]
        try:
            with psycopg.connect(self._dsn, autocommit=True) as self._alerts:
                store.seed_policies(self._alerts, now)
                self._due, self._ruled = 0, -1
                self._gaps = self.script.begin + HOUR if self.script.scenario.rosters else 2**62
                self._clock.instant = min(self.script.begin, *(p.at for p in self.script.past[:1]), 2**62)
                self._troupe = Troupe(self._alerts, self.script, self._onlooker)
                self._book = store.policies(self._alerts)
                self._worker = Worker(Feed(), writer, all_detectors(), self._clock)
                self._live_through_the_past()
                self._run()
            return judge(self.script, seen_by(self._onlooker, self.script))
        finally:
            writer.close()
            self._onlooker.close()

    def _live_through_the_past(self) -> None:
        """Weeks, hours at a time. Detectors learn, but say nothing: nobody made the devices report then."""
        for _, hour in groupby(self.script.past, key=lambda post: post.at // (3 * HOUR)):
            posts = list(hour)
            self._clock.instant = max(self._clock.now(), posts[-1].at)
            self._worker.handle(messages(posts))
        self._clock.instant = self.script.begin

    def _run(self) -> None:
        posts, cues = deque(self.script.posts), deque(self.script.cues)
        tick = self._clock.now() + 10 * SECOND * bool(self.script.past)
        awake = self._clock.now()
        hours = self.script.scenario.lasts / 3600
        self._coarse = coarse = COARSE if hours <= 6 else SLOW if hours <= 100 else HOUR
        gathered = GATHERED if hours <= 6 else MINUTE
        while (now := self._next(posts, cues, tick)) <= self.script.end:
            self._clock.instant = now
            batch = []
            if posts and posts[0].at <= now:
                batch.append(posts.popleft())
            # What may follow within seconds is not made to wait for what comes after it.
            while posts and posts[0].at <= now + (GATHERED if stirs(posts[0]) or now < awake else gathered):
                batch.append(posts.popleft())
            if batch:
                self._clock.instant = now = max(now, batch[-1].at)
                if arrived := messages(batch):
                    self._worker.handle(arrived)
                if any(map(stirs, batch)):
                    awake = now + AWAKE
            acted = bool(cues) and cues[0].at <= now
            while cues and cues[0].at <= now:
                self._engine(acted=True)
                self._act(cues.popleft())
            if now >= tick:
                self._worker.tick(now)
                tick = now + (FINE if now < awake else coarse)
            self._engine(acted)
            if replies := self._troupe.replies:
                posts = deque(sorted([*posts, *replies], key=lambda post: post.at))

    def _next(self, posts: deque[Post], cues: deque[Cue], tick: int) -> int:
        instants = [tick, self._due, self._troupe.due]
        instants += [posts[0].at] if posts else []
        instants += [cues[0].at] if cues else []
        return max(self._clock.now(), min(instants))

    def _engine(self, acted: bool) -> None:
        """The alert engine's cycles, when there is news, an action, or an instant that came."""
        now, told = self._clock.now(), self._worker.figures.findings
        if now >= self._gaps:
            self._gaps = now + 6 * HOUR
            acted = report_gaps(self._alerts, now) > 0
        if told == self._ruled and now < min(self._due, self._troupe.due) and not acted:
            return
        self._ruled = told
        more: Sequence[Cycle] = CYCLES
        while more or self._troupe.live(now):
            more = [cycle for cycle in more or CYCLES if cycle(self._alerts, self._book, now)]
        due = cycles.next_due(self._alerts, "next_step")
        # While nothing is open, nothing can come due but by news.
        later = max(self._coarse, 10 * MINUTE)
        self._due = now + HOUR if due is None else min(max(due, now + SECOND // 50), now + later)

    def _act(self, cue: Cue) -> None:
        step, now = cue.step, self._clock.now()
        assert isinstance(step, Done), "nobody stands at a bench in a theatre"
        incident = self._meant(step) if isinstance(step, Acts) else ""
        if not isinstance(step, Acts) or step.by or step.action == "send":
            became = self._troupe.act(step, incident, now)
        else:
            asked = {"incident": incident, "action": step.action, "note": step.note}
            asked |= {"outcome": step.outcome} if step.outcome else {}
            topic = f"nw/v1/station/{self.script.station}/act"
            became = console.take_action(self._alerts, topic, json.dumps(asked).encode(), now)
        assert became == "done", f"{step}: {became}"

    def _meant(self, step: Acts) -> str:
        """The incident that staff deal with: the latest of its kind."""
        fitting = [
            i
            for i in seen_by(self._onlooker, self.script).incidents
            if i.kind == step.kind and step.home in ("", self.script.homes.get(i.home))
        ]
        assert fitting, f"there is no {step.kind} to {step.action}"
        return fitting[-1].id


def stirs(post: Post) -> bool:
    """Whether something may follow from it within seconds."""
    ordinary = post.said and all(obj.get("kind") in homes.EVENTS.values() for obj in post.body)  # type: ignore[union-attr]
    urgent = ordinary and any(obj["kind"] in URGENT for obj in post.body)  # type: ignore[union-attr,index]
    return post.verb != SAY or post.stream == "motion" or urgent or (post.stream == "event" and not ordinary)


def messages(posts: list[Post]) -> list[Message]:
    """What the broker hands over: posts, last wills of lost connections, greetings on new ones."""
    out = []
    for post in posts:
        if post.verb == CUT:
            topic = wire.topic(post.sender.home, post.sender.device, "status")
            out.append(Message(topic, wire.LAST_WILL, post.at))
        elif post.verb == BACK:
            topic = wire.topic(post.sender.home, post.sender.device, "status")
            out.append(Message(topic, wire.encode({"t": post.at // 1000, "online": True}), post.at))
        elif post.verb == SAY:
            out.append(Message(post.topic, post.payload, post.at, retained=post.kept))
    return out
