"""One metric of one person, from one device: doubted, confirmed, graver, back in order.

An odd value waits for a second one; a grave one does not. While a finding stands, a value that is graver, or
on the other side, makes its next revision.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from analytics.limits import Limit, direction, is_grave
from analytics.memory import Memory, Notebook
from core.finding import Finding, Reason
from core.instant import MINUTE, SECOND
from core.quantity import BY_NAME

CALM = 10 * MINUTE  # in order for so long ends an episode
_SIDES = ("", "low", "high")

Subject = tuple[int, int, int]  # resident (0: nobody known), device, metric


@dataclass(slots=True)
class Course:
    """What one metric of one person, from one device, is doing.

    Attributes:
        latest: time of the newest value judged, Unix microseconds.
        pending: time of an odd value not yet confirmed, or 0, and its side; while a finding is open, that of
            a value on the other side.
        open: the finding that stands, or None.
        calm_since: first of the values in order since then, or 0.
    """

    latest: int = 0
    pending: int = 0
    side: str = ""
    open: Finding | None = None
    calm_since: int = 0

    @property
    def at_rest(self) -> bool:
        """Nothing to remember."""
        return not (self.pending or self.open)

    def settle(self, at: int, standing: Finding | None) -> None:
        """What a finding of `at` says about the state at that instant, unless more is known already."""
        self.open = standing
        if at >= self.latest:
            self.latest, self.pending, self.side, self.calm_since = at, 0, "", 0


class Courses:
    """The courses that are not in order, by one table of limits. `word` stands behind a severity's side."""

    def __init__(self, limits: Mapping[int, Limit], kind: str, word: str, topic: int) -> None:
        self._limits, self._kind, self._word, self._topic = limits, kind, word, topic
        self._courses: dict[Subject, Course] = {}
        self._ended: dict[Subject, int] = {}  # newest value judged when a course came to rest
        self._notebook = Notebook()

    def keep(self, devices: Container[int]) -> None:
        """Forget the courses of other devices."""
        self._courses = {s: c for s, c in self._courses.items() if s[1] in devices}
        self._ended = {s: at for s, at in self._ended.items() if s[1] in devices}

    def recall(self, memory: Memory) -> None:
        """A doubted value that was kept."""
        resident, latest, pending, side, calm = (int(number) for number in memory.numbers)
        subject = (resident, memory.subject, memory.topic - self._topic)
        if pending or calm:
            self._courses[subject] = Course(latest, pending, _SIDES[side], None, calm)
        else:
            self._ended[subject] = latest

    def memories(self, detector: str, now: int) -> Iterable[Memory]:
        """Doubted values, and those whose doubt is over, once an hour."""
        due = set(self._notebook.due(now))
        if not due:
            return
        subjects = {*self._courses, *self._ended}
        for subject in sorted(s for s in subjects if s[1:] in due):
            course = self._courses.get(subject) or Course(self._ended[subject])
            numbers = [
                subject[0],
                course.latest,
                course.pending,
                _SIDES.index(course.side),
                course.calm_since,
            ]
            yield Memory(detector, subject[1], self._topic + subject[2], numbers)

    def resume(self, finding: Finding) -> None:
        """Reopen what stood open; remember how far what ended had been judged."""
        if finding.kind != self._kind or finding.device is None or "side" not in finding.evidence:
            return
        metric = BY_NAME[str(finding.evidence["metric"])].id
        subject = (int(finding.evidence["resident"]), finding.device, metric)
        course = self._courses.setdefault(subject, Course(self._ended.pop(subject, 0)))
        course.settle(finding.at, None if finding.cleared else finding)
        if course.at_rest:
            del self._courses[subject]
            self._ended[subject] = course.latest

    def concerns(self, subject: Subject) -> bool:
        """Whether a finding stands or a value is doubted, so that a value in order matters."""
        return subject in self._courses

    def stands(self, subject: Subject) -> bool:
        """Whether a finding stands, and no value is only doubted."""
        course = self._courses.get(subject)
        return course is not None and course.open is not None

    def judge(self, subject: Subject, home: int, time: int, value: float, limit: Limit) -> list[Finding]:
        """A plausible value; what it makes of its course."""
        course = self._courses.get(subject)
        if course is None:
            course = self._courses[subject] = Course(latest=self._ended.pop(subject, 0))
        if time <= course.latest:
            return []  # seen before, or overtaken by a newer value
        course.latest = time
        found = self._plausible(course, subject, home, time, value, limit)
        self._notebook.note(subject[1], subject[2])
        if course.at_rest:
            del self._courses[subject]
            self._ended[subject] = time
        return found

    def _plausible(
        self, course: Course, subject: Subject, home: int, time: int, value: float, limit: Limit
    ) -> list[Finding]:
        side, grave, standing = direction(limit, value), is_grave(limit, value), course.open
        if side:
            course.calm_since = 0
        elif standing is not None:
            return self._calming(course, standing, time, value, limit)
        if not side or (standing is not None and not _is_worse(standing, side, grave)):
            course.pending, course.side = 0, ""
            return []
        confirmed = course.side == side and 0 < time - course.pending <= limit.within_s * SECOND
        if not (grave or confirmed or limit.within_s == 0):
            course.pending, course.side = time, side
            return []
        begun = course.pending if confirmed else time
        course.pending, course.side = 0, ""
        finding = self._out_of_order(limit, subject, home, time, value, begun)
        if standing is not None:
            finding = replace(finding, onset=standing.onset, revision=standing.revision + 1)
        course.open = finding
        return [finding]

    def _calming(
        self, course: Course, standing: Finding, time: int, value: float, limit: Limit
    ) -> list[Finding]:
        """An open finding ends once the values have been in order for CALM; where people measure now and
        then, with one that comes so much later."""
        course.pending, course.side = 0, ""
        course.calm_since = course.calm_since or (standing.at if limit.is_spot else time)
        if time - course.calm_since < CALM:
            return []
        course.open, course.calm_since = None, 0
        return [ended(standing, time, value, "vitals.back")]

    def _out_of_order(
        self, limit: Limit, subject: Subject, home: int, time: int, value: float, begun: int
    ) -> Finding:
        """The finding for a value that is out of order since `begun`."""
        side, grave = direction(limit, value), is_grave(limit, value)
        bound = limit.low if side == "low" else limit.high
        params = {"metric": limit.metric, "value": value, "limit": bound, "since_at": begun}
        evidence = {
            "metric": limit.metric, "value": value, "side": side, "grave": grave, "resident": subject[0],
        }  # fmt: skip
        word = "_critical" if grave else self._word
        return Finding(
            self._kind, home, onset(begun, subject[2]), time,
            Reason(f"vitals.{'grave_' if grave else ''}{side}{self._word}", params),
            resident=subject[0] or None, device=subject[1], severity=f"{limit.metric}_{side}{word}",
            evidence=evidence,
        )  # fmt: skip


def _is_worse(standing: Finding, side: str, grave: bool) -> bool:
    """Whether a value is news to somebody who knows of the standing finding."""
    return side != standing.evidence["side"] or (grave and not standing.evidence["grave"])


def onset(time: int, number: int) -> int:
    """`time` with `number` in its microseconds, which devices leave at zero: one message may bring two odd
    values of one person, and identity is (subject, kind, onset)."""
    return time - time % 1000 + number % 1000


def ended(finding: Finding, at: int, value: float, key: str) -> Finding:
    """The next revision: in order again."""
    params = {
        "metric": finding.evidence["metric"], "value": value, "since_at": finding.onset, "back_at": at,
    }  # fmt: skip
    return replace(finding, at=at, revision=finding.revision + 1, cleared=True, reason=Reason(key, params))
