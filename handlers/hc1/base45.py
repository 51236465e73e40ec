"""Base45 (RFC 9285): bytes in the 45 characters that QR codes pack best."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_SQUARE = 45 * 45


class NotBase45(ValueError):
    """A foreign character, a length no bytes give, or a group too large for its bytes."""


def decode(text: str) -> bytes:
    """The bytes of a base45 text. Raises NotBase45."""
    if len(text) % 3 == 1:
        raise NotBase45("no bytes give this length")
    try:
        digits = [_VALUES[character] for character in text]
    except KeyError as error:
        raise NotBase45("a character that base45 does not have") from error
    whole = len(digits) - len(digits) % 3
    try:
        pairs = [
            (a + 45 * b + _SQUARE * c).to_bytes(2, "big")
            for a, b, c in zip(digits[0:whole:3], digits[1:whole:3], digits[2:whole:3], strict=True)
        ]
        if whole < len(digits):
            pairs.append((digits[whole] + 45 * digits[whole + 1]).to_bytes(1, "big"))
    except OverflowError as error:
        raise NotBase45("a group says more than its bytes can") from error
    return b"".join(pairs)


def encode(data: bytes) -> str:
    """The base45 text of bytes."""
    return "".join(_group(data[start : start + 2]) for start in range(0, len(data), 2))


def _group(two: bytes) -> str:
    number = int.from_bytes(two, "big")
    shown = ALPHABET[number % 45] + ALPHABET[number // 45 % 45]
    return shown + ALPHABET[number // _SQUARE] if len(two) == 2 else shown  # noqa: PLR2004
