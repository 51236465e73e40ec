"""CBOR values as JSON can say them."""

import math
from collections.abc import Callable

from handlers.hc1.cbor import Tagged
from handlers.hc1.instants import from_seconds

DATE_TEXT = 0
DATE_SECONDS = 1


def settled(value: object, leaf: Callable[[object], object] = lambda value: value) -> object:
    """The same with text keys and without tags: tagged instants as ISO text."""
    match value:
        case dict():
            return {_key(key): settled(said, leaf) for key, said in value.items()}
        case list():
            return [settled(one, leaf) for one in value]
        case Tagged():
            return settled(_untagged(value), leaf)
        case _:
            return leaf(value)


def plain(value: object) -> object:
    """The same as JSON can say it: bytes as hex digits, numbers that are none as their names."""
    return settled(value, _plain_leaf)


def _plain_leaf(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _key(key: object) -> str:
    return key.hex() if isinstance(key, bytes) else str(key)


def _untagged(tagged: Tagged) -> object:
    """Some countries write the time of a test as a tagged instant instead of a text."""
    said = tagged.value
    if tagged.number != DATE_SECONDS or isinstance(said, bool) or not isinstance(said, int | float):
        return said
    instant = from_seconds(said)
    return said if instant is None else instant.isoformat().replace("+00:00", "Z")
