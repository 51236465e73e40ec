"""What a certificate may say: the European schema 1.3.3, in our words.

It judges certificates of every version. Read tolerantly where real issuers deviate without harm:
whole numbers written as 1.0, blanks around a product code, an instant where a day is asked, birth
dates with parts missing. Unknown fields are let be; codes are not checked against the value sets,
which have grown since many certificates were signed.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from handlers.hc1.instants import read_instant
from handlers.hc1.key_usage import Kind


def _whole(value: object) -> object:
    """JSON Schema counts 1.0 as an integer, and true as none."""
    if isinstance(value, bool):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic wants a ValueError
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _instant(value: object) -> object:
    return (read_instant(value) if isinstance(value, str) else None) or value


def _day(value: object) -> object:
    instant = _instant(value)
    return date.fromisoformat(str(value)[:10]) if isinstance(instant, datetime) else value


_strip: Callable[[str], str] = str.strip

Text = Annotated[str, Field(max_length=80)]
Folded = Annotated[str, Field(max_length=80, pattern=r"^[A-Z<]*$")]
Country = Annotated[str, Field(pattern=r"[A-Z]{1,10}")]
DoseNumber = Annotated[int, BeforeValidator(_whole), Field(ge=1)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Trimmed = Annotated[str, AfterValidator(_strip)]


class _Part(BaseModel):
    # Values are never repeated in an error: they are somebody's.
    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


class Name(_Part):
    """Family and given names, as written and as in a passport's machine-readable lines."""

    family: Text = Field("", alias="fn")
    given: Text = Field("", alias="gn")
    family_folded: Folded = Field("", alias="fnt")
    given_folded: Folded = Field("", alias="gnt")

    @model_validator(mode="after")
    def _has_a_folded_name(self) -> Self:
        if not self.model_fields_set & {"family_folded", "given_folded"}:
            raise ValueError("no folded name")
        return self


class _Entry(_Part):
    disease: str = Field(alias="tg")
    country: Country = Field(alias="co")
    issuer: Text = Field(alias="is")
    certificate_id: Text = Field(alias="ci")


class Vaccination(_Entry):
    """One dose: `dose` of `doses`; `vaccine`, `product` and `maker` are codes."""

    vaccine: str = Field(alias="vp")
    product: Trimmed = Field(alias="mp")
    maker: str = Field(alias="ma")
    dose: DoseNumber = Field(alias="dn")
    doses: DoseNumber = Field(alias="sd")
    on: Day = Field(alias="dt")


class LabTest(_Entry):
    """One test: `kind` and `result` are codes."""

    kind: str = Field(alias="tt")
    name: Text = Field("", alias="nm")
    device: str = Field("", alias="ma")
    sampled_at: Instant = Field(alias="sc")
    result: str = Field(alias="tr")
    centre: Text = Field("", alias="tc")


class Recovery(_Entry):
    """One recovery: first positive on a day, certified from one day until another."""

    first_positive: Day = Field(alias="fr")
    valid_from: Day = Field(alias="df")
    valid_until: Day = Field(alias="du")


class Certificate(_Part):
    """A certificate: a person and exactly one entry of one kind.

    `born` may be a year, a year and a month, or empty: never take it for a date.
    """

    version: str = Field(alias="ver", pattern=r"^[0-9]+.[0-9]+.[0-9]+$")
    name: Name = Field(alias="nam")
    born: str = Field(alias="dob", pattern=r"^((19|20)[0-9]{2}(-[0-9]{2}){0,2})?$")
    vaccinations: list[Vaccination] = Field([], alias="v", min_length=1, max_length=1)
    tests: list[LabTest] = Field([], alias="t", min_length=1, max_length=1)
    recoveries: list[Recovery] = Field([], alias="r", min_length=1, max_length=1)

    @model_validator(mode="after")
    def _has_one_kind(self) -> Self:
        if len(self.model_fields_set & {"vaccinations", "tests", "recoveries"}) != 1:
            raise ValueError("not exactly one kind")
        return self

    @property
    def kind(self) -> Kind:
        """Vaccination, test or recovery."""
        if self.vaccinations:
            return Kind.VACCINATION
        return Kind.TEST if self.tests else Kind.RECOVERY
