"""One message, one turn, one transaction: heard once, answered once, whatever happens between."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from structlog.types import EventDict

from bot.channels.channel import Update
from conversations.messages import Capabilities, Inbound
from conversations.station import EXPIRED
from conversations.text import phrasebook
from storage.faults import Unavailable
from tests.bot.hands import Small
from tests.storage.databases import Kept, ask, count
from tools.services import PostgresServer

SECRETS = ("Nguyễn Thị Mẫu", "0900 000 001", "064190012345", "khó nói")


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


async def test_a_message_is_answered(small: Small) -> None:
    await small.say("một|hai")
    assert (small.web.texts("a"), small.web.seqs("a")) == (["một", "hai"], [1, 2])
    assert await small.heard() == ["một|hai"]


async def test_an_update_that_comes_twice_is_answered_once(small: Small) -> None:
    update = await small.say("một")
    await small.turns(update)
    await small.deliver()
    assert small.web.texts() == ["một"]
    assert await small.heard() == ["một"]


async def test_an_update_that_comes_twice_at_once_is_answered_once(small: Small) -> None:
    update = small.update("một")
    await asyncio.gather(*(small.turns(update) for _ in range(5)))
    await small.deliver()
    assert small.web.texts() == ["một"]


async def test_messages_at_once_are_all_heard_and_answered_in_that_order(small: Small) -> None:
    updates = [small.update(f"số {n}") for n in range(5)]
    await asyncio.gather(*map(small.turns, updates))
    await small.deliver()
    heard = await small.heard()
    assert sorted(heard) == [f"số {n}" for n in range(5)]
    assert small.web.texts() == heard
    assert small.web.seqs("a") == [1, 2, 3, 4, 5]


async def test_hot_chats_through_the_whole_turn(small: Small) -> None:
    updates = [small.update(f"số {n}", f"c{n % 10}") for n in range(60)]
    again = [update for n, update in enumerate(updates) if n % 3 == 0]
    await asyncio.gather(*(until_taken(small, update) for update in [*updates, *again]))
    await small.deliver()
    for chat in {update.chat for update in updates}:
        heard = await small.heard(chat)
        assert sorted(heard) == sorted(u.said.text for u in updates if u.chat == chat)
        assert small.web.texts(chat) == heard
        assert small.web.seqs(chat) == list(range(1, len(heard) + 1))


async def until_taken(small: Small, update: Update) -> None:
    """As a platform does: again until it is acknowledged."""
    while True:
        try:
            return await small.turns(update)
        except Unavailable:
            await asyncio.sleep(0)


async def test_what_a_form_submits_is_in_the_same_transaction(small: Small) -> None:
    for _ in range(6):
        await small.say("submit")
    assert small.web.texts() == ["taken"] * 5 + ["full"]
    rows = await ask(small.database, "SELECT people FROM phone")
    assert [row["people"] for row in rows] == [5]


async def test_what_is_heard_again_after_a_conflict_counts_once(small: Small) -> None:
    """The loser of two turns of one chat has taken a place, and must give it back."""
    updates = [small.update("submit") for _ in range(4)]
    await asyncio.gather(*(until_taken(small, update) for update in updates))
    rows = await ask(small.database, "SELECT people FROM phone")
    assert [row["people"] for row in rows] == [4]
    await small.deliver()
    assert small.web.texts() == ["taken"] * 4


async def test_five_people_also_when_six_chats_send_at_once(small: Small) -> None:
    updates = [small.update("submit", f"c{n}") for n in range(6)]
    await asyncio.gather(*(until_taken(small, update) for update in updates))
    await small.deliver()
    assert sorted(small.web.texts()) == ["full"] + ["taken"] * 5


async def test_a_bug_is_told_with_a_code_and_the_answers_stay(
    small: Small, logged: list[EventDict]
) -> None:
    small.router.bug = lambda said: said.text in SECRETS
    await small.say("trước")
    update = replace(small.update(SECRETS[0]), raw=SECRETS[0].encode())
    await small.turns(update)
    await small.deliver()
    _, apology, question = small.web.texts()
    incident = re.search(r"\b[2-9A-HJKMNP-Z]{6}\b", apology)
    assert incident
    assert question == "Câu hỏi?"
    rows = await ask(small.database, "SELECT status, incident, raw FROM inbox WHERE status = 1")
    assert [row["incident"] for row in rows] == [incident[0]]
    assert SECRETS[0].encode() not in rows[0]["raw"]
    assert [line["incident"] for line in logged if "incident" in line] == [incident[0]]
    await small.turns(update)  # it was acknowledged: it does not come again, and would not be heard
    await small.say("nữa")
    assert await small.heard() == ["trước", "nữa"]
    assert small.web.texts()[3:] == ["nữa"]


async def test_a_bug_in_the_first_message_and_in_the_question(small: Small) -> None:
    small.router.bug = lambda said: True
    await small.say(SECRETS[0])
    assert len(small.web.texts()) == 1
    small.router.bug = lambda said: False
    await small.say("nữa")
    assert await small.heard() == ["nữa"]


async def test_what_cannot_even_be_set_aside_comes_again(
    small: Small, logged: list[EventDict], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def parked(*_: object) -> None:
        raise ZeroDivisionError(SECRETS[0])

    small.router.bug = lambda said: said.text == "hỏng"
    update = small.update("hỏng")
    with monkeypatch.context() as broken:
        broken.setattr(small.turns, "_parked", parked)
        with pytest.raises(Unavailable, match="neither heard nor set aside"):
            await small.turns(update)
    assert [line["event"] for line in logged] == ["an update could not be set aside"]
    assert SECRETS[0] not in str(logged)
    assert await count(small.database, "inbox") == 0
    await small.turns(update)
    assert await count(small.database, "inbox", "incident IS NOT NULL") == 1


async def test_bugs_at_once_in_one_chat_are_each_set_aside(small: Small) -> None:
    small.router.bug = lambda said: True
    updates = [small.update("x") for _ in range(4)]
    await asyncio.gather(*(until_taken(small, update) for update in updates))
    await small.deliver()
    assert await count(small.database, "inbox", "status = 1") == 4
    assert len(small.web.texts()) == 4


async def test_a_memory_that_cannot_be_read_does_not_block_its_chat(small: Small) -> None:
    await small.say("trước")
    await ask(small.database, "UPDATE conversation SET state = :s RETURNING id", s=b"spoiled")
    await small.say("nữa")
    assert len(small.web.texts()) == 2
    rows = await ask(small.database, "SELECT state FROM conversation")
    assert [bytes(row["state"]) for row in rows] == [b"spoiled"]
    assert await count(small.database, "inbox", "status = 1") == 1


async def test_no_words_of_people_are_logged(small: Small, logged: list[EventDict]) -> None:
    small.router.bug = lambda said: "khó" in said.text
    small.web.then.extend([RuntimeError(SECRETS[1]), RuntimeError(SECRETS[1])])
    for words in SECRETS:
        update = replace(small.update(words), raw=words.encode())
        await small.turns(update)
    await small.deliver()
    assert len(logged) >= 2
    assert not [line for line in logged for words in SECRETS if words in repr(line)]


async def test_the_language_of_the_chat_is_kept_for_notices(small: Small) -> None:
    await small.say("en")
    await small.notice("a", {"notice": "form_expired", "facts": {}})
    await small.notice("b", {"notice": "form_expired", "facts": {}})
    await small.deliver()
    assert small.web.texts("a")[1] == phrasebook("en")(EXPIRED)
    assert small.web.texts("b") == [phrasebook("vi")(EXPIRED)]


async def test_a_stranger_is_spoken_to_in_the_language_of_the_device(small: Small) -> None:
    await small.turns(replace(small.update("x"), locale="en"))
    await small.turns(replace(small.update("x", "b"), locale="fr"))
    rows = await ask(small.database, "SELECT chat, locale FROM conversation ORDER BY chat")
    assert [(row["chat"], row["locale"]) for row in rows] == [("a", "en"), ("b", "vi")]


async def test_a_message_without_an_answer(small: Small) -> None:
    await small.say("silence")
    assert (await small.heard(), small.web.tried) == (["silence"], [])


async def test_a_channel_with_a_history_keeps_what_was_written(small: Small) -> None:
    await small.turns(replace(small.update("x"), raw=b"x"))
    small.web.can = Capabilities(history=True)
    await small.turns(replace(small.update("y"), raw=b"y"))
    own = await small.database.run(lambda unit: unit.conversations.own_since("web", "a", 0))
    assert [raw for _, _, raw in own] == [b"y"]


async def test_the_database_goes_away_in_the_middle(
    kept_postgres: Kept, postgres: PostgresServer, logged: list[EventDict]
) -> None:
    async with kept_postgres.opened() as database:
        small = Small(database, kept_postgres.clock)
        await small.say("trước")
        update = small.update("lúc mất")
        await asyncio.to_thread(postgres.kill)
        try:
            with pytest.raises(Unavailable):
                await small.turns(update)
            assert small.web.texts() == ["trước"]
        finally:
            await asyncio.to_thread(postgres.start)
        for _ in range(2):
            await small.turns(update)
        await small.deliver()
        assert small.web.texts() == ["trước", "lúc mất"]
        assert await small.heard() == ["trước", "lúc mất"]
    assert [line for line in logged if "incident" in line] == []


async def test_an_answer_is_not_lost_when_the_process_ends_before_it_is_sent(
    small: Small,
) -> None:
    small.web.gate.clear()
    await small.turns(small.update("một|hai"))
    await small.web.trying.wait()
    small.restart()
    small.web.gate = asyncio.Event()
    small.web.gate.set()
    await small.deliver()
    assert small.web.texts() == []  # the lease of the dead process still runs
    small.clock.forward(seconds=31)
    await small.deliver()
    assert small.web.texts() == ["một", "hai"]


async def test_said_is_not_mistaken_for_a_button_of_long_ago(small: Small) -> None:
    await small.say("choices")
    found = await small.database.run(
        lambda unit: unit.conversations.open("web", "a", "-", small.clock.now())
    )
    assert found.memory["offers"] == {"1": "do=menu", "menu": "do=menu"}
    await small.turns(Update("web", "a", "x", Inbound("x")))
    found = await small.database.run(
        lambda unit: unit.conversations.open("web", "a", "-", small.clock.now())
    )
    assert "offers" not in found.memory
