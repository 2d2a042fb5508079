"""`nowalls conformance`: walks a technician through a check of a physical device, and grades it."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
from pydantic import SecretStr
from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress
from rich.text import Text

from core.clock import Clock, SystemClock
from core.instant import SECOND
from core.settings import Settings, load
from simulators import device, system
from simulators.conformance.answering import ASKED
from simulators.conformance.heard import Heard
from simulators.conformance.requirements import Grade, Graded, grade
from simulators.conformance.walk import CLAIM, PHASES, Phase
from simulators.fleet import Broker
from simulators.mqtt import Login, Message, Subscriber
from simulators.store import Onlooker

_REPEATS, _REPEAT_S = 3, 5.0
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
@click.option("--ca", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Whom to trust at mqtts:// [as the data folder does].")  # fmt: skip
@click.option("--only-listen", type=float, help="Ask nobody; listen for so many seconds.")
@click.option(
    "--claim", is_flag=True, help="Begin with its claim code: does it fetch its secret? Needs --data-dir."
)
@click.option("--json", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write the grades.")
def conformance(
    code: str,
    home: str,
    data_dir: Path | None,
    broker: str,
    ca: Path | None,
    only_listen: float | None,
    claim: bool,
    target: Path | None,
) -> None:
    """Check whether a device keeps the protocol, and say by which message it does not.

    Ends with status 1 when a `must` is broken.
    """
    try:
        settings = _settings_of(data_dir, broker)
    except system.NoSystem as error:
        raise click.ClickException(str(error)) from error
    if claim and (data_dir is None or only_listen is not None):
        raise click.UsageError(
            "--claim is for the walk at a running nowalls: with --data-dir, without --only-listen"
        )
    phases = PHASES if only_listen is None else (Phase("use", "", only_listen),)
    begun = SystemClock().now()
    if ca is not None:
        settings = settings.model_copy(update={"tls_ca": ca})
    where, url = device.broker_of(settings), settings.broker_url.get_secret_value()
    heard = listen(
        url,
        f"nw/v1/{home}/{code}/+",
        (CLAIM, *phases) if claim else phases,
        ask=only_listen is None,
        where=where,
    )
    if claim and data_dir:
        heard += _claimed(data_dir, code, begun)
    if all(message.is_ours for message in heard):
        raise click.ClickException(
            f"nothing was heard on nw/v1/{home}/{code}/+: is it switched on, does it log in with its own code"
            " and secret, and does it write under its own home and code? `nowalls devices list` names them"
        )
    graded = grade(heard)
    _show(graded, [message for message in heard if not message.is_ours])
    if target:
        target.write_text(json.dumps(as_rows(graded), indent=1) + "\n", encoding="utf-8")
    if any(one.grade is Grade.FAIL and one.requirement.level == "must" for one in graded):
        raise SystemExit(1)


def _settings_of(data_dir: Path | None, broker: str) -> Settings:
    """Where to listen, and whom to trust there; raises NoSystem."""
    if broker:
        # A maker's broker: no nowalls runs there, so there is no database to name.
        return load().model_copy(update={"broker_url": SecretStr(broker)})
    return system.running(data_dir) if data_dir else system.attached("", "")


def _claimed(data_dir: Path, code: str, since: int) -> list[Heard]:
    """That the device exchanged a claim code, if it did: over HTTP or MQTT, by the platform's own books."""
    onlooker = Onlooker(system.running(data_dir))
    try:
        at = onlooker.claimed_at(code, since)
    finally:
        onlooker.close()
    return [] if at is None else [Heard("claimed", b"{}", at, phase=CLAIM.key)]


