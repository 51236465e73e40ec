"""Every story is told as it is written, to the letter. `tramoi play` says it aloud."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

from bot.stories import play
from bot.stories.play import difference, play_files, stories
from bot.stories.player import tell
from bot.stories.story import INDENT, BadStory, Spoken, parse
from conversations.text import LOCALES

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


def test_three_people_take_twenty_messages_at_most() -> None:
    said = said_in("phone/five_people_and_the_sixth.chat")
    third = said.index("thêm con", said.index("thêm con") + 1)
    assert len(said[:third]) <= 20


NOT_IN_STORIES = {
    # said by channels themselves
    "Please write to me privately: here others would read it too.",
    "What can be done here",
    "One question back",
    # buttons and a question that depend on how well a message is understood: see test_router
    "Which of these do you mean?",
    "Something else",
    "My reports",
    "Phone and address",
    "I work here",
    "My data",
    "What can I do here?",
    "It is an emergency",
    # shown to the station, whose side comes later
    "taken off the list",
    # an answer of nothing but hidden signs to a question about free words
    "Please write it in a few words.",
}


def test_every_sentence_is_told_in_a_story() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in STORIES)
    with (LOCALES / "vi" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        untold = {_msgid(m) for m in read_po(file) if m.id and not re.search(_shape(m), told)}
    assert untold - NOT_IN_STORIES == set()


def _msgid(message: Message) -> str:
    return _first(message.id)


def _first(written: str | Sequence[str] | None) -> str:
    """Of a sentence that counts, the first form."""
    return written if isinstance(written, str) else (written or [""])[0]


def _shape(message: Message) -> str:
    """The sentence as it looks in a story, with anything in its gaps."""
    parts = re.split(r"(\{\w+\})", _first(message.string).replace("\n", f"\n{INDENT}"))
    return "".join(".+?" if part.startswith("{") else re.escape(part) for part in parts)


@pytest.mark.parametrize("channel", ["terminal", "telegram"])
async def test_every_story_of_the_web_gets_answers_elsewhere(channel: str) -> None:
    for path in STORIES:
        story = path.read_text(encoding="utf-8")
        if "channel: web" in story and path.parent.name != "faults":
            told = await tell(story.replace("channel: web", f"channel: {channel}"))
            assert "mã lỗi" not in told
            assert not re.search(r"^dân> .*\ndân> ", told, re.MULTILINE), path


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


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("locale: vi", "wants a clock"),
        ("locale: vi\nclock: yesterday", "wants a clock"),
        ("locale: fr\nclock: 2026-03-03 09:00", "no such language"),
        ("clock: 2026-03-03 09:00\nchannel: telex", "no such channel"),
        ("clock: 2026-03-03 09:00\npolicy: needs nothing, be kind", "no such policy"),
        ("clock", "the header wants"),
    ],
)
async def test_a_header_that_cannot_be_read_says_why(header: str, why: str) -> None:
    with pytest.raises(BadStory, match=why):
        await tell(f"{header}\n\ndân> chào\n")


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
