"""/residents/{resident}/messages and /conversations: relatives and the station write to each other."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import paging
from api.acting import in_thread
from api.guard import Caller, Signed
from api.models.incidents import StationRef
from api.models.messages import (
    Access,
    Consented,
    Conversation,
    Conversations,
    Kin,
    Message,
    Messages,
    NewAnswer,
    NewMessage,
    SayRelation,
    StaffRole,
    Upto,
    Waiting,
)
from api.models.words import KeyPath, Named
from api.paging import Cursor, Limit
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem, not_found
from care.store import messages

router = APIRouter(tags=["messages"])

_FAMILY_HOUR, _STATION_HOUR = 20, 200  # messages of one account
_MOST = 500


def _relative(caller: Caller, resident: int) -> int:
    """The account of a relative whom `resident` lets in just now; Problem 404 otherwise."""
    if resident not in caller.scope(Action.WRITE_TO_STATION).residents:
        raise not_found()
    return caller.session.account


async def _in_measure(parts: Parts, account: int, most: int) -> None:
    if await in_thread(parts, messages.lately, account, parts.now) >= most:
        raise Problem(429, headers={"Retry-After": "600"})


def _page(rows: list[dict[str, Any]], limit: int) -> Messages:
    kept, following = paging.page(rows, limit, lambda row: [row["id"]])
    return Messages(items=[_shown(row) for row in kept], next=following)


def _shown(row: dict[str, Any]) -> Message:
    known = {name: row[name] for name in Message.model_fields if name in row}
    return Message(**known, by=Named(id=row["account_id"], name=row["account_name"]))


def _before(cursor: str | None) -> int | None:
    key = paging.decode(cursor, [int])
    return None if key is None else min(max(key[0], 0), 2**63 - 1)


@router.get("/residents/{resident}/messages")
async def read_mine(
    resident: KeyPath, caller: Signed, parts: Needs, cursor: Cursor = None, limit: Limit = paging.DEFAULT
) -> Messages:
    """The caller's own messages to the station about a resident, and the answers; nobody else's."""
    account = _relative(caller, resident)
    rows = await in_thread(parts, messages.mine, resident, account, limit + 1, _before(cursor))
    return _page(rows, limit)


@router.post("/residents/{resident}/messages", status_code=201)
async def write(resident: KeyPath, wish: NewMessage, caller: Signed, parts: Needs) -> Messages:
    """Write to the station; answers with the last messages. At most twenty an hour."""
    account = _relative(caller, resident)
    await _in_measure(parts, account, _FAMILY_HOUR)
    await in_thread(parts, messages.write, resident, account, wish.text, wish.request, parts.now)
    rows = await in_thread(parts, messages.mine, resident, account, paging.DEFAULT + 1)
    return _page(rows, paging.DEFAULT)


@router.post("/residents/{resident}/messages/seen", status_code=204)
async def saw(resident: KeyPath, wish: Upto, caller: Signed, parts: Needs) -> None:
    """The answers up to this one were seen."""
    account = _relative(caller, resident)
    await in_thread(parts, messages.seen, resident, account, wish.upto)


@router.get("/conversations")
async def read_threads(
    caller: Signed, parts: Needs, waiting: Annotated[bool, Query(description="only those")] = False
) -> Conversations:
    """What relatives wrote, for the station's desk."""
    scope = caller.scope(Action.ANSWER_FAMILY)
    rows = await in_thread(parts, messages.threads, scope.paths, _MOST, waiting=waiting)
    return Conversations(items=[_conversation(row) for row in rows])


def _conversation(row: dict[str, Any]) -> Conversation:
    known = {name: row[name] for name in Conversation.model_fields if name in row}
    return Conversation(
        **known,
        resident=Named(id=row["resident_id"], name=row["resident_name"]),
        relative=Named(id=row["account_id"], name=row["account_name"]),
    )


@router.get("/conversations/waiting")
async def read_waiting(caller: Signed, parts: Needs) -> Waiting:
    """How many wait for an answer."""
    scope = caller.scope(Action.ANSWER_FAMILY)
    return Waiting(count=await in_thread(parts, messages.waiting, scope.paths))


@router.get("/conversations/{conversation}/messages")
async def read_thread(
    conversation: KeyPath, caller: Signed, parts: Needs, cursor: Cursor = None, limit: Limit = paging.DEFAULT
) -> Messages:
    """One conversation."""
    scope = caller.scope(Action.ANSWER_FAMILY)
    rows = await in_thread(parts, messages.thread, conversation, scope.paths, limit + 1, _before(cursor))
    if not rows and cursor is None:
        raise not_found()
    return _page(rows, limit)


@router.post("/conversations/{conversation}/messages", status_code=201)
async def answer(conversation: KeyPath, wish: NewAnswer, caller: Signed, parts: Needs) -> Messages:
    """Answer a relative; the conversation waits no longer, unless they wrote more than the writer saw."""
    scope, account = caller.scope(Action.ANSWER_FAMILY), caller.session.account
    await _in_measure(parts, account, _STATION_HOUR)
    said = (account, wish.text, wish.request, parts.now, wish.upto)
    if not await in_thread(parts, messages.answer, conversation, scope.paths, *said):
        raise not_found()
    rows = await in_thread(parts, messages.thread, conversation, scope.paths, paging.DEFAULT + 1)
    return _page(rows, paging.DEFAULT)


@router.post("/conversations/{conversation}/settle", status_code=204)
async def settle(conversation: KeyPath, wish: Upto, caller: Signed, parts: Needs) -> None:
    """It needs no answer. 409 `lost-race` when the relative has written since."""
    scope = caller.scope(Action.ANSWER_FAMILY)
    if await in_thread(parts, messages.settle, conversation, scope.paths, wish.upto):
        return
    if not await in_thread(parts, messages.thread, conversation, scope.paths, 1):
        raise not_found()
    raise Problem(409, "lost-race", "something was written since")


@router.get("/residents/{resident}/access")
async def read_access(resident: KeyPath, caller: Signed, parts: Needs) -> Access:
    """Who else may see the resident: relatives by name, staff by role, and the consent behind it."""
    account = _relative(caller, resident)
    found = await in_thread(parts, messages.access, resident, parts.now)
    if not found["station"]:
        raise not_found()
    station = found["station"][0]
    phone = station.pop("phone")
    return Access(
        family=[Kin(**_without(one, "id"), me=one["id"] == account) for one in found["family"]],
        staff=[StaffRole(**one) for one in found["staff"]],
        station=StationRef(**station),
        station_phone=phone,
        consents=[Consented(**one) for one in found["consents"]],
    )


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


@router.put("/residents/{resident}/relation", status_code=204)
async def say_relation(resident: KeyPath, wish: SayRelation, caller: Signed, parts: Needs) -> None:
    """Say what one is to the resident."""
    account = _relative(caller, resident)
    await in_thread(parts, messages.set_relation, resident, account, wish.relation, parts.now)
