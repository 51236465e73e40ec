from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import Update
from bot.channels.telegram_read import Ignored, chat_of, claimed_picture, press, read
from conversations.messages import Contact, Inbound

AN: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "An", "language_code": "vi"}
CHAT = {"id": 7, "type": "private", "first_name": "An"}
GROUP = {"id": -100, "type": "supergroup", "title": "Xóm"}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1, "from": AN, "chat": CHAT, **content}


def said(**content: Any) -> Inbound:
    heard = read({"update_id": 1, "message": message(**content)})
    assert isinstance(heard, Update)
    return heard.said


def test_a_text() -> None:
    update = {"update_id": 12, "message": message(text="Nguyễn Văn An")}
    assert read(update, raw=b"{}") == Update(
        "telegram", "7", "12", Inbound("Nguyễn Văn An"), b"{}", "vi"
    )


@pytest.mark.parametrize(
    ("code", "locale"),
    [("vi", "vi"), ("vi-VN", "vi"), ("en", "en"), ("en-GB", "en"), ("fr", None), (None, None)],
)
def test_the_language_of_the_app(code: str | None, locale: str | None) -> None:
    sender = {**AN, "language_code": code}
    heard = read({"update_id": 1, "message": message(text="x", **{"from": sender})})
    assert isinstance(heard, Update)
    assert heard.locale == locale


def test_a_press() -> None:
    query = {"id": "q1", "from": AN, "message": message(), "data": "sex=f"}
    update = {"update_id": 3, "callback_query": query}
    assert read(update) == Update("telegram", "7", "3", Inbound(button="sex=f"), b"", "vi")
    assert press(update) == "q1"
    assert chat_of(update) == "7"


def test_a_press_on_a_message_too_old_to_be_shown() -> None:
    query = {"id": "q1", "from": AN, "message": {"chat": CHAT, "date": 0, "message_id": 5}}
    assert isinstance(read({"update_id": 3, "callback_query": {**query, "data": "a"}}), Update)


@pytest.mark.parametrize(
    ("contact", "extra", "expected"),
    [
        ({"phone_number": "84900000001", "user_id": 7}, {}, Contact("+84900000001", proven=True)),
        ({"phone_number": "+84900000001", "user_id": 7}, {}, Contact("+84900000001", proven=True)),
        ({"phone_number": "84900000001", "user_id": 8}, {}, Contact("+84900000001")),
        ({"phone_number": "0900000001"}, {}, Contact("0900000001")),
        ({"phone_number": "0900 000 001"}, {}, Contact("0900 000 001")),
        (
            {"phone_number": "84900000001", "user_id": 7},
            {"forward_origin": {"type": "user"}},
            Contact("+84900000001"),
        ),
    ],
)
def test_a_contact_is_proven_only_by_its_owner(
    contact: dict[str, Any], extra: dict[str, Any], expected: Contact
) -> None:
    assert said(contact=contact, **extra).contact == expected


def test_words_of_others_are_marked() -> None:
    assert said(text="/huy", forward_origin={"type": "user"}).forwarded
    assert said(text="123456", via_bot={"id": 9}).forwarded
    assert not said(text="123456").forwarded


@pytest.mark.parametrize(
    ("content", "other"),
    [
        ({"sticker": {}}, "sticker"),
        ({"voice": {}}, "voice"),
        ({"audio": {}}, "voice"),
        ({"video": {}}, "video"),
        ({"video_note": {}}, "video"),
        ({"animation": {}, "document": {}}, "video"),
        ({"location": {}}, "location"),
        ({"venue": {}, "location": {}}, "location"),
        ({"document": {"file_name": "a.pdf", "mime_type": "application/pdf"}}, "file"),
        ({"document": {"file_name": "a.JPG"}}, "photo"),
        ({"photo": [{"width": 9, "height": 9}]}, "photo"),
        ({"dice": {"value": 6}}, "unknown"),
        ({"kind_of_the_future": {}}, "unknown"),
    ],
)
def test_what_is_no_text(content: dict[str, Any], other: str) -> None:
    assert said(**content).other == other


def test_a_caption_is_a_text() -> None:
    photo = [{"width": 9, "height": 9}]
    assert said(photo=photo, caption="phiếu tiêm") == Inbound("phiếu tiêm", other="photo")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"photo": [{"width": 90, "height": 90}, {"file_size": 11 * 2**20}]}, "too_large"),
        ({"photo": [{"width": 90, "height": 90}, {"width": 9000, "height": 9000}]}, None),
        ({"document": {"file_name": "a.png", "file_size": 20 * 2**20}}, "too_large"),
        ({"document": {"file_name": "a.pdf", "file_size": 20 * 2**20}}, None),
    ],
)
def test_what_is_too_large_is_not_fetched(content: dict[str, Any], problem: str | None) -> None:
    wide = problem is None and "photo" in content
    assert said(**content).problem == ("too_many_pixels" if wide else problem)


