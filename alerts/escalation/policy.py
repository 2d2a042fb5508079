"""Escalation as data: steps, who is told, after how long, how often, until when. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from alerts.policy import ESCALATE_S, RESPOND_S, TOP_LEVEL, UNKNOWN, Policy

# Whom a step may name. A word with a number: "contact:1" is whom to call first.
TARGETS = frozenset(
    {"console", "operators", "all_operators", "responders", "volunteers", "rescue", "family", "contacts"}
)
UNTIL = ("acknowledged", "responding", "on_site")
PRIORITIES = frozenset({"high", "medium", "low"})
_RANK = {"low": 0, "medium": 1, "high": 2}


class BadPolicy(ValueError):
    """What an administrator wrote cannot be followed; the text says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        tell: words of TARGETS, or "contact:<rank>".
        after_s: seconds after the step before; None: the kind's own pace. The first step's counts from the
            opening and is 0.
        level: how far up the station tree it goes, 0 the station itself; None: one further than before.
        dispatch: also ask the nearest free responder whether they can go.
        emergency: show the text to read to the emergency number.
    """

    tell: tuple[str, ...]
    after_s: int | None = None
    level: int | None = None
    dispatch: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """Steps, and when they hold: of the variants of a policy the first that fits is followed.

    Attributes:
        priorities: of the incident; empty: any.
        from_time, until_time: local time of the station, over midnight if `until_time` is the earlier;
            None: around the clock.
        stations: keys; holds in these and below; empty: everywhere.
        repeat_s: the last step is taken again after so long; None: the kind's own pace.
        raises: each time again one level higher, to the top of the tree.
        until: the state of the incident that ends it.
    """

    steps: tuple[Step, ...]
    priorities: frozenset[str] = field(default_factory=frozenset)
    from_time: time | None = None
    until_time: time | None = None
    stations: frozenset[int] = field(default_factory=frozenset)
    repeat_s: int | None = None
    raises: bool = True
    until: str = "acknowledged"

    def fits(self, priority: str, chain: Sequence[int], local: time) -> bool:
        """Whether it holds for an incident of `priority` in the first station of `chain` at `local`."""
        if self.priorities and priority not in self.priorities:
            return False
        if self.stations and not self.stations & set(chain):
            return False
        return within(local, self.from_time, self.until_time)


@dataclass(frozen=True, slots=True)
class Escalation:
    """A named policy and the version of it."""

    name: str
    variants: tuple[Variant, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about one incident as things stand: its kind's row and the variant that fits."""

    policy: Policy
    variant: Variant
    priority: str = "high"
    top: int = TOP_LEVEL  # how far up its station tree goes

    def step(self, number: int) -> Step:
        """The step of that number; after the last one the last again."""
        return self.variant.steps[min(number, len(self.variant.steps) - 1)]

    def wait_s(self, number: int) -> int:
        """Seconds from step `number` to the next. There always is one: nothing ends in silence."""
        steps = self.variant.steps
        usual = self._pace(self.policy.escalate_s, ESCALATE_S[self.priority])
        if number + 1 < len(steps):
            own = steps[number + 1].after_s
            return usual if own is None else own
        return self.variant.repeat_s or usual  # never 0: it would repeat without end

    @property
    def respond_s(self) -> int | None:
        """Seconds that somebody who acknowledged has to set out; None: as long as it takes."""
        usual = RESPOND_S[self.priority]
        return self.policy.respond_s if usual is None else self._pace(self.policy.respond_s, usual)

    def _pace(self, own_s: int | None, usual_s: int) -> int:
        """The kind's own pace; but what turned out worse than its kind is not left to its kind's leisure."""
        if own_s is None:
            return usual_s
        graver = _RANK[self.priority] > _RANK.get(self.policy.priority, 0)
        return min(own_s, usual_s) if graver else own_s

    def level(self, number: int, before: int) -> int:
        """The level of step `number`, when the step before it was at `before`."""
        own = self.step(number).level
        again = number >= len(self.variant.steps)
        if again:
            own = before + 1 if self.variant.raises else before
        elif own is None:
            own = before + 1
        return max(0, min(max(own, before), TOP_LEVEL))

    def repeats(self, number: int, level: int) -> bool:
        """Whether step `number` tells the same as the one before, `level` being reached already."""
        return number >= len(self.variant.steps) and (level >= self.top or not self.variant.raises)


def within(local: time, start: time | None, end: time | None) -> bool:
    """Whether `local` lies in [start, end), over midnight when `end` is the earlier; always without them."""
    if start is None or end is None or start == end:
        return True
    if start < end:
        return start <= local < end
    return local >= start or local < end


