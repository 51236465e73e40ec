import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Button, Delivered, Letter, Shown, TryLater, Undeliverable
from bot.channels.sms import Gateway, PretendPhone, SmsChannel, judged, local_phone, stable_id
from tests.standins.sms import BAD_NUMBER, KEY, SmsStandin

PHONE = "+84900000001"
JSON_BODY = '{"to": "{local_phone}", "text": "{text}", "id": "{id}", "unicode": true}'
FORM_BODY = "to={phone}&text={text}&id={id}&brand=Tr%E1%BA%A1m"
KEYED = {"Authorization": f"Bearer {KEY}"}
FORM = {"content-type": "application/x-www-form-urlencoded", **KEYED}
LETTER = Letter("a1b2", 1, Shown("Mã của anh/chị: 123456"), PHONE)


@pytest.fixture
async def sms() -> AsyncIterator[SmsStandin]:
    async with SmsStandin() as running:
        yield running


def gateway(
    sms: SmsStandin,
    body: str = JSON_BODY,
    headers: Mapping[str, str] = KEYED,
    seconds: float = 15,
) -> Gateway:
    return Gateway(
        sms.url,
        body,
        headers=headers,
        success="CodeResult=100",
        permanent=frozenset({BAD_NUMBER, "400"}),
        seconds=seconds,
    )


@asynccontextmanager
async def opened(described: Gateway) -> AsyncIterator[SmsChannel]:
    channel = SmsChannel(described)
    await channel.open()
    yield channel
    await channel.close()


@pytest.fixture
async def channel(sms: SmsStandin) -> AsyncIterator[SmsChannel]:
    async with opened(gateway(sms)) as running:
        yield running


async def test_a_message_as_json(sms: SmsStandin, channel: SmsChannel) -> None:
    assert await channel.send(LETTER) == Delivered()
    assert (await sms.next("0900000001")).text == "Mã của anh/chị: 123456"
    assert sms.requests[0]["unicode"] is True


async def test_a_message_as_a_form(sms: SmsStandin) -> None:
    async with opened(gateway(sms, FORM_BODY, FORM)) as channel:
        assert await channel.send(LETTER) == Delivered()
    assert (await sms.next(PHONE)).text == "Mã của anh/chị: 123456"
    assert sms.requests[0]["brand"] == "Trạm"


async def test_choices_stand_in_the_text(sms: SmsStandin, channel: SmsChannel) -> None:
    shown = Shown("Đúng chưa?", (Button("a", "Đúng", 1), Button("b", "Sửa", 2)))
    assert await channel.send(replace(LETTER, shown=shown)) == Delivered()
    assert sms.inbox[0].text == "Đúng chưa?\n1. Đúng\n2. Sửa"


@pytest.mark.parametrize("text", ['"}, {"to": "x', "a&to=1#%00", "{phone} {id} {text}", "\\ \n\t'"])
@pytest.mark.parametrize(("body", "headers"), [(JSON_BODY, KEYED), (FORM_BODY, FORM)])
async def test_a_text_stays_a_text(
    sms: SmsStandin, text: str, body: str, headers: Mapping[str, str]
) -> None:
    async with opened(gateway(sms, body, headers)) as channel:
        assert await channel.send(replace(LETTER, shown=Shown(text))) == Delivered()
    assert sms.inbox[0].text == text


@given(st.text())
def test_any_text_is_escaped(text: str) -> None:
    places = {"phone": PHONE, "local_phone": "0", "digits": "84", "text": text, "id": "x"}
    as_json = Gateway("http://127.0.0.1/", JSON_BODY).filled(places)
    as_form = Gateway("http://127.0.0.1/", FORM_BODY, headers=FORM).filled(places)
    assert json.loads(as_json) == {"to": "0", "text": text, "id": "x", "unicode": True}
    fields = parse_qsl(as_form.decode(), keep_blank_values=True)
    assert fields == [("to", PHONE), ("text", text), ("id", "x"), ("brand", "Trạm")]


async def test_a_message_that_may_have_arrived_is_tried_again_and_arrives_once(
    sms: SmsStandin,
) -> None:
    async with opened(gateway(sms, seconds=0.2)) as channel:
        sms.hangs()
        assert await channel.send(LETTER) == TryLater("no_answer", unknown=True)
        sms.drops()
        assert await channel.send(LETTER) == TryLater("no_answer", unknown=True)
        assert await channel.send(LETTER) == Delivered()
    assert len(sms.requests) == 3
    assert len(sms.inbox) == 1


async def test_the_id_may_stand_in_a_header(sms: SmsStandin) -> None:
    headers = {**KEYED, "Idempotency-Key": "{id}"}
    async with opened(gateway(sms, headers=headers)) as channel:
        assert await channel.send(LETTER) == Delivered()
    assert sms.headers[0]["Idempotency-Key"] == sms.inbox[0].ident == stable_id(LETTER)


