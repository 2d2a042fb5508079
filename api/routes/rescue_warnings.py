"""Rescue warnings: fire, gas and water in homes as CAP 1.2 messages, and a feed of them."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Query, Response

from alerts import cap
from api.guard import Signed
from api.models.words import iso
from api.parts import Needs, Row
from api.policy import Action
from api.problems import Problem, not_found
from api.store import incidents

router = APIRouter(tags=["rescue warnings"])

_ATOM = "http://www.w3.org/2005/Atom"
_FEED = "application/atom+xml"
_CAP: dict[int | str, dict[str, Any]] = {200: {"content": {cap.MEDIA_TYPE: {}}, "description": "CAP 1.2"}}
_ENTRIES: dict[int | str, dict[str, Any]] = {200: {"content": {_FEED: {}}, "description": "an Atom feed"}}


@router.get("/incidents/{incident}/cap", responses=_CAP, response_class=Response)
async def read_cap(incident: UUID, caller: Signed, parts: Needs) -> Response:
    """The incident as it stands, as a CAP alert. Problem 422 `no-warning` for what is none."""
    async with parts.pool.connection() as conn:
        row = await incidents.one(conn, caller.scope(Action.SEE_INCIDENTS), incident)
        if row is None:
            raise not_found()
        row = row | await incidents.station_of(conn, row["station_id"])
    if row["kind"] not in cap.KINDS:
        raise Problem(422, "no-warning", f"CAP tells of {', '.join(cap.KINDS)}")
    text = cap.alert(_scene(row), parts.settings.board_url)
    return Response(text, media_type=cap.MEDIA_TYPE)


@router.get("/rescue-warnings", responses=_ENTRIES, response_class=Response)
async def read_feed(
    caller: Signed, parts: Needs, hours: Annotated[int, Query(ge=1, le=168, description="back")] = 24
) -> Response:
    """Warnings of what is open, or changed within the last `hours`, the latest first."""
    since = parts.now - timedelta(hours=hours)
    async with parts.pool.connection() as conn:
        rows = await incidents.of_kinds(conn, caller.scope(Action.SEE_INCIDENTS), list(cap.KINDS), since)
    return Response(_feed(rows, parts.settings.board_url, iso(parts.now)), media_type=_FEED)


def _scene(row: Row) -> cap.Scene:
    return cap.Scene(
        incident=str(row["id"]),
        version=row["version"],
        kind=row["kind"],
        state=row["state"],
        outcome=row["outcome"],
        drill=row["drill"],
        urgent=row["priority"] == "high",
        onset=row["onset"],
        detected_at=row["detected_at"],
        state_since=row["state_since"],
        station={"zh": row["station_name"] or "", "en": row["station_name_en"] or row["station_name"] or ""},
        station_code=row["station_code"] or "",
        phone=row["station_phone"] or "",
        where=row["address"] or "",
        lat=row["lat"],
        lon=row["lon"],
        reason_key=row["reason_key"],
        reason_params=row["reason_params"],
        zone=row["time_zone"],
    )


def _feed(rows: list[Row], home_url: str, now: str) -> bytes:
    feed = ET.Element("feed", xmlns=_ATOM)
    base = f"{home_url}/api/v1"
    _say(feed, "id", f"{base}/rescue-warnings")
    _say(feed, "title", "Rescue warnings / 救援通报")
    _say(feed, "updated", iso(rows[0]["state_since"]) if rows else now)
    author = ET.SubElement(feed, "author")
    _say(author, "name", "nowalls")
    for row in rows:
        entry = ET.SubElement(feed, "entry")
        _say(entry, "id", f"urn:uuid:{row['id']}")
        _say(entry, "title", f"{row['kind']}: {row['state']}")
        _say(entry, "updated", iso(row["state_since"]))
        where = f"{base}/incidents/{row['id']}/cap"
        ET.SubElement(entry, "link", rel="alternate", type=cap.MEDIA_TYPE, href=where)
        _say(entry, "summary", row["address"] or "")
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = "".join(one if one.isprintable() else " " for one in text)
