"""What of the readings goes up: changes, and now and then that nothing changed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.instant import SECOND
from core.quantity import BY_ID, STREAMS
from ingest import native
from ingest.edge.config import Config, Rule
from ingest.edge.entry import Group

_LATER = 30 * SECOND  # what is on its way may still come


@dataclass(slots=True)
class _Mean:
    span: int
    time: int
    sums: dict[int, tuple[float, int]] = field(default_factory=dict)

    def until(self, rule: Rule) -> int:
        return (self.span + 1) * round(rule.every_s * SECOND)


class Policy:
    """Remembers what was last sent of each device; begins empty, and then sends a little more."""

    def __init__(self, config: Config) -> None:
        self._rules = {stream: config.rule(stream) for stream in STREAMS}
        self._sent: dict[tuple[int, str], Group] = {}
        self._last: dict[tuple[int, int], float] = {}  # (device, metric) -> value last sent
        self._means: dict[tuple[int, str], _Mean] = {}
        self._windows: dict[int, int] = {}

    def choose(self, groups: Iterable[Group]) -> list[Group]:
        """Those of `groups` that go up, in order; means take the place of what they stand for."""
        return [sent for group in groups for sent in self._one(group)]

    def wants_window(self, device: int, start: int) -> bool:
        """Whether this window of motion goes up as a sign of life."""
        rule = self._rules["motion"]
        last = self._windows.get(device)
        if rule.mode != "all" and last is not None and abs(start - last) < rule.every_s * SECOND:
            return False
        self._windows[device] = start
        return True

    def flush(self, now: int) -> list[Group]:
        """Means whose time is over though nothing followed."""
        ended = []
        for (device, stream), held in list(self._means.items()):
            if now > held.until(self._rules[stream]) + _LATER:
                del self._means[device, stream]
                ended.append(self._send(_mean((device, stream), held)))
        return ended

    def _one(self, group: Group) -> list[Group]:
        rule = self._rules[group.stream]
        if rule.mode == "all" or any(metric in native.URGENT for metric, _ in group.values):
            return [self._send(group)]
        if rule.mode == "mean" and group.stream == "vital":
            return self._averaged(group, rule)
        return [self._send(group)] if self._changed(group, rule) else []

    def _send(self, group: Group) -> Group:
        self._sent[group.device, group.stream] = group
        self._last |= {(group.device, metric): value for metric, value in group.values}
        return group

    def _changed(self, group: Group, rule: Rule) -> bool:
        last = self._sent.get((group.device, group.stream))
        if last is None or abs(group.time - last.time) >= rule.every_s * SECOND:
            return True
        return any(self._differs(group.device, metric, value, rule) for metric, value in group.values)

    def _differs(self, device: int, metric: int, value: float, rule: Rule) -> bool:
        known = self._last.get((device, metric))
        least = rule.change.get(BY_ID[metric].name, 0.0)
        return known is None or (value != known and abs(value - known) >= least)

    def _averaged(self, group: Group, rule: Rule) -> list[Group]:
        """Spans begin at whole multiples of their length: started anew, we make the same means of them."""
        key, span = (group.device, group.stream), group.time // round(rule.every_s * SECOND)
        held = self._means.get(key)
        sent = [self._send(_mean(key, held))] if held and held.span != span else []
        if held is None or held.span != span:
            held = self._means[key] = _Mean(span, group.time)
        held.time = max(held.time, group.time)
        for metric, value in group.values:
            total, count = held.sums.get(metric, (0.0, 0))
            held.sums[metric] = (total + value, count + 1)
        return sent


def _mean(key: tuple[int, str], held: _Mean) -> Group:
    values = tuple((metric, total / count) for metric, (total, count) in held.sums.items())
    return Group(*key, held.time, values)
