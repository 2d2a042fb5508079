"""What scenarios came to: for machines (JUnit XML), and for people (HTML with a picture of what was when)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from jinja2 import Environment, FileSystemLoader

from core.instant import SECOND
from simulators.post import SAY
from simulators.scenarios.live import Result
from simulators.scenarios.verdict import Check

_WIDTH, _LEFT, _ROW = 960, 190, 22


def junit(results: Sequence[Result]) -> str:
    """JUnit XML: a suite a scenario, a case an expectation."""
    root = ET.Element("testsuites")
    for result in results:
        failures = sum(not check.passed for check in result.checks)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=result.script.scenario.name,
            tests=str(len(result.checks)),
            failures=str(failures),
            time=f"{result.wall_s:.1f}",
        )
        for check in result.checks:
            case = ET.SubElement(suite, "testcase", name=check.what, classname=result.script.scenario.name)
            if not check.passed:
                ET.SubElement(case, "failure", message=check.detail)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


class Dot(NamedTuple):
    """Something at an instant: place on the line (pixels), how it looks, and what it was."""

    x: float
    look: str
    text: str


class Bar(NamedTuple):
    """The time an expectation leaves."""

    x: float
    width: float
    passed: bool
    text: str


class Line(NamedTuple):
    """A line of the picture: a device, an incident or an expectation."""

    name: str
    y: int
    dots: Sequence[Dot] = ()
    bars: Sequence[Bar] = ()


def picture(result: Result) -> list[Line]:
    """What each device said, what each incident did and what was due, on one line of time each."""
    script = result.script
    span = max(1, script.end - script.begin)

    def x(at: int) -> float:
        return round(_LEFT + (min(max(at, script.begin), script.end) - script.begin) / span * _WIDTH, 1)

    rows: list[tuple[str, list[Dot], list[Bar]]] = []
    for code, name in script.devices.items():
        own = [post for post in script.posts if post.sender.device == code]
        rows.append(
            (name, _thin([Dot(x(p.at), p.stream if p.verb == SAY else p.verb, p.verb) for p in own]), [])
        )
    for incident in result.seen.incidents:
        where = script.homes.get(incident.home, "")
        dots = [
            Dot(x(step.at), "step", f"{step.kind}, {(step.at - script.begin) / SECOND:.1f} s")
            for step in incident.steps
        ]
        rows.append((f"{incident.kind} {where}", dots, []))
    for check in result.checks:
        if check.since is not None and check.due is not None:
            bar = Bar(x(check.since), max(3.0, x(check.due) - x(check.since)), check.passed, check.what)
            hit = [] if check.happened is None else [Dot(x(check.happened), "hit", check.detail)]
            rows.append((check.what[:30], hit, [bar]))
    return [Line(name, 14 + n * _ROW, dots, bars) for n, (name, dots, bars) in enumerate(rows)]


def _thin(dots: list[Dot]) -> list[Dot]:
    """Of the same look at the same place one is enough."""
    return list({(dot.x, dot.look): dot for dot in dots}.values())


def html(results: Sequence[Result], made: datetime | None = None) -> str:
    """One page, without anything from elsewhere."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    pages = [
        {
            "result": result,
            "lines": (lines := picture(result)),
            "height": 20 + len(lines) * _ROW,
            "failed": [check for check in result.checks if not check.passed],
        }
        for result in results
    ]
    return environment.get_template("report.html").render(
        pages=pages,
        passed=sum(result.passed for result in results),
        width=_WIDTH + _LEFT + 20,
        left=_LEFT,
        made=(made or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC"),
    )


def lines_of(check: Check) -> str:
    """A check as one line of a terminal."""
    return f"{'ok  ' if check.passed else 'FAIL'}  {check.what}: {check.detail}"
