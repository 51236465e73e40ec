"""What the station does in a story, until its own side is open in the chat."""

from bot.stories.story import BadStory
from handlers.registration_states import LEGAL
from storage.unit import Unit

STEPS = {"xác nhận": "confirm", "mời": "invite", "đã tiêm": "vaccinate", "từ chối": "refuse"}
MOST_CHATS = 9


async def step(unit: Unit, verb: str, code: str) -> None:
    """Take a legal step on a registration. Raises BadStory where there is none."""
    for chat in range(1, MOST_CHATS + 1):
        for one in await unit.registrations.of_chat(chat):
            if one.code == code and (STEPS[verb], one.status) in LEGAL:
                after, _who = LEGAL[STEPS[verb], one.status]
                await unit.registrations.move(one.id, one.status, after, unit.now())
                return
    raise BadStory(f"the station cannot do that with {code}: {verb}")
