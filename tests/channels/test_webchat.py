"""The web channel's server side, over real HTTP and real sockets."""

import asyncio
import io
import json
import re
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from ipaddress import IPv4Network
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    CookieJar,
    DummyCookieJar,
    FormData,
    StreamReader,
    WSMsgType,
    WSServerHandshakeError,
    web,
)
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from PIL import Image

from bot.channels import webchat_photo
from bot.channels.channel import Delivered, Letter, Update
from bot.channels.pictures import look_at
from bot.channels.webchat import (
    MOST_UPLOADS,
    MOST_UPLOADS_OF_AN_ADDRESS,
    WebChat,
    WebSettings,
)
from bot.channels.webchat_address import address_of
from bot.channels.webchat_frames import Bad, Entry, Said, Since, read
from bot.channels.webchat_photo import Upload, receive
from bot.channels.webchat_rooms import Pace, Paces
from bot.settings import SettingsRefused, read_settings
from conversations.messages import Contact, Inbound
from tests.standins.page_app import PRETEND, STATION, PageApp, Served, serving, shown

ID = "00000000-0000-4000-8000-00000000000"


class Page:
    """A browser's side of the line, without a browser."""

    def __init__(self, served: Served, **headers: str) -> None:
        self.url = served.url
        self.headers = {"Origin": served.url} | headers
        self.socket: Any = {"url": f"{self.url}/chat/socket", "headers": self.headers}
        self.browser = ClientSession(cookie_jar=CookieJar(unsafe=True))

    async def open(self, since: int = 0) -> "Line":
        socket = await self.browser.ws_connect(**self.socket)
        line = Line(socket)
        await line.say(since=since)
        return line

    async def photo(self, data: bytes, ident: str = f"{ID}9", name: str = "a.jpg") -> Any:
        form = FormData({"id": ident, "lang": "vi"})
        form.add_field("photo", io.BytesIO(data), filename=name, content_type="image/jpeg")
        post = self.browser.post(f"{self.url}/chat/photo", data=form, headers=self.headers)
        async with post as answer:
            return await answer.json()


