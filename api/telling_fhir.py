"""What hospitals send: an Observation, and where to ring when something is new for them."""

from typing import Any
from urllib.parse import parse_qsl

from anyio.to_thread import run_sync
from pydantic import ValidationError

from alerts.delivery import settings as delivery_settings
from alerts.delivery.keys import Keys
from api import addresses
from api import asking_fhir as asking
from api.fhir import bundle, observations, search, subscription
from api.fhir.capability import ACTIONS
from api.fhir.observations import NotOurs
from api.fhir.search import BadSearch, Search
from api.fhir.subscription import NotPossible
from api.fhir.words import Resource
from api.guard import Caller
from api.parts import Connection, Parts, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import fhir, subscriptions
from api.store.fhir import Asking

MOST = 20  # subscriptions of one token


async def observation(
    parts: Parts, caller: Caller, body: dict[str, Any], condition: str | None
) -> tuple[Resource, bool]:
    """Keep what was measured, under the sender's own identifier: the resource, and whether it is new.

    Sent again with a `condition` (If-None-Exist) it is the one that is there; without one Problem 409.
    Problem 422 for what cannot be kept, 412 for a condition that is about something else.
    """
    who = Asking(caller.scope(Action.ADD_OBSERVATIONS), parts.now)
    try:
        await run_sync(_valid, body)
        facts = observations.told(body)
    except NotOurs as error:
        raise Problem(422, "not-kept", str(error)) from error
    if condition is not None:
        _check(condition, facts)
    async with parts.pool.connection() as conn:
        await asking.reach(conn, parts, who, facts["patient"])
        key = await fhir.tell(conn, facts, caller.session.account, parts.now)
        made = key is not None
        key = key or await fhir.told_before(conn, facts)
        if not made and condition is None:
            raise Problem(
                409, "conflict", "there is one of this identifier; send If-None-Exist", issue="duplicate"
            )
        wanted = Search("Observation", facts["patient"], keys=(f"told-{key}",))
        found = await fhir.measured(conn, who, wanted, 1, None)
    if not found:
        raise not_found()
    return found[0][0], made


def _valid(body: dict[str, Any]) -> None:
    from fhir.resources.R4B.observation import Observation  # noqa: PLC0415 - a second to load

    try:
        Observation.model_validate(body)
    except (ValidationError, RecursionError) as error:
        where = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ()
        raise NotOurs(f"no valid Observation: {'.'.join(map(str, where))[:200]}") from error


def _check(condition: str, facts: dict[str, Any]) -> None:
    """The condition must be about the identifier that is sent, and may name the patient."""
    try:
        wanted = search.parse("Observation", [*parse_qsl(condition), ("patient", str(facts["patient"]))])
    except BadSearch as error:
        raise asking.bad(error) from error
    if wanted.tokens.get("identifier") != ((facts["id_system"], facts["id_value"]),):
        raise Problem(412, "bad-condition", "If-None-Exist: identifier=<system>|<value> of what is sent")


def _machine(caller: Caller) -> int:
    if caller.machine is None:
        raise Problem(403, "only-for-machines", "a subscription belongs to a token: POST /api/v1/tokens")
    return caller.session.account


async def subscribe(parts: Parts, caller: Caller, body: dict[str, Any]) -> Resource:
    """Ring from now on; the answer holds, this once, the secret that signs. Problem 422, 409 `too-many`."""
    account = _machine(caller)
    try:
        wish = subscription.wished(body)
    except NotPossible as error:
        raise Problem(422, "not-possible", str(error)) from error
    who = asking.asking(parts, caller, wish.resource)
    private = delivery_settings.load().allow_private_targets
    endpoint = addresses.webhook(wish.endpoint, private=private)
    async with parts.pool.connection() as conn:
        if wish.patient is not None:
            await asking.reach(conn, parts, who, wish.patient)
        assert caller.machine is not None
        row = await subscriptions.add(
            conn,
            account=account,
            path=caller.machine.path,
            resource=wish.resource,
            resident=wish.patient,
            endpoint=endpoint,
            ends_at=wish.end,
            now=parts.now,
            most=MOST,
        )
    if row is None:
        raise Problem(409, "too-many", f"at most {MOST} of them")
    secret = await run_sync(Keys(parts.settings.data_dir).subscription, row["id"])
    return subscription.resource(row, secret)


async def _own(conn: Connection, caller: Caller, key: int | None = None) -> list[Row]:
    return await subscriptions.listed(conn, _machine(caller), key)


async def subscriptions_of(parts: Parts, caller: Caller) -> Resource:
    """All of the token that asks."""
    _may_any(caller)
    async with parts.pool.connection() as conn:
        found = [subscription.resource(row) for row in await _own(conn, caller)]
    return bundle.searchset(asking.base(parts), "Subscription", (), found, None)


async def subscription_of(parts: Parts, caller: Caller, key: int) -> Resource:
    """One of them; Problem 404."""
    _may_any(caller)
    async with parts.pool.connection() as conn:
        found = await _own(conn, caller, key)
    if not found:
        raise not_found()
    return subscription.resource(found[0])


async def unsubscribe(parts: Parts, caller: Caller, key: int) -> None:
    """It rings no more; Problem 404."""
    _may_any(caller)
    async with parts.pool.connection() as conn:
        if not await subscriptions.remove(conn, _machine(caller), key):
            raise not_found()


def _may_any(caller: Caller) -> None:
    """Somebody who may see nothing of what there is to subscribe to has no subscriptions either."""
    if not any(caller.may(action).paths for action in ACTIONS.values()):
        raise Problem(403)
