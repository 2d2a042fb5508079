"""CPU seconds and memory of the parts of a running system, as the kernel accounts for them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
PARTS = {
    "ingest": "-m ingest",
    "deliver": "-m alerts.delivery",
    "alerts": "-m alerts",
    "api": "-m api",
    "broker": "nats-server",
    "database": "postgres",
}


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds used so far, and proportional set size in MiB."""

    cpu_s: float
    memory_mib: float


def usage(data: Path) -> dict[str, Usage]:
    """By part, of the system whose data folder is `data`."""
    totals = dict.fromkeys(PARTS, (0.0, 0.0))
    for process in _descendants(_supervisor(data)):
        name = _part(process)
        if name is None:
            continue
        cpu, memory = totals[name]
        totals[name] = (cpu + _cpu_s(process), memory + _memory_mib(process))
    return {name: Usage(cpu, memory) for name, (cpu, memory) in totals.items()}


def pids(data: Path, part: str) -> list[int]:
    """The processes of `part` of the system whose data folder is `data`."""
    return [int(process.name) for process in _descendants(_supervisor(data)) if _part(process) == part]


def cpu_s_of(words: Sequence[str]) -> float:
    """CPU seconds used so far by the processes whose command line has all of `words`."""
    processes = [entry for entry in Path("/proc").glob("[0-9]*") if entry.name.isdigit()]
    return sum(_cpu_s(one) for one in processes if (said := _words(one)) and all(w in said for w in words))


def below(pids: Sequence[int]) -> list[Usage]:
    """Of these processes and all they started."""
    found = [Path(f"/proc/{pid}") for pid in pids] + [one for pid in pids for one in _descendants(pid)]
    return [Usage(_cpu_s(one), _memory_mib(one)) for one in found]


def _supervisor(data: Path) -> int:
    for entry in Path("/proc").glob("[0-9]*"):
        words = _words(entry)
        if str(data) in words and "core.command" in words:
            return int(entry.name)
    raise ProcessLookupError(f"nothing runs on {data}")


def _descendants(root: int) -> list[Path]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(Path(f"/proc/{child}"))
            queue.append(child)
    return found


def _words(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _part(process: Path) -> str | None:
    words = _words(process)
    return next((name for name, sign in PARTS.items() if sign in words), None)


def _cpu_s(process: Path) -> float:
    try:
        fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def _memory_mib(process: Path) -> float:
    try:
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return 0.0
    return 0.0
