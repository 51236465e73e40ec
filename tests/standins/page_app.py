"""A small scripted station behind the real web channel: for the page, not for the dialogs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.channels.channel import Button, Letter, Shown, Update
from bot.channels.webchat import Entry, Pace, WebChat, WebSettings
from conversations.messages import Inbound, Station, Wants
from storage.unit import Unavailable

STATION = Station("0000", "Trạm Y tế xã Đak Đoa", "0900 000 000", "Đak Đoa, Gia Lai", "23638")
QUICK = Pace(a_minute=6000, burst=1000)
PRETEND = "Trạm Ơi: mã 6 số của anh/chị là 482915, dùng được trong 5 phút. Đừng đưa mã cho ai."


def shown(text: str, *labels: str, wants: Wants | None = None) -> Shown:
    buttons = [Button(f"v{n}", label, n) for n, label in enumerate(labels, 1)]
    return Shown(text, tuple(buttons), wants)


ANSWERS = {
    "Đăng ký tiêm": (shown("Anh/chị đăng ký tiêm cho ai?", "Cho tôi", "Cho con tôi", "Quay lại"),),
    "Cho tôi": (
        shown("Trạm ghi: đăng ký cho anh/chị."),
        shown("Họ và tên người tiêm? Ví dụ: Nguyễn Văn An"),
    ),
    "số": (shown("Số điện thoại để Trạm gọi khi có lịch tiêm?", "Không có số", wants="contact"),),
    "ảnh": (
        shown("Chụp rõ cả tờ phiếu tiêm, đừng che tên và ngày tiêm.", "Để sau", wants="photo"),
    ),
    "khó thở": (
        shown(
            "Nếu đang khó thở, tím tái, co giật hoặc ngất: gọi ngay 115 "
            "hoặc đến cơ sở y tế gần nhất. Đừng chờ tin nhắn."
        ),
    ),
    "nhóm": (
        shown(
            "Anh/chị thuộc nhóm nào?",
            "Người làm trong cơ sở y tế",
            "Người tham gia phòng chống dịch",
            "Người trên 65 tuổi",
            "Người có bệnh nền",
            "Không thuộc nhóm nào",
        ),
    ),
}


class PageApp:
    """Hears, remembers and answers by script. `away` takes its database away."""

    def __init__(self, *, demo: bool = False, pace: Pace = QUICK) -> None:
        self.away = False
        self.heard: list[Update] = []
        self.history: dict[str, list[Entry]] = {}
        settings = WebSettings((b"s" * 32,), STATION, demo=demo, pace=pace)
        self.chat = WebChat(self.hear, self.entries, settings)

    async def hear(self, update: Update) -> None:
        if self.away:
            raise Unavailable
        if update.update_id in {known.update_id for known in self.heard}:
            return
        self.heard.append(update)
        entries = self.history.setdefault(update.chat, [])
        entries.append(Entry.own(self.seq(update.chat), update.raw, datetime.now(UTC)))
        for answer in self.answers(update.said):
            await self.say(update.chat, answer)
        if update.said.contact:
            await self.chat.pretend(update.chat, "0900 *** 001", PRETEND)

    async def say(self, chat: str, answer: Shown) -> None:
        seq = self.seq(chat) + 1
        self.history.setdefault(chat, []).append(Entry.bot(seq, answer, datetime.now(UTC)))
        await self.chat.send(Letter(chat, seq, answer))

    async def entries(self, chat: str, since: int) -> list[Entry]:
        if self.away:
            raise Unavailable
        entries = self.history.get(chat, [])
        return [one for one in entries if one.seq > since or (one.mine and one.seq == since)]

    def seq(self, chat: str) -> int:
        return max((entry.seq for entry in self.history.get(chat, [])), default=0)

    def said(self) -> list[str]:
        return [update.said.text or update.said.button or "" for update in self.heard]

    def answers(self, said: Inbound) -> tuple[Shown, ...]:
        if said.contact:
            return (shown("Trạm vừa nhắn mã 6 số. Anh/chị gõ mã đó vào đây nhé.", wants="code"),)
        if said.other == "photo":
            return (shown(f"Ảnh: {said.problem or 'rõ'}."),)
        label = {"v1": "Cho tôi", "v2": "Cho con tôi"}.get(said.button or "", said.text)
        return ANSWERS.get(label, (shown(f"Trạm nghe: {label}"),))

    def application(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024)
        app.add_routes(self.chat.routes())
        app.on_shutdown.append(self._hang_up)
        return app

    async def _hang_up(self, _: web.Application) -> None:
        await self.chat.close()


class Served:
    """The station on a loopback port that it keeps when it goes away and comes back."""

    def __init__(self, app: PageApp) -> None:
        self.app = app
        self.port = 0
        self._runner: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._runner = web.AppRunner(self.app.application(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()


@asynccontextmanager
async def serving(app: PageApp) -> AsyncIterator[Served]:
    served = Served(app)
    await served.start()
    try:
        yield served
    finally:
        await served.stop()