def listen(
    url: str, topic: str, phases: Sequence[Phase], ask: bool = False, where: Broker | None = None
) -> list[Heard]:
    """Everything on `topic` (a filter) while the phases last; `ask`: with a person who does them.

    `url` carries the log-in; `where` it leads and who is trusted there, if that is known already.
    """
    where, address = where or device.broker(url), urlsplit(url)
    user, password = unquote(address.username or ""), unquote(address.password or "")
    login = Login(where.host, where.port, user, password, f"conformance-{time.time_ns()}", where.tls)
    heard: list[Heard] = []
    clock, phase = SystemClock(), phases[0].key

    def note(message: Message) -> None:
        heard.append(Heard(message.topic, message.payload, clock.now(), message.qos, message.retain, phase))

    with Subscriber(login, note) as subscriber:
        subscriber.subscribe(topic)
        for step in phases:
            phase = step.key if step.from_asking else phase
            if ask:
                click.prompt(f"\n{step.ask}\npress Enter", default="", show_default=False)
            phase = step.key
            if step.key == "kept":
                subscriber.subscribe(topic)
            seconds = _question(subscriber, topic, heard, clock) if step.key == "ask" else 0.0
            _pass(max(0.0, step.seconds - seconds), heard, step)
    return heard


def _question(subscriber: Subscriber, topic: str, heard: Sequence[Heard], clock: Clock) -> float:
    """Ask the wearer whether all is well, three times the same as the platform does, and then once when the
    time is over; the seconds it took. Only the device's own topic tells where it listens."""
    own = next((message.topic for message in reversed(heard) if not message.is_ours), topic)
    if "+" in (where := own.rsplit("/", 1)[0] + "/cmd"):
        return 0.0
    begun = clock.now()
    name, until = f"{ASKED}{begun}", begun + round((_REPEATS * _REPEAT_S + 5) * SECOND)
    for _ in range(_REPEATS):
        subscriber.say(where, _ask_ok(name, clock.now(), until))
        _pass(_REPEAT_S, heard)
    over = clock.now()
    subscriber.say(where, json.dumps({"cmd": "ask_over", "id": name, "t": over // 1000}).encode())
    subscriber.say(where, _ask_ok(f"{name}-late", over, over - SECOND))
    return (over - begun) / SECOND


def _ask_ok(name: str, now: int, until: int) -> bytes:
    asked = {"cmd": "ask_ok", "id": name, "t": now // 1000, "until": until // 1000, "buzz": True}
    return json.dumps(asked).encode()


def _pass(seconds: float, heard: Sequence[Heard], step: Phase | None = None) -> None:
    """Let so many real seconds pass, or until `step` has shown what it is for, and say what is heard."""
    ticks = max(1, round(seconds * 4))
    with Progress(*Progress.get_default_columns(), console=console, transient=True) as bar:
        task = bar.add_task("", total=ticks)
        for _ in range(ticks):
            latest = f", the last on {heard[-1].stream}" if heard else ""
            bar.update(task, advance=1, description=f"listening, {len(heard)} messages so far{latest}")
            if step and step.shown and step.shown([one for one in heard if one.phase == step.key]):
                break
            time.sleep(seconds / ticks)
    if step and step.shown:
        shown = step.shown([one for one in heard if one.phase == step.key])
        console.print(f"[green]seen:[/green] {step.seen}" if shown else f"[red]not seen:[/red] {step.seen}")


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
    console.print(f"{len(heard)} messages heard\n")
    # What is to be mended stands first.
    order = list(_COLOURS)
    for one in sorted(graded, key=lambda one: order.index(one.grade)):
        asked = one.requirement
        line = Text(f"{one.grade:<10}", style=_COLOURS[one.grade])
        seen = f" ({one.occasions} seen)" if one.occasions else ""
        line.append(f"{asked.level:<7}{asked.id:<13}{asked.text}{seen}", "default")
        console.print(line, soft_wrap=True)
        if one.fault:
            said = one.fault.message.shown if one.fault.message else ""
            console.print(Padding(Text(f"{one.fault.why}\n{said}".rstrip()), (0, 0, 1, 17)))
    console.print()
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
