"""What the page finds when it comes back: all that was said, notices too."""

from bot.wiring import history_of
from conversations.station import EXPIRED
from conversations.text import phrasebook
from storage.unit import Unit
from tests.bot.hands import Small


async def test_a_notice_stands_in_the_history(small: Small) -> None:
    async def post(unit: Unit) -> None:
        notice = {"notice": "form_expired", "facts": {}}
        await unit.outbox.post(
            "web", "a", {"text": "hỏi", "buttons": [], "wants": None}, unit.now()
        )
        await unit.outbox.post("web", "a", notice, unit.now())

    await small.database.run(post)
    found = await history_of(small.database)("a", 0)
    texts = [one.shown.text if one.shown else "" for one in found]
    assert texts == ["hỏi", phrasebook("vi")(EXPIRED)]
