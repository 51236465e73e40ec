"""No personal data in the log, whatever went wrong."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import Wordless, failed, scrub, set_up, told

NAME = "Nguyễn Thị Mẫu"


def broken() -> None:
    try:
        dict[str, str]()[NAME]
    except KeyError as error:
        raise ValueError(f"what {NAME} wrote") from error


def caught() -> ValueError:
    try:
        broken()
    except ValueError as error:
        return error
    raise AssertionError


def test_an_error_is_told_by_kind_and_place() -> None:
    said = told(caught())
    assert (said["error"], said["because"]) == ("ValueError", "KeyError")
    assert said["at"][-1].endswith(" broken")
    assert NAME not in repr(said)


def test_lines_of_libraries_have_no_messages_of_errors() -> None:
    error = caught()
    info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("aiohttp.server", 40, "x", 1, "bad %s", ("0900000001",), info)
    assert Wordless().format(record).startswith("error aiohttp.server: bad [phone] {'error'")
    assert NAME not in Wordless().format(record)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("to 0900000001 and +84900000001", "to [phone] and [phone]"),
        ("064190012345 is gone", "[number] is gone"),
        ("bot4242424242:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/x", "bot[token]/x"),
        ("row 12 of 34", "row 12 of 34"),
    ],
)
def test_the_net_under_the_rule(said: str, kept: str) -> None:
    assert scrub(None, "info", {"event": said, "n": 7}) == {"event": kept, "n": 7}


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, levels = root.handlers[:], root.level
    root.handlers.clear()
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, levels


def test_a_line_is_one_json_object(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", pretty=False)
    failed("something broke", caught(), channel="web")
    structlog.get_logger().debug("not shown")
    (only,) = capsys.readouterr().err.splitlines()
    line = json.loads(only)
    assert (line["event"], line["level"], line["channel"]) == ("something broke", "error", "web")
