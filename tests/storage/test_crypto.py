"""Seals that hold a value to its place, and key files that are refused with a way out."""

import json
import os
from pathlib import Path

import pytest

from storage.crypto import (
    CannotOpen,
    KeyFileRefused,
    Keyring,
    Vault,
    new_ring,
    read_ring,
    write_ring,
)

A = Keyring({1: b"a" * 32}, b"i" * 32)
WHERE = "registration.phone|r1"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    data, index = tmp_path / "keys" / "data.keys", tmp_path / "keys" / "index.key"
    write_ring(new_ring(), data, index)
    return data, index


def test_a_value_opens_only_where_it_was_sealed() -> None:
    vault = Vault(A)
    sealed = vault.seal_text("+84900000001", WHERE)
    assert vault.open_text(sealed, WHERE) == "+84900000001"
    for elsewhere in ("registration.phone|r2", "registration.born|r1", "phone.phone|r1"):
        with pytest.raises(CannotOpen, match="altered or moved"):
            vault.open(sealed, elsewhere)


def test_an_error_names_the_column_and_nothing_else() -> None:
    with pytest.raises(CannotOpen) as refused:
        Vault(A).open(Vault(A).seal(b"x", "inbox.raw|web|personal-key"), "inbox.raw|web|other")
    assert str(refused.value) == "inbox.raw: altered or moved"


@pytest.mark.parametrize("at", [0, 1, 3, 15, -1])
def test_one_changed_byte_is_noticed(at: int) -> None:
    sealed = bytearray(Vault(A).seal(b"words", WHERE))
    sealed[at] ^= 1
    with pytest.raises(CannotOpen):
        Vault(A).open(bytes(sealed), WHERE)


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x01\x00\x01", b"plain text", b"\x01\x00\x01abc"])
def test_what_was_never_sealed_cannot_be_opened(junk: bytes) -> None:
    with pytest.raises(CannotOpen):
        Vault(A).open(junk, WHERE)


def test_the_same_words_never_look_the_same() -> None:
    assert Vault(A).seal(b"x", WHERE) != Vault(A).seal(b"x", WHERE)


def test_blind_indexes_differ_by_column_and_key() -> None:
    one = Vault(A).blind("phone", "+84900000001")
    other_key = Vault(Keyring(A.data, b"j" * 32))
    assert one == Vault(A).blind("phone", "+84900000001")
    assert len({one, Vault(A).blind("name", "+84900000001"), other_key.blind("phone", "x")}) == 3


def test_old_keys_open_and_the_newest_seals() -> None:
    both = A.with_new_key()
    sealed = Vault(A).seal(b"x", WHERE)
    assert Vault(both).open(sealed, WHERE) == b"x"
    assert Vault(both).is_old(sealed)
    anew = Vault(both).seal(b"x", WHERE)
    assert not Vault(both).is_old(anew)
    assert Vault(both.only_newest()).open(anew, WHERE) == b"x"
    with pytest.raises(CannotOpen, match="no key for it"):
        Vault(both.only_newest()).open(sealed, WHERE)
    with pytest.raises(CannotOpen, match="no key for it"):
        Vault(A).open(anew, WHERE)


def test_key_files_are_read_as_written_and_are_their_owners_alone(
    files: tuple[Path, Path],
) -> None:
    ring = new_ring().with_new_key()
    write_ring(ring, *files)
    assert read_ring(*files) == ring
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    assert sorted(path.name for path in files[0].parent.iterdir()) == ["data.keys", "index.key"]


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_that_others_may_read_is_refused(files: tuple[Path, Path], which: int) -> None:
    files[which].chmod(0o640)
    with pytest.raises(KeyFileRefused, match="can be read by others; mend it with: chmod 600"):
        read_ring(*files)


def test_files_that_were_never_made(tmp_path: Path) -> None:
    with pytest.raises(KeyFileRefused, match="is missing; make it with: tramoi keys new"):
        read_ring(tmp_path / "data.keys", tmp_path / "index.key")


@pytest.mark.parametrize("which", [0, 1])
def test_one_file_alone_must_be_restored(files: tuple[Path, Path], which: int) -> None:
    files[which].unlink()
    with pytest.raises(KeyFileRefused, match="is missing; restore it from your backup"):
        read_ring(*files)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"data_keys": {}}',
        '{"data_keys": {"one": "YQ=="}}',
        '{"data_keys": {"1": "YQ=="}}',
        '{"data_keys": {"1": 7}}',
        '{"data_keys": {"1": "***"}}',
        json.dumps({"data_keys": {"70000": "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="}}),
        json.dumps({"data_keys": {"-1": "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="}}),
    ],
)
def test_a_wrong_file_is_refused_with_the_way_out(files: tuple[Path, Path], written: str) -> None:
    files[0].write_text(written)
    with pytest.raises(KeyFileRefused, match="restore it from your backup"):
        read_ring(*files)


def test_a_wrong_index_key_is_refused(files: tuple[Path, Path]) -> None:
    files[1].write_text('{"index_key": "YQ=="}')
    with pytest.raises(KeyFileRefused, match="restore it from your backup"):
        read_ring(*files)


def test_a_file_that_is_not_text_is_refused(files: tuple[Path, Path]) -> None:
    files[0].write_bytes(os.urandom(64))
    with pytest.raises(KeyFileRefused, match="restore it from your backup"):
        read_ring(*files)
