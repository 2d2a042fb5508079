"""`nowalls gateway`: its file is made on the platform, and it runs in the home."""

from pathlib import Path
from urllib.parse import quote, urlsplit

import click
import msgspec

from core import logs, stopping
from core.clock import parse
from ingest.edge.config import Config, read


@click.command()
@click.argument("code")
@click.option(
    "--uplink", required=True, help="The platform's broker as the home reaches it: mqtts://host:8883"
)
@click.option("--secret", default="", help="The gateway's secret, to go into the file; else put it in later.")
@click.option(
    "--mosquitto", type=click.Path(file_okay=False, path_type=Path), help="Also write its files here."
)
def setup(code: str, uplink: str, secret: str, mosquitto: Path | None) -> None:
    """Print the file of the gateway CODE: its home, the people and the devices in it.

    With --mosquitto also the password file and the access list of the broker in the home: the devices log in
    there with the secrets that they have already.
    """
    # The platform's side knows the database; the home's must not carry it.
    from ingest.edge import setup as platform  # noqa: PLC0415

    config = platform.of(code, _with_login(uplink, code, secret))
    click.echo(msgspec.json.format(msgspec.json.encode(config), indent=1).decode())
    if mosquitto is not None:
        for path in platform.write_logins(config, mosquitto):
            click.echo(path, err=True)


@click.command()
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--store", type=click.Path(file_okay=False, path_type=Path), required=True, help="Its folder.")
@click.option("--clock", default="", hidden=True)
def run(config: Path, store: Path, clock: str) -> None:
    """Be the gateway of a home, until SIGTERM."""
    start(read(config), store, clock)


def start(config: Config, folder: Path, clock: str = "") -> None:
    """Run until SIGTERM or SIGINT; what is not acknowledged by then comes again."""
    from ingest.edge.process import Process  # noqa: PLC0415 - `setup` has no use for it

    logs.setup("gateway", form="text")
    process = Process(config, folder, parse(clock))
    stopping.when_asked(process.stop)
    process.run()


def _with_login(uplink: str, code: str, secret: str) -> str:
    address = urlsplit(uplink)
    if address.username:
        return uplink
    login = f"{quote(code, safe='')}:{quote(secret or 'SECRET', safe='')}@"
    return f"{address.scheme}://{login}{address.netloc}{address.path}"
