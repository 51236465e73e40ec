"""The public suite's accept and reject cases, each with its own signer and its own instant."""

import base64
import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.certificate_tool import Trusted, verify_lines
from tests.certificates.made import NOW

HOUSE = Path(__file__).parents[2]
CASES = HOUSE / os.environ.get("DCC_CASES", "../shared/conformance/dcc") / "common.jsonl"
MISSING: dict[str, Any] = {"case": "not run: the cases are not here"}


def cases() -> list[dict[str, Any]]:
    if not CASES.is_file():
        return [MISSING]
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def told(case: dict[str, Any]) -> dict[str, Any]:
    asked = {"text": case["hc1"], "trust": [case["dsc_der_b64"]], "at": case["at"]}
    answer = next(verify_lines([json.dumps(asked).encode()], Trusted(), lambda: NOW))
    answered: dict[str, Any] = json.loads(answer)
    return answered


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["case"]))
def test_a_case_of_the_public_suite(case: dict[str, Any]) -> None:
    if case is MISSING:
        print(f"not run: there is no {CASES}")
        return
    answer = told(case)
    assert answer["accepted"] is case["accept"], answer["reason"]
    assert all(answer[point] is True for point in ("signature", "time_valid")) or not case["accept"]


def test_the_three_judgements_are_apart() -> None:
    """Each of these cases is wrong in one point only."""
    by_name = {case["case"].partition("/")[2]: case for case in cases() if case is not MISSING}
    wrong = {"CO5": "signature", "CO16": "time_valid", "CO17": "time_valid", "CO6": "key_usage"}
    for name in wrong.keys() & by_name.keys():
        answer = told(by_name[name])
        points = ("signature", "time_valid", "key_usage")
        assert [point for point in points if answer[point] is not True] == [wrong[name]]


def test_another_signer_makes_no_case_valid() -> None:
    """The certificate of one case is no reason to believe another."""
    accepted = [case for case in cases() if case.get("accept")]
    for case, other in pairwise(accepted):
        assert base64.b64decode(case["dsc_der_b64"]) != base64.b64decode(other["dsc_der_b64"])
        assert told(case | {"dsc_der_b64": other["dsc_der_b64"]})["accepted"] is False
