"""How often services may be used. Who exceeds it is shut out: DingTalk mutes a robot for ten minutes."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `times` uses `within` any stretch of this length."""

    times: int
    within: timedelta


_MINUTE = timedelta(minutes=1)
# By the first word of a service's name: what its own documentation allows a robot.
_PACES = {
    "dingtalk": Pace(20, _MINUTE),
    "wecombot": Pace(20, _MINUTE),
    "feishu": Pace(100, _MINUTE),
    "lark": Pace(100, _MINUTE),
    "tgram": Pace(20, _MINUTE),
    "ntfy": Pace(60, _MINUTE),
}
_KEPT_FOR_HIGH = 0.25


def pace(service: str, priority: str) -> Pace | None:
    """The pace of `service` ("dingtalk:..."), None when it sets none. A quarter is kept for high priority."""
    found = _PACES.get(service.partition(":")[0])
    if found is None or priority == "high":
        return found
    return Pace(max(1, int(found.times * (1 - _KEPT_FOR_HIGH))), found.within)