class Line:
    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, **frame: Any) -> None:
        await self.socket.send_str(json.dumps(frame, ensure_ascii=False))

    async def hear(self, until: str) -> list[Any]:
        """Everything up to the first frame with this key."""
        frames = [await self.socket.receive_json(timeout=5)]
        while until not in frames[-1]:
            frames.append(await self.socket.receive_json(timeout=5))
        return frames

    async def goodbye(self) -> int | None:
        """The code that the server hangs up with."""
        while (message := await self.socket.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        return message.data if message.type is WSMsgType.CLOSE else self.socket.close_code

    async def ask(self, until: str = "heard", **frame: Any) -> Any:
        await self.say(**frame)
        return (await self.hear(until))[-1]


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving(PageApp(demo=True)) as running:
        yield running


@pytest.fixture
async def page(served: Served) -> AsyncIterator[Page]:
    found = Page(served)
    async with found.browser:
        yield found


def jpeg(width: int = 40, height: int = 30, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, kind)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that would unpack to a wall."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(bytes(100))
    parts = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
        for c in (head, body, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def webp_that_claims(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + size + b"VP8L" + bytes(8)


async def test_a_message_is_heard_and_answered(served: Served, page: Page) -> None:
    line = await page.open()
    await line.hear("upto")
    await line.say(id=f"{ID}1", text="số", lang="en")
    frames = await line.hear("heard")
    assert frames[-1] == {"heard": f"{ID}1"}
    (answer,) = [frame for frame in frames if "seq" in frame]
    assert (answer["seq"], answer["wants"]) == (1, "contact")
    assert answer["buttons"] == [["v1", "Không có số", 1]]
    (update,) = served.app.heard
    assert (update.channel, update.said, update.locale) == ("web", Inbound(text="số"), "en")
    assert update.update_id == f"{update.chat}:{ID}1"


async def test_buttons_and_contacts_arrive_as_such(served: Served, page: Page) -> None:
    line = await page.open()
    await line.ask(id=f"{ID}1", button="v1", label="Cho tôi")
    await line.ask(id=f"{ID}2", contact="0900 000 001")
    button, contact = [update.said for update in served.app.heard]
    assert button == Inbound(button="v1")
    assert contact == Inbound(contact=Contact("0900 000 001", proven=False))


async def test_the_same_mark_is_heard_once_and_told_twice(served: Served, page: Page) -> None:
    line = await page.open()
    for _ in range(2):
        assert await line.ask(id=f"{ID}1", text="một") == {"heard": f"{ID}1"}
    assert served.app.said() == ["một"]


async def test_history_comes_back_without_gaps_or_duplicates(served: Served, page: Page) -> None:
    line = await page.open()
    for n, text in enumerate(("một", "hai", "ba"), 1):
        await line.ask(id=f"{ID}{n}", text=text)
    again = await page.open()
    frames = await again.hear("upto")
    assert [frame["seq"] for frame in frames if "seq" in frame] == [1, 2, 3]
    own = [frame["mine"] for frame in frames if "mine" in frame]
    assert [(one["text"], one["after"]) for one in own] == [("một", 0), ("hai", 1), ("ba", 2)]
    assert frames[-1] == {"upto": 3}
    later = await (await page.open(since=2)).hear("upto")
    assert [frame["seq"] for frame in later if "seq" in frame] == [3]


async def test_a_pressed_button_is_remembered_by_its_label(page: Page) -> None:
    line = await page.open()
    await line.ask(id=f"{ID}1", button="v1", label="Cho tôi")
    frames = await (await page.open()).hear("upto")
    assert frames[0]["mine"]["text"] == "Cho tôi"
    assert frames[0]["mine"]["at"].endswith("+00:00")


async def test_no_database_means_later_and_nothing_lost(served: Served, page: Page) -> None:
    line = await page.open()
    await line.hear("upto")
    served.app.away = True
    assert await line.ask("later", id=f"{ID}1", text="một") == {"later": f"{ID}1"}
    assert await line.ask("later", since=0) == {"later": None}
    served.app.away = False
    assert await line.ask(id=f"{ID}1", text="một") == {"heard": f"{ID}1"}
    assert served.app.said() == ["một"]


async def test_a_turn_that_breaks_does_not_break_the_line(served: Served, page: Page) -> None:
    async def broken(update: Update) -> None:
        raise KeyError("0900 000 001")

    line = await page.open()
    await line.hear("upto")
    served.app.chat._hear = broken
    assert await line.ask("later", id=f"{ID}1", text="một") == {"later": f"{ID}1"}
    served.app.chat._hear = served.app.hear
    assert await line.ask(id=f"{ID}1", text="một") == {"heard": f"{ID}1"}


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        ("{", "not_json"),
        ("[" * 30_000, "not_json"),
        ("[1]", "not_an_object"),
        ('{"since": -1}', "since"),
        ('{"since": true}', "since"),
        ('{"since": 99999999999}', "since"),
        ('{"text": "một"}', "id"),
        ('{"id": "../../etc", "text": "một"}', "id"),
        ('{"id": "00000000-1", "text": 5}', "shape"),
        ('{"id": "00000000-1"}', "shape"),
        ('{"id": "00000000-1", "photo": "hay"}', "shape"),
        (json.dumps({"id": "00000000-1", "button": "x" * 201}), "shape"),
    ],
)
async def test_foreign_frames_are_refused_and_the_line_stays(
    page: Page, frame: str, why: str
) -> None:
    line = await page.open()
    await line.hear("upto")
    await line.socket.send_str(frame)
    assert (await line.hear("bad"))[-1]["bad"] == why
    assert await line.ask(id=f"{ID}1", text="một") == {"heard": f"{ID}1"}


async def test_bytes_are_refused_and_the_line_stays(page: Page) -> None:
    line = await page.open()
    await line.socket.send_bytes(b"\x00")
    assert (await line.hear("bad"))[-1] == {"bad": "not_text"}
    assert await line.ask(id=f"{ID}1", text="một") == {"heard": f"{ID}1"}


async def test_a_frame_beyond_measure_ends_the_line(page: Page) -> None:
    line = await page.open()
    await line.hear("upto")
    await line.say(id=f"{ID}1", text="a" * 40_000)
    assert await line.goodbye() == 1009


async def test_a_long_text_is_passed_on(served: Served, page: Page) -> None:
    line = await page.open()
    await line.ask(id=f"{ID}1", text="ạ" * 6000)
    assert len(served.app.said()[0]) == 6000


async def test_half_a_letter_is_made_whole(served: Served, page: Page) -> None:
    line = await page.open()
    await line.socket.send_str('{"id": "00000000-1", "text": "a\\ud83d"}')
    await line.hear("heard")
    assert served.app.said() == ["a?"]


async def test_haste_is_slowed_down() -> None:
    async with serving(PageApp(pace=Pace(a_minute=20, burst=3))) as served:
        page = Page(served)
        async with page.browser:
            line = await page.open()
            for n in (1, 2):
                await line.ask(id=f"{ID}{n}", text=str(n))
            slow = await line.ask("slow", id=f"{ID}3", text="3")
    assert slow["id"] == f"{ID}3"
    assert 0 < slow["slow"] <= 3
    assert served.app.said() == ["1", "2"]


async def test_asking_for_the_history_is_slowed_down_too() -> None:
    async with serving(PageApp(pace=Pace(a_minute=20, burst=3))) as served:
        page = Page(served)
        async with page.browser:
            line = await page.open()
            for _ in range(3):
                await line.say(since=0)
            frames = await line.hear("later")
            slow = await line.ask("slow", id=f"{ID}1", text="1")
    assert frames == [{"upto": 0}] * 3 + [{"later": None}]
    assert slow["id"] == f"{ID}1"


def settled(app: PageApp, **said: Any) -> None:
    """The page behind other settings than usual."""
    app.chat = WebChat(app.hear, app.entries, WebSettings((b"s" * 32,), STATION, **said))


PROXY = (IPv4Network("127.0.0.1"),)


async def test_the_chats_of_one_address_share_its_pace() -> None:
    app = PageApp()
    few = Pace(a_minute=60, burst=5)
    settled(app, pace_of_address=few, proxies=PROXY)
    async with serving(app) as served, AsyncExitStack() as open_pages:
        answers = []
        for n in range(6):
            page = Page(served, **{"X-Forwarded-For": "192.0.2.1"})
            await open_pages.enter_async_context(page.browser)
            socket = Line(await page.browser.ws_connect(**page.socket))
            await socket.say(id=f"{ID}{n}", text="một")
            answers.append(await socket.socket.receive_json(timeout=5))
        other = Page(served, **{"X-Forwarded-For": "192.0.2.2"})
        await open_pages.enter_async_context(other.browser)
        line = await other.open()
        assert await line.ask(id=f"{ID}9", text="hai") == {"heard": f"{ID}9"}
    assert 0 < answers[-1]["slow"] <= 1
    assert app.said() == ["một"] * 5 + ["hai"]


async def test_idle_pages_leave_room_for_their_neighbours() -> None:
    app = PageApp()
    settled(app, pace_of_address=Pace(a_minute=60, burst=5))
    async with serving(app) as served:
        page = Page(served)
        async with page.browser:
            line = await page.open()
            for _ in range(7):
                await line.say(since=0)
            assert await line.ask(id=f"{ID}1", text="một") == {"heard": f"{ID}1"}
    assert app.said() == ["một"]


async def test_new_chats_of_one_address_come_one_by_one() -> None:
    app = PageApp()
    settled(app, new_chats=Pace(a_minute=1, burst=2))
    async with serving(app) as served:
        known = Page(served)
        async with known.browser:
            await (await known.open()).hear("upto")
            async with ClientSession(cookie_jar=DummyCookieJar()) as stranger:
                await stranger.ws_connect(**known.socket)
                async with stranger.get(**known.socket) as refused:
                    assert refused.status == 429
                    assert 0 < (await refused.json())["slow"] <= 60
                    assert 1 <= int(refused.headers["Retry-After"]) <= 60
                    assert "Set-Cookie" not in refused.headers
            assert await (await known.open()).hear("upto") == [{"upto": 0}]


@pytest.mark.parametrize(
    ("remote", "written", "counted"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["192.0.2.1"], "192.0.2.7"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("::ffff:127.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
        ("127.0.0.1", ["203.0.113.9, 192.0.2.1 ,10.1.2.3"], "192.0.2.1"),
        ("127.0.0.1", ["203.0.113.9", "192.0.2.1", "10.1.2.3"], "192.0.2.1"),
        ("127.0.0.1", ["10.1.2.4, 10.1.2.3"], "10.1.2.4"),
        ("127.0.0.1", ["192.0.2.1, unknown"], "127.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("127.0.0.1", ["2001:db8:1:2::9"], "2001:db8:1:2::/64"),
        ("", ["192.0.2.1"], ""),
    ],
)
def test_only_our_own_proxies_are_believed(remote: str, written: list[str], counted: str) -> None:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in written])
    request = make_mocked_request("GET", "/", headers).clone(remote=remote)
    proxies = read_settings(_env_file=None, trusted_proxies="127.0.0.1, 10.0.0.0/8,")
    assert address_of(request, proxies.trusted_proxies) == counted


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(SettingsRefused, match=r"^TRUSTED_PROXIES: .*network"):
        read_settings(_env_file=None, trusted_proxies="127.0.0.1,nginx")


def test_the_pace_recovers() -> None:
    clock = [0.0]
    paces = Paces(Pace(a_minute=20, burst=10), lambda: clock[0])
    assert [paces.wait("a") for _ in range(10)] == [0] * 10
    assert paces.wait("a") == pytest.approx(3)
    assert paces.wait("b") == 0
    clock[0] = 3
    assert paces.wait("a") == 0
    assert paces.wait("a") == pytest.approx(3)
    clock[0] = 60
    assert [paces.wait("a") for _ in range(10)] == [0] * 10


async def test_the_sixth_page_takes_the_place_of_the_first(page: Page) -> None:
    lines = []
    for _ in range(6):
        lines.append(await page.open())
        await lines[-1].hear("upto")
    assert await lines[0].goodbye() == 4001
    assert await lines[1].ask(id=f"{ID}1", text="một") == {"heard": f"{ID}1"}


async def test_a_letter_goes_to_its_own_chat_only(served: Served, page: Page) -> None:
    mine = await page.open()
    await mine.ask(id=f"{ID}1", text="một")
    other = Page(served)
    async with other.browser:
        theirs = await other.open()
        await theirs.hear("upto")
        chat = served.app.heard[0].chat
        letter = Letter(chat, 2, shown("Có lịch tiêm."))
        assert await served.app.chat.send(letter) == Delivered()
        assert (await mine.hear("seq"))[-1]["text"] == "Có lịch tiêm."
        assert await theirs.ask("upto", since=0) == {"upto": 0}


async def test_a_letter_to_nobody_here_is_delivered(served: Served) -> None:
    assert await served.app.chat.send(Letter("nobody", 1, shown("Chào."))) == Delivered()


async def test_the_pretend_phone_is_seen_by_its_owner_only(served: Served, page: Page) -> None:
    line = await page.open()
    await line.say(id=f"{ID}1", contact="0900 000 001")
    sms = {"to": "0900 *** 001", "text": PRETEND}
    assert (await line.hear("sms"))[-1] == {"sms": sms}
    assert (await (await page.open()).hear("upto"))[0] == {"sms": sms}
    other = Page(served)
    async with other.browser:
        assert await (await other.open()).hear("upto") == [{"upto": 0}]


async def test_there_is_no_pretend_phone_but_in_the_demonstration() -> None:
    async with serving(PageApp()) as served:
        page = Page(served)
        async with page.browser:
            line = await page.open()
            await line.ask(id=f"{ID}1", contact="0900 000 001")
            frames = await (await page.open()).hear("upto")
            async with page.browser.get(served.url) as answer:
                html = await answer.text()
    assert not [frame for frame in frames if "sms" in frame]
    assert 'id="phone"' not in html
    assert 'id="story"' not in html


async def cookie_of(page: Page) -> str:
    socket = await page.browser.ws_connect(f"{page.url}/chat/socket", headers=page.headers)
    return socket._response.headers.get("Set-Cookie", "")


async def test_the_cookie_is_strict_and_set_once(page: Page) -> None:
    first = await cookie_of(page)
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(first.split("; "))
    assert re.match(r"tramoi=[0-9a-f]{8}\.[\w-]{22}\.[\w-]{43};", first)
    assert await cookie_of(page) == ""


async def test_the_page_itself_gives_no_cookie(page: Page) -> None:
    async with page.browser.get(page.url) as answer:
        assert "Set-Cookie" not in answer.headers


async def test_the_chat_does_not_tell_the_cookie(served: Served, page: Page) -> None:
    value = (await cookie_of(page)).split(";")[0].split("=", 1)[1]
    line = await page.open()
    await line.ask(id=f"{ID}1", text="một")
    chat = served.app.heard[0].chat
    assert re.fullmatch(r"[0-9a-f]{32}", chat)
    assert not [part for part in value.split(".") if part in chat]


async def test_a_bad_cookie_begins_a_new_chat(served: Served, page: Page) -> None:
    line = await page.open()
    await line.ask(id=f"{ID}1", text="bí mật")
    (cookie,) = page.browser.cookie_jar
    mark, ident, mac = cookie.value.split(".")
    for bad in (f"{mark}.{ident}.{mac[::-1]}", f"{mark}.{ident}", "x", f"00000000.{ident}.{mac}"):
        stranger = Page(served, Cookie=f"tramoi={bad}")
        async with stranger.browser:
            assert (await cookie_of(stranger)).startswith("tramoi=")
            assert await (await stranger.open()).hear("upto") == [{"upto": 0}]


async def test_a_new_secret_keeps_the_old_chats(served: Served, page: Page) -> None:
    line = await page.open()
    await line.ask(id=f"{ID}1", text="một")
    settings = WebSettings((b"n" * 32, b"s" * 32), STATION)
    served.app.chat = WebChat(served.app.hear, served.app.entries, settings)
    await served.stop()
    await served.start()
    assert (await cookie_of(page)).startswith("tramoi=")
    assert (await (await page.open()).hear("upto"))[0]["mine"]["text"] == "một"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_other_pages_may_not_speak_for_their_visitor(served: Served, origin: str) -> None:
    page = Page(served, Origin=origin)
    async with page.browser:
        with pytest.raises(WSServerHandshakeError) as refused:
            await page.open()
        assert refused.value.status == 403
        for path in ("photo", "forget"):
            post = page.browser.post(f"{served.url}/chat/{path}", headers=page.headers)
            async with post as answer:
                assert answer.status == 403


async def test_the_public_address_is_known_too() -> None:
    app = PageApp()
    settings = WebSettings((b"s" * 32,), STATION, public_url="https://chat.example")
    app.chat = WebChat(app.hear, app.entries, settings)
    async with serving(app) as served:
        page = Page(served, Origin="https://chat.example")
        async with page.browser:
            cookie = await cookie_of(page)
            async with page.browser.get(served.url) as answer:
                assert "Strict-Transport-Security" in answer.headers
    assert cookie.startswith("__Host-tramoi=")
    assert "Secure" in cookie


async def test_a_photo_is_heard_once(served: Served, page: Page) -> None:
    await (await page.open()).hear("upto")
    for kind in ("JPEG", "JPEG"):
        assert await page.photo(jpeg(kind=kind)) == {"heard": f"{ID}9"}
    assert [update.said for update in served.app.heard] == [Inbound(other="photo")]
    frames = await (await page.open()).hear("upto")
    assert frames[0]["mine"]["photo"] is True


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"this is no photo", "not_an_image"),
        (b"", "not_an_image"),
        (b"\xff\xd8\xff" + b"rubbish" * 50, "not_an_image"),
        (b"GIF89a" + bytes(50), "not_an_image"),
        (b"<svg onload='alert(1)'/>", "not_an_image"),
        (jpeg() + bytes(10 * 1024 * 1024), "too_large"),
        (png_that_claims(30_000, 30_000), "too_many_pixels"),
        (png_that_claims(10_000, 10_000), "too_many_pixels"),
        (png_that_claims(6_000, 5_000), "too_many_pixels"),
        (webp_that_claims(16_000, 16_000), "too_many_pixels"),
    ],
)
async def test_what_is_wrong_with_a_photo_is_told(
    served: Served, page: Page, data: bytes, problem: str
) -> None:
    await (await page.open()).hear("upto")
    assert await page.photo(data) == {"heard": f"{ID}9"}
    assert served.app.heard[0].said == Inbound(other="photo", problem=problem)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_kinds_are_taken(kind: str) -> None:
    assert look_at(jpeg(kind=kind)) is None
    assert look_at(jpeg(5000, 5000, kind)) is None


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_says_its_size_in_three_ways(lossless: bool) -> None:
    out = io.BytesIO()
    Image.new("RGB", (5100, 5100)).save(out, "WEBP", lossless=lossless, quality=10, method=0)
    assert look_at(out.getvalue()) == "too_many_pixels"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"not a form", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"a=b", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\nshort\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_a_form_that_is_none_is_refused(page: Page, body: bytes, kind: str) -> None:
    await (await page.open()).hear("upto")
    headers = page.headers | {"Content-Type": kind}
    async with page.browser.post(f"{page.url}/chat/photo", data=body, headers=headers) as answer:
        assert await answer.json() == {"bad": "form"}


