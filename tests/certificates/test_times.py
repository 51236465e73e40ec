"""The certificate's own times, and how instants are spelled."""

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.hc1.cbor import Tagged
from handlers.hc1.instants import from_seconds, read_instant
from handlers.hc1.reasons import Reason
from tests.certificates.made import NOW, issuer

HERE = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"issued": HERE}, Reason.ACCEPTED),
        ({"issued": HERE + 1}, Reason.NOT_YET),
        ({"expires": HERE + 1}, Reason.ACCEPTED),
        ({"expires": HERE}, Reason.EXPIRED),
        ({"expires": HERE - 1}, Reason.EXPIRED),
        ({"issued": HERE - 0.5, "expires": HERE + 0.5}, Reason.ACCEPTED),
        ({"issued": HERE + 0.5}, Reason.NOT_YET),
        ({"issued": Tagged(1, HERE), "expires": Tagged(1, HERE + 0.5)}, Reason.ACCEPTED),
        ({"expires": Tagged(0, "2026-03-03T02:00:01Z")}, Reason.ACCEPTED),
        ({"expires": Tagged(0, "2026-03-03T02:00:00Z")}, Reason.EXPIRED),
        ({"expires": None}, Reason.NO_TIMES),
        ({"issued": None}, Reason.NO_TIMES),
        ({"expires": "never"}, Reason.NO_TIMES),
        ({"expires": True}, Reason.NO_TIMES),
        ({"expires": [HERE + 1]}, Reason.NO_TIMES),
        ({"expires": Tagged(2, b"\x7f" * 9)}, Reason.NO_TIMES),
        ({"expires": float("nan")}, Reason.EXPIRED),
        ({"issued": float("nan")}, Reason.NOT_YET),
        ({"expires": 2**64 - 1}, Reason.ACCEPTED),
        ({"issued": -(2**64)}, Reason.ACCEPTED),
        ({"expires": float("inf"), "issued": float("-inf")}, Reason.ACCEPTED),
    ],
)
def test_the_times_of_a_certificate(changed: dict[str, Any], reason: Reason) -> None:
    verdict = issuer().judged(**changed)
    assert verdict.reason is reason
    assert verdict.time_valid is (reason is Reason.ACCEPTED)
    assert (verdict.signature, verdict.key_usage) == (True, True)


@pytest.mark.parametrize(
    "spelled",
    [
        "2021-05-03T18:00:00Z",
        "2021-05-03T18:00:00z",
        "2021-05-03t18:00:00+00:00",
        "2021-05-03T20:00:00+02:00",
        "2021-05-03T20:00:00+0200",
        "2021-05-03T20:00:00+02",
        "2021-05-03T18:00:00",
        "2021-05-03 18:00:00",
        "2021-05-03T18:00",
        "2021-05-03T18:00:00.0Z",
        "2021-05-03T18:00:00.000",
        "2021-05-03T18:00:00.0000000Z",
        "2021-05-03T18:00:00.000000009+00:00",
        "2021-05-03T12:30:00-05:30",
    ],
)
def test_fourteen_spellings_of_one_instant(spelled: str) -> None:
    assert read_instant(spelled) == datetime(2021, 5, 3, 18, tzinfo=UTC)


def test_fractions_and_days() -> None:
    assert read_instant("2021-05-21T12:26:07.390079123Z") == datetime(
        2021, 5, 21, 12, 26, 7, 390079, UTC
    )
    assert read_instant("2021-05-21") == datetime(2021, 5, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "spelled",
    [
        "",
        "now",
        "2021",
        "2021-02-30",
        "2021-05-03T25:00:00Z",
        "2021-05-03T18:00:60Z",
        "2021-05-03T18:00:00+99:00",
        "0000-01-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "２０２１-05-03",
        "2021-05-03T18:00:00Zulu",
    ],
)
def test_what_is_no_instant(spelled: str) -> None:
    assert read_instant(spelled) is None


@pytest.mark.parametrize("seconds", [1e300, -1e300, float("nan"), float("inf"), 2**63])
def test_seconds_outside_the_calendar(seconds: float) -> None:
    assert from_seconds(seconds) is None
