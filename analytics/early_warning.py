"""A person's observations taken together: `early_warning` when their NEWS2 sum stays high at rest."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter

from analytics.limits import fault_of
from analytics.news2 import EMERGENCY, MEASURED, NEEDED, URGENT, Score, score
from analytics.order import InOrder
from core.batch import Batch
from core.directory import Directory, VitalSetting
from core.finding import Finding, Reason
from core.instant import MINUTE, SECOND
from core.quantity import BY_NAME, Among

FRESH = 50 * MINUTE  # older values are of another hour; what is folded again after a restart reaches further
LATE = 10 * MINUTE
SUSTAINED = 5 * MINUTE  # URGENT must last; EMERGENCY does not wait
CALM = 15 * MINUTE
REST = 10 * MINUTE  # after steps: the score is one of people at rest
_STEPS = BY_NAME["steps"].id
_COLUMNS = ["time", "device", "metric", "value"]
_OF_MESSAGE = itemgetter(0, 1)
_NAMES = {BY_NAME[name].id: name for name in MEASURED}
_METRICS = Among([*(BY_NAME[name].id for name in MEASURED), _STEPS])


@dataclass(slots=True)
class Patient:
    """What is known of one resident.

    Attributes:
        values: by name, (instant, value). walked: when steps last rose; steps: how many each device had
            counted, for a watch and a phone count apart.
        high, calm: since when the sum has been high, or low, or 0. judged: findings up to here are known.
        first: the first message seen; before a FRESH later low sums may only lack what is not seen yet.
        open: the finding that stands.
    """

    home: int = 0
    values: dict[str, tuple[int, float]] = field(default_factory=dict)
    walked: int = 0
    steps: dict[int, float] = field(default_factory=dict)
    high: int = 0
    calm: int = 0
    judged: int = 0
    first: int = 0
    open: Finding | None = None


class EarlyWarning:
    """Part of the vitals detector: waits until the readings of all devices are in order."""

    def __init__(self) -> None:
        self._directory = Directory()
        self._order = InOrder()
        self._patients: dict[int, Patient] = {}
        self._whose: dict[int, tuple[int, Patient]] = {}  # device -> whom it measures, by the directory

    def know(self, directory: Directory) -> None:
        """Forget who has moved away."""
        self._directory = directory
        self._whose.clear()
        people = {person for home in directory.residents.values() for person in home}
        people |= {e.resident for e in directory.by_id.values() if e.resident is not None}
        self._patients = {key: patient for key, patient in self._patients.items() if key in people}

    def resume(self, findings: Iterable[Finding]) -> None:
        """Reopen what stood open; what was judged before is not judged again."""
        for finding in findings:
            if finding.kind == "early_warning" and finding.resident is not None:
                patient = self._patients.setdefault(finding.resident, Patient(finding.home))
                patient.judged = max(patient.judged, finding.at)
                patient.open = None if finding.cleared else finding

    def fold(self, batch: Batch) -> None:
        """Take in what counts."""
        rows = batch.readings
        rows = rows[_METRICS(rows["metric"])]
        self._order.add(rows[rows["received"] - rows["time"] <= LATE])

    def tick(self, now: int) -> Iterator[Finding]:
        """Judge what has waited long enough."""
        rows: list[tuple[int, int, int, float]] = self._order.drain(now)[_COLUMNS].tolist()
        # Of one message; most are a single value.
        for (time, device), same in groupby(rows, key=_OF_MESSAGE):
            whose = self._whose.get(device) or self._find(device)
            if whose is None:
                continue
            resident, patient = whose
            patient.first = patient.first or time
            news = False
            for _, _, metric, value in same:
                news = self._note(patient, time, device, metric, value) or news
            if news and len(patient.values) >= NEEDED and time > patient.judged:
                yield from self._judge(resident, patient, time)

    def _find(self, device: int) -> tuple[int, Patient] | None:
        """(resident, what is known of them) of whom `device` measures."""
        entry = self._directory.by_id.get(device)
        resident = self._directory.subject(entry) if entry else None
        if entry is None or resident is None:
            return None
        patient = self._patients.setdefault(resident, Patient(entry.home))
        patient.home = entry.home
        self._whose[device] = resident, patient
        return resident, patient

    def _note(self, patient: Patient, time: int, device: int, metric: int, value: float) -> bool:
        """Take in a value; whether the sum may be another by it."""
        if metric == _STEPS:
            patient.walked = time if patient.steps.get(device, value) < value else patient.walked
            patient.steps[device] = value
            return False
        name = _NAMES[metric]
        known = patient.values.get(name)
        if fault_of(name, value) or (known is not None and time < known[0]):
            return False
        patient.values[name] = (time, value)
        return True

    def _judge(self, resident: int, patient: Patient, time: int) -> Iterator[Finding]:
        if time - patient.walked <= REST:
            return
        fresh = {name: value for name, (at, value) in patient.values.items() if time - at <= FRESH}
        found = score(fresh, self._directory.settings.get(resident, VitalSetting()))
        if found is None:
            return
        if found.total < URGENT:
            yield from self._low(patient, found, time)
            return
        patient.high, patient.calm = patient.high or time, 0
        grave, standing = found.total >= EMERGENCY, patient.open
        if standing is not None and (standing.evidence["grave"] or not grave):
            return
        if not grave and time - patient.high < SUSTAINED:
            return
        patient.open = _finding(resident, patient, found, fresh, time)
        yield patient.open

    def _low(self, patient: Patient, found: Score, time: int) -> Iterator[Finding]:
        patient.high = 0
        if time - patient.first < FRESH:
            return
        patient.calm = patient.calm or time
        standing = patient.open
        if standing is None or time - patient.calm < CALM:
            return
        patient.open = None
        params = {"since_at": standing.onset, "total": found.total, "back_at": time}
        yield replace(
            standing, at=time, revision=standing.revision + 1, cleared=True,
            reason=Reason("early_warning.over", params),
        )  # fmt: skip


def _finding(resident: int, patient: Patient, found: Score, fresh: Mapping[str, float], time: int) -> Finding:
    grave, standing = found.total >= EMERGENCY, patient.open
    onset = standing.onset if standing else patient.high
    worst = max(found.points, key=lambda name: found.points[name])
    params = {
        "total": found.total, "count": len(found.points), "metric": worst, "value": fresh[worst],
        "points": found.points[worst], "since_at": onset, "lasting_s": (time - onset) // SECOND,
    }  # fmt: skip
    evidence = {"score": found.total, "grave": grave, "points": dict(found.points), "values": dict(fresh)}
    return Finding(
        "early_warning", patient.home, onset, time, Reason("early_warning.score", params), resident=resident,
        severity="news2_critical" if grave else "news2", evidence=evidence,
        revision=standing.revision + 1 if standing else 0,
    )  # fmt: skip
