"""What a device says when it is asked, or asks for something: answers, services, its key. Pure."""

from collections.abc import Iterator, Sequence

from simulators.conformance.heard import Fault, Findings, Heard, objects

ASKED = "conformance-"
"""How the ids of the kit's own questions begin."""

_SERVICES = range(1, 7)
_WORDS = ("all_right", "need_help")


def answers(heard: Sequence[Heard]) -> Findings:
    """Whether a wearable that is asked if all is well says so while there is time.

    What has neither moved nor answered has perhaps no way to ask: it is not judged.
    """
    given = list(_answers(heard))
    if not given and not any(message.stream == "motion" for message in heard):
        return
    for question, until in _questions(heard).values():
        if until > question.at:
            in_time = any(question.at <= answer.at <= until for answer in given)
            yield None if in_time else Fault("asked whether all is well, it said nothing in time", question)


def answers_once(heard: Sequence[Heard]) -> Findings:
    """Whether it answers a question that is asked again once, and one whose time is over not at all."""
    given, questions = list(_answers(heard)), _questions(heard)
    live = [question for question, until in questions.values() if until > question.at]
    late = [question for question, until in questions.values() if until <= question.at]
    if live and given:
        yield Fault("answered a question twice", given[len(live)]) if len(given) > len(live) else None
    elif late and given:
        yield Fault("answered when the time was over", given[0])


def service(heard: Sequence[Heard]) -> Findings:
    """Whether a request for a service says for which."""
    for message, obj in objects(heard, "event"):
        if obj.get("kind") == "service_request":
            state = obj.get("state")
            known = isinstance(state, int) and not isinstance(state, bool) and state in _SERVICES
            yield (
                None if known else Fault(f"service_request with state {state!r}, possible is 1 to 6", message)
            )


def claims(heard: Sequence[Heard]) -> Findings:
    """Whether it exchanged its claim code, and came on line with the secret it was given."""
    if not any(message.phase == "claim" for message in heard):
        return
    exchanged = [message.at for message in heard if message.stream == "claimed"]
    if not exchanged:
        yield Fault("it did not exchange its claim code; what it said, it said with an older secret")
        return
    since = [m for m in heard if not m.is_ours and m.at >= exchanged[-1] and m.phase in ("claim", "on")]
    yield None if since else Fault("it exchanged its claim code and did not log in with the secret")


def _questions(heard: Sequence[Heard]) -> dict[str, tuple[Heard, int]]:
    """The kit's questions by id: when each was first asked, and until when (Unix microseconds) it counted."""
    found: dict[str, tuple[Heard, int]] = {}
    for message in heard:
        for obj in (message.objects or ()) if message.stream == "cmd" else ():
            name = str(obj.get("id", ""))
            if obj.get("cmd") == "ask_ok" and name.startswith(ASKED):
                found.setdefault(name, (message, int(obj["until"]) * 1000))
    return found


def _answers(heard: Sequence[Heard]) -> Iterator[Heard]:
    """What the wearer said while the kit asked."""
    for message, obj in objects(heard, "event"):
        if (
            message.phase == "ask"
            and not message.retain
            and obj.get("kind") in _WORDS
            and obj.get("state", 1)
        ):
            yield message
