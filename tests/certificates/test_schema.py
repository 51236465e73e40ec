"""The schema 1.3.3: what it takes and what it refuses, and where the real world deviates."""

from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from handlers.hc1.cbor import Tagged
from handlers.hc1.reasons import Reason
from handlers.hc1.schema import Certificate
from tests.certificates.made import (
    CONTENT,
    DOSE,
    LAB_TEST,
    NAME,
    OF_A_RECOVERY,
    OF_A_TEST,
    RECOVERY,
    issuer,
)

LEFT_OUT: Any = object()
LONG = "ă" * 80


def with_(content: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The content with one value changed or left out; `v.0.dt` is a path."""
    changed = deepcopy(content)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    at: Any = changed
    for step in way:
        at = at[step]
    if value is LEFT_OUT:
        del at[last]
    else:
        at[last] = value
    return changed


def valid(content: object) -> bool:
    verdict = issuer().judged(content)
    assert (verdict.signature, verdict.time_valid) == (True, True)
    assert verdict.reason in {Reason.ACCEPTED, Reason.SCHEMA, Reason.ENTRIES}
    return verdict.accepted


@pytest.mark.parametrize("content", [CONTENT, OF_A_TEST, OF_A_RECOVERY])
def test_the_three_kinds(content: dict[str, Any]) -> None:
    assert valid(content)


@pytest.mark.parametrize(
    ("content", "group"), [(CONTENT, "v"), (OF_A_TEST, "t"), (OF_A_RECOVERY, "r")]
)
def test_every_demanded_field(content: dict[str, Any], group: str) -> None:
    demanded = ["ver", "nam", "dob", *(f"{group}.0.{field}" for field in content[group][0])]
    assert [path for path in demanded if valid(with_(content, path, LEFT_OUT))] == []
    assert [path for path in demanded if valid(with_(content, path, None))] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dob", ""),
        ("dob", "1963"),
        ("dob", "1964-01"),
        ("dob", "1963-00"),
        ("dob", "1963-99-99"),
        ("ver", "1.0.0"),
        ("ver", "10.20.30"),
        ("ver", "1x3y3"),
        ("nam.fn", LONG),
        ("nam.fn", LEFT_OUT),
        ("nam.fnt", LEFT_OUT),
        ("nam.gnt", LEFT_OUT),
        ("nam.gnt", ""),
        ("nam.unknown", 7),
        ("unknown", {"anything": [1]}),
        ("v.0.unknown", None),
        ("v.0.dn", 1.0),
        ("v.0.sd", 99),
        ("v.0.mp", " EU/1/20/1528 "),
        ("v.0.mp", "no such product"),
        ("v.0.vp", "J07BX03"),
        ("v.0.tg", "unheard of"),
        ("v.0.co", "XXH"),
        ("v.0.co", "anyWhere"),
        ("v.0.dt", "2021-02-18T00:00:00Z"),
        ("v.0.ci", ""),
    ],
)
def test_taken(path: str, value: object) -> None:
    assert valid(with_(CONTENT, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dob", "63"),
        ("dob", "1863-10-10"),
        ("dob", "1963-1"),
        ("dob", "1963-10-10-10"),
        ("dob", "1963-10-10\n"),
        ("dob", 1963),
        ("ver", "1.3"),
        ("ver", "1.3.x"),
        ("ver", 1.3),
        ("nam", {}),
        ("nam", {"fn": "Nguyễn"}),
        ("nam", "Nguyễn"),
        ("nam.fn", LONG + "ă"),
        ("nam.fn", None),
        ("nam.fnt", "Nguyen"),
        ("nam.fnt", "NGUYỄN"),
        ("nam.fnt", "THI ANH"),
        ("nam.fnt", "A" * 81),
        ("v.0.dn", 0),
        ("v.0.dn", -1),
        ("v.0.dn", 1.5),
        ("v.0.dn", "1"),
        ("v.0.dn", True),
        ("v.0.dn", float("nan")),
        ("v.0.dn", float("inf")),
        ("v.0.sd", None),
        ("v.0.co", "vn"),
        ("v.0.co", ""),
        ("v.0.dt", "2021-02-30"),
        ("v.0.dt", "18.02.2021"),
        ("v.0.dt", ""),
        ("v.0.dt", 20210218),
        ("v.0.ci", "U" * 81),
        ("v.0.is", b"bytes"),
        ("v.0.mp", ["EU/1/20/1528"]),
        ("v.0", None),
        ("v.0", "dose"),
    ],
)
def test_refused(path: str, value: object) -> None:
    assert not valid(with_(CONTENT, path, value))


@pytest.mark.parametrize(
    "changed",
    [
        {"v": [DOSE], "t": [LAB_TEST]},
        {"v": [DOSE], "r": [RECOVERY]},
        {"v": [DOSE], "t": []},
        {"v": [DOSE], "t": None},
        {"v": [DOSE, DOSE]},
        {"v": []},
        {"v": None},
        {"v": DOSE},
        {},
    ],
)
def test_exactly_one_entry_of_one_kind(changed: dict[str, Any]) -> None:
    verdict = issuer().judged({"ver": "1.3.0", "nam": NAME, "dob": ""} | changed)
    assert (verdict.accepted, verdict.reason) == (False, Reason.ENTRIES)
    assert (verdict.signature, verdict.time_valid) == (True, True)


@pytest.mark.parametrize(
    ("path", "value", "good"),
    [
        ("t.0.sc", "2021-05-03T20:00:00+0200", True),
        ("t.0.sc", "2021-05-03T18:00:00.000000009Z", True),
        ("t.0.sc", Tagged(0, "2021-05-03T18:00:00Z"), True),
        ("t.0.sc", Tagged(1, 1620064800), True),
        ("t.0.sc", Tagged(1, 1620064800.5), True),
        ("t.0.sc", Tagged(1, 1e300), False),
        ("t.0.sc", 1620064800, False),
        ("t.0.sc", "yesterday", False),
        ("t.0.nm", "x" * 81, False),
        ("t.0.nm", None, False),
        ("t.0.tc", "Trạm y tế", True),
        ("t.0.ma", "1232", True),
        ("t.0.ma", 1232, False),
    ],
)
def test_the_fields_of_a_test(path: str, value: object, good: bool) -> None:
    assert valid(with_(OF_A_TEST, path, value)) is good


def test_a_tagged_instant_is_shown_as_text() -> None:
    verdict = issuer().judged(with_(OF_A_TEST, "t.0.sc", Tagged(1, 1620064800)))
    assert verdict.payload is not None
    assert verdict.payload["t"] == [LAB_TEST | {"sc": "2021-05-03T18:00:00Z"}]
    assert verdict.certificate is not None
    assert verdict.certificate.tests[0].sampled_at == datetime(2021, 5, 3, 18, tzinfo=UTC)


def test_the_model_reads_like_prose() -> None:
    certificate = Certificate.model_validate(with_(CONTENT, "v.0.mp", " EU/1/20/1528 "))
    dose = certificate.vaccinations[0]
    assert (certificate.name.family, certificate.name.given) == ("Nguyễn", "Thị Ánh")
    assert (dose.product, dose.dose, dose.doses, dose.on) == (
        "EU/1/20/1528",
        2,
        2,
        date(2026, 1, 18),
    )
    assert certificate.kind == "v"


def test_an_error_never_repeats_what_the_certificate_says() -> None:
    with pytest.raises(ValidationError) as error:
        Certificate.model_validate(with_(CONTENT, "nam.fnt", "Nguyen"))
    assert "Nguyen" not in str(error.value)
