"""Encryption at rest: AES-256-GCM bound to table, column and row, and keyed blind indexes.

A sealed value is `1 | key id (2 bytes) | nonce (12) | ciphertext and tag`. The seal names where
the value belongs, so that it cannot be moved to another row or column.
"""

import base64
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = b"\x01"
HEAD = 3
NONCE = 12
KEY = 32
MOST_KEYS = 0xFFFF


class KeyFileRefused(Exception):
    """The key file is missing, malformed or readable by others; the message says what to do."""


class CannotOpen(Exception):
    """A sealed value was altered, moved, or sealed with a key that is not in the ring."""


@dataclass(frozen=True)
class Keyring:
    """The data keys by number (the newest seals, all open) and the key of the blind indexes."""

    data: Mapping[int, bytes]
    index: bytes

    @property
    def newest(self) -> int:
        """The number of the key that seals."""
        return max(self.data)

    def with_new_key(self) -> "Keyring":
        """The ring with one more data key, which seals from now on."""
        return replace(self, data={**self.data, self.newest + 1: os.urandom(KEY)})

    def only_newest(self) -> "Keyring":
        """The ring after a rotation is complete."""
        return replace(self, data={self.newest: self.data[self.newest]})


class Vault:
    """Seals and opens values, and makes blind indexes."""

    def __init__(self, ring: Keyring) -> None:
        self.ring = ring
        self._ciphers = {number: AESGCM(key) for number, key in ring.data.items()}
        self._head = FORMAT + ring.newest.to_bytes(2, "big")
        self._newest = self._ciphers[ring.newest]
        self._index_keys: dict[str, bytes] = {}

    def seal(self, plain: bytes, where: str) -> bytes:
        """Encrypt `plain` for one place, `table.column|row`."""
        nonce = os.urandom(NONCE)
        return self._head + nonce + self._newest.encrypt(nonce, plain, where.encode())

    def open(self, sealed: bytes, where: str) -> bytes:
        """Decrypt what was sealed for this place. Raises CannotOpen."""
        cipher = self._ciphers.get(int.from_bytes(sealed[1:HEAD], "big"))
        if sealed[:1] != FORMAT or cipher is None:
            raise CannotOpen(f"{where.partition('|')[0]}: no key for it in the key file")
        nonce, body = sealed[HEAD : HEAD + NONCE], sealed[HEAD + NONCE :]
        try:
            return cipher.decrypt(nonce, body, where.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen(f"{where.partition('|')[0]}: altered or moved") from None

    def seal_text(self, text: str, where: str) -> bytes:
        """Encrypt a text."""
        return self.seal(text.encode(), where)

    def open_text(self, sealed: bytes, where: str) -> str:
        """Decrypt a text. Raises CannotOpen."""
        return self.open(sealed, where).decode()

    def is_old(self, sealed: bytes) -> bool:
        """Whether a value is sealed with an older key than the newest."""
        return sealed[:HEAD] != self._head

    def blind(self, column: str, value: str) -> bytes:
        """The look-up key of a value: 16 bytes, another one for every column."""
        key = self._index_keys.get(column)
        if key is None:
            key = HKDF(SHA256(), KEY, None, b"blind " + column.encode()).derive(self.ring.index)
            self._index_keys[column] = key
        return hmac.digest(key, value.encode(), hashlib.sha256)[:16]


def new_ring() -> Keyring:
    """A ring with fresh keys."""
    return Keyring({1: os.urandom(KEY)}, os.urandom(KEY))


def write_ring(ring: Keyring, data_file: Path, index_file: Path) -> None:
    """Write both key files, readable by their owner alone, each replaced in one step."""
    data = {str(number): base64.b64encode(key).decode() for number, key in ring.data.items()}
    _write(data_file, json.dumps({"data_keys": data}, indent=1))
    _write(index_file, json.dumps({"index_key": base64.b64encode(ring.index).decode()}, indent=1))


def read_ring(data_file: Path, index_file: Path) -> Keyring:
    """Read the key files. Raises KeyFileRefused with the way out."""
    if data_file.exists() != index_file.exists():
        missing = index_file if data_file.exists() else data_file
        raise KeyFileRefused(f"{missing} is missing; restore it from your backup")
    data = _read(data_file, "data_keys")
    index = _read(index_file, "index_key")
    try:
        listed = data.items() if isinstance(data, dict) else ()
        keys = {int(number): base64.b64decode(key) for number, key in listed}
        ring = Keyring(keys, base64.b64decode(str(index)))
    except (ValueError, TypeError) as error:
        raise KeyFileRefused(f"{data_file}: not a key file; restore it from your backup") from error
    sizes = {len(key) for key in [*keys.values(), ring.index]}
    if not keys or sizes != {KEY} or not all(0 < number <= MOST_KEYS for number in keys):
        raise KeyFileRefused(
            f"{data_file}: keys must have numbers and 32 bytes each; restore it from your backup"
        )
    return ring


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Make the new name last: what is sealed from now on needs the new key, come what may."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path, entry: str) -> object:
    if not path.exists():
        raise KeyFileRefused(f"{path} is missing; make it with: tramoi keys new")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileRefused(f"{path} can be read by others; mend it with: chmod 600 {path}")
    try:
        return json.loads(path.read_text())[entry]
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileRefused(f"{path}: not a key file; restore it from your backup") from error
