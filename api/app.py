"""The composition root: routes, errors, headers, and what lives as long as the process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from api import chores, chores_of_care, connections, device_mouth, lasting, lease, problems, tracing
from api import settings as own_settings
from api.audit import sealer
from api.audit.layer import AuditTrail
from api.device_keys import ClaimDesk
from api.fhir.outcome import AsOutcome
from api.headers import SecurityHeaders
from api.hosts import OwnNames, names
from api.limits import BodyLimit
from api.live.hub import Hub
from api.measures import Measured, watch_feed
from api.parts import Parts
from api.problems import ProblemBody
from api.routes import (
    accounts,
    audit,
    bench,
    care,
    device_keys,
    device_messages,
    devices,
    duty,
    emergencies,
    exports,
    family_homes,
    fhir,
    figures,
    found_devices,
    health,
    home_life,
    incidents,
    invitations,
    live,
    machine_tokens,
    me,
    messages,
    notifications,
    offers,
    pages,
    photos,
    policies,
    provider,
    push,
    quarantine,
    rescue_warnings,
    residents,
    security,
    session,
    silences,
    station_endpoints,
    stations,
    status,
    system,
    watching,
)
from api.settings import ApiSettings
from api.version import VERSION
from core.clock import Clock, SystemClock, parse
from core.session_name import session_name
from core.settings import Settings

PREFIX = "/api/v1"
_NOUNS = (
    session, provider, security, accounts, machine_tokens, invitations, me, notifications, push, stations,
    station_endpoints, duty, incidents, offers, policies, silences, residents, home_life, watching, figures,
    devices, device_keys, quarantine, system, bench, live, health, status, photos, messages, care, audit,
    emergencies, rescue_warnings, exports, family_homes, device_messages, found_devices,
)  # fmt: skip
_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ProblemBody, "content": {problems.MEDIA_TYPE: {}}, "description": "See `code`"},
    "5XX": {"model": ProblemBody, "content": {problems.MEDIA_TYPE: {}}, "description": "Try again later"},
}


async def _feed(hub: Hub) -> None:
    lease.become(lease.FEED)
    await hub.run()


def _claim_desk(parts: Parts) -> ClaimDesk | None:
    """Where devices without a secret are answered over MQTT; None without a broker."""
    if not parts.settings.broker_url.get_secret_value():
        return None
    desk = ClaimDesk(parts, session_name(parts.settings.data_dir, "claims"))
    desk.start()
    return desk


@asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    """Open the pool, run the chores; end them in reverse."""
    parts: Parts = app.state.parts
    await parts.pool.open(wait=False)
    parts.acting.open(wait=False)
    parts.caring.open(wait=False)
    parts.hub = hub = Hub(parts, VERSION)
    watch_feed(lambda: hub.count, lambda: hub.fresh)
    desk = _claim_desk(parts)
    parts.mouth = device_mouth.opened(parts)
    tasks = [
        lasting.task("chores", chores.run, parts),
        lasting.task("chores of care", chores_of_care.run, parts),
        lasting.task("live feed", _feed, hub),  # a board without it is blind
        lasting.task("sealer", sealer.run, parts),
        lasting.task("traces", tracing.run, parts),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if desk is not None:
            await run_sync(desk.stop)
        if parts.mouth is not None:
            await run_sync(parts.mouth.stop)
        await parts.pool.close(timeout=5)
        await run_sync(parts.acting.close)
        await run_sync(parts.caring.close)


@cache
def _routes() -> list[BaseRoute]:
    """Everything there is to ask for. Applications share it: it is linked at the first request, which takes
    most of a second."""
    router = APIRouter(responses=_ERRORS)
    for noun in _NOUNS:
        router.include_router(noun.router, prefix=PREFIX)
    for other in (fhir.router, pages.router, status.page):
        router.include_router(other)
    return router.routes


def create_app(
    settings: Settings,
    own: ApiSettings | None = None,
    clock: Clock | None = None,
    wall: Clock | None = None,
) -> FastAPI:
    """The application. `clock` and `wall` are given by tests; see `api.parts.Parts`."""
    own = own or own_settings.load()
    conninfo = settings.database_url.get_secret_value()
    parts = Parts(
        settings=settings,
        own=own,
        clock=clock or parse(settings.clock),
        wall=wall or SystemClock(),
        pool=connections.routes_pool(conninfo, own.pool_size),
        acting=connections.acting_pool(conninfo, own.acting_size),
        caring=connections.acting_pool(conninfo, own.acting_size),
    )
    app = FastAPI(
        title="nowalls",
        version=VERSION,
        description="Incidents, residents and devices of a nursing home without walls. See docs/api.md.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_living,
        responses=_ERRORS,
        redirect_slashes=False,
    )
    app.state.parts = parts
    app.add_middleware(AuditTrail)  # first: what it cannot note, the next layer answers with 503
    problems.install(app)
    app.router.routes.extend(_routes())
    app.add_middleware(GZipMiddleware, minimum_size=2048, compresslevel=4)
    app.add_middleware(BodyLimit)
    app.add_middleware(AsOutcome)
    app.add_middleware(OwnNames, known=names(settings, own))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured)  # the last added is the first to see a request
    return app
