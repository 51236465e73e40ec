"""Random walks: some way along a story, then off it, in any direction.

A move is written as in a story; `[#3]` taps the third newest button that was ever shown.

python -m tests.walks 20000          so many walks, and what they found
python -m tests.walks 20000 --seed 7 other ones
"""

import argparse
import asyncio
import random
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pyotp
from sqlalchemy import text

from bot.channels.channel import Button, Update
from bot.stories.fixed import StoryClock, StoryCodes
from bot.stories.play import stories
from bot.stories.player import CHANNELS
from bot.stories.said import heard
from bot.stories.story import Spoken, parse
from bot.stories.system import Scene, System
from bot.turn import Turns
from bot.wiring import router
from conversations.messages import Inbound
from conversations.remember import from_json, to_json
from handlers.vietnamese import fold
from storage.outbox import Waiting
from storage.rows import Statement
from storage.unit import Unit

CHATS = Path(__file__).parent / "chats"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = pyotp.HOTP(SECRET).at(0)
PHONE = re.compile(r"(?:0|\+84 ?)900 ?000 ?(\d{3})")
SIX_DIGITS = re.compile(r"\d{3}[ .]?\d{3}")
GAP = re.compile(r"\{\w+\}")
SORRY = ("mã lỗi", "Something went wrong here")
NO_NAME = {"quay lai", "tro lai", "huy bo", "gap can bo", "dung lai", "khong khai nua", "menu"}
TOGETHER = 500  # walks in one system

WORDS = (
    "đăng ký", "đăng ký cho mẹ tôi", "đăng ký của tôi", "bỏ tên tôi khỏi đợt tiêm", "thêm con",
    "Trần Quang Huy", "Huy", "H'Bia", "nguyen van mau", "Nguyễn Thị Mẫu, 1/2/2019", "Y",
    "Nguyễn Văn Mẫu, 31/12/1990", "01/01/1980", "10/05/2019", "1950", "29/02/2023", "tomorrow",
    "001090000001", "001185000001", "123456789", "b1234567", "không có", "k", "có", "không",
    "Đak Đoa", "xã Tân Bình", "huyện Đak Đoa", "làng không có thật", "giáo viên", "người", "ba",
    "0900000001", "0900000002", "+84 900 000 003", "090000", "không có điện thoại", CODE, "000000",
    "gửi", "sửa", "gửi lại mã", "họ tên", "ngày sinh", "điện thoại", "tiền sử bệnh", "mũi tiêm",
    "tiểu đường", "3, 9", "quay lại", "quay lai", "Quay Lại", "hủy", "menu", "/start", "/nhaclai",
    "gặp cán bộ", "help", "đổi ngôn ngữ", "english", "tiếng việt", "thôi không khai nữa",
    "khó thở tím tái", "co giật", "xin chào", "cảm ơn", "làm tiếp", "bỏ", "cho xem chứng nhận",
    "số điện thoại trạm", "tôi đi làm xa", "DK-XJZG-GX2J", "(nhãn dán)", "(tin trống)", "(vị trí)",
    "(ảnh x.jpg)", "(chuyển tiếp) đăng ký", "(tin sửa)", "(danh thiếp 0900000004)", "[do=mine]",
    "(danh thiếp của mình 0900000005)", "(5000 chữ) tiêm ", "😀", "...", "-", "\u202e1", "[x=1]",
    "[do=registration.child]", "[do=registration.change:DK-XJZG-GX2J]", "[code=DK-XJZG-GX2J]",
    *map(str, range(20)),
)  # fmt: skip
"""What people say, and what they should not."""


class SameCodes(StoryCodes):
    """Every phone gets the same code, so that a walk knows it."""

    def secret(self) -> str:
        return SECRET


@dataclass
class Answers:
    """Takes what the turns say, instead of a sender."""

    said: list[Waiting] = field(default_factory=list)

    def offer(self, said: Sequence[Waiting]) -> None:
        self.said += said

    def holds(self, _conversation: int, _before: int) -> bool:
        return True


def beginnings() -> list[list[str]]:
    """What is said in each story, by the one who writes first."""
    found = []
    for path in stories([CHATS]):
        entries = parse(path.read_text(encoding="utf-8")).entries
        said = [one.words for one in entries if isinstance(one, Spoken) and one.who == "dân"]
        found.append(["[#0]" if words.startswith("[") else words for words in said])
    return found


