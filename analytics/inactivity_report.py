"""The evaluation as one page: the curve of delay against false alarms, model and timers, as SVG."""

from collections.abc import Sequence
from math import log10

from analytics.inactivity_curves import Point
from analytics.inactivity_evaluation import Result

WIDTH, HEIGHT, MARGIN = 720, 420, 60
RATES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
HOURS = (0, 4, 8, 12, 16)

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Inactivity: delay and false alarms</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}}
td,th{{padding:.2rem .8rem;text-align:right}}th:first-child,td:first-child{{text-align:left}}
text{{font:13px system-ui,sans-serif;fill:#44525f}}</style>
<h1>How soon, at how many false alarms</h1>
<p>{homes} homes, {days:.0f} person-days, {cuts} random waking moments at which the person collapses.
Each home is judged by a model of other homes and by its own past. Alarms of platform outages: {platform}.</p>
{plot}<table>
<tr><th></th><th>false alarms a person-day</th><th>median delay, h</th><th>90 % within, h</th></tr>
{rows}</table></html>
"""


def html(result: Result) -> str:
    """A page that stands alone."""
    points = [*result.model, result.streamed, *result.timers]
    rows = "\n".join(
        f"<tr><td>{p.name}</td><td>{p.false_alarms:.3f}</td><td>{p.median_h:.2f}</td>"
        f"<td>{p.p90_h:.2f}</td></tr>"
        for p in points
    )
    return _PAGE.format(
        homes=result.homes, days=result.person_days, cuts=result.cuts, platform=result.platform,
        plot=_plot(result), rows=rows,
    )  # fmt: skip


def _plot(result: Result) -> str:
    axis = f'<path d="M{MARGIN},{MARGIN / 2}V{HEIGHT - MARGIN}H{WIDTH}" fill="none" stroke="#44525f"/>'
    ticks = "".join(
        f'<text x="{_x(rate):.0f}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">{rate:g}</text>'
        for rate in RATES
    )
    ticks += "".join(
        f'<text x="{MARGIN - 8}" y="{_y(hours) + 4:.0f}" text-anchor="end">{hours} h</text>'
        for hours in HOURS
    )
    label = f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}">false alarms a person-day; upright: median delay</text>'
    lines = _line(result.timers, "#8a97a3", "fixed timers") + _line(result.model, "#0b6bcb", "silence model")
    box = f'viewBox="0 0 {WIDTH + 20} {HEIGHT}" role="img" aria-label="delay against false alarms"'
    return f"<svg {box}>{axis}{ticks}{label}{lines}</svg>"


def _line(points: Sequence[Point], colour: str, name: str) -> str:
    at = [(_x(p.false_alarms), _y(p.median_h)) for p in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in at)
    x, y = at[0]
    text = f'<text x="{x + 8:.0f}" y="{y - 8:.0f}" style="fill:{colour}">{name}</text>'
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}{text}'


def _x(rate: float) -> float:
    low, high = log10(RATES[0]), log10(RATES[-1])
    return MARGIN + (log10(max(rate, RATES[0])) - low) / (high - low) * (WIDTH - MARGIN)


def _y(hours: float) -> float:
    return HEIGHT - MARGIN - hours / HOURS[-1] * (HEIGHT - 1.5 * MARGIN)