_STANDARD = (
    Variant(
        priorities=frozenset({"high"}),
        steps=(
            Step(("console", "operators"), 0, 0),
            Step(("console", "operators", "responders", "contact:1"), None, 1, dispatch=True),
            Step(("console", "operators", "volunteers", "contacts", "family"), None, 2),
            Step(("console", "all_operators", "rescue", "contacts", "family"), None, 3, emergency=True),
        ),
    ),
    Variant(
        priorities=frozenset({"medium"}),
        steps=(
            Step(("console", "operators"), 0, 0),
            Step(("console", "operators", "responders"), None, 1),
            Step(("console", "operators", "contact:1"), None, 2),
        ),
    ),
    # Nobody is called at night for a flat battery, but it is said again every day.
    Variant(steps=(Step(("console", "operators"), 0, 0),), repeat_s=86_400, raises=False),
)
STANDARD = Escalation("standard", _STANDARD)


@dataclass(frozen=True, slots=True)
class Book:
    """All policies in force."""

    kinds: Mapping[str, Policy]
    escalations: Mapping[str, Escalation]

    def policy(self, kind: str) -> Policy:
        """The row of `kind`, or the one for kinds this version does not know."""
        return self.kinds.get(kind, UNKNOWN)

    def plan(self, kind: str, priority: str, chain: Sequence[int], local: time) -> Plan:
        """What holds for an incident of `kind` in the first station of `chain` (the others stand above it)
        at the local time `local`. Without a variant that fits the standard is followed: never silence."""
        policy = self.policy(kind)
        named = self.escalations.get(policy.escalation, STANDARD)
        for variant in (*named.variants, *_STANDARD):
            if variant.fits(priority, chain, local):
                return Plan(policy, variant, priority, max(0, len(chain) - 1))
        raise AssertionError("the last standard variant fits everything")


def parse(name: str, body: Mapping[str, Any], version: int = 1) -> Escalation:
    """The policy that `body` describes ({"variants": [...]}); raises BadPolicy, saying why."""
    variants = body.get("variants")
    if not isinstance(variants, list) or not variants:
        raise BadPolicy("a policy needs variants")
    return Escalation(name, tuple(_variant(v) for v in variants), version)


def _variant(body: Any) -> Variant:
    if not isinstance(body, Mapping) or not isinstance(body.get("steps"), list) or not body["steps"]:
        raise BadPolicy("a variant needs steps")
    steps = tuple(_step(s) for s in body["steps"])
    priorities = frozenset(_list(body, "priorities"))
    if not priorities <= PRIORITIES:
        raise BadPolicy("priorities are high, medium and low")
    stations = frozenset(_list(body, "stations"))
    if not all(isinstance(s, int) for s in stations):
        raise BadPolicy("stations are keys")
    until = body.get("until", "acknowledged")
    if until not in UNTIL:
        raise BadPolicy(f"until is one of {', '.join(UNTIL)}")
    start, end = _time(body.get("from_time")), _time(body.get("until_time"))
    if (start is None) != (end is None):
        raise BadPolicy("from_time and until_time go together")
    repeat_s, raises = _seconds(body, "repeat_s", 10), body.get("raises", True) is True
    return Variant(steps, priorities, start, end, stations, repeat_s, raises, until)


def _step(body: Any) -> Step:
    if not isinstance(body, Mapping):
        raise BadPolicy("a step is an object")
    tell = tuple(_list(body, "tell"))
    for word in tell:
        if word not in TARGETS and not (isinstance(word, str) and _contact(word)):
            raise BadPolicy(f"nobody is called {word}")
    level = body.get("level")
    if level is not None and (not isinstance(level, int) or not 0 <= level <= TOP_LEVEL):
        raise BadPolicy(f"a level lies between 0 and {TOP_LEVEL}")
    if not tell and body.get("dispatch") is not True:
        raise BadPolicy("a step tells somebody or sends somebody")
    dispatch, emergency = body.get("dispatch") is True, body.get("emergency") is True
    return Step(tell, _seconds(body, "after_s", 0), level, dispatch, emergency)


def _contact(word: str) -> bool:
    head, _, rank = word.partition(":")
    return head == "contact" and rank.isdigit() and len(rank) < 4


def _list(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name, [])
    if not isinstance(value, list):
        raise BadPolicy(f"{name} is a list")
    return value


def _seconds(body: Mapping[str, Any], name: str, least: int) -> int | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, int) or not least <= value <= 7 * 86_400):
        raise BadPolicy(f"{name} lies between {least} and {7 * 86_400}")
    return value


def _time(value: Any) -> time | None:
    if value is None:
        return None
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadPolicy("a time of day is written 22:00") from error


def body(escalation: Escalation) -> dict[str, Any]:
    """`escalation` in the form that `parse` reads."""
    return {"variants": [_variant_body(variant) for variant in escalation.variants]}


def _variant_body(variant: Variant) -> dict[str, Any]:
    return {
        "priorities": sorted(variant.priorities),
        "from_time": variant.from_time and variant.from_time.isoformat("minutes"),
        "until_time": variant.until_time and variant.until_time.isoformat("minutes"),
        "stations": sorted(variant.stations),
        "repeat_s": variant.repeat_s,
        "raises": variant.raises,
        "until": variant.until,
        "steps": [
            {
                "tell": list(step.tell),
                "after_s": step.after_s,
                "level": step.level,
                "dispatch": step.dispatch,
                "emergency": step.emergency,
            }
            for step in variant.steps
        ],
    }
