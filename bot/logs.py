"""Structured logs: one line an event, JSON unless a person watches, never with personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

import structlog

_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)?84[ .-]?|0)\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}(?!\d)")
_LONG = re.compile(r"(?<!\d)\d{3}(?: ?\d{3}){3}(?!\d)")
_TOKEN = re.compile(r"\d{6,12}:[\w-]{30,}")
FRAMES = 8  # the innermost of a trace
QUIET = ("aiohttp.access", "httpx", "httpcore", "telegram", "asyncio")


def failed(event: str, error: BaseException, **facts: Any) -> None:
    """Log an error that was caught, with what may be said of it."""
    structlog.get_logger().error(event, **facts, **told(error))


def told(error: BaseException) -> dict[str, Any]:
    """What a log line may say of an error: its kind and where it happened.

    Never its message: a refused value, a missing key, is what a person wrote.
    """
    frames = extract_tb(error.__traceback__)
    where = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames[-FRAMES:]]
    cause = error.__cause__ or error.__context__
    behind = {"because": type(cause).__name__} if cause else {}
    return {"error": type(error).__name__, "at": where, **behind}


class Wordless(logging.Formatter):
    """The lines of libraries: errors without their messages, too."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = str(_clean(record.getMessage()))
        error = record.exc_info[1] if record.exc_info else None
        return f"{record.levelname.lower()} {record.name}: {line} {told(error) if error else ''}"


def scrub(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The net under the rule: numbers and tokens that slipped into a text are blanked."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    match value:
        case str():  # the token first: its beginning may look like a number
            return _PHONE.sub("[phone]", _LONG.sub("[number]", _TOKEN.sub("[token]", value)))
        case dict():
            return {key: _clean(one) for key, one in value.items()}
        case list() | tuple():
            return [_clean(one) for one in value]
        case _:
            return value


def wordless(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An error that was logged whole is told without its message."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    return {**event, **told(error)} if isinstance(error, BaseException) else event


def set_up(level: str, *, pretty: bool) -> None:
    """Configure once, at the start of the process. Pretty is for a terminal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            wordless,
            scrub,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
