"""/fhir: HL7 FHIR R4. What it can do says GET /fhir/metadata; docs/fhir.md says it for people."""

import json
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import JSONResponse, Response

from api import asking_fhir as asking
from api import pace
from api import searching_fhir as searching
from api import telling_fhir as telling
from api.fhir import capability, negotiation, parameters
from api.fhir.search import BadSearch
from api.fhir.words import MEDIA_TYPE, Resource
from api.guard import Signed, still
from api.models.words import KeyPath
from api.parts import Needs
from api.problems import Problem
from api.version import VERSION


def negotiated(request: Request) -> None:
    """Problem 406 for whoever takes no JSON: XML and others are not made here."""
    asked = request.query_params.getlist("_format")
    if not negotiation.is_json(asked[-1] if asked else None, request.headers.get("accept")):
        raise Problem(406, "not-acceptable", f"this server speaks {MEDIA_TYPE} only: no XML, no Turtle")


router = APIRouter(prefix="/fhir", tags=["fhir"], include_in_schema=False, dependencies=[Depends(negotiated)])

Prefer = Annotated[str, Header(max_length=200)]
Name = Annotated[str, Path(alias="resource", pattern=r"^[A-Za-z]{1,40}$")]
Key = Annotated[str, Path(pattern=r"^[$_A-Za-z0-9.-]{1,64}$")]
_PACE = [Depends(pace.limited("fhir", per_minute=600))]
_FORM = "application/x-www-form-urlencoded"


class Fhir(JSONResponse):
    """JSON in FHIR's own media type."""

    media_type = MEDIA_TYPE


@router.get("/metadata", response_class=Fhir)
async def read_capability(parts: Needs) -> Fhir:
    """What this server can do; for anybody, there is nothing of anybody in it."""
    return Fhir(capability.statement(asking.base(parts), VERSION, parts.wall_now))


@router.get("/Patient/{resident}/$everything", response_class=Fhir, dependencies=_PACE)
async def read_everything(resident: KeyPath, request: Request, caller: Signed, parts: Needs) -> Fhir:
    """All that FHIR tells of one person, a page at a time."""
    given = list(request.query_params.multi_items())
    return Fhir(await asking.everything(parts, caller, resident, given))


@router.post("/Patient/{resident}/$everything", response_class=Fhir, dependencies=_PACE)
async def read_everything_by_form(resident: KeyPath, request: Request, caller: Signed, parts: Needs) -> Fhir:
    """The same, asked for as an operation: with Parameters, or without a body."""
    body = await _body(request) if await request.body() else {}
    try:
        given = [*request.query_params.multi_items(), *parameters.asked(body)]
    except BadSearch as error:
        raise asking.bad(error) from error
    return Fhir(await asking.everything(parts, caller, resident, given))


@router.get("/Patient/{resident}/{resource}", response_class=Fhir, dependencies=_PACE)
async def search_compartment(
    resident: KeyPath, resource: Name, request: Request, caller: Signed, parts: Needs, prefer: Prefer = ""
) -> Fhir:
    """A page of those about one person: a search with `patient`."""
    given = [*request.query_params.multi_items(), ("patient", str(resident))]
    return Fhir(await searching.page(parts, caller, resource, given, lenient=_lenient(prefer)))


@router.get("/Subscription", response_class=Fhir)
async def list_subscriptions(caller: Signed, parts: Needs) -> Fhir:
    """Those of the token that asks."""
    return Fhir(await telling.subscriptions_of(parts, caller))


@router.post("/Subscription", response_class=Fhir, status_code=201)
async def subscribe(request: Request, caller: Signed, parts: Needs) -> Fhir:
    """A doorbell. Problem 422 for what cannot be subscribed to."""
    body = await _body(request)
    made = await telling.subscribe(parts, await still(request, parts), body)
    return _created(asking.base(parts), made)


@router.get("/Subscription/{subscription}", response_class=Fhir)
async def read_subscription(subscription: KeyPath, caller: Signed, parts: Needs) -> Fhir:
    """One of one's own."""
    return Fhir(await telling.subscription_of(parts, caller, subscription))


