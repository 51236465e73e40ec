"""The wrapping of a certificate: `HC1:`, base45, zlib. Sizes are capped before anything grows."""

import zlib

from handlers.hc1 import base45
from handlers.hc1.reasons import Reason, Unreadable

PREFIX = "HC1:"
LONGEST = 4296
"""Characters: the most that a QR code (version 40, level L, alphanumeric) can hold."""
LARGEST = 32 * 1024
"""Bytes after unpacking; real certificates have about 300 to 1,500."""


def unwrap(text: str) -> bytes:
    """The signed message in an `HC1:` text. Raises Unreadable."""
    if not text.startswith(PREFIX):
        raise Unreadable(Reason.PREFIX)
    if len(text) > LONGEST:
        raise Unreadable(Reason.TOO_LONG)
    try:
        packed = base45.decode(text.removeprefix(PREFIX))
    except base45.NotBase45 as error:
        raise Unreadable(Reason.BASE45) from error
    return _inflated(packed)


def wrap(signed: bytes) -> str:
    """The `HC1:` text of a signed message."""
    return PREFIX + base45.encode(zlib.compress(signed, 9))


def _inflated(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, LARGEST + 1)
    except zlib.error as error:
        raise Unreadable(Reason.DEFLATE) from error
    if len(data) > LARGEST:
        raise Unreadable(Reason.TOO_LARGE)
    if not stream.eof or stream.unused_data:
        raise Unreadable(Reason.DEFLATE)
    return data
