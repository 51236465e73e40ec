"""The settings: environment variables, checked once, before anything starts."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyNetwork, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

KNOWN_CHANNELS = ("web", "telegram")


OF_THE_DEMONSTRATION: dict[str, object] = {
    "database_url": "sqlite:///var/demo/tramoi.db",
    "data_keys_file": "var/demo/data.keys",
    "index_key_file": "var/demo/index.key",
}


class SettingsRefused(Exception):
    """A setting is missing or wrong; the message names it and says what to write."""


class Settings(BaseSettings):
    """Every setting, by its name in lower case. `.env.example` explains each."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    demo: bool = False
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str = ""
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = ()
    database_url: str = "sqlite:///var/tramoi.db"
    database_connections: int = Field(8, ge=1, le=100)
    redis_url: str = ""
    data_keys_file: Path = Path("var/data.keys")
    index_key_file: Path = Path("var/index.key")
    channels: Annotated[tuple[str, ...], NoDecode] = ("web",)
    station: str = "23677"
    telegram_token: str = ""
    telegram_secret: str = ""
    telegram_api_url: str = ""
    telegram_receive: Literal["polling", "webhook"] = "polling"
    telegram_per_second: float = Field(28, gt=0)
    sms_url: str = ""
    sms_method: Literal["POST", "PUT"] = "POST"
    sms_headers: dict[str, str] = {}
    sms_body: str = '{"to": "{phone}", "text": "{text}", "id": "{id}"}'
    sms_success: str = ""
    sms_code: str = ""
    sms_permanent: Annotated[frozenset[str], NoDecode] = frozenset()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"

    @model_validator(mode="before")
    @classmethod
    def _data_of_its_own(cls, given: dict[str, object]) -> dict[str, object]:
        """The demonstration keeps its data and keys apart from a station's in the same folder."""
        demo = str(given.get("demo", "")).lower() in ("1", "true", "yes", "on", "t", "y")
        return {**OF_THE_DEMONSTRATION, **given} if demo else given

    @field_validator("channels", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, written: object) -> object:
        if isinstance(written, str):
            return tuple(name.strip() for name in written.split(",") if name.strip())
        return written

    @field_validator("sms_permanent", mode="before")
    @classmethod
    def _codes(cls, written: object) -> object:
        if isinstance(written, str):
            return frozenset(code.strip() for code in written.split(",") if code.strip())
        return written

    @field_validator("channels")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in names if name not in KNOWN_CHANNELS]
        if unknown:
            known = ", ".join(KNOWN_CHANNELS)
            raise ValueError(f"there is no channel {unknown[0]!r}; choose from: {known}")
        return names

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("write sqlite:///path/to/file.db or postgresql://user@host/name")
        return url

    @field_validator("public_url")
    @classmethod
    def _address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise ValueError("write the address people open, such as https://tram.example.vn")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.demo:
            self._only_a_demonstration()
        elif "telegram" in self.channels and not self.telegram_token:
            raise ValueError("CHANNELS has telegram, so TELEGRAM_TOKEN is needed (from BotFather)")
        if self.telegram_receive == "webhook" and "telegram" in self.channels:
            self._webhook_can_work()
        return self

    def _only_a_demonstration(self) -> None:
        """The demonstration shows codes on the page: it must never stand beside the real thing."""
        beside = {
            "TELEGRAM_TOKEN": self.telegram_token,
            "SMS_URL": self.sms_url,
            "DATABASE_URL (PostgreSQL)": self.database_url.startswith("postgres"),
        }
        if found := [name for name, value in beside.items() if value]:
            raise ValueError(
                f"DEMO=1 does not start beside {found[0]}: the demonstration has its own data and"
                " shows codes to everyone. Remove one of the two."
            )

    def _webhook_can_work(self) -> None:
        if not self.telegram_secret:
            raise ValueError("TELEGRAM_RECEIVE=webhook needs TELEGRAM_SECRET (any 32 letters)")
        if not self.public_url:
            raise ValueError("TELEGRAM_RECEIVE=webhook needs PUBLIC_URL, which Telegram can reach")

    @property
    def sqlite_path(self) -> str | None:
        """The database file, where SQLite is used."""
        if self.database_url.startswith("sqlite:///"):
            return self.database_url.removeprefix("sqlite:///")
        return None


def read_settings(**given: object) -> Settings:
    """Read the environment and `.env`. Raises SettingsRefused with the setting and the way out."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsRefused("\n".join(_sentences(error))) from None
    except SettingsError:
        raise SettingsRefused(
            'SMS_HEADERS: write JSON, such as {"Authorization": "Bearer …"}'
        ) from None


def _sentences(error: ValidationError) -> list[str]:
    said = []
    for one in error.errors(include_url=False, include_input=False):
        name = str(one["loc"][0]).upper() if one["loc"] else ""
        why = one["msg"].removeprefix("Value error, ")
        said.append(f"{name}: {why}" if name else why)
    return said
