"""What a QR text is. Pure, never raises, and keeps only what its holder may be asked for."""

from handlers.qr.kinds import (
    Bhyt,
    Cccd,
    Complaint,
    Hc1,
    Link,
    PcCovid,
    Qr,
    Registration,
    Slip,
    Unknown,
    best_first,
    fields_of,
    restored,
)
from handlers.qr.links import code, link, slip_link
from handlers.qr.records import record
from handlers.vietnamese import clean

__all__ = [
    "Bhyt",
    "Cccd",
    "Complaint",
    "Hc1",
    "Link",
    "PcCovid",
    "Qr",
    "Registration",
    "Slip",
    "Unknown",
    "best_first",
    "fields_of",
    "restored",
    "tell",
]

# The largest QR holds 7,089 digits; what is longer did not come out of one.
MOST_TEXT = 7_089
HC1_PREFIX = "HC1:"
SLIP_PREFIX = "TOI1:"


def tell(text: str) -> Qr:
    """What kind of QR this text was, and what it says.

    Control, invisible and bidirectional characters are removed, texts are NFC and limited in
    length. Fields of third persons (parents, a householder, who declared for another) are dropped
    here. Nothing is checked against anybody: except for `Hc1` and `Slip`, whose signatures are
    verified elsewhere, anyone can write such a text.
    """
    if len(text) > MOST_TEXT:
        return Unknown()
    signed = _to_the_last_blank(text)
    if signed.startswith(HC1_PREFIX):
        return Hc1(signed)
    return _unsigned(clean(text))


def _to_the_last_blank(text: str) -> str:
    """The cleaned text with the blanks at its end: in base45 a blank is a digit."""
    return clean(text + ".")[:-1].rstrip("\n")


def _unsigned(text: str) -> Qr:
    if "|" in text:
        return record(text) or Unknown()
    if text[: len(SLIP_PREFIX)].upper() == SLIP_PREFIX:
        return Slip(text)
    return _linked(text) or code(text) or link(text) or Unknown()


def _linked(text: str) -> Hc1 | Slip | None:
    """What a link to our verification page carries after its `#`."""
    token = slip_link(text)
    if not token:
        return None
    return Hc1(token) if token.startswith(HC1_PREFIX) else Slip(token)
