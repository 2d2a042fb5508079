"""One part under supervision, with a service that does what the test says."""

import signal

import pytest

from core.embedded.process import StartError
from core.supervisor_part import Backoff, Part, State, how_it_ended


class Process:
    def __init__(self):
        self.status = None

    def poll(self):
        return self.status

    def kill(self):
        self.status = -signal.SIGKILL

    def wait(self):
        return self.status


class Service:
    name = "ingest"
    stop_signal = signal.SIGTERM
    ready_within_s = 30.0
    stop_within_s = 5.0

    def __init__(self):
        self.ready = False
        self.refusal = None
        self.processes = []

    def spawn(self):
        if self.refusal:
            raise self.refusal
        self.processes.append(Process())
        return self.processes[-1]

    def is_ready(self):
        return self.ready

    def last_words(self):
        return "goodbye"


@pytest.fixture
def service():
    return Service()


def running(service, now=0.0):
    part = Part(service)
    part.step(now)
    service.ready = True
    part.step(now)
    assert part.state is State.RUNNING
    return part


def test_a_part_is_started_and_waited_for(service):
    part = Part(service)
    assert part.step(0.0) == ""
    assert part.step(1.0) == ""
    assert part.state is State.STARTING
    service.ready = True
    assert part.step(2.5) == "ready after 2.5 s"
    assert part.step(3.0) == ""


def test_a_part_that_dies_is_started_again_after_a_pause(service):
    part = running(service)
    service.processes[0].status = -signal.SIGKILL
    assert part.step(10.0) == "was ended by SIGKILL; starting again in 0.2 s"
    part.step(10.1)
    assert len(service.processes) == 1
    part.step(10.2)
    assert len(service.processes) == 2


def test_the_pauses_grow_to_ten_seconds_and_a_healthy_minute_forgives():
    pauses = Backoff()
    assert [pauses.next(lived_s=1) for _ in range(8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert pauses.next(lived_s=60) == 0.2
    assert pauses.next(lived_s=0) == 0.4


def test_a_part_that_never_becomes_ready_is_killed_and_tried_again(service):
    part = Part(service)
    part.step(0.0)
    assert part.step(30.0) == ""
    assert part.step(30.1) == "was not ready within 30 s; starting again in 0.2 s"
    assert service.processes[0].status == -signal.SIGKILL


def test_time_spent_starting_is_not_health(service):
    part = Part(service)
    pauses = []
    now = 0.0
    for _ in range(3):
        part.step(now)
        now += 120  # dies after two minutes without ever having been ready
        service.processes[-1].status = 1
        pauses.append(part.step(now).rsplit(" in ")[-1])
        now = part.due
    assert pauses == ["0.2 s", "0.4 s", "0.8 s"]


@pytest.mark.parametrize("refusal", [StartError("port 1883 is in use"), FileNotFoundError("no such program")])
def test_a_part_that_cannot_be_started_says_why_and_is_tried_again(service, refusal):
    part = Part(service)
    service.refusal = refusal
    assert part.step(0.0) == f"could not start: {refusal}; starting again in 0.2 s"
    service.refusal = None
    part.step(part.due)
    assert part.state is State.STARTING


@pytest.mark.parametrize(
    "error", [ValueError("of somebody"), UnicodeDecodeError("ascii", b"\xff", 0, 1, "x")]
)
def test_an_error_nobody_thought_of_is_one_part_s_trouble_and_its_text_is_not_said(service, error):
    part = Part(service)
    service.refusal = error
    assert part.step(0.0) == f"could not start: {type(error).__name__}; starting again in 0.2 s"
    service.refusal = None
    part.step(part.due)
    assert part.state is State.STARTING


def test_a_part_that_cannot_be_asked_is_said_once_and_asked_again(service):
    part = Part(service)
    part.step(0.0)
    answers = iter([KeyError("x"), KeyError("x"), StartError("the password does not fit"), True])

    def asked():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    service.is_ready = asked
    said = [part.step(1.0) for _ in range(4)]
    assert said == [
        "cannot be used: KeyError",
        "",
        "cannot be used: the password does not fit",
        "ready after 1.0 s",
    ]
    assert len(service.processes) == 1, "it was left alone"


def test_an_end_is_told_as_people_say_it():
    assert how_it_ended(3) == "ended with status 3"
    assert how_it_ended(-11) == "was ended by SIGSEGV"
