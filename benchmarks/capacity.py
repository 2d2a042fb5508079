"""What so many residents need, computed from what was measured (capacity.json beside this file).

`python -m benchmarks.capacity docs/scale.md` writes the tables into the page anew.
"""

import json
import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SIZES = (10_000, 1_000_000, 10_000_000)
_DAY_S, _MONTH_DAYS, _MOTION_DAYS = 86_400, 30, 8
_MARKS = re.compile(r"(<!-- capacity -->\n).*?(<!-- end of capacity -->)", re.DOTALL)


class Needs(NamedTuple):
    """Of a town: rates at the peak (headroom included), and what they ask for. Money is a month's."""

    residents: int
    messages_s: float
    rows_s: float
    node_cores: float
    worker_cores: float
    database_cores: float
    disk_tb: float
    traffic_mbit_s: float
    systems: int
    cores: int
    money: float


class Limit(NamedTuple):
    """What one system takes, and how much of it a town asks for."""

    name: str
    asked: float
    most: float

    @property
    def share(self) -> float:
        """1: just full."""
        return self.asked / self.most


class Figures:
    """The measured figures and the assumptions, by name."""

    def __init__(self, path: Path | None = None) -> None:
        read = json.loads((path or Path(__file__).with_name("capacity.json")).read_text(encoding="utf-8"))
        self.known: Mapping[str, tuple[float, str]] = read["figures"]
        self.assumed: Mapping[str, tuple[float, str]] = read["assumed"]

    def __getitem__(self, name: str) -> float:
        return (self.known.get(name) or self.assumed[name])[0]


def limits(residents: int, of: Figures) -> list[Limit]:
    """What one system is asked for, the scarcest first."""
    peak = residents * of["headroom"] / _DAY_S
    found = [
        Limit("one stream of the broker", peak * of["messages_a_day"], of["stream_a_second"]),
        Limit("one writer of the database", peak * of["readings_a_day"], of["rows_a_second"]),
    ]
    return sorted(found, key=lambda limit: -limit.share)


def needs(residents: int, of: Figures) -> Needs:
    """The town with a gateway in each home that judges falls there."""
    peak = of["headroom"] / _DAY_S * residents
    messages, rows = peak * of["messages_a_day"], peak * of["readings_a_day"]
    nodes, worker = messages * of["nodes_us"] / 1e6, messages * of["worker_us"] / 1e6
    database = rows * of["database_us"] / 1e6
    stored = residents * of["readings_a_day"] * 365 * of["years"] * of["bytes_compressed"]
    disk_tb = 2 * stored / 1e12  # the database and its standby
    bits = messages * of["bytes_a_message"] * 8
    systems = math.ceil(limits(residents, of)[0].share)
    # Each system has three nodes, two workers, a database and a standby at least, of a core each or more.
    least = systems * 7
    cores = max(least, math.ceil(nodes + worker + 2 * database))
    taken_in = bits / of["headroom"] / 8 * _DAY_S * _MONTH_DAYS / 1e12
    money = cores * of["core"] + disk_tb * of["disk_tb"] + taken_in * of["traffic_tb"]
    return Needs(
        residents, messages, rows, nodes, worker, database, disk_tb, bits / 1e6, systems, cores, money
    )


def motion(residents: int, of: Figures) -> tuple[float, float]:
    """(messages a second, TB of disk) more when everybody sends all motion, a message a second."""
    return residents, residents * of["motion_bytes_a_day"] * _MOTION_DAYS / 1e12


def page(of: Figures) -> str:
    """The tables as Markdown."""
    towns = [needs(size, of) for size in SIZES]
    rows = [
        ("messages a second at the peak", [_number(t.messages_s) for t in towns]),
        ("readings a second at the peak", [_number(t.rows_s) for t in towns]),
        ("cores: broker nodes", [_number(t.node_cores) for t in towns]),
        ("cores: ingest workers", [_number(t.worker_cores) for t in towns]),
        ("cores: database (and as many for its standby)", [_number(t.database_cores) for t in towns]),
        ("systems (districts)", [_number(t.systems) for t in towns]),
        ("cores in all, at least seven a system", [_number(t.cores) for t in towns]),
        ("disk, TB, with the standby", [_number(t.disk_tb) for t in towns]),
        ("from devices, Mbit/s at the peak", [_number(t.traffic_mbit_s) for t in towns]),
        ("money a month, at the prices below", [_number(t.money) for t in towns]),
        ("... a resident", [f"{t.money / t.residents:.2f}" for t in towns]),
        ("if all motion were sent: messages a second more", [_number(motion(n, of)[0]) for n in SIZES]),
        ("... and disk, TB more", [_number(motion(n, of)[1]) for n in SIZES]),
    ]
    first = [limits(size, of)[0] for size in SIZES]
    rows += [("**first bottleneck of one system**", [f"{one.name}: {one.share:.0%}" for one in first])]
    then = [limits(size, of)[1] for size in SIZES]
    rows += [("the next", [f"{one.name}: {one.share:.0%}" for one in then])]
    head = ["residents", *(_number(size) for size in SIZES)]
    lines = [_line(head), _line(["---", *("---:" for _ in SIZES)])]
    lines += [_line([name, *cells]) for name, cells in rows]
    lines += ["", "| computed from | | |", "| --- | ---: | --- |"]
    lines += [_line([name.replace("_", " "), f"{value:,}", how]) for name, (value, how) in of.known.items()]
    lines += [
        _line([name.replace("_", " "), f"{value:,}", f"assumed: {how}"])
        for name, (value, how) in of.assumed.items()
    ]
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _number(value: float) -> str:
    if value >= 100:
        digits = max(0, int(math.log10(value)) - 2)
        value = round(value / 10**digits) * 10**digits
        return f"{value:,.0f}"
    return f"{value:.2g}"


def written(text: str, of: Figures) -> str:
    """The page `text` with the tables of now; raises ValueError when it has no place for them."""
    if not _MARKS.search(text):
        raise ValueError("no place for the tables")
    return _MARKS.sub(lambda match: match[1] + page(of) + match[2], text)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(written(target.read_text(encoding="utf-8"), Figures()), encoding="utf-8")
