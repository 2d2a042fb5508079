"""/live: the WebSocket of the live feed."""

from typing import Annotated

from fastapi import APIRouter, Query, WebSocket

from api import lease
from api.guard import same_origin, who
from api.live.reader import SIGNED_OUT, TOO_SLOW, Reader
from api.live.rights import desk_of, scopes_of
from api.live.wire import wire_of
from api.parts import Needs
from api.problems import Problem

router = APIRouter(tags=["live"])


@router.websocket("/live")
async def live(
    websocket: WebSocket, parts: Needs, cursor: Annotated[str | None, Query(max_length=100)] = None
) -> None:
    """Everything the caller may see, as it happens.

    Closed with 4401 when nobody is signed in (any longer), 1013 when the reader is too slow or the feed does
    not run yet, 1012 when the database is another one than before.
    """
    if not same_origin(websocket):
        await websocket.send_denial_response(Problem(403, "foreign-origin").response())
        return
    caller = await who(websocket, parts)
    await websocket.accept()
    if caller is None:
        await websocket.close(SIGNED_OUT)
        return
    if parts.hub is None:
        await websocket.close(TOO_SLOW)
        return
    session = caller.session
    reader = Reader(
        websocket,
        session.token_hash,
        *scopes_of(session),
        account=session.account,
        name=session.name,
        desk=desk_of(session),
        wire=wire_of(websocket),
        address=websocket.client.host if websocket.client else "",
    )
    lease.become(lease.FEED)  # the hub looks at each reader's scope
    try:
        await parts.hub.serve(reader, cursor)
    except TimeoutError:
        await websocket.close(TOO_SLOW)
