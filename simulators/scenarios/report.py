"""What scenarios came to: for machines (JUnit XML), and for people (HTML with a picture of what was when)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from core.instant import SECOND
from simulators.post import SAY
from simulators.scenarios.live import Result
from simulators.scenarios.saying import Said, in_chinese, say
from simulators.scenarios.verdict import Check

_WIDTH, _LEFT, _ROW, _TOP = 900, 300, 22, 30
_LETTERS = 46
_STEPS_S = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    1800,
    3600,
    7200,
    14_400,
    28_800,
    86_400,
    172_800,
    604_800,
)


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

    name: Said
    y: int
    dots: Sequence[Dot] = ()
    bars: Sequence[Bar] = ()


class Mark(NamedTuple):
    """An instant on the axis: where, and how it is called."""

    x: float
    text: str


def _place(result: Result) -> Callable[[int], float]:
    """Where an instant stands on the axis, pixels."""
    script = result.script
    span = max(1, script.end - script.begin)

    def x(at: int) -> float:
        return round(_LEFT + (min(max(at, script.begin), script.end) - script.begin) / span * _WIDTH, 1)

    return x


def ticks(result: Result) -> list[Mark]:
    """Round times since the beginning, some eight of them."""
    script, x = result.script, _place(result)
    seconds = (script.end - script.begin) / SECOND
    step = next((s for s in _STEPS_S if seconds / s <= 9), _STEPS_S[-1])
    times = range(0, int(seconds) + 1, step)
    return [Mark(x(script.begin + at * SECOND), _clock(at)) for at in times]


def _clock(seconds: int) -> str:
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d} h" if hours else f"{minutes}:{seconds % 60:02d}"


def called(result: Result) -> list[Mark]:
    """What the timeline calls by name."""
    x = _place(result)
    return [Mark(x(at), name) for name, at in result.script.marks.items() if name != "start"]


def picture(result: Result) -> list[Line]:
    """What each device said, what each incident did, who was told and what was due, on one line of time
    each; what was due and failed first."""
    script, x = result.script, _place(result)
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
    for who in dict.fromkeys(one.who for one in result.seen.told):
        theirs = [one for one in result.seen.told if one.who == who]
        dots = [
            Dot(x(o.at), "told", f"{o.kind}: {o.purpose}, {(o.at - script.begin) / SECOND:.1f} s")
            for o in theirs
        ]
        rows.append((say("told_line", who=who), dots, []))
    for check in sorted(result.checks, key=lambda check: check.passed):
        if check.since is not None and check.due is not None:
            bar = Bar(x(check.since), max(3.0, x(check.due) - x(check.since)), check.passed, check.what)
            hit = [] if check.happened is None else [Dot(x(check.happened), "hit", check.detail)]
            rows.append((check.what, hit, [bar]))
    return [Line(_short(name), _TOP + 14 + n * _ROW, dots, bars) for n, (name, dots, bars) in enumerate(rows)]


def _short(name: str) -> Said:
    # A Chinese character is as wide as two letters.
    return Said(_cut(name, _LETTERS), _cut(str(in_chinese(name)), _LETTERS * 5 // 9))


def _cut(name: str, letters: int) -> str:
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


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
            "height": _TOP + 6 + len(lines) * _ROW,
            "ticks": ticks(result),
            "called": called(result),
            "checks": sorted(result.checks, key=lambda check: check.passed),
            "failed": [check for check in result.checks if not check.passed],
        }
        for result in results
    ]
    return environment.get_template("report.html").render(
        pages=pages,
        passed=sum(result.passed for result in results),
        width=_WIDTH + _LEFT + 20,
        left=_LEFT,
        top=_TOP,
        t=lambda key: _both(say(key)),
        both=_both,
        made=(made or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _both(text: str) -> Markup:
    """A sentence in both languages, of which the page shows the one that its reader chose."""
    if not isinstance(text, Said) or text.zh == text:
        return Markup("{}").format(text)
    return Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(text.zh, str(text))


def lines_of(check: Check) -> str:
    """A check as one line of a terminal."""
    return f"{'ok  ' if check.passed else 'FAIL'}  {check.what}: {check.detail}"
