"""What is wrong with a row, said by column; pure. A row without a problem is a person who can be taken in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import TypeVar

from care.community import Contact
from care.identity import IdentityError, born_and_sex, phone, resident_id

SEXES = {"男": "male", "女": "female", "male": "male", "female": "female", "m": "male", "f": "female"}
_LIVING = {
    "独居": "alone",
    "夫妻同住": "couple",
    "与配偶同住": "couple",
    "空巢": "empty_nest",
    "留守": "left_behind",
    "失独": "lost_only_child",
    "与子女同住": "with_children",
}
LIVING = _LIVING | {word: word for word in _LIVING.values()}
_CATEGORIES = {"普通": "ordinary", "一般": "ordinary", "重点": "key", "高风险": "high_risk"}
CATEGORIES = _CATEGORIES | {word: word for word in _CATEGORIES.values()}
GRADES = {"能力完好": 0, "完好": 0, "轻度失能": 1, "中度失能": 2, "重度失能": 3, "完全失能": 4} | {
    str(grade): grade for grade in range(5)
}
_TEXTS = ("address", "access_note", "risks", "medicines", "allergies", "doctor")
_LONGEST = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: `key` and `params` of the message catalogue. The cell itself is never repeated."""

    line: int
    column: str
    key: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A row that can be taken in."""

    line: int
    name: str
    station: str
    home: str
    sex: str = ""
    born: date | None = None
    identity: str = ""
    phone: str = ""
    living: str = ""
    category: str = "ordinary"
    grade: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded already.

    Attributes:
        stations: codes that one may write to.
        homes: the station (code) of each home (code) that the sheet names.
        people: (home, name) of those who live in these homes.
        identities: identity numbers of the sheet that somebody has.
    """

    stations: frozenset[str]
    homes: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[tuple[str, str]] = frozenset()
    identities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking the sheet in would do: these people, and these problems; a row has one or the other."""

    people: tuple[Person, ...]
    problems: tuple[Problem, ...]


def check(
    rows: Iterable[tuple[int, Mapping[str, str]]],
    known: Known,
    today: date,
) -> Preview:
    """Look at every row, against what is known already and against each other."""
    people: list[Person] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    stations = dict(known.homes)
    for line, cells in rows:
        row = _Row(line, cells, today)
        person = row.person(known.stations)
        if person is not None:
            row.refuse_known(person, known)
            row.refuse_twin(person, seen)
            row.refuse_other_station(person, stations)
        if row.problems:
            problems += row.problems
        elif person is not None:
            people.append(person)
    return Preview(tuple(people), tuple(problems))


def home_code(line: int, cells: Mapping[str, str]) -> str:
    """The code of the home that a row is about: its own, or one that follows from station and address."""
    if cells.get("home"):
        return cells["home"]
    where = cells.get("address") or f"{line}/{cells.get('name', '')}"
    digest = blake2b(f"{cells.get('station', '')}\n{where}".encode(errors="replace"), digest_size=6)
    return f"home-{digest.hexdigest()}"


class _Row:
    """One row under examination; reading a column that is wrong notes a problem."""

    def __init__(self, line: int, cells: Mapping[str, str], today: date) -> None:
        self.problems: list[Problem] = []
        self._line = line
        self._cells = cells
        self._today = today

    def person(self, stations: frozenset[str]) -> Person | None:
        """Who the row is about; None when something is wrong."""
        identity, born, sex = self._identity()
        person = Person(
            line=self._line,
            name=self._needed("name"),
            station=self._station(stations),
            home=self._home(),
            sex=sex,
            born=born,
            identity=identity,
            phone=self._phone("phone"),
            living=self._word("living", LIVING, ""),
            category=self._word("category", CATEGORIES, "ordinary"),
            grade=self._word("grade", GRADES, None),
            texts={name: self._short(name) for name in _TEXTS},
            contacts=tuple(self._contacts()),
        )
        return None if self.problems else person

    def refuse_known(self, person: Person, known: Known) -> None:
        """Whoever is in our care already is not taken in again."""
        if person.identity in known.identities:
            self._note("identity", "intake.known")
        elif (person.home, person.name) in known.people:
            self._note("name", "intake.known")

    def refuse_twin(self, person: Person, seen: dict[str, int]) -> None:
        """One number, one person; where a row has none, one name in a home."""
        named = f"{person.home}\n{person.name}"
        unnumbered = f"?{named}"
        # A row without a number is a twin of any of its name; one with a number only of those without.
        if person.identity in seen:
            self._note("identity", "intake.twice", line=seen[person.identity])
        elif (who := unnumbered if person.identity else named) in seen:
            self._note("name", "intake.twice", line=seen[who])
        for mark in (person.identity, named) if person.identity else (unnumbered, named):
            seen.setdefault(mark, self._line)

    def refuse_other_station(self, person: Person, stations: dict[str, str]) -> None:
        """One station answers for a home."""
        if stations.setdefault(person.home, person.station) != person.station:
            self._note("station", "intake.home_elsewhere")

    def _note(self, column: str, key: str, **params: object) -> None:
        self.problems.append(Problem(self._line, column, key, params))

    def _short(self, column: str) -> str:
        text = self._cells.get(column, "")
        if len(text) > _LONGEST or "\x00" in text:
            self._note(column, "intake.too_long", most=_LONGEST)
            return ""
        return text

    def _needed(self, column: str) -> str:
        text = self._short(column)
        if not text:
            self._note(column, "intake.missing")
        return text

    def _station(self, stations: frozenset[str]) -> str:
        code = self._needed("station")
        if code and code not in stations:
            self._note("station", "intake.no_station")
        return code

    def _home(self) -> str:
        """The home's code; those of one station at one address share a home, others live apart."""
        self._short("home")
        return home_code(self._line, self._cells)

    def _word(self, column: str, words: Mapping[str, _T], default: _T) -> _T:
        text = self._cells.get(column, "").casefold()
        if not text:
            return default
        if text not in words:
            self._note(column, "intake.unknown_word", words=", ".join(words))
            return default
        return words[text]

    def _phone(self, column: str) -> str:
        text = self._cells.get(column, "")
        if not text:
            return ""
        try:
            return phone(text)
        except IdentityError as error:
            self._note(column, error.key)
            return ""

    def _identity(self) -> tuple[str, date | None, str]:
        """(number, birthday, sex), each said by the number or by its own column, which must agree."""
        born, sex = self._day("born"), self._word("sex", SEXES, "")
        text = self._cells.get("identity", "")
        if not text:
            return "", born, sex
        try:
            number = resident_id(text, self._today)
        except IdentityError as error:
            self._note("identity", error.key)
            return "", born, sex
        says_born, says_sex = born_and_sex(number)
        if born not in (None, says_born):
            self._note("born", "intake.disagrees")
        if sex not in ("", says_sex):
            self._note("sex", "intake.disagrees")
        return number, says_born, says_sex

    def _day(self, column: str) -> date | None:
        text = self._cells.get(column, "").rstrip("日号")
        for between in "/.年月":
            text = text.replace(between, "-")
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if "-" not in text else date(*map(int, text.split("-")))
        except (ValueError, TypeError):
            self._note(column, "intake.bad_day")
            return None
        if not date(1850, 1, 1) <= day <= self._today:
            self._note(column, "intake.bad_day")
            return None
        return day

    def _contacts(self) -> Iterable[Contact]:
        for n in ("1", "2"):
            name = self._short(f"contact{n}")
            number = self._phone(f"contact_phone{n}")
            if number and not name:
                self._note(f"contact{n}", "intake.missing")
            if name:
                yield Contact(name=name, relation=self._short(f"relation{n}"), phone=number)
