"""Every story is told as it is written, to the letter. `tramoi play` says it aloud."""

from pathlib import Path

import pytest

from bot.stories import play
from bot.stories.play import difference, play_files, stories
from bot.stories.player import tell
from bot.stories.story import BadStory, Spoken, parse

CHATS = Path(__file__).parent / "chats"
STORIES = list(stories([CHATS]))


@pytest.mark.parametrize("path", STORIES, ids=lambda p: f"{p.parent.name}/{p.stem}")
async def test_chat(path: Path) -> None:
    story = path.read_text(encoding="utf-8")  # noqa: ASYNC240 - nobody waits for it
    told = await tell(story)
    assert told == story, "\n".join(difference(path, story, told))


@pytest.fixture(autouse=True)
def _logs_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "set_up", lambda *_args, **_named: None)


def said_in(name: str) -> list[str]:
    """What people say in a story."""
    entries = parse((CHATS / name).read_text(encoding="utf-8")).entries
    return [entry.words for entry in entries if isinstance(entry, Spoken)]


def test_registering_takes_ten_messages_at_most_and_the_next_person_five() -> None:
    assert len(said_in("registration/adult_on_the_web.chat")) <= 10
    assert len(said_in("registration/telegram_contact.chat")) <= 10
    said = said_in("registration/next_person.chat")
    assert len(said[said.index("[Thêm con]") :]) <= 5


async def test_a_message_that_nobody_expected_fails_the_story() -> None:
    story = "locale: vi\nclock: 2026-03-03 09:00\n\ndân> /start\nbot> Chào\n"
    assert await tell(story) != story


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("dân> [Không có nút này]", "no button was shown"),
        ("-- động đất --", "no such event"),
        ("hàng xóm> chào", "does not say where"),
        ("chào", "what is this"),
    ],
)
async def test_a_story_that_cannot_be_played_says_why(lines: str, why: str) -> None:
    with pytest.raises(BadStory, match=why):
        await tell(f"locale: vi\nclock: 2026-03-03 09:00\n\n{lines}\n")


def test_playing_shows_the_difference_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.chat"
    path.write_text("locale: vi\nclock: 2026-03-03 09:00\n\ndân> /start\nbot> Chào\n")
    assert play_files([path], rewrite=False) == 1
    assert "-bot> Chào" in capsys.readouterr().out


def test_recording_is_refused_where_it_could_make_a_test_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "other.chat"
    path.write_text(before := "locale: vi\nclock: 2026-03-03 09:00\n\ndân> /start\n")
    monkeypatch.setenv("CI", "1")
    assert play_files([path], rewrite=True) == 2
    assert path.read_text() == before


def test_recording_writes_the_story_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "other.chat"
    path.write_text("locale: vi\nclock: 2026-03-03 09:00\n\ndân> /start\n")
    monkeypatch.delenv("CI", raising=False)
    assert play_files([path], rewrite=True) == 0
    assert play_files([path], rewrite=False) == 0
