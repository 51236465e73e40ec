"""Keys, signers and certificates made for a test; none of them is worth anything outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID, ObjectIdentifier

from handlers.hc1 import cbor, cose
from handlers.hc1.container import wrap
from handlers.hc1.judging import Verdict, judge
from handlers.hc1.signers import Signer, Trust, key_id_of, read_signer

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
P256, P384 = ec.SECP256R1(), ec.SECP384R1()
VACCINATION_ONLY = ("1.3.6.1.4.1.1847.2021.1.2",)

NAME = {"fn": "Nguyễn", "gn": "Thị Ánh", "fnt": "NGUYEN", "gnt": "THI<ANH"}
DOSE = {
    "tg": "840539006",
    "vp": "1119349007",
    "mp": "EU/1/20/1528",
    "ma": "ORG-100030215",
    "dn": 2,
    "sd": 2,
    "dt": "2026-01-18",
    "co": "VN",
    "is": "Bộ Y tế",
    "ci": "URN:UVCI:01:VN:0123456789ABCDEF0123456789ABCDEF",
}
LAB_TEST = {
    "tg": "840539006",
    "tt": "LP6464-4",
    "sc": "2026-03-01T08:00:00Z",
    "tr": "260415000",
    "co": "VN",
    "is": "Bộ Y tế",
    "ci": "URN:UVCI:01:VN:1123456789ABCDEF0123456789ABCDEF",
}
RECOVERY = {
    "tg": "840539006",
    "fr": "2026-01-01",
    "co": "VN",
    "is": "Bộ Y tế",
    "df": "2026-01-12",
    "du": "2026-06-30",
    "ci": "URN:UVCI:01:VN:2123456789ABCDEF0123456789ABCDEF",
}
CONTENT = {"ver": "1.3.0", "nam": NAME, "dob": "1963-10-10", "v": [DOSE]}
OF_A_TEST = {"ver": "1.3.0", "nam": NAME, "dob": "1963-10-10", "t": [LAB_TEST]}
OF_A_RECOVERY = {"ver": "1.3.0", "nam": NAME, "dob": "1963-10-10", "r": [RECOVERY]}


@cache
def ec_key(curve: ec.EllipticCurve = P256, number: int = 1) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve)


@cache
def rsa_key(size: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, size)


@dataclass(frozen=True)
class Issuer:
    """A private key and its certificate."""

    key: cose.PrivateKey
    der: bytes

    @property
    def key_id(self) -> bytes:
        return key_id_of(self.der)

    @property
    def signer(self) -> Signer:
        signer = read_signer(self.der)
        assert signer is not None
        return signer

    @property
    def trust(self) -> Trust:
        return Trust([self.signer])

    def signed(self, said: object) -> bytes:
        return cose.sign(cbor.write(said), self.key, self.key_id)

    def hc1(self, content: object = CONTENT, **changed: Any) -> str:
        return wrap(self.signed(claims(content, **changed)))

    def judged(self, content: object = CONTENT, at: datetime = NOW, **changed: Any) -> Verdict:
        return judge(self.hc1(content, **changed), self.trust, at)


def claims(content: object = CONTENT, **changed: Any) -> dict[int, object]:
    """CWT claims; `issued` and `expires` in seconds, None leaves one out."""
    said = {
        1: "VN",
        4: changed.get("expires", int((NOW + 300 * DAY).timestamp())),
        6: changed.get("issued", int((NOW - 30 * DAY).timestamp())),
        -260: changed.get("health", {1: content}),
    }
    return {label: value for label, value in said.items() if value is not None}


def certificate(
    key: cose.PrivateKey,
    purposes: tuple[str, ...] = (),
    validity: tuple[datetime, datetime] = (NOW - 100 * DAY, NOW + 700 * DAY),
    odd: Mapping[str, bytes] | None = None,
) -> bytes:
    """The DER of a self-signed certificate; `odd` holds extensions as raw bytes."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "THỬ NGHIỆM")])
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, *validity)
    if purposes:
        usage = x509.ExtendedKeyUsage([ObjectIdentifier(oid) for oid in purposes])
        built = built.add_extension(usage, critical=False)
    for oid, raw in (odd or {}).items():
        strange = x509.UnrecognizedExtension(ObjectIdentifier(oid), raw)
        built = built.add_extension(strange, critical=False)
    return built.sign(key, SHA256()).public_bytes(Encoding.DER)


@cache
def issuer(key: cose.PrivateKey | None = None, purposes: tuple[str, ...] = ()) -> Issuer:
    key = key or ec_key()
    return Issuer(key, certificate(key, purposes))
