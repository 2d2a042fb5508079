"""One fall, one finding, however many devices tell of it.

A wrist that saw the impact, a second wearable, a watch or a radar that reports a fall by itself: what is told
within a minute of each other about the same person is one fall. The finding keeps the identity under which it
was said first; whatever comes later, in whatever order, is a revision of it, and the same facts end in the
same severity, probability and evidence.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from analytics.falls.calibration import adjusted
from core.finding import Finding, Reason
from core.instant import MINUTE

TOGETHER = MINUTE
"""A device thinks for some seconds, a radar for up to a minute, before it reports a fall."""

REPORTED = 2.0
"""What a device's own report adds to the logit of an impact of the same person."""

EPISODES = 8
"""Falls of a home that are kept in mind."""

_GRAVER = ("reported", "possible", "recovered", "long_lie")


class Fact(NamedTuple):
    """One thing that was told: by the "motion" of a device or by its own "report"."""

    by: str
    device: int
    onset: int
    severity: str


@dataclass(slots=True)
class Episode:
    """A fall: its finding as last said, and the facts it stands on."""

    finding: Finding
    facts: frozenset[Fact]

    def is_of(self, finding: Finding, fact: Fact) -> bool:
        """Whether `finding`, which tells `fact`, may be about this fall."""
        known = self.finding
        if finding.resident is None:
            # A radar in the home of a couple cannot say who fell; the wearable that felt it can.
            who = fact.by == "report" or known.device == finding.device
        else:
            who = known.resident == finding.resident
        near = any(abs(other.onset - fact.onset) <= TOGETHER for other in self.facts)
        return who and near and not any(_are_two(other, fact) for other in self.facts)


class Fusion:
    """State: the last falls of each home."""

    def __init__(self) -> None:
        self._episodes: dict[int, list[Episode]] = {}

    def keep(self, homes: Collection[int]) -> None:
        """Forget other homes."""
        self._episodes = {home: kept for home, kept in self._episodes.items() if home in homes}

    def resume(self, findings: Iterable[Finding]) -> None:
        """Take up the falls said before a restart, last revisions, oldest first."""
        for finding in findings:
            if finding.kind == "fall":
                self._remember(Episode(finding, _facts_of(finding)))

    def join(self, said: Iterable[Finding]) -> list[Finding]:
        """`said`, with what is told of a fall already known as a revision of its finding, or not at all."""
        joined: list[Finding] = []
        for finding in sorted(said, key=lambda one: (one.at, one.onset, one.device or 0, one.revision)):
            if finding.kind != "fall":
                joined.append(finding)
            elif (news := self._joined(finding)) is not None:
                joined.append(news)
        return joined

    def _joined(self, finding: Finding) -> Finding | None:
        fact = _fact(finding)
        episode = self._episode(finding, fact)
        if episode is None:
            self._remember(Episode(finding, _facts_of(finding)))
            return finding
        if fact in episode.facts:
            return None
        facts = episode.facts | {fact}
        episode.finding = _merged(episode.finding, finding, facts)
        episode.facts = facts
        return episode.finding

    def _episode(self, finding: Finding, fact: Fact) -> Episode | None:
        kept = self._episodes.get(finding.home, ())
        same = [one for one in kept if any(other[:3] == fact[:3] for other in one.facts)]
        near = same or [one for one in kept if one.is_of(finding, fact)]
        return min(near, key=lambda one: abs(one.finding.onset - finding.onset), default=None)

    def _remember(self, episode: Episode) -> None:
        kept = self._episodes.setdefault(episode.finding.home, [])
        kept.append(episode)
        del kept[:-EPISODES]


def report_in(finding: Finding) -> tuple[int, int] | None:
    """The device that told of this fall by itself and the instant of it, or None."""
    told = sorted(fact for fact in _facts_of(finding) if fact.by == "report")
    return (told[-1].device, told[-1].onset) if told else None


def _are_two(one: Fact, other: Fact) -> bool:
    """Two impacts of one device that were told apart are two falls."""
    impacts = one.by == other.by == "motion" and one.severity == other.severity == "possible"
    return impacts and one.device == other.device and one.onset != other.onset


def _fact(finding: Finding) -> Fact:
    by = "report" if finding.severity == "reported" else "motion"
    return Fact(by, finding.device or 0, finding.onset, finding.severity)


def _facts_of(finding: Finding) -> frozenset[Fact]:
    """What a finding stands on; only those with several sources say it."""
    if told := finding.evidence.get("sources"):
        return frozenset(Fact(*source) for source in told)
    fact = _fact(finding)
    began = {fact} if finding.severity == "reported" else {fact, fact._replace(severity="possible")}
    return frozenset(began)


def _merged(known: Finding, news: Finding, facts: frozenset[Fact]) -> Finding:
    """The next revision of `known`, now standing on `facts`."""
    severity = max((fact.severity for fact in facts), key=_GRAVER.index)
    weaker, stronger = sorted(
        (_lasting(known), _lasting(news)), key=lambda e: e.get("motion_probability", -1)
    )
    evidence = {**weaker, **stronger}
    if len({(fact.by, fact.device) for fact in facts}) > 1:
        evidence["sources"] = sorted(list(fact) for fact in facts)
    reported = any(fact.by == "report" for fact in facts)
    chance = evidence.get("motion_probability")
    probability = adjusted(chance, REPORTED) if reported and chance is not None else chance
    return replace(
        known,
        at=max(known.at, news.at),
        severity=severity,
        probability=None if probability is None else round(probability, 3),
        reason=_reason(known, news, severity, reported, probability),
        evidence=evidence,
        revision=len(facts) - 1,
    )


def _lasting(finding: Finding) -> dict[str, Any]:
    """Evidence of one finding under names that survive being joined with others."""
    evidence = dict(finding.evidence)
    if finding.severity == "reported":
        evidence |= {"reported_by": finding.device, "reported_at": finding.onset}
    elif finding.probability is not None:
        evidence.setdefault("motion_probability", finding.probability)
    return evidence


def _reason(
    known: Finding, news: Finding, severity: str, reported: bool, probability: float | None
) -> Reason:
    """The reason of whichever gave the severity; an impact and a report together have their own."""
    reason = news.reason if news.severity == severity else known.reason
    if severity != "possible" or not reported or probability is None:
        return reason
    impact = news if news.severity == "possible" else known
    params = {key: impact.reason.params[key] for key in ("peak_g", "turn_deg") if key in impact.reason.params}
    return Reason("fall.agreed", params | {"percent": round(100 * probability)})
