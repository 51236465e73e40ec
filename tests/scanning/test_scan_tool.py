"""`tramoi scan`."""

import json
import subprocess
import sys
from pathlib import Path

from bot.scan_tool import scanned
from tests.scanning.photos import CARD_FIELDS, drawn, jpeg, photo, png


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "Ánh thẻ.jpg").write_bytes(jpeg(photo()))
    (tmp_path / "text.jpg").write_text("a text")
    (tmp_path / "empty.png").write_bytes(b"")
    names = ["Ánh thẻ.jpg", "text.jpg", "empty.png", "none.png", "."]
    told = subprocess.run(
        [sys.executable, "-m", "bot", "scan", *names],
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    assert told.stderr == b""
    assert [json.loads(line) for line in told.stdout.splitlines()] == [
        {"file": "Ánh thẻ.jpg", "kind": "cccd", "fields": CARD_FIELDS},
        {"file": "text.jpg", "kind": None, "reason": "not_an_image"},
        {"file": "empty.png", "kind": None, "reason": "not_an_image"},
        {"file": "none.png", "kind": None, "reason": "cannot_be_opened"},
        {"file": ".", "kind": None, "reason": "cannot_be_opened"},
    ]


async def test_in_the_order_of_the_files(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(5)]
    for path in paths:
        path.write_bytes(png(drawn(f"https://tram.example/{path.stem}")))
    told = [one async for one in scanned(paths)]
    assert [one["fields"]["url"][-1] for one in told] == ["0", "1", "2", "3", "4"]
