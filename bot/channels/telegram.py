"""Telegram. python-telegram-bot is the typed client of its Bot API and nothing more.

The library's own runner confirms an update before anything is stored and keeps conversations in
memory; here an update is confirmed after `hear` returned, that is after the commit.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Literal

import structlog
from aiohttp import ClientError, ClientTimeout, web
from prometheus_client import Counter
from telegram import Bot, BotCommand, ReplyParameters
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.channels.bodies import read_within
from bot.channels.channel import Delivered, Hear, Letter, Shown, TryLater, Undeliverable
from bot.channels.pictures import MOST_BYTES, look_at
from bot.channels.telegram_poll import LONG, Poller, Rest, backoff
from bot.channels.telegram_read import (
    ALLOWED_UPDATES,
    Group,
    Ignored,
    Raw,
    claimed_picture,
    press,
    read,
)
from bot.channels.telegram_send import CAN, NO_PREVIEW, Pace, markup, outcome, parts
from bot.channels.telegram_transport import AiohttpRequest, Unanswered, json_body
from conversations.messages import Capabilities
from storage.unit import Unavailable

MOST_BODY = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
RETRY_AFTER = "5"  # seconds until Telegram asks again when the database is away
MOST_GROUPS = 1000
PULL_TIMEOUT = ClientTimeout(total=LONG + 15, sock_connect=5)

IGNORED = Counter("tramoi_telegram_ignored", "Updates that no dialog hears.", ["why"])
REFUSED = Counter("tramoi_telegram_refused", "Webhook calls that were turned away.", ["why"])
log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.Response]]
Call = dict[str, Any]
Unfetched = Literal["too_large", "gone", "unreached"]


@dataclass(frozen=True, slots=True)
class Words:
    """What the channel says itself, by language. Sentences come from whoever builds it.

    `share_number` is the button that shares a phone, where the dialog offers none of its own (a
    choice whose value ends in "contact"). `write_privately` answers a group. `commands` are the
    names and descriptions of the menu beside the text field.
    """

    share_number: Mapping[str, str]
    write_privately: Mapping[str, str]
    commands: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class TelegramChannel:
    """The channel. `api_url` is a Bot API server of one's own; None is Telegram's."""

    name = "telegram"
    can: Capabilities = CAN

    def __init__(
        self,
        token: str,
        words: Words,
        *,
        secret: str = "",
        api_url: str | None = None,
        seconds: float = 15,
    ) -> None:
        # The library writes tokens and messages into its debug log.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        self._words, self._secret, self._username = words, secret, ""
        self._wire = AiohttpRequest(seconds)
        self._bot = _bot(token, api_url, self._wire)
        self._pace = Pace({})
        self._begun: dict[tuple[str, int], int] = {}
        self._told: set[int] = set()

    async def open(self) -> None:
        """Open for calls. Nothing is asked of Telegram yet: it may be out of reach."""
        await self._wire.initialize()

    async def close(self) -> None:
        """Close all connections."""
        await self._wire.shutdown()

    async def send(self, letter: Letter) -> Delivered | TryLater | Undeliverable:
        """Deliver one message, in several parts if it is long; what arrived is not repeated."""
        key = (letter.chat, letter.seq)
        begun = self._begun.pop(key, 0)
        for place, part in enumerate(parts(letter.shown, self.can)):
            if place < begun:
                continue
            result = await self._sent(letter, part)
            if not isinstance(result, Delivered):
                if place and isinstance(result, TryLater):
                    self._begun[key] = place
                return result
        return Delivered()

    async def _sent(self, letter: Letter, part: Shown) -> Delivered | TryLater | Undeliverable:
        chat, share = letter.chat, self._words.share_number
        under = markup(part, share.get(letter.locale or "vi", share["vi"]))
        call = {"chat_id": chat, "text": part.text, "reply_markup": under}
        self._pace.sent(chat, asyncio.get_running_loop().time())
        try:
            url = f"{self._bot.base_url}/sendMessage"
            await self._wire.call(url, {**call, "link_preview_options": NO_PREVIEW})
        except TelegramError as fault:
            return outcome(fault, own_pace=self._pace.exceeded(chat))
        return Delivered()

    async def introduce(self) -> None:
        """Learn our own name and set the menu of commands. Raises TelegramError."""
        self._username = (await self._bot.get_me()).username or ""
        for locale, commands in self._words.commands.items():
            menu = [BotCommand(name, said) for name, said in commands.items()]
            await self._bot.set_my_commands(menu, language_code=locale)
            if locale == "vi":
                await self._bot.set_my_commands(menu)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates delivered to `url` with this secret. Raises TelegramError."""
        self._secret = secret
        await self._bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED_UPDATES)

    async def fetch(self, file_id: str, limit: int = MOST_BYTES) -> bytes | Unfetched:
        """The bytes of an attachment, never more than `limit`."""
        try:
            file = await self._bot.get_file(file_id)
            if (file.file_size or 0) > limit:
                return "too_large"
            return await self._download(str(file.file_path), limit)
        except BadRequest as fault:
            return "too_large" if "too big" in fault.message else "gone"
        except (TelegramError, ClientError, TimeoutError, OSError):
            return "unreached"

    async def _download(self, url: str, limit: int) -> bytes | Unfetched:
        async with self._wire.download(url) as answer:
            if answer.status != web.HTTPOk.status_code:
                return "gone"
            found = await read_within(answer.content, limit)
            if found is None:
                answer.close()
            return "too_large" if found is None else found

    async def poll(self, hear: Hear, rest: Rest = asyncio.sleep) -> None:
        """Ask Telegram for updates until cancelled. A webhook that was set is taken away first."""

        async def one(update: Raw) -> None:
            await self._call(await self._take(update, json_body(update), hear))

        await self._begun_with(self._bot.delete_webhook, rest)
        await Poller(self._pull, one, rest).run()

    async def hook(self, url: str, secret: str, rest: Rest = asyncio.sleep) -> None:
        """Set the webhook, however long Telegram is out of reach: for a task beside the server."""
        await self._begun_with(lambda: self.set_webhook(url, secret), rest)

    async def _begun_with(self, first: Callable[[], Awaitable[object]], rest: Rest) -> None:
        for tries in count(1):
            try:
                await first()
                return await self.introduce()
            except TelegramError as fault:
                log.warning("telegram_unreached", error=type(fault).__name__, times=tries)
                await rest(backoff(tries))
        return None

    async def _pull(self, offset: int | None, seconds: int) -> Sequence[Raw]:
        """Updates as they were written. Raises TelegramError."""
        asked = {"timeout": seconds, "limit": 100, "allowed_updates": ALLOWED_UPDATES}
        body = json_body(asked if offset is None else {**asked, "offset": offset})
        url = f"{self._bot.base_url}/getUpdates"
        status, answer = await self._wire.exchange("POST", url, body, PULL_TIMEOUT)
        if status != web.HTTPOk.status_code:
            raise NetworkError(f"status {status}")
        found = self._wire.parse_json_payload(answer).get("result")
        if not isinstance(found, list):
            raise Unanswered("not an answer of Telegram")
        return [update for update in found if _is_update(update)]

    def webhook(self, hear: Hear) -> Handler:
        """The handler for POST /hooks/telegram. It answers 200 once `hear` has returned.

        403 for a wrong secret, 413 above 1 MB, 400 for what is no JSON object; 503 while the
        database is away, so that Telegram keeps the message for us.
        """

        async def take(request: web.Request) -> web.Response:
            if not self._is_telegram(request):
                return _refused(403, "secret")
            too_long = (request.content_length or 0) > MOST_BODY
            body = None if too_long else await read_within(request.content, MOST_BODY)
            if body is None:
                return _refused(413, "size")
            update = _parsed(body)
            if update is None:
                return _refused(400, "json")
            return await self._answered(update, body, hear)

        return take

    def _is_telegram(self, request: web.Request) -> bool:
        """Fails closed: without a secret of our own nobody is believed."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        return bool(self._secret) and hmac.compare_digest(given, self._secret.encode())

    async def _answered(self, update: Raw, body: bytes, hear: Hear) -> web.Response:
        try:
            call = await self._take(update, body, hear)
        except Unavailable:
            return web.Response(status=503, headers={"Retry-After": RETRY_AFTER})
        except Exception as fault:  # noqa: BLE001 - the sentence of an error may quote a person
            log.error("telegram_update_failed", error=type(fault).__name__)  # noqa: TRY400 - the same
            return web.Response(status=500)
        return web.json_response(call) if call else web.Response()

    async def _take(self, update: Raw, raw: bytes, hear: Hear) -> Call | None:
        """Hear one update. Returns the call that ends it: the spinner, or a word to a group."""
        match read(update, self._username, raw):
            case Ignored(why, group):
                IGNORED.labels(why).inc()
                return self._privately(group) or _spinner(update)
            case heard:
                file_id = claimed_picture(update) if heard.said.problem is None else None
                problem = await self._looked_at(file_id) if file_id else heard.said.problem
                await hear(replace(heard, said=replace(heard.said, problem=problem)))
        return _spinner(update)

    async def _looked_at(self, file_id: str) -> str | None:
        """What is wrong with a document that says it is a picture."""
        match await self.fetch(file_id):
            case bytes() as found:
                return look_at(found)
            case "too_large":
                return "too_large"
            case "gone" | "unreached":
                return None

    def _privately(self, group: Group | None) -> Call | None:
        """Ask a group, once, to write privately. Never a word of what was said there."""
        if group is None or group.chat in self._told:
            return None
        if len(self._told) >= MOST_GROUPS:
            self._told.clear()
        self._told.add(group.chat)
        words = self._words.write_privately
        return {
            "method": "sendMessage",
            "chat_id": group.chat,
            "text": words.get(group.locale or "vi") or words["vi"],
            "reply_parameters": {
                "message_id": group.message,
                "allow_sending_without_reply": True,
            },
        }

    async def _call(self, call: Call | None) -> None:
        """Do by a call of its own what a webhook's answer carries; if it fails, nothing is lost."""
        try:
            match call:
                case {"callback_query_id": ident}:
                    await self._bot.answer_callback_query(ident)
                case {"chat_id": chat, "text": text, "reply_parameters": where}:
                    where = ReplyParameters(**where)
                    await self._bot.send_message(chat, text, reply_parameters=where)
                case _:
                    return
        except TelegramError as fault:
            log.info("telegram_courtesy_failed", error=type(fault).__name__)


def _bot(token: str, api_url: str | None, wire: AiohttpRequest) -> Bot:
    if api_url is None:
        return Bot(token, request=wire, get_updates_request=wire)
    url = api_url.rstrip("/")
    return Bot(token, f"{url}/bot", f"{url}/file/bot", request=wire, get_updates_request=wire)


def _is_update(found: object) -> bool:
    return isinstance(found, dict) and isinstance(found.get("update_id"), int)


def _spinner(update: Raw) -> Call | None:
    ident = press(update)
    return {"method": "answerCallbackQuery", "callback_query_id": ident} if ident else None


def _refused(status: int, why: str) -> web.Response:
    REFUSED.labels(why).inc()
    return web.Response(status=status)


def _parsed(body: bytes) -> Raw | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
