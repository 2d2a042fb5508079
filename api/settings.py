"""What can be set about the API alone, from NOWALLS_* in the environment."""

import ipaddress
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import WEB, read


def _of_proxies(text: str) -> str:
    """Addresses and networks, or nothing. What is no such thing would be believed by nobody, unnoticed; and
    whoever believes everybody lets each visitor say where they come from and that the wire was safe."""
    for one in filter(None, text.replace(" ", "").split(",")):
        try:
            network = ipaddress.ip_network(one)
        except ValueError as error:
            raise ValueError("is not a list of addresses and networks, as 10.0.0.5,10.1.0.0/16") from error
        if network.prefixlen == 0:
            raise ValueError("names everybody: then each visitor could claim any address")
    return text


Proxies = Annotated[str, AfterValidator(_of_proxies)]


class ApiSettings(BaseSettings):
    """Settings beside those of `core.settings`, read once and never changed."""

    model_config = SettingsConfigDict(
        env_prefix="NOWALLS_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    demo: bool = Field(default=False, description="the first run mints a link for each role")
    trusted_proxies: Proxies = Field(
        default="",
        description="addresses and networks, comma separated, whose X-Forwarded-For and -Proto are believed",
    )
    share_port: bool = Field(
        default=False, description="several API processes of this machine listen on one port (Linux)"
    )
    hosts: str = Field(
        default="",
        pattern=r"^[^/]*$",
        description="names under which we are spoken to, comma separated, beside that of the public URL; with"
        " neither, every name is answered",
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

    second_factor: Literal["", "required", "optional"] = Field(
        default="",
        description="whether administrators must have a second factor; empty: unless this is a demonstration",
    )
    second_factor_grace_days: float = Field(
        default=7, ge=0, description="after the first sign-in that lacked one, so long they may still work"
    )
    passkey_sign_in: bool = Field(default=True, description="a passkey alone may sign in, without a password")
    password_kib: int = Field(default=65536, ge=1024, description="memory that one password costs to check")
    password_rounds: int = Field(default=3, ge=1, le=20, description="and how often it is gone through")

    oidc_issuer: str = Field(
        default="",
        pattern=WEB,
        description="address of the city's identity provider (OpenID Connect); empty: none",
    )
    oidc_name: str = Field(default="", description="what the log-in page calls it")
    oidc_client_id: str = Field(default="", description="as whom we are known there")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="and what proves it")
    oidc_scope: str = Field(default="openid profile email", description="what we ask the provider for")
    oidc_match: str = Field(
        default="",
        description="claim that names the login of an account, e.g. email; empty: by invitation only",
    )
    oidc_second_factor: bool = Field(
        default=False, description="the provider asks for a second factor itself: we ask for no other"
    )

    erasure_days: int = Field(
        default=14, ge=0, description="days before a person is forgotten when no second administrator agrees"
    )
    audit_months: int = Field(default=36, ge=6, description="months for which it is known who looked at whom")

    map_tiles: str = Field(
        default="",
        pattern=r"^(https?://[\w.:-]+/[^\s;,'\"]*)?$",
        description='"https://.../{z}/{x}/{y}.png" of street maps; empty: a schematic map is drawn',
    )
    map_attribution: str = Field(default="", description="whom the map thanks")
    map_datum: Literal["wgs84", "gcj02"] = Field(default="wgs84", description="datum of these maps")
    map_max_zoom: int = Field(default=18, ge=1, le=24, description="their closest zoom level")

    @property
    def second_factor_required(self) -> bool:
        """Whether who runs stations or takes data out needs a second factor."""
        return self.second_factor == "required" or (self.second_factor == "" and not self.demo)


@cache
def load() -> ApiSettings:
    """The settings of this process; raises core.settings.WrongSettingError."""
    return read(ApiSettings)
