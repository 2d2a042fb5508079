"""The command `nowalls`. Subcommands live in their packages and are imported only when called."""

import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click


class Entry(NamedTuple):
    """A subcommand: where it is ("module:attribute"), and the line `--help` shows without importing it.

    `personal`: the subcommands of it that show or change people's data ("" is the command itself); each run
    of them is noted in the audit.
    """

    target: str
    line: str
    personal: tuple[str, ...] = ()


class Folder(NamedTuple):
    """A group of subcommands."""

    line: str
    entries: Mapping[str, Entry]


TABLE: Mapping[str, Entry | Folder] = {
    "up": Entry("core.up:up", "Start everything and keep it running."),
    "migrate": Entry("core.migrate:main", "Bring the database up to date."),
    "backup": Entry("core.backup.commands:backup", "Copies of everything, taken while it works.", ("take",)),
    "restore": Entry("core.backup.commands:restore", "Make a house anew from a backup, as at an instant."),
    "node": Entry("core.node:node", "One node of a cluster of brokers."),
    "ingest": Entry("ingest.commands:ingest", "One more worker of ingest, over a NATS cluster."),
    "community": Entry(
        "care.commands:community", "Stations, homes, people and devices as one document.", ("load", "recall")
    ),
    "consoles": Entry("care.commands:consoles", "Station consoles and their secrets."),
    "devices": Entry("care.commands:devices", "Devices, their places and their secrets."),
    "tls": Entry("core.tls_commands:certificates", "Certificates for the broker, the pages and devices."),
    "residents": Entry(
        "care.resident_commands:residents",
        "People: taking them in, finding them.",
        ("import", "find", "handover", "everything"),
    ),
    "keys": Entry("care.sealing_commands:keys", "The keys that people's names are sealed with."),
    "retention": Entry("care.retention_commands:retention", "For how long what is kept, and why."),
    "figures": Entry("alerts.figures.commands:figures", "How incidents were dealt with."),
    "invite": Entry("api.commands:invite", "Make a one-time link for a new account.", ("",)),
    "recover": Entry(
        "api.commands:recover", "Make a one-time link for a lost password or second factor.", ("",)
    ),
    "doctor": Entry("api.doctor.commands:doctor", "Whether everything that must hold does hold."),
    "audit": Entry("api.audit.commands:audit", "Who looked at whom: is it still what was written?"),
    "simulate": Entry("simulators.commands:simulate", "Publish as a simulated community."),
    "hil": Entry("simulators.scenarios.commands:hil", "Play scenarios, with real devices among them."),
    "realism": Entry("simulators.realism:realism", "Measure how like real life the simulation is."),
    "protocol": Entry("ingest.protocol_document:protocol", "Write the device protocol for machines."),
    "conformance": Entry(
        "simulators.conformance.commands:conformance", "Check a device against the protocol."
    ),
    "gateway": Folder(
        "A gateway in a home, which also works alone.",
        {
            "setup": Entry("ingest.edge.commands:setup", "Make its file, from the platform's database."),
            "run": Entry("ingest.edge.commands:run", "Be the gateway of a home."),
        },
    ),
    "replay": Folder(
        "Send recorded data through the real chain.",
        {
            "falls": Entry("simulators.commands:replay_falls", "Recorded falls, as wearables."),
            "homes": Entry("simulators.commands:replay_homes", "Recorded homes, as sensors."),
        },
    ),
    "train": Folder(
        "Train a model.",
        {
            "falls": Entry("analytics.falls.commands:train", "The fall detector's model."),
            "inactivity": Entry("analytics.commands:train_inactivity", "The model of silence."),
        },
    ),
    "evaluate": Folder(
        "Measure a detector on data it never saw.",
        {
            "falls": Entry("analytics.falls.commands:evaluate", "The fall detector."),
            "inactivity": Entry("analytics.commands:evaluate_inactivity", "Alarms a day against delay."),
            "vitals": Entry("analytics.vitals_commands:evaluate_vitals", "Alarms a day, and who agreed."),
        },
    ),
}


class LazyGroup(click.Group):
    """A group whose commands are named in a table and imported when they are called."""

    def __init__(self, table: Mapping[str, Entry | Folder], **attributes: Any) -> None:
        """`table`: name to entry or folder; the rest as for click.Group."""
        super().__init__(**attributes)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table: most used first."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        row = self._table.get(cmd_name)
        if row is None:
            return None
        if isinstance(row, Folder):
            return LazyGroup(row.entries, name=cmd_name, help=row.line)
        module, _, attribute = row.target.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        made = found if isinstance(found, click.Command) else click.command(cmd_name, help=row.line)(found)
        if row.personal:
            importlib.import_module("api.audit.typed").watch(made, cmd_name, row.personal)
        return made

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table as help text, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.line) for name, row in self._table.items()])


class Front(LazyGroup):
    """The same, and what is the matter with the database is said in a sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if not _is_away(error):
                raise
            raise click.ClickException(_away(error)) from error


def _is_away(error: Exception) -> bool:
    psycopg = sys.modules.get("psycopg")  # what was never imported has raised nothing
    return psycopg is not None and isinstance(error, psycopg.OperationalError) and error.sqlstate is None


def _away(error: Exception) -> str:
    if os.environ.get("NOWALLS_DATABASE_URL"):
        return f"the database cannot be reached: {str(error).partition(chr(10))[0]}"
    folder = os.environ["NOWALLS_DATA_DIR"]
    return (
        f"nothing runs on {folder}: start it with nowalls up --data {folder}, or say where it runs with"
        " nowalls --data FOLDER"
    )


def connections(data: Path) -> dict[str, str]:
    """How to reach what `nowalls up` runs on `data`, as NOWALLS_* variables; empty when nothing does."""
    try:
        found = json.loads((data / "run" / "connections.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _adopt(data: Path | None) -> None:
    folder = data or Path(os.environ.get("NOWALLS_DATA_DIR", "data"))
    os.environ["NOWALLS_DATA_DIR"] = str(folder.absolute())
    for name, value in connections(folder).items():
        os.environ.setdefault(name, value)


@click.group(cls=Front, table=TABLE, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path), help="Data folder of a running nowalls.")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """nowalls: a nursing home without walls."""
    # `up` is told what to start; all others find what is running.
    if context.invoked_subcommand != "up":
        _adopt(data)
    elif data:
        os.environ["NOWALLS_DATA_DIR"] = str(data)


if __name__ == "__main__":
    main(prog_name="nowalls")
