"""Archives that are made in a file and handed out in pieces: memory stays the same however much there is."""

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any

from psycopg import Connection
from starlette.responses import StreamingResponse

from api import lease
from api.caring import work
from api.parts import Parts

ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "the archive"}
}
_CHUNK = 1 << 20


async def archive(
    parts: Parts, write: Callable[[Connection[Any], IO[bytes]], object], name: str
) -> StreamingResponse:
    """What `write` puts into a file, as `name`; one at a time, with the eyes of the house."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    try:
        async with parts.exporting:
            with lease.borrowed(lease.HOUSE):  # what the program keeps for itself about them, too
                await work(parts, write, out)
        out.seek(0)
    except BaseException:
        out.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(out), media_type="application/zip", headers=headers)


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(_CHUNK):
            yield piece
