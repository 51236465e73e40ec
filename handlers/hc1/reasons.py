"""Why a certificate text was accepted or not: one reason, the first that applies."""

from enum import StrEnum


class Reason(StrEnum):
    """In the order in which they are looked for; the values are what the command line prints."""

    LINE = "the line cannot be read"
    FAULT = "a fault of ours, not of the text"
    PREFIX = "no certificate text: it begins with neither HC1: nor TOI1:"
    TOO_LONG = "too long for a QR code"
    BASE45 = "not base45"
    BASE32 = "not base32"
    DEFLATE = "not compressed as it should be"
    TOO_LARGE = "unpacks to more than a certificate can hold"
    COSE = "no signed message inside"
    SIGNATURE = "the signature does not fit"
    CLAIMS = "no claims inside"
    UNSUPPORTED = "signed content of another kind"
    UNKNOWN_KEY = "unknown key"
    NO_TIMES = "it does not say when it was issued or until when it is valid"
    NOT_YET = "not valid yet"
    EXPIRED = "expired"
    SIGNER_OUT_OF_TIME = "outside the validity of the signer's certificate"
    KEY_USAGE = "the signer may not issue this kind"
    ENTRIES = "not exactly one entry of one kind"
    SCHEMA = "it breaks the rules for certificates"
    ACCEPTED = "accepted"


class Unreadable(Exception):
    """The text is not what it should be; `reason` says at which layer."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