def part(name: str, value: str) -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


FORM = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(
    "before",
    [
        [part("id", f"{ID}9"), *(part(f"n{n}", "a") for n in range(1000))],
        [part("id", f"{ID}9")] * 4,
        [part("id", f"{ID}9"), part("name", "a")],
        [part("_charset_", "a" * 40), part("id", f"{ID}9")],
        [b"--x\r\n" + b"A: b\r\n" * 200 + b"\r\n"],
        [b"--x\r\nA: " + b"b" * 10_000 + b"\r\n\r\n"],
    ],
)
async def test_a_form_with_more_than_ours_is_refused(
    served: Served, page: Page, before: list[bytes]
) -> None:
    await (await page.open()).hear("upto")
    body = b"".join(before) + part("photo", "this is no photo") + b"--x--"
    post = page.browser.post(f"{page.url}/chat/photo", data=body, headers=page.headers | FORM)
    async with post as answer:
        assert await answer.json() == {"bad": "form"}
    assert served.app.heard == []


async def arriving(*parts: bytes) -> web.Request:
    """A form that began to arrive and stays on its way."""
    line = BaseProtocol(asyncio.get_running_loop())
    line.connection_made(Mock(asyncio.Transport))
    content = StreamReader(line, 2**16)
    content.feed_data(b"".join(parts))
    return make_mocked_request("POST", "/chat/photo", FORM, payload=content)


