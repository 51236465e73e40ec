"""The letter of a row of the outbox: what was said, or a notice put into words now."""

from bot.channels.channel import Letter, Shown, show
from conversations.notices import words
from conversations.text import phrasebook
from storage.outbox import Waiting

UNREADABLE = "…"  # what stands in a history for a message that cannot be opened


def letter(waiting: Waiting) -> Letter:
    """The letter of a row: what was said, or a notice put into words now."""
    body, facts = waiting.body, waiting.body.get("facts", {})
    locale = facts.get("locale") or waiting.locale
    if "notice" in body:
        shown = show(words(body["notice"], facts), phrasebook(locale or "vi"))
    else:
        shown = Shown.from_json(body) if body else Shown(UNREADABLE)
    asked_by = tuple(body["asked_by"]) if "asked_by" in body else None
    return Letter(waiting.chat, waiting.seq, shown, body.get("to"), asked_by, locale)
