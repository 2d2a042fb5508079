"""What can be set, from NOWALLS_* in the environment; `nowalls up` sets it for the parts it starts."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Kind = TypeVar("Kind", bound=BaseSettings)

_NODE = r"(\[[0-9a-fA-F:.]+\]|[^\s/@:,\[\]]+):\d{1,5}"
WEB = r"^(https?://[^\s/]\S*)?$"  # what may stand where the address of a page or service is asked for


class WrongSettingError(SystemExit):
    """A variable has a value that it cannot have. It ends the program with one line for each: nothing could
    be done about it here, and a traceback helps nobody who only set a variable."""


def _of_broker(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    try:
        parts = urlsplit(text)
        right = not text or (parts.scheme in ("mqtt", "mqtts") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        right = False
    if not right:
        raise ValueError("is not mqtt://user:password@host:port, or mqtts:// over TLS")
    return value


def _of_carrier(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if text and not re.fullmatch(rf"(nats|tls)://([^\s/@]*@)?{_NODE}(,{_NODE})*/?", text):
        raise ValueError("is not nats://user:password@host:port,host:port,..., or tls://")
    return value


def _of_web(value: SecretStr) -> SecretStr:
    if not re.fullmatch(WEB, value.get_secret_value()):
        raise ValueError("is not https://..., or http://...")
    return value


BrokerUrl = Annotated[SecretStr, AfterValidator(_of_broker)]
SecretWebUrl = Annotated[SecretStr, AfterValidator(_of_web)]


class Settings(BaseSettings):
    """Settings of one process, read once and never changed.

    A value that carries a password is a SecretStr: it prints as stars, `get_secret_value()` gives the text.
    """

    model_config = SettingsConfigDict(
        env_prefix="NOWALLS_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(default=Path("data"), description="the one folder that holds everything")
    keys_dir: Path | None = Field(
        default=None,
        description="folder of the keys that people's identity is sealed with; unset: <data>/keys",
    )
    database_url: SecretStr = Field(default=SecretStr(""), description="libpq URL or DSN of the database")
    broker_url: BrokerUrl = Field(
        default=SecretStr(""), description="mqtt://user:password@host:port of the broker"
    )
    carrier: Literal["mqtt", "jetstream"] = Field(
        default="mqtt", description="how ingest hears devices: one MQTT session, or parts of a NATS cluster"
    )
    carrier_url: Annotated[SecretStr, AfterValidator(_of_carrier)] = Field(
        default=SecretStr(""), description="nats://user:password@host:port,host:port,... of the cluster"
    )
    partitions: int = Field(
        default=16, ge=1, le=1024, description="into how many parts the cluster sorts homes"
    )
    interpreter_url: BrokerUrl = Field(
        default=SecretStr(""),
        description="the same broker with the login of who speaks in devices' names; unset: broker_url's",
    )
    interpreter_cert: Path | None = Field(
        default=None, description="the certificate of that login, where the broker asks for one"
    )
    scaip_host: str = Field(default="127.0.0.1", description="address on which social alarms are received")
    scaip_port: int = Field(
        default=0, ge=0, le=65535, description="port for SCAIP over UDP and TCP, 5060 usually; 0: none"
    )
    scaip_tls_port: int = Field(
        default=0, ge=0, le=65535, description="port for SCAIP over TLS, 5061 usually; 0: none"
    )
    http_host: str = Field(default="127.0.0.1", description="address the pages and the API listen on")
    http_port: int = Field(default=8420, ge=0, le=65535, description="port the pages and the API listen on")
    mqtt_host: str = Field(
        default="127.0.0.1",
        description="where the embedded broker hears devices; without TLS only in a network you trust",
    )
    mqtt_port: int = Field(default=1883, ge=1, le=65535, description="and its port")
    client_certs: bool = Field(
        default=False,
        description="devices prove themselves to the embedded broker by certificate; implies TLS",
    )
    public_url: str = Field(
        default="", pattern=WEB, description="address people type, when it is not http://host:port"
    )
    clock: str = Field(default="", description='virtual clock, see core.clock.parse; "" is the system clock')
    tls: bool = Field(
        default=False, description="serve the pages over HTTPS, with the certificate in <data>/tls"
    )
    tls_ca: Path | None = Field(
        default=None, description="the authority whose brokers are trusted; unset: those the system trusts"
    )
    tls_cert: Path | None = Field(
        default=None, description="the certificate shown to a broker that asks for one; its .key beside it"
    )
    mqtt_reader: Literal["paho", "lean"] = Field(
        default="paho",
        description="how ingest reads from an MQTT broker; lean: several times as quick, MQTT 3.1.1 alone",
    )
    device_rate: float = Field(
        default=20, ge=0, description="messages a second that one device may send for long; 0: no limit"
    )
    device_burst: float = Field(default=5000, ge=1, description="messages that it may send at once")
    archive: Path | None = Field(
        default=None, description="backups' folder to which the log of the embedded database is streamed"
    )
    key_copies: Path | None = Field(
        default=None,
        description="folder of the copies of residents' keys, apart from the backups; the doctor looks at it",
    )
    metrics: str = Field(
        default="127.0.0.1:0",
        pattern=r"^(\S+:\d{1,5})?$",
        description="where each process serves its numbers to Prometheus; port 0: a free one; empty: nowhere",
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="what Prometheus shows to read them; unset: made once, in <data>/secrets/metrics",
    )
    traces_url: str = Field(
        default="",
        pattern=WEB,
        description="OTLP/HTTP address that one API process sends traces of alarms to; empty: none",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="least level logged"
    )
    log_format: Literal["json", "text"] = Field(default="json", description="one JSON object a line, or text")

    @property
    def speaking(self) -> tuple[str, Path | None]:
        """(URL, certificate) of who speaks in devices' names."""
        own = self.interpreter_url.get_secret_value()
        return (own, self.interpreter_cert) if own else (self.broker_url.get_secret_value(), self.tls_cert)

    @property
    def board_url(self) -> str:
        """Where people open the pages, without a slash at the end."""
        host = f"[{self.http_host}]" if ":" in self.http_host else self.http_host
        return self.public_url.rstrip("/") or f"{'https' if self.tls else 'http'}://{host}:{self.http_port}"


def read(kind: type[Kind]) -> Kind:
    """The settings of one class from the environment; raises WrongSettingError naming each wrong variable."""
    try:
        return kind()
    except ValidationError as error:
        raise WrongSettingError("\n".join(_complaints(kind, error))) from None


def _complaints(kind: type[BaseSettings], error: ValidationError) -> Iterator[str]:
    """Which variable, what is the matter with it, what it is for; never its value, which may be a secret."""
    prefix = kind.model_config.get("env_prefix", "")
    for one in error.errors(include_input=False, include_url=False):
        name = str(one["loc"][0])
        why = one["msg"].removeprefix("Value error, ")
        yield f"{prefix}{name}: {why} ({kind.model_fields[name].description})".replace(name, name.upper(), 1)


@cache
def load() -> Settings:
    """The settings of this process; raises WrongSettingError."""
    return read(Settings)
