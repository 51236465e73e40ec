"""Short messages: any gateway that takes a message by HTTP, and a phone that only pretends."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
)

from bot.channels.bodies import read_within
from bot.channels.channel import Delivered, Letter, TryLater, Undeliverable, fit
from conversations.messages import Capabilities

# Ten segments of marked Vietnamese; what the dialogs send is one or two.
CAN = Capabilities(text=670)
PLACE = re.compile(r"\{(phone|local_phone|digits|text|id)\}")
PHONES = {"phone", "local_phone", "digits"}
MOST_ANSWER = 64 * 1024
REFUSED_FOR_GOOD = frozenset({"400", "404", "405", "413", "415", "422"})
OUR_ACCOUNT = {401, 402, 403}
ACCOUNT_WAIT = 60.0
SLOW_DOWN, SERVER_FAULT, NO_ANSWER_BEHIND = {408, 429}, 500, {502, 504}

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Body = Callable[[Mapping[str, str]], bytes]
Result = Delivered | TryLater | Undeliverable


@dataclass(frozen=True)
class Gateway:
    """How one provider is spoken to.

    `body` is JSON or a form, as `headers` say (JSON if they say nothing), with the places
    {phone} +84…, {digits} 84…, {local_phone} 0…, {text} and {id}; {id}, the same for every try of
    one message, may stand in a header too. Taken is an answer 2xx where `success`, if given, holds:
    "path=value" or "path=value|value", the path's names and positions separated by dots. `code` is
    the path of the provider's result code (if empty, that of `success`); `permanent` lists the
    codes, or statuses of HTTP, after which the message is not tried again. Raises ValueError where
    it cannot work.
    """

    url: str
    body: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    success: str = ""
    code: str = ""
    permanent: frozenset[str] = REFUSED_FOR_GOOD
    seconds: float = 15
    filled: Body = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.method not in {"POST", "PUT"}:
            raise ValueError(
                "the SMS method is POST or PUT: a phone number must not be in an address"
            )
        if PLACE.search(self.url) or any(_places(v) - {"id"} for v in self.headers.values()):
            raise ValueError("only the SMS body may hold a phone number or the text")
        if "{text}" not in self.body or not _places(self.body) & PHONES:
            raise ValueError(
                "the SMS body needs {text} and one of {phone}, {digits}, {local_phone}"
            )
        object.__setattr__(
            self, "filled", _form(self.body) if self._is_form() else _json(self.body)
        )

    def _is_form(self) -> bool:
        return any(
            "form" in v.lower() for k, v in self.headers.items() if k.lower() == "content-type"
        )

    def sent_headers(self, ident: str) -> dict[str, str]:
        """The headers of one message."""
        kind = "application/x-www-form-urlencoded" if self._is_form() else "application/json"
        given = {name: _put(value, {"id": ident}) for name, value in self.headers.items()}
        return {"Content-Type": kind, **given}


def local_phone(phone: str) -> str:
    """As it is dialled in Viet Nam: 0… instead of +84…; other countries keep their plus."""
    return f"0{phone[3:]}" if phone.startswith("+84") else phone


def stable_id(letter: Letter, part: int = 0) -> str:
    """The same for every try of one message, and nothing of the person in it."""
    key = f"{letter.chat}/{letter.seq}/{part}"
    return hashlib.sha256(key.encode()).hexdigest()[:32]


class SmsChannel:
    """Sends to `letter.to` (E.164). Nothing comes in this way."""

    name = "sms"
    can: Capabilities = CAN

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._session: ClientSession | None = None

    async def open(self) -> None:
        """Open for calls; needs the running loop."""
        self._session = ClientSession(
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=self._gateway.seconds, sock_connect=5),
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def send(self, letter: Letter) -> Result:
        """Deliver one message; its parts carry their own ids, so a second try repeats none."""
        if letter.to is None:
            return Undeliverable("no_phone")
        for number, part in enumerate(fit(letter.shown, self.can)):
            result = await self._sent(letter.to, part.text, stable_id(letter, number))
            if not isinstance(result, Delivered):
                return result
        return Delivered()

    async def _sent(self, phone: str, text: str, ident: str) -> Result:
        gateway = self._gateway
        filled = {
            "phone": phone,
            "digits": phone.removeprefix("+"),
            "local_phone": local_phone(phone),
            "text": text,
            "id": ident,
        }
        try:
            return await self._asked(gateway.filled(filled), gateway.sent_headers(ident))
        except (ClientConnectorError, ConnectionTimeoutError):
            return TryLater("unreached", everyone=True)
        except (TimeoutError, ClientError, OSError):
            return TryLater("no_answer", unknown=True)

    async def _asked(self, body: bytes, headers: Mapping[str, str]) -> Result:
        if self._session is None:
            return TryLater("closed", everyone=True)
        gateway = self._gateway
        async with self._session.request(
            gateway.method, gateway.url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            said = _parsed(await read_within(answer.content, MOST_ANSWER))
            return judged(gateway, answer.status, said, answer.headers.get("Retry-After"))


def judged(gateway: Gateway, status: int, said: Json, retry_after: str | None = None) -> Result:
    """What the provider's answer means."""
    path, _, wanted = gateway.success.partition("=")
    code = _at(said, gateway.code or path)
    accepted = status // 100 == 2  # noqa: PLR2004 - 2xx
    if accepted and (not path or _at(said, path) in wanted.split("|")):
        return Delivered()
    if (code or "") in gateway.permanent or (not accepted and str(status) in gateway.permanent):
        return Undeliverable(f"refused_{_safe(code)}" if code else f"status_{status}")
    if status in SLOW_DOWN:
        return TryLater("too_many", after=_seconds(retry_after), everyone=True)
    if status in OUR_ACCOUNT:
        return TryLater("account", after=ACCOUNT_WAIT, everyone=True)
    why = f"refused_{_safe(code)}" if accepted and code else f"status_{status}"
    return TryLater(why, after=_seconds(retry_after), unknown=status in NO_ANSWER_BEHIND)


