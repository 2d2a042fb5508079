"""An evaluation as one HTML page that needs nothing else to be read."""

import math
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from analytics.falls import evaluation
from analytics.falls.evaluation import Outcome

PUBLISHED = (
    ("13 published algorithms on 29 real falls (Bagala 2012)", "0.57", "3-85 a day"),
    ("machine learning on 143 real falls (Palmerini 2020)", "> 0.80", "0.56 an hour"),
    ("about 400 h of older adults (Aziz 2017)", "-", "0-0.3 an hour"),
    ("15,500 h in care homes (Kangas 2015)", "0.80 (12 of 15)", "0.049 an hour"),
)

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(default=True),
    trim_blocks=True,
    lstrip_blocks=True,
)

_pages.filters["number"] = lambda value: "-" if math.isnan(value) else f"{value:.3f}"


def page(protocol: str, outcomes: Sequence[Outcome], seed: int = 0) -> str:
    """The page for `outcomes`."""
    return _pages.get_template("report.html.j2").render(
        protocol=protocol,
        total=evaluation.score(outcomes, seed),
        tables={
            name: evaluation.break_down(outcomes, by, seed) for name, by in evaluation.BREAKDOWNS.items()
        },
        calibration=evaluation.calibration(outcomes),
        published=PUBLISHED,
    )
