"""Settings of delivery, from NOWALLS_* in the environment."""

from functools import cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.settings import SecretWebUrl, read


class DeliverySettings(BaseSettings):
    """Read once and never changed."""

    model_config = SettingsConfigDict(
        env_prefix="NOWALLS_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    allow_private_targets: bool = Field(
        default=False, description="let webhooks and services go to addresses inside your own network"
    )
    push_contact: str = Field(
        default="operator@example.org", description="e-mail that push services may write to when we misbehave"
    )
    self_test_at: str = Field(
        default="10:00",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description='local time from which stations are tested, HH:MM; "" for never',
    )
    deadman_url: SecretWebUrl = Field(
        default=SecretStr(""),
        description="asked every minute while everything works; a watcher outside notices",
    )


@cache
def load() -> DeliverySettings:
    """The settings of this process; raises core.settings.WrongSettingError."""
    return read(DeliverySettings)
