"""What Telegram delivers, read without the library's objects (29 times the CPU of the JSON itself).

Pure: nothing here waits, asks or remembers. What a stranger sends can be of any shape, so
everything that is not as expected is ignored and counted, never an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.channel import Update
from bot.channels.pictures import MOST_BYTES, MOST_PIXELS
from conversations.messages import Contact, Inbound, Other

Raw = Mapping[str, Any]

ALLOWED_UPDATES = ("message", "edited_message", "callback_query")
_SAID: dict[str, Other] = {
    "photo": "photo",
    "sticker": "sticker",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "venue": "location",
    "location": "location",
    "document": "file",
}
# Notes that Telegram itself leaves in a private chat. Anything newer is answered as unknown.
_SERVICE = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "connected_website",
        "write_access_allowed",
        "users_shared",
        "chat_shared",
        "chat_background_set",
        "proximity_alert_triggered",
        "web_app_data",
        "boost_added",
        "gift",
        "unique_gift",
        "successful_payment",
        "refunded_payment",
        "new_chat_members",
        "left_chat_member",
        "forum_topic_created",
        "forum_topic_edited",
    }
)
_PICTURE_NAMES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".gif")


@dataclass(frozen=True, slots=True)
class Group:
    """Where the bot was spoken to before others, and the message to answer there."""

    chat: int
    message: int
    locale: str | None


@dataclass(frozen=True, slots=True)
class Ignored:
    """An update that no dialog hears. `why` is counted; a `group` is told to write privately."""

    why: str
    group: Group | None = None


def read(update: Raw, username: str = "", raw: bytes = b"") -> Update | Ignored:
    """One update. `username` is the bot's own name, by which groups address it."""
    try:
        return _read(update, username, raw)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Ignored("malformed")


def chat_of(update: Raw) -> str:
    """The chat whose order an update belongs to; "" where there is none."""
    try:
        return str((_message(update) or {})["chat"]["id"])
    except (KeyError, TypeError, AttributeError):
        return ""


def press(update: Raw) -> str | None:
    """The id of a button press, which shows a spinner until it is answered."""
    query = update.get("callback_query")
    ident = query.get("id") if isinstance(query, dict) else None
    return ident if isinstance(ident, str) else None


def claimed_picture(update: Raw) -> str | None:
    """The file id of a document that says it is a picture: only its bytes can tell."""
    message = update.get("message")
    document = message.get("document") if isinstance(message, dict) else None
    if not isinstance(document, dict) or not _claims_picture(document):
        return None
    ident = document.get("file_id")
    return ident if isinstance(ident, str) else None


def _message(update: Raw) -> Raw | None:
    pressed = update.get("callback_query")
    found: Raw | None = (
        update.get("message") or update.get("edited_message")
        if pressed is None
        else pressed.get("message")
    )
    return found


def _read(update: Raw, username: str, raw: bytes) -> Update | Ignored:
    number, message = int(update["update_id"]), _message(update)
    if message is None:
        return Ignored("unknown_kind")
    pressed = update.get("callback_query")
    sender = (message if pressed is None else pressed).get("from")
    if sender is None:
        return Ignored("no_sender")
    if message["chat"]["type"] != "private":
        return _in_group(update, message, username)
    said = _edited_or_said(update, message) if pressed is None else _pressed(pressed)
    if said is None or sender.get("is_bot"):
        return Ignored("service")
    return Update(
        channel="telegram",
        chat=str(int(message["chat"]["id"])),
        update_id=str(number),
        said=said,
        raw=raw,
        locale=locale_of(sender),
    )


def locale_of(sender: Raw) -> str | None:
    """The language a person's app is set to, if it is one of ours."""
    code = str(sender.get("language_code") or "").lower()
    return next((ours for ours in ("vi", "en") if code.split("-")[0] == ours), None)


def _pressed(query: Raw) -> Inbound | None:
    data = query.get("data")
    return None if data is None else Inbound(button=_whole(data))


def _edited_or_said(update: Raw, message: Raw) -> Inbound | None:
    return _said(message) if "message" in update else Inbound(other="edited")


def _said(message: Raw) -> Inbound | None:
    forwarded = any(key in message for key in ("forward_origin", "forward_date", "via_bot"))
    if "text" in message:
        return Inbound(text=_whole(message["text"]), forwarded=forwarded)
    if "contact" in message:
        return Inbound(contact=_contact(message, forwarded=forwarded), forwarded=forwarded)
    if not _SERVICE.isdisjoint(message):
        return None
    said = Inbound(text=_whole(message.get("caption") or ""), forwarded=forwarded)
    return _with_attachment(said, message)


def _with_attachment(said: Inbound, message: Raw) -> Inbound:
    # An animation is delivered as a document too, so the order of the table decides.
    kind = next((kind for kind in _SAID if kind in message), None)
    if kind == "photo":
        return replace(said, other="photo", problem=_photo_problem(message["photo"][-1]))
    if kind == "document" and _claims_picture(message["document"]):
        return replace(said, other="photo", problem=_photo_problem(message["document"]))
    return replace(said, other=_SAID[kind] if kind else "unknown")


def _claims_picture(document: Raw) -> bool:
    kind, name = document.get("mime_type"), document.get("file_name")
    return str(kind).startswith("image/") or str(name).lower().endswith(_PICTURE_NAMES)


def _photo_problem(size: Raw) -> str | None:
    if int(size.get("file_size") or 0) > MOST_BYTES:
        return "too_large"
    pixels = int(size.get("width") or 0) * int(size.get("height") or 0)
    return "too_many_pixels" if pixels > MOST_PIXELS else None


def _contact(message: Raw, *, forwarded: bool) -> Contact:
    """A shared number; the sender's own only if Telegram itself says whose it is."""
    contact, sender = message["contact"], message["from"]["id"]
    proven = contact.get("user_id") == sender and sender is not None and not forwarded
    phone = _whole(contact["phone_number"])
    # Telegram leaves the plus out where the number is its own.
    if phone.isdecimal() and not phone.startswith("0") and (proven or phone.startswith("84")):
        phone = f"+{phone}"
    return Contact(phone, proven=proven)


def _in_group(update: Raw, message: Raw, username: str) -> Ignored:
    addressed = "message" in update and _addressed(message, username)
    if message["chat"]["type"] not in {"group", "supergroup"} or not addressed:
        return Ignored("group")
    where = Group(
        int(message["chat"]["id"]), int(message["message_id"]), locale_of(message["from"])
    )
    return Ignored("group", where)


def _addressed(message: Raw, username: str) -> bool:
    """A command, a mention, or an answer to one of our messages."""
    text = str(message.get("text") or message.get("caption") or "").casefold()
    ours = username.casefold()
    if text.startswith("/"):
        _, _, whom = text.split()[0].partition("@")
        return not whom or whom == ours
    answered = (message.get("reply_to_message") or {}).get("from") or {}
    named = str(answered.get("username") or "").casefold()
    return bool(ours) and (f"@{ours}" in text.split() or named == ours)


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, which no database takes."""
    if not isinstance(text, str):
        raise TypeError
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
