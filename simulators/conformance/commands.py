"""`nowalls conformance`: walks a technician through a check of a physical device, and grades it."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from core.clock import SystemClock
from simulators import device, system
from simulators.conformance.heard import Heard
from simulators.conformance.requirements import Grade, Graded, grade
from simulators.conformance.walk import PHASES, Phase
from simulators.mqtt import Login, Message, Subscriber

console = Console()
_COLOURS = {Grade.FAIL: "red", Grade.NOT_SHOWN: "yellow", Grade.PASS: "green"}


@click.command()
@click.option("--device", "code", required=True, help="Code of the device, its MQTT user name.")
@click.option("--home", default="+", show_default=True, help="Code of its home.")
@click.option("--data-dir", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Data folder of a running nowalls.")  # fmt: skip
@click.option(
    "--broker", default="", help="mqtt://user:password@host:port of any broker, by the platform's log-in."
)
@click.option("--only-listen", type=float, help="Ask nobody; listen for so many seconds.")
@click.option("--json", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write the grades.")
def conformance(
    code: str, home: str, data_dir: Path | None, broker: str, only_listen: float | None, target: Path | None
) -> None:
    """Check whether a device keeps the protocol, and say by which message it does not.

    Ends with status 1 when a `must` is broken.
    """
    try:
        url = broker or _broker_of(data_dir)
    except system.NoSystem as error:
        raise click.ClickException(str(error)) from error
    phases = PHASES if only_listen is None else (Phase("use", "", only_listen),)
    heard = listen(url, f"nw/v1/{home}/{code}/+", phases, ask=only_listen is None)
    if not heard:
        raise click.ClickException(
            f"nothing was heard on nw/v1/{home}/{code}/+: is it switched on, does it log in with its own code"
            " and secret, and does it write under its own home and code? `nowalls devices list` names them"
        )
    graded = grade(heard)
    _show(graded, heard)
    if target:
        target.write_text(json.dumps(as_rows(graded), indent=1) + "\n", encoding="utf-8")
    if any(one.grade is Grade.FAIL and one.requirement.level == "must" for one in graded):
        raise SystemExit(1)


def _broker_of(data_dir: Path | None) -> str:
    settings = system.running(data_dir) if data_dir else system.attached("", "")
    return settings.broker_url.get_secret_value()


def listen(url: str, topic: str, phases: Sequence[Phase], ask: bool = False) -> list[Heard]:
    """Everything on `topic` (a filter) while the phases last; `ask`: with a person who does them."""
    where, address = device.broker(url), urlsplit(url)
    user, password = unquote(address.username or ""), unquote(address.password or "")
    login = Login(
        where.host, where.port, user, password, f"conformance-{time.time_ns()}", where.tls is not None
    )
    heard: list[Heard] = []
    clock, phase = SystemClock(), phases[0].key

    def note(message: Message) -> None:
        if message.topic.rsplit("/", 1)[-1] != "cmd":
            heard.append(
                Heard(message.topic, message.payload, clock.now(), message.qos, message.retain, phase)
            )

    with Subscriber(login, note) as subscriber:
        subscriber.subscribe(topic)
        for step in phases:
            if ask:
                click.prompt(f"\n{step.ask}\npress Enter", default="", show_default=False)
            phase = step.key
            if step.key == "kept":
                subscriber.subscribe(topic)
            _pass(step.seconds, heard)
    return heard


def _pass(seconds: float, heard: Sequence[Heard]) -> None:
    """Let so many real seconds pass, and say what is heard meanwhile."""
    ticks = max(1, round(seconds * 4))
    with Progress(*Progress.get_default_columns(), console=console, transient=True) as bar:
        task = bar.add_task("", total=ticks)
        for _ in range(ticks):
            latest = f", the last on {heard[-1].topic.rsplit('/', 1)[-1]}" if heard else ""
            bar.update(task, advance=1, description=f"listening, {len(heard)} messages so far{latest}")
            time.sleep(seconds / ticks)


def as_rows(graded: Sequence[Graded]) -> list[dict[str, object]]:
    """The grades as JSON-able rows, with the offending message."""
    return [
        {
            "id": one.requirement.id,
            "level": one.requirement.level,
            "text": one.requirement.text,
            "grade": str(one.grade),
            "occasions": one.occasions,
            "why": one.fault.why if one.fault else None,
            "message": one.fault.message.shown if one.fault and one.fault.message else None,
        }
        for one in graded
    ]


def _show(graded: Sequence[Graded], heard: Sequence[Heard]) -> None:
    table = Table("", "requirement", "", "grade", "seen", "why", title=f"{len(heard)} messages heard")
    # What is to be mended stands first.
    order = list(_COLOURS)
    for one in sorted(graded, key=lambda one: order.index(one.grade)):
        colour = _COLOURS[one.grade]
        why = f"{one.fault.why}\n{one.fault.message.shown if one.fault.message else ''}" if one.fault else ""
        table.add_row(
            one.requirement.id,
            one.requirement.text,
            one.requirement.level,
            f"[{colour}]{one.grade}",
            str(one.occasions),
            why.strip(),
        )
    console.print(table)
    counts = Counter(str(one.grade) for one in graded)
    console.print(", ".join(f"{count} {word}" for word, count in counts.items()))
    broken = [o.requirement.id for o in graded if o.grade is Grade.FAIL and o.requirement.level == "must"]
    unseen = [one.requirement.id for one in graded if one.grade is Grade.NOT_SHOWN]
    if broken:
        console.print(f"[red]It does not keep the protocol:[/red] {', '.join(broken)}")
    elif unseen:
        console.print(f"It keeps the protocol as far as it was seen. Not shown: {', '.join(unseen)}.")
        console.print("Without --only-listen you are asked for what shows the rest.")
    else:
        console.print("[green]It keeps the protocol.[/green]")