class Walker:
    """Walks in one system, each walk in a chat of its own."""

    def __init__(self) -> None:
        clock = StoryClock.at("2026-03-03 09:00")
        scene = Scene(clock, CHANNELS, lambda _channel, _letter: None)
        self.system = System(scene, codes=SameCodes())
        self.walks = self.steps = self.registered = 0

    async def __aenter__(self) -> Self:
        await self.system.__aenter__()
        self._answers = Answers()
        system = self.system
        self._turns = Turns(
            system.database, router(), system.channels, lambda: system.world, self._answers
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.system.__aexit__(None, None, None)

    async def walk(self, moves: Sequence[str], channel: str = "web") -> None:
        """Walk. Raises AssertionError with the walk as a story."""
        self.walks += 1
        chat, shown = f"walk {self.walks}", list[Button]()
        done: list[str] = []
        self.system.scene.clock.move(timedelta(seconds=len(moves)))
        for move in [*moves, "/huy"]:
            done.append(f"dân> {move}")
            try:
                await self._step(channel, chat, move, shown)
            except AssertionError as error:
                raise AssertionError(f"{error}\n\n" + "\n".join(done)) from error
        kept = await self._kept(channel, chat)
        assert "session" not in kept, "/huy did not get out:\n" + "\n".join(done)

    async def _step(self, channel: str, chat: str, move: str, shown: list[Button]) -> None:
        self.steps += 1
        said = self._said(move, shown, channel)
        self._answers.said.clear()
        await self._turns(Update(channel, chat, f"{chat} {self.steps}", said, locale="vi"))
        assert self._answers.said, "no answer"
        for waiting in self._answers.said:
            told = str(waiting.body["text"])
            assert told.strip(), "an empty answer"
            assert not any(sorry in told for sorry in SORRY), f"an exception: {told}"
            assert not GAP.search(told), f"a gap in a sentence: {told}"
            shown += [Button(*button) for button in waiting.body["buttons"]]
        kept = await self._kept(channel, chat)
        assert to_json(from_json(kept)) == kept, "the session does not survive JSON"

    def _said(self, move: str, shown: Sequence[Button], channel: str) -> Inbound:
        if tapped := re.fullmatch(r"\[#(\d+)\]", move):
            if not shown:
                return Inbound(text="1")
            return Inbound(button=shown[-1 - int(tapped[1]) % len(shown)].value)
        move = SIX_DIGITS.sub(CODE, move) if SIX_DIGITS.fullmatch(move) else move
        move = PHONE.sub(self._own_phone, move)
        return heard(move, shown, CHANNELS[channel])

    def _own_phone(self, found: "re.Match[str]") -> str:
        """Each walk has its own few phones, else the first ones use them all up."""
        return f"0900000{(self.walks * 7 + int(found[1])) % 1000:03}"

    async def _kept(self, channel: str, chat: str) -> dict[str, Any]:
        async def read(unit: Unit) -> dict[str, Any]:
            opened = await unit.conversations.open(channel, chat, "-", unit.now())
            return dict(opened.memory)

        return await self.system.database.run(read)

    async def check(self) -> None:
        """What must hold of everything that was registered. Raises AssertionError."""
        for rule, sql in BROKEN.items():
            found = await self.system.database.run(lambda unit, sql=sql: unit.rows.all(sql))  # type: ignore[misc]
            assert not found, f"{rule}: {len(found)}"
        for name in await self.system.database.run(_names):
            self.registered += 1
            assert fold(name) not in NO_NAME, f"registered as {name}"


async def _names(unit: Unit) -> list[str]:
    chats = [row["conversation_id"] for row in await unit.rows.all(REGISTERING)]
    found = [await unit.registrations.of_chat(chat) for chat in chats]
    return [one.full_name for registered in found for one in registered]


REGISTERING = Statement(text("SELECT DISTINCT conversation_id FROM registration"))
BROKEN = {
    "registered without consent": Statement(
        text(
            "SELECT id FROM registration r WHERE NOT EXISTS (SELECT 1 FROM consent c WHERE"
            " c.conversation_id = r.conversation_id AND c.agreed = 1 AND c.at <= r.created_at)"
        )
    ),
    "registered without a proved phone": Statement(
        text(
            "SELECT id FROM registration r WHERE NOT EXISTS (SELECT 1 FROM phone_proof p WHERE"
            " p.conversation_id = r.conversation_id AND p.phone_key = r.phone_key)"
        )
    ),
    "more than five people on a phone": Statement(
        text(
            "SELECT phone_key FROM registration WHERE status NOT IN"
            " ('vaccinated', 'refused', 'cancelled') GROUP BY phone_key HAVING count(*) > 5"
        )
    ),
    "a phone's places are miscounted": Statement(
        text(
            "SELECT p.phone_key FROM phone p WHERE p.people <> (SELECT count(*) FROM registration r"
            " WHERE r.phone_key = p.phone_key AND r.status NOT IN ('refused', 'cancelled'))"
        )
    ),
}


def any_walk(chance: random.Random, known: Sequence[Sequence[str]]) -> list[str]:
    """Some way along a story, then up to ten moves of any kind."""
    begun = chance.choice(known)
    moves = list(begun[: chance.randint(0, len(begun))])
    for _ in range(chance.randint(1, 10)):
        tap = chance.random() < 0.4
        moves.append(f"[#{chance.randint(0, 12)}]" if tap else chance.choice(WORDS))
    return moves


async def walks(count: int, seed: int) -> tuple[int, int, float]:
    """Walk so often. Steps, people registered, seconds. Raises AssertionError."""
    chance, known = random.Random(seed), beginnings()
    begun, steps, registered = time.perf_counter(), 0, 0
    while count > 0:
        async with Walker() as walker:
            for _ in range(min(count, TOGETHER)):
                await walker.walk(any_walk(chance, known), chance.choice(["web", "telegram"]))
            await walker.check()
            steps, registered = steps + walker.steps, registered + walker.registered
        count -= TOGETHER
    return steps, registered, time.perf_counter() - begun


def main() -> int:
    """The command line."""
    arguments = argparse.ArgumentParser(description="random walks through the dialogs")
    arguments.add_argument("count", type=int)
    arguments.add_argument("--seed", type=int, default=1)
    wanted = arguments.parse_args()
    try:
        steps, registered, seconds = asyncio.run(walks(wanted.count, wanted.seed))
    except AssertionError as error:
        print(error)
        return 1
    print(
        f"{wanted.count} walks, {steps} messages, {registered} people registered,"
        f" {steps / seconds:.0f} messages/s: nothing found"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