def test_ids_tell_messages_apart_and_nothing_else() -> None:
    again, next_one, other = LETTER, replace(LETTER, seq=2), replace(LETTER, chat="c3")
    assert stable_id(again) == stable_id(LETTER)
    assert len({stable_id(LETTER), stable_id(next_one), stable_id(other)}) == 3
    assert "a1b2" not in stable_id(LETTER)


async def test_what_a_refusal_means(sms: SmsStandin, channel: SmsChannel) -> None:
    bad_number = replace(LETTER, to="+84")
    assert await channel.send(bad_number) == Undeliverable("refused_104")
    assert await channel.send(replace(LETTER, to=None)) == Undeliverable("no_phone")
    sms.refuses("99")
    assert await channel.send(LETTER) == TryLater("refused_99")
    sms.fails(503, retry_after="7")
    assert await channel.send(LETTER) == TryLater("status_503", after=7)
    sms.fails(504)
    assert await channel.send(LETTER) == TryLater("status_504", unknown=True)
    sms.fails(429, retry_after="30")
    assert await channel.send(LETTER) == TryLater("too_many", after=30, everyone=True)
    sms.fails(400)
    assert await channel.send(LETTER) == Undeliverable("status_400")
    sms.fails(307)
    assert await channel.send(LETTER) == TryLater("status_307")
    assert sms.inbox == []


async def test_a_wrong_key_is_nobodys_fault_but_ours(sms: SmsStandin) -> None:
    headers = {"Authorization": "Bearer another"}
    async with opened(gateway(sms, headers=headers)) as channel:
        assert await channel.send(LETTER) == TryLater("account", after=60, everyone=True)


async def test_nobody_there(sms: SmsStandin, channel: SmsChannel) -> None:
    await sms.stop()
    assert await channel.send(LETTER) == TryLater("unreached", everyone=True)
    assert await SmsChannel(gateway(sms)).send(LETTER) == TryLater("closed", everyone=True)


@pytest.mark.parametrize(
    ("success", "said", "taken"),
    [
        ("", None, True),
        ("code=0", {"code": 0}, True),
        ("code=0|1", {"code": 1}, True),
        ("code=0", {"code": None}, False),
        ("code=0", [], False),
        ("ok=true", {"ok": True}, True),
        ("messages.0.status=0", {"messages": [{"status": "0"}]}, True),
        ("messages.1.status=0", {"messages": [{"status": "0"}]}, False),
    ],
)
def test_what_counts_as_taken(success: str, said: object, *, taken: bool) -> None:
    described = Gateway("http://127.0.0.1/", JSON_BODY, success=success)
    assert (judged(described, 200, said) == Delivered()) is taken  # type: ignore[arg-type]


def test_a_code_that_quotes_the_phone_goes_no_further() -> None:
    described = Gateway("http://127.0.0.1/", JSON_BODY, success="why=0")
    assert judged(described, 200, {"why": "0900000001 is busy"}) == TryLater("refused_code")
    assert judged(described, 200, {"why": "0900000001"}) == TryLater("refused_code")


def test_the_code_may_stand_elsewhere() -> None:
    described = Gateway(
        "http://127.0.0.1/",
        JSON_BODY,
        success="ok=true",
        code="error.code",
        permanent=frozenset("7"),
    )
    said = {"ok": False, "error": {"code": 7}}
    assert judged(described, 422, said) == Undeliverable("refused_7")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"method": "GET"}, "POST or PUT"),
        ({"url": "http://127.0.0.1/?to={phone}"}, "only the SMS body"),
        ({"headers": {"X-To": "{phone}"}}, "only the SMS body"),
        ({"body": '{"text": "{text}"}'}, "needs"),
        ({"body": '{"to": "{phone}"}'}, "needs"),
        ({"body": "{phone} {text}"}, "Expecting|Extra data"),
        ({"body": "{phone} {text}", "headers": FORM}, "bad query field"),
    ],
)
def test_a_gateway_that_cannot_work_is_refused_at_the_start(
    changed: dict[str, Any], named: str
) -> None:
    described: dict[str, Any] = {"url": "http://127.0.0.1/", "body": JSON_BODY, **changed}
    with pytest.raises(ValueError, match=named):
        Gateway(**described)


@pytest.mark.parametrize(
    ("phone", "dialled"), [(PHONE, "0900000001"), ("+85512345678", "+85512345678")]
)
def test_the_phone_as_it_is_dialled(phone: str, dialled: str) -> None:
    assert local_phone(phone) == dialled


async def test_neither_phone_nor_text_reach_the_log(
    sms: SmsStandin, channel: SmsChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sms.fails(500)
    await channel.send(LETTER)
    await channel.send(LETTER)
    assert "123456" not in caplog.text
    assert "0900000001" not in caplog.text


async def test_the_pretend_phone_rings() -> None:
    rung: list[Letter] = []
    assert await PretendPhone(rung.append).send(LETTER) == Delivered()
    assert rung == [LETTER]