async def test_a_photo_that_does_not_come_gives_its_place_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webchat_photo, "MOST_SECONDS", 0)
    begun = await arriving(part("id", f"{ID}9"), part("lang", "en"), part("photo", "a" * 5000))
    assert await receive(begun) == Upload(f"{ID}9", "too_large", "en")
    assert await receive(await arriving(part("id", f"{ID}9")[:-2])) is None


async def test_no_address_holds_all_the_places_for_photos() -> None:
    app = PageApp()
    settled(app, proxies=PROXY)
    async with serving(app) as served, AsyncExitStack() as at_the_end:
        slow = Page(served, **{"X-Forwarded-For": "192.0.2.1"})
        other = Page(served, **{"X-Forwarded-For": "192.0.2.2"})
        for page in (slow, other):
            await at_the_end.enter_async_context(page.browser)
            await (await page.open()).hear("upto")
        begun, never = asyncio.Semaphore(0), asyncio.Event()

        async def drop_by_drop() -> AsyncIterator[bytes]:
            yield part("id", f"{ID}9")
            begun.release()
            await never.wait()

        async def upload() -> Any:
            headers = slow.headers | FORM
            post = slow.browser.post(f"{slow.url}/chat/photo", data=drop_by_drop(), headers=headers)
            async with post as answer:
                return await answer.json()

        uploads = [asyncio.create_task(upload()) for _ in range(MOST_UPLOADS)]
        for _ in uploads:
            await begun.acquire()
        while len(app.chat._uploads) < MOST_UPLOADS_OF_AN_ADDRESS:
            await other.photo(b"", "no mark")
        assert await other.photo(jpeg()) == {"heard": f"{ID}9"}
        for task in uploads:
            task.cancel()
        await asyncio.wait(uploads)