def test_a_document_that_says_it_is_a_picture() -> None:
    document = {"file_id": "f", "mime_type": "image/jpeg"}
    assert claimed_picture({"message": message(document=document)}) == "f"
    assert claimed_picture({"message": message(document={"file_id": "f"})}) is None
    assert claimed_picture({"message": message(text="a.jpg")}) is None


def test_an_edited_message_brings_no_words() -> None:
    update = {"update_id": 1, "edited_message": message(text="/huy")}
    assert read(update) == Update("telegram", "7", "1", Inbound(other="edited"), b"", "vi")


def test_half_a_surrogate_pair_can_be_stored() -> None:
    assert said(text="An \ud800").text == "An ?"
    assert said(text="An 👋").text == "An 👋"


@pytest.mark.parametrize(
    ("update", "why"),
    [
        ({"update_id": 1, "message": {"chat": CHAT, "text": "x"}}, "no_sender"),
        ({"update_id": 1, "my_chat_member": {"from": AN}}, "unknown_kind"),
        ({"update_id": 1, "kind_of_the_future": {}}, "unknown_kind"),
        ({"update_id": 1, "channel_post": {"chat": {"id": 1, "type": "channel"}}}, "unknown_kind"),
        ({"update_id": 1, "message": message(text="x", **{"from": {"is_bot": True}})}, "service"),
        ({"update_id": 1, "message": message(pinned_message={})}, "service"),
        ({"update_id": 1, "callback_query": {"id": "1", "from": AN, "data": "a"}}, "unknown_kind"),
        (
            {"update_id": 1, "callback_query": {"id": "1", "from": AN, "message": message()}},
            "service",
        ),
        ({"message": message(text="x")}, "malformed"),
        ({"update_id": 1, "message": "x"}, "malformed"),
        ({"update_id": 1, "message": message(text=5)}, "malformed"),
        ({"update_id": 1, "message": message(photo=[])}, "malformed"),
        ({"update_id": "a", "message": message(text="x")}, "malformed"),
    ],
)
def test_what_is_ignored(update: dict[str, Any], why: str) -> None:
    assert read(update) == Ignored(why)


@pytest.mark.parametrize(
    ("content", "addressed"),
    [
        ({"text": "/start"}, True),
        ({"text": "/start@tramoibot"}, True),
        ({"text": "/start@OtherBot"}, False),
        ({"text": "chào @TramOiBot"}, True),
        ({"text": "chào cả nhà"}, False),
        ({"text": "vâng", "reply_to_message": {"from": {"username": "TramOiBot"}}}, True),
        ({"text": "vâng", "reply_to_message": {"from": {"first_name": "Bình"}}}, False),
        ({"new_chat_members": [AN]}, False),
    ],
)
def test_a_group_is_answered_only_if_it_speaks_to_us(
    content: dict[str, Any], *, addressed: bool
) -> None:
    update = {"update_id": 1, "message": message(**{**content, "chat": GROUP})}
    found = read(update, "TramOiBot")
    assert isinstance(found, Ignored)
    assert found.why == "group"
    assert (found.group is not None) is addressed


def test_a_press_or_an_edit_in_a_group_is_nobodys_message() -> None:
    edited = {"update_id": 1, "edited_message": message(text="/start", chat=GROUP)}
    pressed = {"id": "1", "from": AN, "message": message(chat=GROUP), "data": "a"}
    assert read(edited) == Ignored("group")
    assert read({"update_id": 1, "callback_query": pressed}) == Ignored("group")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KNOWN = st.sampled_from(
    [
        "text",
        "photo",
        "contact",
        "document",
        "from",
        "chat",
        "caption",
        "data",
        "message",
        "via_bot",
    ]
)


@given(
    st.sampled_from(["message", "edited_message", "callback_query"]),
    st.dictionaries(KNOWN, JSON),
    st.booleans(),
)
def test_nothing_a_stranger_sends_is_an_error(
    kind: str, content: dict[str, Any], whole: bool
) -> None:
    update = {"update_id": 1, kind: {**(message() if whole else {}), **content}}
    assert isinstance(read(update, "TramOiBot"), Update | Ignored)
    assert isinstance(chat_of(update), str)
    press(update)
    claimed_picture(update)
