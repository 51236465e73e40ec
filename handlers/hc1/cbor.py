"""CBOR (RFC 8949), as much of it as signed certificates need, and read strictly.

Refused: bytes after the end, a key said twice, keys that are neither whole numbers nor texts nor
bytes, nesting deeper than any certificate. A tag is kept as it stands and nothing is built from it,
so a small text cannot become a large or costly value (docs/decisions/0008-reading-hc1.md).
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

DEEPEST = 32
_INDEFINITE: Final = 31
_BREAK: Final = 0xFF
_ONE_BYTE: Final = 24
_EIGHT_BYTES: Final = 27
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_SIMPLE: Final[dict[int, bool | None]] = {20: False, 21: True, 22: None, 23: None}


class NotCbor(ValueError):
    """The bytes are no CBOR item, or one that is refused here."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value and the number of the tag around it."""

    number: int
    value: object


def read(data: bytes) -> object:
    """The one item that fills `data`. Raises NotCbor."""
    reader = _Reader(data)
    value = reader.item(0)
    if reader.at != len(data):
        raise NotCbor("bytes after the end")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def item(self, depth: int) -> object:
        if depth > DEEPEST:
            raise NotCbor("nested too deep")
        major, info = divmod(self._take(1)[0], 32)
        return _KINDS[major](self, info, depth)

    def positive(self, info: int, _depth: int) -> int:
        return self._argument(info)

    def negative(self, info: int, _depth: int) -> int:
        return -1 - self._argument(info)

    def octets(self, info: int, _depth: int) -> bytes:
        return self._string(info, 2)

    def text(self, info: int, _depth: int) -> str:
        try:
            return self._string(info, 3).decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotCbor("a text that is no UTF-8") from error

    def array(self, info: int, depth: int) -> list[object]:
        return [self.item(depth + 1) for _ in self._each(info)]

    def map(self, info: int, depth: int) -> dict[int | str | bytes, object]:
        pairs: dict[int | str | bytes, object] = {}
        for _ in self._each(info):
            key = self.item(depth + 1)
            if isinstance(key, bool) or not isinstance(key, int | str | bytes):
                raise NotCbor("a key of a strange kind")
            if key in pairs:
                raise NotCbor("a key said twice")
            pairs[key] = self.item(depth + 1)
        return pairs

    def tag(self, info: int, depth: int) -> Tagged:
        return Tagged(self._argument(info), self.item(depth + 1))

    def simple(self, info: int, _depth: int) -> float | bool | None:
        if info in _FLOATS:
            number: float = struct.unpack(_FLOATS[info], self._take(1 << (info - _ONE_BYTE)))[0]
            return number
        if info in _SIMPLE:
            return _SIMPLE[info]
        raise NotCbor("a simple value without a meaning")

    def _argument(self, info: int) -> int:
        if info < _ONE_BYTE:
            return info
        if info > _EIGHT_BYTES:
            raise NotCbor("a length that is not said")
        return int.from_bytes(self._take(1 << (info - _ONE_BYTE)), "big")

    def _each(self, info: int) -> Iterator[None]:
        """Once for every element; the promised number is never believed beforehand."""
        if info != _INDEFINITE:
            for _ in range(self._argument(info)):
                yield
            return
        while not self._ended():
            yield

    def _string(self, info: int, major: int) -> bytes:
        if info != _INDEFINITE:
            return self._take(self._argument(info))
        pieces = []
        while not self._ended():
            kind, size = divmod(self._take(1)[0], 32)
            if kind != major:
                raise NotCbor("a piece of another kind")
            pieces.append(self._take(self._argument(size)))
        return b"".join(pieces)

    def _ended(self) -> bool:
        ended = self.data[self.at : self.at + 1] == bytes([_BREAK])
        self.at += ended
        return ended

    def _take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.data):
            raise NotCbor("it breaks off")
        start, self.at = self.at, end
        return self.data[start:end]


_KINDS: Final[tuple[Callable[[_Reader, int, int], object], ...]] = (
    _Reader.positive,
    _Reader.negative,
    _Reader.octets,
    _Reader.text,
    _Reader.array,
    _Reader.map,
    _Reader.tag,
    _Reader.simple,
)


def write(value: object) -> bytes:
    """The shortest CBOR of a value; maps keep their order. Raises TypeError for other kinds."""
    match value:
        case None | bool():
            return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list() | tuple():
            return _head(4, len(value)) + b"".join(map(write, value))
        case Mapping():
            pairs = (write(key) + write(said) for key, said in value.items())
            return _head(5, len(value)) + b"".join(pairs)
        case Tagged():
            return _head(6, value.number) + write(value.value)
        case _:
            raise TypeError(f"nothing writes a {type(value).__name__} here")


def _head(major: int, argument: int) -> bytes:
    if argument < _ONE_BYTE:
        return bytes([major << 5 | argument])
    power = next(power for power in range(4) if argument < 1 << (8 << power))
    return bytes([major << 5 | _ONE_BYTE + power]) + argument.to_bytes(1 << power, "big")