async def test_a_photo_from_a_stranger_waits_for_a_cookie(served: Served, page: Page) -> None:
    assert await page.photo(jpeg()) == {"later": None}
    assert served.app.heard == []


async def test_forgetting_takes_the_cookie_and_the_pages(page: Page) -> None:
    line = await page.open()
    await line.ask(id=f"{ID}1", text="một")
    post = page.browser.post(f"{page.url}/chat/forget", headers=page.headers)
    async with post as answer:
        assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert await line.goodbye() == 4001
    assert await (await page.open()).hear("upto") == [{"upto": 0}]


async def test_nothing_foreign_may_enter_the_page(page: Page) -> None:
    async with page.browser.get(page.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = await answer.text()
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
    ):
        assert rule in policy
    assert "unsafe" not in policy
    assert not re.findall(
        r"<script(?! type=\"module\" src=\"/static/)|<style|\son\w+=|\sstyle=", html
    )
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", html)


async def test_a_strange_host_stays_out_of_the_policy(page: Page) -> None:
    async with page.browser.get(page.url, headers={"Host": "a;script-src *"}) as answer:
        assert answer.status == 400 or "*" not in answer.headers["Content-Security-Policy"]


async def test_the_station_is_named_and_cannot_break_the_page() -> None:
    app = PageApp()
    station = type(STATION)("1", "<script>alert(1)</script>", "0900 000 000", '"', "1")
    app.chat = WebChat(app.hear, app.entries, WebSettings((b"s" * 32,), station))
    async with (
        serving(app) as served,
        ClientSession() as browser,
        browser.get(served.url) as answer,
    ):
        html = await answer.text()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


