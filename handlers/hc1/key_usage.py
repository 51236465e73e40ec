"""What kinds of certificate a signer may issue, by the extended key usage of its certificate.

Read from the DER itself: real signer certificates hold extensions that cryptography refuses as a
whole (an explicit DEFAULT FALSE, an empty key usage), though their key usage is plain to see.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """Vaccination, test or recovery, by their letters in the schema."""

    VACCINATION = "v"
    TEST = "t"
    RECOVERY = "r"


ALL: Final = frozenset(Kind)
_ORDER: Final = (Kind.TEST, Kind.VACCINATION, Kind.RECOVERY)
# 1.3.6.1.4.1.1847.2021.1.n, and the same with a 0 before 1847: both spellings are in use.
_ROOTS: Final = ("2b060104018e378f6501", "2b06010401008e378f6501")
_KINDS: Final = {
    bytes.fromhex(root) + bytes([number]): kind
    for root in _ROOTS
    for number, kind in enumerate(_ORDER, 1)
}
_EXTENDED_KEY_USAGE: Final = bytes.fromhex("551d25")
_SEQUENCE: Final = 0x30
_OID: Final = 0x06
_OCTETS: Final = 0x04
_EXTENSIONS: Final = 0xA3
_LONG: Final = 0x80
_LONGEST_LENGTH: Final = 4

Element = tuple[int, bytes]


class _NotDer(ValueError):
    pass


def permitted(to_be_signed: bytes) -> frozenset[Kind]:
    """The kinds a certificate's inner part permits: all where it names none, none if unreadable."""
    try:
        named = frozenset(
            _KINDS[purpose] for purpose in _purposes(to_be_signed) if purpose in _KINDS
        )
    except (_NotDer, StopIteration):
        return frozenset()
    return named or ALL


def _purposes(to_be_signed: bytes) -> list[bytes]:
    certificate = _only(to_be_signed, _SEQUENCE)
    wrapped = [content for tag, content in _elements(certificate) if tag == _EXTENSIONS]
    extensions = _elements(_only(wrapped[0], _SEQUENCE)) if wrapped else []
    for _, extension in extensions:
        parts = list(_elements(extension))
        if parts[:1] == [(_OID, _EXTENDED_KEY_USAGE)]:
            value = next(content for tag, content in parts if tag == _OCTETS)
            return [oid for tag, oid in _elements(_only(value, _SEQUENCE)) if tag == _OID]
    return []


def _only(data: bytes, tag: int) -> bytes:
    (found, content), *rest = _elements(data) or [(0, b"")]
    if found != tag or rest:
        raise _NotDer
    return content


def _elements(data: bytes) -> list[Element]:
    return list(_each(data))


def _each(data: bytes) -> Iterator[Element]:
    at = 0
    while at < len(data):
        start, size = _length(data, at + 1)
        if start + size > len(data):
            raise _NotDer
        yield data[at], data[start : start + size]
        at = start + size


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Where the content starts and how long it is."""
    if at >= len(data):
        raise _NotDer
    first = data[at]
    if first < _LONG:
        return at + 1, first
    count = first - _LONG
    if not 0 < count <= _LONGEST_LENGTH:
        raise _NotDer
    return at + 1 + count, int.from_bytes(data[at + 1 : at + 1 + count], "big")
