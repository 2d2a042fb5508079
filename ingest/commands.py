"""`nowalls ingest`: one more worker, on this machine or another."""

import os

import click

from core.settings import load


@click.command()
@click.option("--carrier", type=click.Choice(["mqtt", "jetstream"]), help="How devices are heard.")
@click.option("--carrier-url", help="nats://user:password@host:port,host:port,... of the cluster.")
@click.option("--partitions", type=click.IntRange(1, 1024), help="Into how many parts it sorts homes.")
def ingest(carrier: str | None, carrier_url: str | None, partitions: int | None) -> None:
    """Run a worker of ingest until Ctrl-C; several share the town over a NATS cluster (docs/scale.md)."""
    given = {"CARRIER": carrier, "CARRIER_URL": carrier_url, "PARTITIONS": partitions}
    os.environ.update({f"NOWALLS_{name}": str(value) for name, value in given.items() if value is not None})
    load.cache_clear()
    settings = load()
    if settings.carrier == "jetstream" and not settings.carrier_url.get_secret_value():
        raise click.UsageError("--carrier jetstream needs --carrier-url or NOWALLS_CARRIER_URL")
    from ingest.__main__ import main  # noqa: PLC0415  # it brings the detectors along

    main()
