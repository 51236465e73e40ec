"""The wrapping: base45, zlib, and what is too large to be a certificate."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.hc1 import base45
from handlers.hc1.container import LARGEST, LONGEST, PREFIX, unwrap, wrap
from handlers.hc1.reasons import Reason, Unreadable


def refused(text: str) -> Reason:
    with pytest.raises(Unreadable) as refusal:
        unwrap(text)
    return refusal.value.reason


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("BB8", b"AB"),
        ("%69 VD92EX0", b"Hello!!"),
        ("UJCLQE7W581", b"base-45"),
        ("QED8WEX0", b"ietf!"),
    ],
)
def test_the_examples_of_the_rfc(text: str, data: bytes) -> None:
    assert base45.decode(text) == data
    assert base45.encode(data) == text


@given(st.binary(max_size=200))
def test_base45_there_and_back(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@pytest.mark.parametrize("text", ["A", "BB8A", "GGW", "::", "ab8", "BB\n", "Bé8", "BB8\ud800A"])
def test_no_base45(text: str) -> None:
    with pytest.raises(base45.NotBase45):
        base45.decode(text)


@pytest.mark.parametrize("text", ["", "HC1", "hc1:BB8", "HC2:BB8", "HL0:BB8", "BB8", " HC1:BB8"])
def test_no_certificate_text(text: str) -> None:
    assert refused(text) is Reason.PREFIX


@given(st.binary(max_size=500))
def test_wrapped_and_unwrapped(data: bytes) -> None:
    assert unwrap(wrap(data)) == data


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"not compressed",
        zlib.compress(b"cut short" * 9)[:-4],
        zlib.compress(b"with something after it") + b"!",
    ],
)
def test_not_compressed_as_it_should_be(packed: bytes) -> None:
    assert refused(PREFIX + base45.encode(packed)) is Reason.DEFLATE


def test_a_bomb_is_not_unpacked() -> None:
    for size in (LARGEST + 1, 2_000_000):
        bomb = PREFIX + base45.encode(zlib.compress(bytes(size), 9))
        assert refused(bomb) is Reason.TOO_LARGE
    assert len(unwrap(wrap(bytes(LARGEST)))) == LARGEST


def test_a_text_longer_than_a_qr_code_is_not_even_decoded() -> None:
    assert refused("HC1:" + "?" * LONGEST) is Reason.TOO_LONG