class PretendPhone:
    """The telephone of the demonstration: what it is sent is shown, and goes nowhere."""

    name = "sms"
    can: Capabilities = CAN

    def __init__(self, ring: Callable[[Letter], None]) -> None:
        self._ring = ring

    async def send(self, letter: Letter) -> Result:
        """Show it."""
        self._ring(letter)
        return Delivered()


def _places(template: str) -> set[str]:
    return set(PLACE.findall(template))


def _put(template: str, filled: Mapping[str, str]) -> str:
    """One pass, so that a text that looks like a place is left alone."""
    return PLACE.sub(lambda place: filled[place[1]], template)


def _form(template: str) -> Body:
    fields = parse_qsl(template, keep_blank_values=True, strict_parsing=True)

    def body(filled: Mapping[str, str]) -> bytes:
        return urlencode([(name, _put(value, filled)) for name, value in fields]).encode()

    return body


def _json(template: str) -> Body:
    """Filled inside the parsed JSON, so that quotes in a text stay a text."""
    shape: Json = json.loads(template)

    def body(filled: Mapping[str, str]) -> bytes:
        return json.dumps(_within(shape, filled), ensure_ascii=False).encode("utf-8", "replace")

    return body


def _within(shape: Json, filled: Mapping[str, str]) -> Json:
    match shape:
        case str():
            return _put(shape, filled)
        case list():
            return [_within(item, filled) for item in shape]
        case dict():
            return {name: _within(item, filled) for name, item in shape.items()}
        case _:
            return shape


def _parsed(body: bytes | None) -> Json:
    try:
        said: Json = json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None
    return said


def _at(said: Json, path: str) -> str | None:
    """The value at a path such as "data.0.status", as a text; None if there is none."""
    if not path:
        return None
    for name in path.split("."):
        if isinstance(said, dict):
            said = said.get(name)
        elif isinstance(said, list) and name.isdecimal() and int(name) < len(said):
            said = said[int(name)]
        else:
            return None
    return json.dumps(said) if isinstance(said, bool) else None if said is None else str(said)


def _safe(code: str | None) -> str:
    """A result code for the log: a provider may put anything there, even the phone."""
    tame = code and re.fullmatch(r"(?!.*\d{7})[A-Za-z0-9_.-]{1,20}", code)
    return code if code and tame else "code"


def _seconds(given: str | None) -> float | None:
    return float(given) if given and given.isdecimal() else None
