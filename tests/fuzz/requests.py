"""Requests from the description of the API, as every role: never a 5xx, and every answer as described."""

import sys
import time
import warnings
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.fuzz.guess import LEAVING, again
from tests.fuzz.tally import Tally
from tests.support.api import EAST, STREET, ApiHouse, Person

_CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
_SURE = _CHECKS[:2]  # where the description of an answer is beyond the checker


class Attacker:
    """Somebody with a role and a real session, who asks what nobody expects."""

    def __init__(self, house: ApiHouse, role: str) -> None:
        self._house, self.role = house, role
        self._session = requests.Session()
        self.sign_in()

    def sign_in(self) -> None:
        """Come in, by an invitation; a stranger does not."""
        if self.role == "stranger":
            return
        where = {"resident": 1} if self.role == "family" else {"station": STREET}
        if self.role in ("operator", "responder"):
            where = {"station": EAST}
        person: Person = self._house.person(self.role, **where)
        self._session.cookies.clear()
        for name, value in person.http.cookies.items():
            self._session.cookies.set(name, value)
        self._session.headers["X-CSRF-Token"] = person.session["csrf"]

    def ask(self, case: Any, tally: Tally) -> None:
        """Send one request and judge the answer."""
        answer = case.call(session=self._session, timeout=20)
        tally.note(answer.status_code, self.role)
        try:
            try:
                case.validate_response(answer, checks=_CHECKS)
            except schemathesis.core.errors.InvalidSchema:
                case.validate_response(answer, checks=_SURE)
        except schemathesis.core.failures.FailureGroup as group:
            for failure in group.exceptions:
                where = f"{case.method} {case.operation.path} {type(failure).__name__} {answer.status_code}"
                tally.faults.setdefault(where, f"{self.role}: {failure} {case.as_curl_command()}"[:1500])
        if answer.status_code == 401 and self.role != "stranger" and "signed-out" in answer.text:
            again(self._house, self.sign_in)


def run(
    house: ApiHouse, count: int, roles: tuple[str, ...], start: int = 1, only: str = "", sparing: int = 0
) -> Tally:
    """About `count` requests to the running API of `house`, evenly over its operations.

    Each made-up request is sent as every role; with `sparing` as one of them in turn, to every so-manieth
    operation.
    """
    warnings.filterwarnings("ignore", module=r"(schemathesis|hypothesis|requests).*")
    document = requests.get(f"{house.url}/api/v1/openapi.json", timeout=20).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=house.url)
    operations = [found.ok() for found in schema.get_all_operations()]
    operations = [one for one in operations if (one.path, one.method) not in LEAVING and only in one.path]
    operations = operations[start % sparing :: sparing] if sparing else operations
    tally, began = Tally(), time.monotonic()
    attackers = [Attacker(house, role) for role in roles]
    turns = cycle([[attacker] for attacker in attackers] if sparing else [attackers])
    each = max(1, round(count / (len(operations) * 2 * (1 if sparing else len(roles)))))
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _attack(turns, operation, mode, each, start, tally)
        if not sparing:
            print(operation.method, operation.path, tally.sent, len(tally.faults), file=sys.stderr)
    tally.seconds = time.monotonic() - began
    return tally


def _attack(
    turns: Iterator[list[Attacker]], operation: Any, mode: Any, number: int, start: int, tally: Tally
) -> None:
    @seed(start)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def asking(case: Any) -> None:
        for attacker in next(turns):
            attacker.ask(case, tally)

    try:
        asking()
    except Exception as error:
        # An operation that takes nothing has nothing wrong to be sent.
        if type(error).__name__ not in ("Unsatisfiable", "SkipTest", "InvalidArgument"):
            tally.faults.setdefault(f"{operation.path} {type(error).__name__}", str(error)[:500])


def house_folder(base: Path) -> Path:
    """A folder for the API's own files."""
    folder = base / "api"
    folder.mkdir()
    return folder
