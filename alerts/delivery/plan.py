"""Which endpoint next, and when. Pure: a case goes in, a decision comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random

PRIORITIES = ("low", "medium", "high")
FAILING_AFTER = 3  # failures in a row: the next one goes first
PROBE_AFTER = timedelta(minutes=5)  # a failing endpoint is tried at its own rank again
UNREACHED_ROUNDS = 3  # rounds without success after which the engine is told
ROUNDS = 9  # rounds in all: about three minutes
BACK_OFF_AT_MOST_S = 60.0
LONGEST_WAIT = timedelta(seconds=90)  # what lies further ahead is from before the clock was set back
BOARD_GRACE = timedelta(seconds=5)  # who has no endpoint may sit before an open board
CONSOLE_GRACE = timedelta(seconds=30)  # for a broker that restarts
_LAST = 1000  # added to the rank of an endpoint that is failing


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where somebody can be reached, and how it has been doing.

    Attributes:
        rank: 1 first; endpoints of one rank are told together.
        least: the least priority it is for.
        quiet_from, quiet_until: local time; between them only high priority.
        failures: in a row.
    """

    id: int
    channel: str
    address: str
    language: str
    rank: int = 1
    least: str = "low"
    quiet_from: time | None = None
    quiet_until: time | None = None
    failures: int = 0
    last_failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt of this notification at an endpoint."""

    endpoint: int
    outcome: str  # sent, refused, unreachable, limited, gone
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A notification that is due.

    Attributes:
        tried: in the order in which it was tried.
        over: what it says is no longer so: it is closed, or in hand, or the question was answered.
        board_only: no endpoint may be used: a self-test wakes nobody.
        has_console: of a station: a console is registered there.
        local: now, as the clocks at the station show it.
    """

    id: int
    recipient_kind: str
    priority: str
    state: str
    queued_at: datetime
    local: datetime
    endpoints: Sequence[Endpoint] = ()
    tried: Sequence[Tried] = ()
    over: bool = False
    board_only: bool = False
    has_console: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """Send to these now."""

    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing to do before `at`; `state` is how it stands until then."""

    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more to do; it ends in `state`."""

    state: str


Decision = Tell | Later | Done


def decide(case: Case, now: datetime) -> Decision:
    """What to do with `case` at `now`."""
    if case.over:
        return Done("superseded" if case.state in ("queued", "failed") else case.state)
    if case.state == "seen":
        return Done("seen")
    wanted = [] if case.board_only else [e for e in case.endpoints if _at_least(case.priority, e.least)]
    told = {tried.endpoint for tried in case.tried if tried.outcome == "sent"}
    if told:
        return _rest_of_rank(case, wanted, told)
    awake = [e for e in wanted if case.priority == "high" or not is_quiet(e, case.local.time())]
    if awake:
        return _round(case, awake, now)
    if wanted:
        return Later(min(_quiet_ends(e, case.local) for e in wanted), case.state)
    return _without_endpoint(case, now)


def after(case: Case, attempts: Sequence[Tried]) -> Case:
    """The case after `attempts` more, as its row is then."""
    sent = any(tried.outcome == "sent" for tried in attempts)
    state = "sent" if sent and case.state in ("queued", "failed") else case.state
    return replace(case, tried=(*case.tried, *attempts), state=state)


def is_failing(endpoint: Endpoint, now: datetime) -> bool:
    """Whether the next one goes first. After a while it is tried again as if nothing had been."""
    if endpoint.failures < FAILING_AFTER:
        return False
    return endpoint.last_failed_at is None or abs(now - endpoint.last_failed_at) < PROBE_AFTER


def is_quiet(endpoint: Endpoint, local: time) -> bool:
    """Whether `local` is in the quiet hours of `endpoint`; they may pass midnight."""
    start, end = endpoint.quiet_from, endpoint.quiet_until
    if start is None or end is None or start == end:
        return False
    if start < end:
        return start <= local < end
    return local >= start or local < end


def back_off_s(notification: int, rounds: int) -> float:
    """Seconds before the next round: 1, 2, 4, ... at most 60, half as much more or less.

    The jitter comes from the numbers themselves, so that a restart changes nothing.
    """
    jitter = Random(notification * 1009 + rounds).uniform(0.5, 1.5)
    return float(min(BACK_OFF_AT_MOST_S, 2.0 ** (rounds - 1)) * jitter)


def _rest_of_rank(case: Case, wanted: Sequence[Endpoint], told: set[int]) -> Decision:
    ranks = {e.rank for e in wanted if e.id in told}
    tried = {tried.endpoint for tried in case.tried}
    rest = tuple(e for e in wanted if e.rank in ranks and e.id not in tried)
    state = case.state if case.state in ("sent", "delivered", "seen") else "sent"
    return Tell(rest) if rest else Done(state)


def _round(case: Case, awake: Sequence[Endpoint], now: datetime) -> Decision:
    """Nobody was reached yet: a round tries every endpoint once, rank after rank, the failing ones last."""
    times = {e.id: sum(tried.endpoint == e.id for tried in case.tried) for e in awake}
    done = min(times.values())
    pending = [e for e in awake if times[e.id] == done]
    if done > 0 and len(pending) == len(awake):
        state = "failed" if done >= UNREACHED_ROUNDS and case.state == "queued" else case.state
        if done >= ROUNDS:
            return Done(state)
        due = case.tried[-1].at + timedelta(seconds=back_off_s(case.id, done))
        if _is_ahead(due, now):
            return Later(due, state)
    ranks = {e.id: e.rank + (_LAST if is_failing(e, now) else 0) for e in pending}
    first = min(ranks.values())
    return Tell(tuple(e for e in pending if ranks[e.id] == first))


def _without_endpoint(case: Case, now: datetime) -> Decision:
    grace = CONSOLE_GRACE if case.has_console else BOARD_GRACE
    if case.state != "queued":
        return Done(case.state)
    due = case.queued_at + grace
    return Later(due, "queued") if _is_ahead(due, now) else Done("failed")


def _is_ahead(due: datetime, now: datetime) -> bool:
    """Whether `due` is to be waited for."""
    return now < due <= now + LONGEST_WAIT


def _at_least(priority: str, least: str) -> bool:
    return PRIORITIES.index(priority) >= PRIORITIES.index(least)


def _quiet_ends(endpoint: Endpoint, local: datetime) -> datetime:
    assert endpoint.quiet_until is not None
    end = local.replace(
        hour=endpoint.quiet_until.hour, minute=endpoint.quiet_until.minute, second=0, microsecond=0
    )
    return end if end > local else end + timedelta(days=1)
