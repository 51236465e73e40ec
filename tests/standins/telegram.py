"""A Telegram that refuses what Telegram refuses: the Bot API over HTTP, for one bot.

    async with TelegramStandin() as telegram:
        an = telegram.user(7)
        await an.says("/start")
        question = await an.reply()

`keep=False` forgets calls and old messages: for the load of a bench. `wait` is how the stand-in
waits between two deliveries of an update that was not taken; a test hands in one that returns at
once and looks at `attempts` instead.
"""

import asyncio
from typing import Any, Self

from aiohttp import web

from tests.standins import telegram_rules as rules
from tests.standins.telegram_delivery import Attempt, Delivery, Wait
from tests.standins.telegram_faults import Fault, Faults
from tests.standins.telegram_people import Chat, Group, Person
from tests.standins.telegram_rules import Params, Refused, bad

TOKEN = "4242:made-up-for-tests"


class TelegramStandin:
    """One bot's Telegram."""

    def __init__(
        self,
        token: str = TOKEN,
        username: str = "TramOiBot",
        *,
        wait: Wait = asyncio.sleep,
        keep: bool = True,
        patience: float = 30,
    ) -> None:
        self.token, self.username, self.keep, self.patience = token, username, keep, patience
        self.me = {"id": 4242, "is_bot": True, "first_name": "Trạm Ơi", "username": username}
        self.calls: list[tuple[str, Params]] = []
        self.commands: dict[str, list[Params]] = {}
        self.chats: dict[int, Chat] = {}
        self.delivery = Delivery(wait, self._answered_in_passing)
        self.delivery.keep = keep
        self.presses: dict[str, bool] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self._faults = Faults()
        self._delivered: dict[int, tuple[str, Params, object]] = {}
        self._released, self._called = asyncio.Event(), asyncio.Event()
        self._number, self._update = 0, 1000
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        app = web.Application(client_max_size=rules.MOST_UPLOAD)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self._released.set()
        await self.delivery.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    # People, and what a test may ask.

    def user(self, ident: int, first_name: str = "An", language: str | None = "vi") -> Person:
        found = self.chats.get(ident)
        if not isinstance(found, Person):
            found = self.chats[ident] = Person(self, ident, first_name, language)
        return found

    def group(self, ident: int, title: str = "Xóm", kind: str = "supergroup") -> Group:
        found = self.chats[ident] = Group(self, ident, title, kind)
        return found

    @property
    def attempts(self) -> list[Attempt]:
        return self.delivery.attempts

    async def settled(self) -> None:
        """Until the bot has taken every update."""
        await asyncio.wait_for(self.delivery.settled(), self.patience)

    async def asked_in_vain(self) -> None:
        """Until a long question of the bot ended without news, and it asked again."""
        await asyncio.wait_for(self.delivery.asked_in_vain(), self.patience)

    def number_from(self, update_id: int) -> None:
        """After a quiet week the numbers start again anywhere."""
        self._update = update_id

    def called(self, method: str) -> list[Params]:
        """The parameters of every call of a method."""
        return [params for name, params in self.calls if name == method.lower()]

    async def next_call(self, method: str) -> Params:
        """The parameters of the next call of a method."""
        before = len(self.called(method))
        async with asyncio.timeout(self.patience):
            while len(self.called(method)) == before:
                self._called.clear()
                await self._called.wait()
        return self.called(method)[before]

    def fails(
        self,
        status: int,
        description: str = "Internal Server Error",
        *,
        method: str = "sendMessage",
        times: int = 1,
        chat: int | None = None,
        skip: int = 0,
        done: bool = False,
        **parameters: Any,
    ) -> None:
        """Answer the next calls so, after `skip` that go well."""
        answer = Refused(status, description, **parameters)
        self._faults.planned.append(
            Fault(method.lower(), times, chat, answer, skip=skip, done=done)
        )

    def floods(self, retry_after: int, *, times: int = 1, chat: int | None = None) -> None:
        """Refuse the next messages as too many."""
        why = f"Too Many Requests: retry after {retry_after}"
        self.fails(429, why, times=times, chat=chat, retry_after=retry_after)

    def drops(self, method: str = "sendMessage", *, times: int = 1, done: bool = True) -> None:
        """Close the line instead of answering."""
        self._faults.planned.append(Fault(method.lower(), times, done=done))

    def hangs(self, method: str = "sendMessage", *, times: int = 1, done: bool = True) -> None:
        """Never answer, until `release`."""
        self._faults.planned.append(Fault(method.lower(), times, hangs=True, done=done))

    def release(self) -> None:
        self._released.set()

    def forget_presses(self) -> None:
        """Two and a half minutes go by: presses can no longer be answered."""
        self.presses = dict.fromkeys(self.presses, False)

    def redeliver(self, update_id: int) -> None:
        """Deliver an update once more, though it was taken."""
        kind, content, lane = self._delivered[update_id]
        self.delivery.add({"update_id": update_id, kind: content}, lane)

    # What people need.

    def deliver(self, kind: str, content: Params, lane: object) -> int:
        self._update += 1
        if self.keep:
            self._delivered[self._update] = (kind, content, lane)
        self.delivery.add({"update_id": self._update, kind: content}, lane)
        return self._update

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def open_press(self) -> str:
        ident = f"press-{self.next_number()}"
        self.presses[ident] = True
        return ident

    def store(self, content: bytes, path: str) -> Params:
        ident = f"file-{self.next_number()}"
        self.files[ident] = (content, f"{ident}/{path}")
        return {"file_id": ident, "file_unique_id": f"u-{ident}", "file_size": len(content)}

    # The Bot API.

    async def _api(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"].lower()
        if token != self.token:
            wrong = Refused(401, "Unauthorized") if ":" in token else Refused(404, "Not Found")
            return web.json_response(wrong.as_json(), status=wrong.code)
        params = await _params(request)
        if self.keep:
            self.calls.append((method, params))
            self._called.set()
        fault = self._faults.next(method, params) if self._faults.planned else None
        try:
            if fault is not None:
                await self._go_wrong(fault, method, params, request)
            result = await self._perform(method, params)
        except Refused as refused:
            return web.json_response(refused.as_json(), status=refused.code)
        return web.json_response({"ok": True, "result": result})

    async def _go_wrong(
        self, fault: Fault, method: str, params: Params, request: web.Request
    ) -> None:
        if fault.done:
            await self._perform(method, params)
        if fault.answer is not None:
            raise fault.answer
        if fault.hangs:
            await self._released.wait()
        if request.transport is not None:
            request.transport.abort()
        raise Refused(500, "nobody reads this")

    async def _perform(self, method: str, params: Params) -> Any:
        perform = getattr(self, f"_do_{method}", None)
        if perform is None:
            raise Refused(404, "Not Found")
        return await perform(params)

    async def _answered_in_passing(self, call: Params) -> None:
        """A call in the answer to a webhook: nobody learns how it went."""
        method = str(call.pop("method", "")).lower()
        self.calls.append((method, call))
        if not method.startswith("get") and method != "setwebhook":
            try:
                await self._perform(method, call)
            except Refused:
                return

    def _chat(self, params: Params) -> Chat:
        try:
            chat = self.chats[int(params.get("chat_id") or 0)]
        except (KeyError, ValueError):
            raise bad("chat not found") from None
        if chat.moved_to is not None:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.moved_to,
            )
        if chat.refuses:
            raise Refused(403, f"Forbidden: {chat.refuses}")
        return chat

    async def _do_getme(self, _params: Params) -> Params:
        return {**self.me, "can_join_groups": True, "supports_inline_queries": False}

    async def _do_sendmessage(self, params: Params) -> Params:
        chat = self._chat(params)
        text, markup = rules.text_of(params), rules.markup_of(params)
        return self._written(chat, {"text": text}, markup)

    def _written(self, chat: Chat, content: Params, markup: Params | None) -> Params:
        under = {"reply_markup": markup} if markup else {}
        message = chat.next_message(**{"from": self.me, **content, **under})
        chat.shown(message)
        return {k: v for k, v in message.items() if k != "reply_markup" or "inline_keyboard" in v}

    async def _do_sendphoto(self, params: Params) -> Params:
        chat, caption, content = self._chat(params), rules.caption_of(params), params["photo"]
        if len(content) > rules.MOST_PHOTO:
            raise bad("file is too big")
        sizes = [{**self.store(content, "photos/sent.jpg"), "width": 90, "height": 90}]
        written = {"photo": sizes, "caption": caption}
        return self._written(chat, written, rules.markup_of(params))

    async def _do_senddocument(self, params: Params) -> Params:
        chat, caption = self._chat(params), rules.caption_of(params)
        document = self.store(params["document"], "documents/sent")
        written = {"document": document, "caption": caption}
        return self._written(chat, written, rules.markup_of(params))

    async def _do_editmessagetext(self, params: Params) -> Params:
        chat = self._chat(params)
        message = chat.messages.get(int(params.get("message_id") or 0))
        if message is None or message["from"] is not self.me:
            raise bad("message to edit not found")
        text, markup = rules.text_of(params), rules.markup_of(params)
        if (text, markup) == (message.get("text"), message.get("reply_markup")):
            raise bad(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        message.update(text=text, reply_markup=markup or {})
        return message

    async def _do_deletemessage(self, params: Params) -> bool:
        chat = self._chat(params)
        if chat.messages.pop(int(params.get("message_id") or 0), None) is None:
            raise bad("message to delete not found")
        return True

    async def _do_answercallbackquery(self, params: Params) -> bool:
        if len(str(params.get("text") or "")) > rules.MOST_TOAST:
            raise bad("MESSAGE_TOO_LONG")
        if not self.presses.pop(str(params.get("callback_query_id")), False):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        return True

    async def _do_getfile(self, params: Params) -> Params:
        ident = str(params.get("file_id"))
        if ident not in self.files:
            raise bad("invalid file_id")
        content, path = self.files[ident]
        if len(content) > rules.MOST_DOWNLOAD:
            raise bad("file is too big")
        size = {"file_size": len(content), "file_path": path}
        return {"file_id": ident, "file_unique_id": f"u-{ident}", **size}

    async def _do_setmycommands(self, params: Params) -> bool:
        rules.check_commands(params)
        self.commands[str(params.get("language_code") or "")] = rules.listed(params, "commands")
        return True

    async def _do_sendchataction(self, params: Params) -> bool:
        return bool(self._chat(params))

    async def _do_getupdates(self, params: Params) -> list[Params]:
        return await self.delivery.get_updates(params)

    async def _do_setwebhook(self, params: Params) -> bool:
        rules.check_webhook(params)
        await self.delivery.set_webhook(params)
        return True

    async def _do_deletewebhook(self, params: Params) -> bool:
        await self.delivery.delete_webhook()
        if params.get("drop_pending_updates"):
            self.delivery.pending.clear()
        return True

    async def _do_getwebhookinfo(self, _params: Params) -> Params:
        waiting = len(self.delivery.pending)
        return {"url": self.delivery.url, "pending_update_count": waiting}

    async def _file(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        content = next((c for c, stored in self.files.values() if stored == path), None)
        if request.match_info["token"] != self.token or content is None:
            return web.Response(status=404)
        return web.Response(body=content)


async def _params(request: web.Request) -> Params:
    if request.content_type == "application/json":
        found: Params = await request.json()
        return found
    form = await request.post()
    files = {k: v.file.read() for k, v in form.items() if isinstance(v, web.FileField)}
    return {**request.query, **form, **files}