async def test_files_are_small_and_asked_for_once(served: Served) -> None:
    total = 0
    async with ClientSession(auto_decompress=False) as browser:
        async with browser.get(served.url) as answer:
            html = await answer.text() if "Content-Encoding" not in answer.headers else ""
            total += int(answer.headers["Content-Length"])
        names = {*re.findall(r"/static/([\w.-]+)", html), "chat.js", "chat.css", "icon.svg"}
        names |= {"composer.js", "phone.js", "thread.js", "wire.js", "words.js"}
        names |= {f"be-vietnam-pro-{s}-{w}.woff2" for s in ("latin", "viet") for w in (400, 600)}
        for name in names:
            async with browser.get(f"{served.url}/static/{name}") as answer:
                assert answer.status == 200
                total += int(answer.headers["Content-Length"])
                tag = answer.headers["ETag"]
            again = browser.get(f"{served.url}/static/{name}", headers={"If-None-Match": tag})
            async with again as answer:
                assert answer.status == 304
    assert total < 60_000


@pytest.mark.parametrize(
    "name", ["chat.html", "..%2fwebchat.py", "%2e%2e/x", "be-vietnam-pro-OFL.txt"]
)
async def test_only_the_page_s_own_files_are_given(page: Page, name: str) -> None:
    async with page.browser.get(f"{page.url}/static/{name}") as answer:
        assert answer.status == 404


