"""/tokens: what machines come in with."""

from fastapi import APIRouter

from api import minting
from api.guard import FreshInPerson, InPerson
from api.models.people import MadeToken, NewToken, Tokens
from api.models.words import KeyPath
from api.parts import Needs

router = APIRouter(prefix="/tokens", tags=["accounts"])


@router.get("")
async def read(caller: InPerson, parts: Needs) -> Tokens:
    """The tokens of the caller's part of the tree, and what may be given to a new one."""
    return await minting.listed(parts, caller)


@router.post("", status_code=201)
async def make(wish: NewToken, caller: FreshInPerson, parts: Needs) -> MadeToken:
    """A new one; it is shown this once."""
    return await minting.make(parts, caller, wish)


@router.delete("/{token}", status_code=204)
async def revoke(token: KeyPath, caller: InPerson, parts: Needs) -> None:
    """It opens nothing any more."""
    await minting.revoke(parts, caller, token)
