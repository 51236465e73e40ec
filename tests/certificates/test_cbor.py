"""CBOR: what we read and write is what others read and write, and we refuse more."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.hc1 import cbor
from handlers.hc1.cbor import NotCbor, Tagged, read, write

KEYS = st.integers(-(2**64), 2**64 - 1) | st.text() | st.binary()
LEAVES = KEYS | st.none() | st.booleans() | st.floats(allow_nan=False)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_a_second_implementation_reads_what_we_write(value: object) -> None:
    assert cbor2.loads(write(value)) == value


@given(VALUES, st.booleans())
def test_we_read_what_a_second_implementation_writes(value: object, canonical: bool) -> None:
    assert read(cbor2.dumps(value, canonical=canonical)) == value


@given(st.binary(max_size=60))
def test_what_we_read_a_second_implementation_reads_too(data: bytes) -> None:
    """Never the other way round: it takes more than we do."""
    try:
        value = read(data)
    except NotCbor:
        return
    assert cbor2.loads(write(value)) is not ...


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("f93c00", 1.0),
        ("fa47c35000", 100000.0),
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("c11a514b67b0", Tagged(1, 1363896240)),
        ("f7", None),
        ("3bffffffffffffffff", -(2**64)),
    ],
)
def test_examples_of_the_rfc(data: str, value: object) -> None:
    assert read(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "breaks off"),
        ("0101", "bytes after the end"),
        ("a201020103", "a key said twice"),
        ("a2616102616103", "a key said twice"),
        ("a1f502", "a key of a strange kind"),
        ("a1f93c0002", "a key of a strange kind"),
        ("a18002", "a key of a strange kind"),
        ("9bffffffffffffffff", "breaks off"),
        ("5bffffffffffffffff00", "breaks off"),
        ("bbffffffffffffffff0101", "breaks off"),
        ("81" * 40 + "01", "nested too deep"),
        ("9f" * 100, "nested too deep"),
        ("c1" * 5000 + "01", "nested too deep"),
        ("62c328", "no UTF-8"),
        ("63eda080", "no UTF-8"),
        ("5f6161ff", "a piece of another kind"),
        ("1f", "a length that is not said"),
        ("1c", "a length that is not said"),
        ("df01", "a length that is not said"),
        ("f820", "a simple value"),
        ("e0", "a simple value"),
        ("ff", "a simple value"),
        ("9f01", "breaks off"),
    ],
)
def test_refused(data: str, why: str) -> None:
    with pytest.raises(NotCbor, match=why):
        read(bytes.fromhex(data))


def test_a_tag_never_builds_anything() -> None:
    """References to a shared value could make a text of 100 bytes a value without end."""
    shared = cbor.write([Tagged(28, [1]), Tagged(29, 0)])
    assert read(shared) == [Tagged(28, [1]), Tagged(29, 0)]


def test_nothing_else_is_written() -> None:
    with pytest.raises(TypeError, match="set"):
        write({1})