@router.delete("/Subscription/{subscription}", status_code=204)
async def unsubscribe(subscription: KeyPath, caller: Signed, parts: Needs) -> None:
    """It rings no more."""
    await telling.unsubscribe(parts, caller, subscription)


@router.post("/Observation", response_class=Fhir, status_code=201)
async def tell_observation(
    request: Request,
    caller: Signed,
    parts: Needs,
    if_none_exist: Annotated[str | None, Header(max_length=500)] = None,
    prefer: Prefer = "",
) -> Response:
    """What a hospital measured. With If-None-Exist 200 and what is there already, else 409."""
    body = await _body(request)
    found, made = await telling.observation(parts, await still(request, parts), body, if_none_exist)
    answer = _created(asking.base(parts), found) if made else Fhir(found)
    if "return=minimal" not in prefer.replace(" ", ""):
        return answer
    where = {"Location": answer.headers["Location"]} if made else {}
    return Response(status_code=answer.status_code, headers=where)


@router.post("/{resource}/_search", response_class=Fhir, dependencies=_PACE)
async def search_by_form(
    resource: Name, request: Request, caller: Signed, parts: Needs, prefer: Prefer = ""
) -> Fhir:
    """As a search by address, but what is asked for stands in no log of a proxy."""
    if request.headers.get("content-type", "").partition(";")[0] != _FORM:
        raise Problem(415, "unsupported-media-type", f"a search is sent as {_FORM}")
    try:
        form = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=50)
    except ValueError as error:
        raise Problem(400, "bad-search", "the form cannot be read") from error
    given = [*request.query_params.multi_items(), *form]
    return Fhir(await searching.page(parts, caller, resource, given, lenient=_lenient(prefer)))


@router.get("/{resource}", response_class=Fhir, dependencies=_PACE)
async def search(resource: Name, request: Request, caller: Signed, parts: Needs, prefer: Prefer = "") -> Fhir:
    """A page of those that fit."""
    given = list(request.query_params.multi_items())
    return Fhir(await searching.page(parts, caller, resource, given, lenient=_lenient(prefer)))


@router.get("/Observation/$lastn", response_class=Fhir, dependencies=_PACE)
async def read_latest(request: Request, caller: Signed, parts: Needs) -> Fhir:
    """The latest of each thing that is measured of one person."""
    return Fhir(await searching.latest(parts, caller, list(request.query_params.multi_items())))


@router.get("/{resource}/{key}", response_class=Fhir)
async def read(
    resource: Name,
    key: Key,
    caller: Signed,
    parts: Needs,
    if_none_match: Annotated[str, Header(max_length=1_000)] = "",
) -> Response:
    """One of them; 304 for whoever has it as it is."""
    if key.startswith(("$", "_")):
        raise Problem(
            404, "not-found", f"{key} is not offered here; see /fhir/metadata", issue="not-supported"
        )
    answer = Fhir(await asking.one(parts, caller, resource, key))
    tag = f'W/"{sha256(answer.body).hexdigest()[:32]}"'
    if tag.removeprefix("W/") in (one.strip().removeprefix("W/") for one in if_none_match.split(",")):
        return Response(status_code=304, headers={"ETag": tag})
    answer.headers["ETag"] = tag
    return answer


def _lenient(prefer: str) -> bool:
    return "handling=lenient" in prefer.replace(" ", "")


async def _body(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind not in (MEDIA_TYPE, "application/json"):
        raise Problem(415, "unsupported-media-type", f"the body must be {MEDIA_TYPE}")
    try:
        body = await request.json()
        json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as error:
        raise Problem(400, "bad-request", "the body is not JSON") from error
    if not isinstance(body, dict):
        raise Problem(400, "bad-request", "the body is no resource")
    return body


def _created(base: str, made: Resource) -> Fhir:
    where = f"{base}/{made['resourceType']}/{made['id']}"
    return Fhir(made, 201, headers={"Location": where})
