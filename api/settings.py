"""What can be set about the API alone, from NOWALLS_* in the environment."""

from functools import cache
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ApiSettings(BaseSettings):
    """Settings beside those of `core.settings`, read once and never changed."""

    model_config = SettingsConfigDict(env_prefix="NOWALLS_", frozen=True, extra="ignore")

    demo: bool = Field(default=False, description="the first run mints a link for each role")
    trusted_proxies: str = Field(
        default="", description="addresses, comma separated, whose X-Forwarded-For and -Proto are believed"
    )
    pool_size: int = Field(
        default=12, ge=2, le=200, description="most database connections of one API process"
    )
    acting_size: int = Field(default=4, ge=1, le=50, description="and as many more for acting on incidents")
    idle_hours: float = Field(
        default=2, gt=0, description="a session of station staff ends after so long unused"
    )
    shift_hours: float = Field(default=12, gt=0, description="... and after so long in any case")
    family_idle_days: float = Field(default=7, gt=0, description="the same for somebody who is family only")
    family_days: float = Field(default=30, gt=0, description="... and in any case")

    map_tiles: str = Field(
        default="",
        pattern=r"^(https?://[\w.:-]+/[^\s;,'\"]*)?$",
        description='"https://.../{z}/{x}/{y}.png" of street maps; empty: a schematic map is drawn',
    )
    map_attribution: str = Field(default="", description="whom the map thanks")
    map_datum: Literal["wgs84", "gcj02"] = Field(default="wgs84", description="datum of these maps")
    map_max_zoom: int = Field(default=18, ge=1, le=24, description="their closest zoom level")


@cache
def load() -> ApiSettings:
    """The settings of this process."""
    return ApiSettings()
