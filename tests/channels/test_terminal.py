"""The terminal: what is typed there is a story, and its record is told again to the letter."""

import io
from pathlib import Path

import pytest

from bot.channels import terminal
from bot.stories.player import tell

TYPED = """đăng ký
1
1
Nguyễn Văn Mẫu, 31/12/1990
[Không có nút này]
k co

Đak Đoa
15
0900000001
-- 2 phút sau --
575822
hết rồi"""


@pytest.fixture(autouse=True)
def _input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TYPED))
    monkeypatch.setattr(terminal, "set_up", lambda *_args, **_named: None)


async def test_a_person_registers_and_the_record_replays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "mine.chat"
    assert await terminal.talk(record, "vi") == 0
    shown = capsys.readouterr().out
    assert "     (điện thoại 0900 *** 001: Trạm y tế: mã 6 số" in shown
    assert "bot> Đã đăng ký tiêm cho Nguyễn Văn Mẫu." in shown
    assert "no button was shown" in shown
    story = record.read_text(encoding="utf-8")
    assert "Không có nút này" not in story
    assert await tell(story) == story


async def test_it_speaks_english_and_no_other_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await terminal.talk(None, "en") == 0
    assert "What do you need?" in capsys.readouterr().out
    assert await terminal.talk(None, "fr") == 2
