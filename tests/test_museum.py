"""Sessions that older releases stored. They load, and the conversation goes on from there.

A release adds its own, one or more a dialog. None is ever changed: real chats hold the same.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.channels.channel import Update
from bot.stories.fixed import StoryClock
from bot.stories.player import CHANNELS
from bot.stories.system import Scene, System
from conversations.messages import Inbound
from conversations.remember import from_json, to_json
from storage.conversations import Heard
from storage.unit import Unit

MUSEUM = Path(__file__).parent / "sessions"
PIECES = sorted(MUSEUM.rglob("*.json"))


@dataclass(frozen=True, slots=True)
class Piece:
    """What was stored, what the person then says, and a part of what must be answered."""

    memory: dict[str, Any]
    says: str
    answer: str

    @classmethod
    def read(cls, path: Path) -> "Piece":
        return cls(**json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", PIECES, ids=lambda p: f"{p.parent.name}/{p.stem}")
async def test_the_conversation_goes_on(path: Path) -> None:
    piece = Piece.read(path)
    told: list[str] = []
    clock = StoryClock.at("2026-03-03 09:00")
    scene = Scene(
        clock, {"web": CHANNELS["web"]}, lambda _channel, letter: told.append(letter.shown.text)
    )
    async with System(scene) as system:
        await system.database.run(lambda unit: put(unit, piece.memory))
        await system.hear(Update("web", "old", "u1", Inbound(text=piece.says)))
    assert piece.answer in "\n".join(told)


async def put(unit: Unit, memory: dict[str, Any]) -> None:
    chat = await unit.conversations.open("web", "old", "u0", unit.now())
    heard = Heard("web", "u0", memory, [], unit.now())
    assert await unit.conversations.save(chat, heard)


@pytest.mark.parametrize("path", PIECES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_what_is_stored_again_is_the_same(path: Path) -> None:
    memory = Piece.read(path).memory
    assert to_json(from_json(memory)) == memory


def test_every_dialog_has_a_piece() -> None:
    shown = {Piece.read(path).memory["session"]["dialog"] for path in PIECES}
    assert shown == {"consent", "registration", "mine"}
