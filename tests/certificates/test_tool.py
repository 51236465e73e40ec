"""`tramoi certificate verify`: what it reads, what it trusts, what it prints."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot import certificate_tool
from bot.certificate_tool import Trusted, lines_of, trusted_in, verify_lines
from handlers import slip
from handlers.hc1.reasons import Reason
from tests.certificates.made import CONTENT, DAY, NOW, ec_key, issuer, rsa_key
from tests.certificates.test_slip import KEY, KEYS, OURS

ONE, OTHER = issuer(), issuer(rsa_key())
TEXT, TOKEN = ONE.hc1(), slip.sign(OURS, KEY, NOW)
TRUSTED = Trusted(ONE.trust, KEYS)
FIELDS = ["signature", "time_valid", "key_usage", "accepted", "reason", "issuer", "payload"]
UNREADABLE = [None, None, None, False]


def told(*lines: str | bytes | Mapping[str, object], by: Trusted = TRUSTED) -> list[dict[str, Any]]:
    raw = [json.dumps(line) if isinstance(line, Mapping) else line for line in lines]
    asked = [line.encode() if isinstance(line, str) else line for line in raw]
    return [json.loads(answer) for answer in verify_lines(asked, by, lambda: NOW)]


def encoded(der: bytes) -> str:
    return base64.b64encode(der).decode()


def pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def test_a_certificate() -> None:
    (answer,) = told(TEXT + "\n")
    assert list(answer) == FIELDS
    assert list(answer.values()) == [True, True, True, True, "accepted", "VN", CONTENT]


def test_a_slip() -> None:
    (answer,) = told(TOKEN + "\r\n")
    assert list(answer) == FIELDS
    assert list(answer.values())[:6] == [True, True, True, True, "accepted", "tramoi"]
    assert answer["payload"] == {
        "number": "CN-4K7M2",
        "version": 3,
        "name": "N. T. Ánh",
        "birth_year": 1963,
        "doses": [
            {"date": "2025-12-20", "product": "Comirnaty"},
            {"date": "2026-01-18", "product": "Vaxzevria"},
        ],
        "issued": "2026-03-03T02:00:00+00:00",
        "valid_until": "2026-06-01T02:00:00+00:00",
    }


def test_one_line_out_for_each_line_in() -> None:
    answers = told("", "HC1:", TEXT, b"\xff\xfe", "\ufeff" + TEXT, TOKEN, "{", " ", "TOI1:")
    assert [answer["accepted"] for answer in answers] == [
        *(False, False, True, False, True, True, False, False, False)
    ]


def test_a_certificates_key_signs_no_slips_and_a_slips_no_certificates() -> None:
    public = KEY.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    asked = [
        {"text": TEXT, "trust": [encoded(public)]},
        {"text": TOKEN, "trust": [encoded(ONE.der)]},
    ]
    for answer in told(*asked):
        assert (answer["accepted"], answer["reason"]) == (False, "unknown key")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, Reason.ACCEPTED),
        ({"trust": [encoded(ONE.der)]}, Reason.ACCEPTED),
        ({"trust": ["?", 7, None, encoded(b"no"), encoded(ONE.der)]}, Reason.ACCEPTED),
        ({"trust": [pem(ONE.der).decode()]}, Reason.ACCEPTED),
        ({"trust": [encoded(OTHER.der)]}, Reason.UNKNOWN_KEY),
        ({"trust": []}, Reason.UNKNOWN_KEY),
        ({"trust": None}, Reason.ACCEPTED),
        ({"at": "2026-03-03T09:00:00+0700"}, Reason.ACCEPTED),
        ({"at": "2036-03-03T09:00:00Z"}, Reason.EXPIRED),
        ({"at": "2016-03-03"}, Reason.NOT_YET),
        ({"at": None}, Reason.ACCEPTED),
        ({"at": "soon"}, Reason.LINE),
        ({"at": 7}, Reason.LINE),
        ({"trust": "x"}, Reason.LINE),
        ({"text": None}, Reason.LINE),
        ({"text": ["x"]}, Reason.LINE),
        ({"text": "\ud800"}, Reason.PREFIX),
    ],
)
def test_a_line_with_its_own_trust_and_instant(changed: dict[str, object], reason: Reason) -> None:
    (answer,) = told({"text": TEXT} | changed)
    assert answer["reason"] == reason
    assert answer["accepted"] is (reason is Reason.ACCEPTED)


def test_the_next_line_knows_nothing_of_another_lines_trust() -> None:
    answers = told({"text": TEXT, "trust": [encoded(ONE.der)]}, TEXT, by=Trusted())
    assert [answer["accepted"] for answer in answers] == [True, False]


@pytest.mark.parametrize(
    "line", ["{" * 100_000, '{"text":' * 100_000, '{"at": ' + "9" * 9999 + "}"]
)
def test_json_that_is_none_or_too_much(line: str) -> None:
    (answer,) = told(line)
    assert list(answer.values())[:4] == UNREADABLE
    assert answer["reason"] == Reason.LINE


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(certificate_tool, "LONGEST_LINE", 2000)
    for size in (2000, 2001, 4002, 9000):
        stream = io.BytesIO(b"x" * size + b"\n" + TEXT.encode())
        answers = list(verify_lines(lines_of(stream), TRUSTED, lambda: NOW))
        assert [json.loads(answer)["accepted"] for answer in answers] == [False, True]


def test_a_fault_of_ours_costs_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a surprise")

    monkeypatch.setattr(slip, "judge", broken)
    first, second = told(TOKEN, TEXT)
    assert (first["reason"], first["accepted"]) == (Reason.FAULT, False)
    assert second["accepted"] is True


def test_a_folder_of_signers(tmp_path: Path) -> None:
    """DER, PEM with several, keys of slips, deeper folders; what is neither is named."""
    deeper = tmp_path / "VN"
    deeper.mkdir()
    public = KEY.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    third = issuer(ec_key(number=5))
    deeper.joinpath("one.der").write_bytes(ONE.der)
    tmp_path.joinpath("two.pem").write_bytes(pem(OTHER.der) + b"\n" + pem(third.der) + public)
    tmp_path.joinpath("README").write_bytes(b"nothing")
    tmp_path.joinpath("broken.pem").write_bytes(pem(OTHER.der)[:200])
    trusted, strange = trusted_in(tmp_path)
    texts = [ONE.hc1(), OTHER.hc1(), third.hc1(), TOKEN]
    assert [answer["accepted"] for answer in told(*texts, by=trusted)] == [True] * 4
    assert [path.name for path in strange] == ["README", "broken.pem"]


def test_the_command(tmp_path: Path) -> None:
    tmp_path.joinpath("signer.pem").write_bytes(pem(ONE.der))
    tmp_path.joinpath("note.txt").write_text("nothing")
    at = (NOW + DAY).isoformat()
    run = subprocess.run(
        [sys.executable, "-m", "bot", "certificate", "verify", "--trust", tmp_path, "--at", at],
        input=(TEXT + "\n" + TOKEN).encode(),
        env={"PYTHONIOENCODING": "ascii", "COLUMNS": "200"},
        capture_output=True,
        check=True,
    )
    first, second = (json.loads(line) for line in run.stdout.splitlines())
    assert (first["accepted"], first["payload"]["nam"]["fn"]) == (True, "Nguyễn")
    assert (second["reason"], second["signature"]) == (Reason.UNKNOWN_KEY, False)
    assert run.stderr.decode().endswith("note.txt: no certificate and no public key in it\n")


def test_the_command_refuses_an_instant_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert certificate_tool.verify_stream(None, "soon") == 2
    assert "for example" in capsys.readouterr().err


def test_now_is_a_moment_ago() -> None:
    first = certificate_tool.now()
    assert timedelta(0) <= certificate_tool.now() - first < timedelta(hours=1)
