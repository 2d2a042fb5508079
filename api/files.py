"""Files that are too long for memory: written to disk in one go, sent from there in pieces."""

import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Any

from psycopg import Connection
from starlette.responses import StreamingResponse

from api.caring import work
from api.parts import Parts

_CHUNK = 1 << 20

Write = Callable[[Connection[Any], IO[bytes]], None]


async def sent(parts: Parts, write: Write, name: str, media: str) -> StreamingResponse:
    """What `write` puts into a file, as a download called `name`; one file at a time is made."""
    out = tempfile.SpooledTemporaryFile(max_size=_CHUNK * 8)  # noqa: SIM115 - closed when it was sent
    try:
        async with parts.exporting:
            await work(parts, write, out)
        out.seek(0)
    except BaseException:
        out.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_pieces(out), media_type=media, headers=headers)


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while piece := out.read(_CHUNK):
            yield piece
