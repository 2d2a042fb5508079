"""/residents/{resident}/family-homes: a relative's own smart home hears how somebody is."""

from typing import Annotated

from fastapi import APIRouter, Depends

from alerts.delivery import home_assistant
from api import caring
from api.caring import work
from api.device_keys import broker_address
from api.guard import Caller, InPerson, fresh
from api.models.family_homes import FamilyHome, FamilyHomes, MadeFamilyHome, NewFamilyHome
from api.models.words import KeyPath
from api.parts import Needs
from api.policy import Action
from api.problems import not_found
from care.store import family_homes
from core import tls

router = APIRouter(prefix="/residents/{resident}/family-homes", tags=["family"])

FreshRelative = Annotated[Caller, Depends(fresh)]


def _relative(caller: Caller, resident: int) -> int:
    """The account of a relative whom `resident` lets in just now; Problem 404 otherwise."""
    if resident not in caller.scope(Action.LINK_HOME).residents:
        raise not_found()
    caring.shown([resident])
    return caller.session.account


@router.get("")
async def read(resident: KeyPath, caller: InPerson, parts: Needs) -> FamilyHomes:
    """Those that hold."""
    account = _relative(caller, resident)
    found = await work(parts, family_homes.listed, account, resident)
    return FamilyHomes(items=[FamilyHome(**row) for row in found])


@router.post("", status_code=201)
async def make(resident: KeyPath, wish: NewFamilyHome, caller: FreshRelative, parts: Needs) -> MadeFamilyHome:
    """A login of its own, that hears how the person is and nothing else. Problem 409 beyond three."""
    account = _relative(caller, resident)
    language = wish.language or ("zh" if caller.session.language == "zh" else "en")
    made = await work(parts, family_homes.add, account, resident, wish.label, language, parts.now)
    return MadeFamilyHome(
        id=made.id,
        code=made.code,
        label=wish.label,
        language=language,
        created_at=parts.now,
        user=f"family.{made.code}",
        secret=made.secret,
        broker=broker_address(parts),
        ca=tls.authority(parts.settings.data_dir),
        discovery_prefix=home_assistant.prefix(made.code),
        status_topic=f"{home_assistant.root(made.code)}/status",
    )


@router.delete("/{home}", status_code=204)
async def end(resident: KeyPath, home: KeyPath, caller: InPerson, parts: Needs) -> None:
    """Its login opens nothing any more, and what the broker kept for it is taken back."""
    account = _relative(caller, resident)
    await work(parts, family_homes.end, account, resident, home, parts.now)
