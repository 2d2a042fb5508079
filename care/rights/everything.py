"""Gathers everything about one person into an archive, in one transaction: one moment of the database."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Any

from care.rights.archive import Archive
from care.store import dossier, handover
from care.store.dossier import Part
from care.store.rows import Connection

_Piece = tuple[str, Sequence[str], Iterable[Sequence[Sequence[Any]]]]


def write(conn: Connection, resident: int, now: datetime, out: IO[bytes]) -> dict[str, int]:
    """The archive; returns how many rows of each table are in it. Raises Unknown.

    Memory stays the same however much there is: rows come in stretches, pictures one at a time.
    """
    from care.handover import fhir  # noqa: PLC0415 - its library takes a second to load

    found: list[tuple[Part, int]] = []
    with conn.transaction(), Archive(out, now) as archive:
        parts = dossier.parts(conn, resident)
        for part in parts:
            with dossier.table(conn, part, resident) as (columns, stretches):
                found.append((part, archive.table(part.name, columns, stretches)))
        archive.document(_pieces(conn, parts, resident))
        pictures = next(part for part in parts if part.name == "photo")
        for key, jpeg in dossier.photos(conn, pictures, resident):
            archive.file(f"photos/{key}.jpg", jpeg)
        facts = handover.gather(conn, resident, now)
        archive.file("fhir.json", fhir.bundle(facts).encode())
        archive.guide(resident, now, found)
    return {part.name: number for part, number in found}


def _pieces(conn: Connection, parts: Sequence[Part], resident: int) -> Iterator[_Piece]:
    for part in parts:
        if part.name in dossier.BULKY:
            continue
        with dossier.table(conn, part, resident) as (columns, stretches):
            yield part.name, columns, stretches
