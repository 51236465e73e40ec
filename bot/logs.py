"""Structured logs: one line an event, JSON unless a person watches, never with personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)\d{9}(?!\d)")
_LONG = re.compile(r"(?<!\d)\d{12}(?!\d)")
_TOKEN = re.compile(r"\d{6,12}:[\w-]{30,}")
QUIET = ("aiohttp.access", "httpx", "httpcore", "telegram", "asyncio")


def scrub(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The net under the rule: numbers and tokens that slipped into a text are blanked."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _TOKEN.sub("[token]", _LONG.sub("[number]", _PHONE.sub("[phone]", value)))


def set_up(level: str, *, pretty: bool) -> None:
    """Configure once, at the start of the process. Pretty is for a terminal."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
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
            structlog.processors.format_exc_info,
            scrub,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
