"""/care: the words that people agree to."""

from fastapi import APIRouter

from api.caring import work
from api.guard import Fresh, Signed
from api.models.care_rights import ConsentText, ConsentTexts, NewConsentText
from api.parts import Needs, Parts
from api.policy import Action
from api.problems import Problem
from care.store import consents

router = APIRouter(prefix="/care/consent-texts", tags=["care: rights"])


@router.get("")
async def read_texts(caller: Signed, parts: Needs) -> ConsentTexts:
    """What is read out when somebody is asked, and what was before."""
    caller.scope(Action.SEE_RESIDENTS)
    return await _all(parts)


@router.post("", status_code=201)
async def add_text(wish: NewConsentText, caller: Fresh, parts: Needs) -> ConsentTexts:
    """New words for a purpose, from now on; for administrators of everything."""
    if not caller.scope(Action.RUN_STATION).whole:
        raise Problem(403)
    await work(
        parts, consents.add_text, wish.purpose, wish.zh, wish.en,
        anew=wish.anew, now=parts.now, account=caller.session.account,
    )  # fmt: skip
    return await _all(parts)


async def _all(parts: Parts) -> ConsentTexts:
    newest: dict[str, int] = {}
    items = []
    for one in await work(parts, consents.texts):
        newest.setdefault(one["purpose"], one["version"])
        known = {name: one[name] for name in ("purpose", "version", "zh", "en", "anew")}
        items.append(ConsentText(**known, latest=one["version"] == newest[one["purpose"]]))
    return ConsentTexts(items=items)
