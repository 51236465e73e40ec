"""What a log line may say: numbers and tokens are blanked, errors have no words."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logs import Wordless, scrub, told, wordless

TOKEN = "123456789:" + "Aa0_-" * 7
PERSONAL = "Nguyễn Văn An, 0900 000 001"


def cleaned(value: Any) -> Any:
    return scrub(None, "info", {"said": value})["said"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0900000001", "[phone]"),
        ("0900 000 001", "[phone]"),
        ("0900.000.001", "[phone]"),
        ("090-000-0001", "[phone]"),
        ("+84900000001", "[phone]"),
        ("+84 900 000 001", "[phone]"),
        ("84900000001", "[phone]"),
        ("0084900000001", "[phone]"),
        ("số 0900000001, rồi 0900000002.", "số [phone], rồi [phone]."),
        ("064190000001", "[number]"),
        ("064 190 000 001", "[number]"),
        ("căn cước 064190000001 của tôi", "căn cước [number] của tôi"),
        (TOKEN, "[token]"),
        (f"/bot{TOKEN}/getUpdates", "/bot[token]/getUpdates"),
        (TOKEN.replace("123456789", "064190000001"), "[token]"),
        (TOKEN.replace("123456789", "84900000001"), "[token]"),
    ],
)
def test_numbers_and_tokens_are_blanked(said: str, kept: str) -> None:
    assert cleaned(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "serving",
        "2026-03-03T02:00:00.084123Z",
        "http://127.0.0.1:8080",
        "0.0.0.0",  # noqa: S104 - an address to be written, not to be bound
        "chat 12, seq 345",
        "0.123456789",
        "telegram_poll_failed",
        "DK-2345-6789",
        "1741000000123",
        "Trạm Y tế xã Đak Đoa (mẫu)",
        "",
        12,
        0.5,
        None,
        True,
    ],
)
def test_nothing_else_is_touched(said: object) -> None:
    assert cleaned(said) == said


def test_what_lies_inside_is_blanked_too() -> None:
    assert cleaned({"to": "0900000001", "n": 1}) == {"to": "[phone]", "n": 1}
    assert cleaned([["0900000001"], ("x",)]) == [["[phone]"], ["x"]]


@settings(deadline=None)
@given(st.text(), st.integers(10**8, 10**9 - 1), st.text())
def test_no_number_gets_through_whatever_stands_around(
    before: str, digits: int, after: str
) -> None:
    letters_only = str.maketrans("", "", "".join(c for c in before + after if c.isdigit()))
    said = f"{before.translate(letters_only)}0{digits}{after.translate(letters_only)}"
    assert str(digits) not in cleaned(said)


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists)))
def test_scrubbing_never_fails_and_loses_no_key(event: dict[str, Any]) -> None:
    assert scrub(None, "info", dict(event)).keys() == event.keys()


def failure() -> BaseException:
    known: dict[str, int] = {}
    try:
        try:
            known[PERSONAL] += 1
        except KeyError as first:
            raise ValueError(PERSONAL) from first
    except ValueError as error:
        return error
    raise AssertionError("it did not fail")


def test_an_error_is_told_by_its_kind_and_its_place() -> None:
    said = told(failure())
    assert said["error"] == "ValueError"
    assert said["because"] == "KeyError"
    assert said["at"][-1].startswith("test_logs.py:")
    assert said["at"][-1].endswith(" failure")
    assert "Nguyễn" not in json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize("whole", [False, True])
def test_an_error_that_was_logged_whole_loses_its_words(*, whole: bool) -> None:
    error = failure()
    given_as = (type(error), error, error.__traceback__) if whole else error
    event = wordless(None, "error", {"event": "failed", "exc_info": given_as})
    assert (event["event"], event["error"]) == ("failed", "ValueError")
    assert "exc_info" not in event
    assert "Nguyễn" not in str(event)


@pytest.mark.parametrize("nothing", [None, False, True, (None, None, None)])
def test_without_an_error_nothing_is_told(nothing: object) -> None:
    assert wordless(None, "info", {"event": "x", "exc_info": nothing}) == {"event": "x"}


def test_the_lines_of_libraries_are_wordless() -> None:
    error = failure()
    whole = (type(error), error, error.__traceback__)
    args = (PERSONAL.partition(", ")[2],)
    record = logging.LogRecord("lib", logging.ERROR, "x.py", 1, "to %s", args, whole)
    line = Wordless().format(record)
    assert line.startswith("error lib: to [phone] ")
    assert "ValueError" in line
    assert "Nguyễn" not in line


PROGRAM = """
import logging, structlog
from bot.logs import failed, set_up
set_up("info", pretty={pretty})
log = structlog.get_logger()
log.debug("not said")
log.info("said", to="0900 000 001")
try:
    raise ValueError("Nguyễn Văn An 0900000001")
except ValueError as error:
    log.exception("whole")
    failed("told", error, n=1)
    logging.getLogger("asyncio").exception("of a library")
"""


@pytest.mark.parametrize("pretty", [False, True])
def test_a_program_writes_no_names_and_no_numbers(*, pretty: bool) -> None:
    program = PROGRAM.format(pretty=pretty)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    lines = ran.stderr.decode().splitlines()
    assert len(lines) >= 4
    assert not [line for line in lines if "Nguyễn" in line or "0900" in line or "not said" in line]
    if not pretty:
        said = [json.loads(line) for line in lines if line.startswith("{")]
        assert [one["event"] for one in said] == ["said", "whole", "told"]
        assert [one.get("error") for one in said] == [None, "ValueError", "ValueError"]
        assert said[0]["to"] == "[phone]"