async def test_pages_come_back_after_a_restart(served: Served, page: Page) -> None:
    line = await page.open()
    await line.ask(id=f"{ID}1", text="một")
    await served.stop()
    assert await line.goodbye() == 1001
    await served.start()
    assert (await (await page.open()).hear("upto"))[-1] == {"upto": 1}


async def test_many_messages_at_once_are_heard_in_order(served: Served, page: Page) -> None:
    line = await page.open()
    await asyncio.gather(*(line.say(id=f"{ID}{n}", text=str(n)) for n in range(9)))
    while served.app.said() != [str(n) for n in range(9)]:
        await line.hear("heard")


def test_frames_are_read_strictly() -> None:
    assert read('{"since": 4}') == Since(4)
    assert read('{"id": "00000000-1", "photo": "too_large"}') == Said(
        "00000000-1", Inbound(other="photo", problem="too_large"), ""
    )
    assert read('{"id": "00000000-1", "text": "a", "lang": "xx"}') == Said(
        "00000000-1", Inbound(text="a"), "a"
    )
    assert read("null") == Bad("not_an_object")


def test_an_own_message_survives_its_raw_form() -> None:
    said = read('{"id": "00000000-1", "button": "v", "label": "Có"}')
    assert isinstance(said, Said)
    entry = Entry.own(3, said.raw())
    assert (entry.seq, entry.mine, entry.text, entry.client_id) == (3, True, "Có", "00000000-1")
