"""Instants as the tables hold them: whole milliseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def ms(instant: datetime) -> int:
    """An instant as stored."""
    return (instant - EPOCH) // MILLISECOND


def at(stored: int) -> datetime:
    """A stored instant."""
    return EPOCH + stored * MILLISECOND
