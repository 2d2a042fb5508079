"""/care/stations: the tree below an administrator, its areas and opening hours."""

from fastapi import APIRouter

from api import caring
from api.caring import work
from api.guard import Signed
from api.models.care_organisation import Area, ChangeStation, Hours, NewStation, Opening, StationFull
from api.models.words import KeyPath
from api.parts import Needs, Parts, Row
from api.policy import Action
from care.store import organisation
from ingest.datum import to_wgs84

router = APIRouter(prefix="/care/stations", tags=["care: organisation"])


@router.post("", status_code=201, response_model_by_alias=True)
async def add(wish: NewStation, caller: Signed, parts: Needs) -> StationFull:
    """A station below one of one's own. 409 `conflict` when the code is taken."""
    paths = caller.scope(Action.RUN_STATION).paths
    above = await work(parts, organisation.one, paths, wish.parent_id)
    key = await work(parts, organisation.add, above, wish.model_dump(exclude={"parent_id"}))
    return await _station(parts, paths, key)


@router.get("/{station}", response_model_by_alias=True)
async def read(station: KeyPath, caller: Signed, parts: Needs) -> StationFull:
    """A station with its area and hours."""
    return await _station(parts, caller.scope(Action.SEE_CARE).paths, station)


@router.patch("/{station}", response_model_by_alias=True)
async def change(station: KeyPath, wish: ChangeStation, caller: Signed, parts: Needs) -> StationFull:
    """Change what is sent."""
    paths = caller.scope(Action.RUN_STATION).paths
    row = await work(parts, organisation.one, paths, station)
    sent = {name: getattr(wish, name) for name in wish.model_fields_set}
    fields = {name: value for name, value in sent.items() if value is not None or name in ("lat", "lon")}
    await work(parts, organisation.change, row, fields)
    return await _station(parts, paths, station)


@router.put("/{station}/area", response_model_by_alias=True)
async def put_area(station: KeyPath, wish: Area, caller: Signed, parts: Needs) -> StationFull:
    """Draw what the station answers for; three corners or more, or none."""
    paths = caller.scope(Action.RUN_STATION).paths
    await work(parts, organisation.one, paths, station)
    points = [to_wgs84(lat, lon) if wish.datum == "gcj02" else (lat, lon) for lat, lon in wish.points]
    await work(parts, organisation.put_area, station, points)
    return await _station(parts, paths, station)


@router.put("/{station}/hours", response_model_by_alias=True)
async def put_hours(station: KeyPath, wish: Hours, caller: Signed, parts: Needs) -> StationFull:
    """When it is open."""
    paths = caller.scope(Action.RUN_STATION).paths
    await work(parts, organisation.one, paths, station)
    hours = [
        (one.weekday, caring.minute(one.from_) or 0, caring.minute(one.until) or 0) for one in wish.items
    ]
    await work(parts, organisation.put_hours, station, hours)
    return await _station(parts, paths, station)


async def _station(parts: Parts, paths: tuple[str, ...], station: int) -> StationFull:
    row: Row = await work(parts, organisation.one, paths, station)
    hours = [
        Opening.model_validate(
            {
                "weekday": one["weekday"],
                "from": caring.clock(one["from_minute"]),
                "until": caring.clock(one["until_minute"]),
            }
        )
        for one in row["hours"]
    ]
    area = list(zip(row["area_lats"], row["area_lons"], strict=True))
    known = {name: row[name] for name in StationFull.model_fields if name in row and name != "hours"}
    return StationFull(**known, area=area, hours=hours)
