"""What the Bot API refuses, and in which words."""

import json
import re
from typing import Any

Params = dict[str, Any]
MOST_TEXT, MOST_CAPTION, MOST_DATA, MOST_TOAST = 4096, 1024, 64, 200
MOST_BUTTONS, MOST_IN_ROW, MOST_COMMANDS = 100, 8, 100
MOST_PHOTO, MOST_DOWNLOAD, MOST_UPLOAD = 10 * 2**20, 20 * 2**20, 50 * 2**20


class Refused(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def as_json(self) -> Params:
        body: Params = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad(why: str) -> Refused:
    return Refused(400, f"Bad Request: {why}")


def text_of(params: Params) -> str:
    text = str(params.get("text") or "")
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > MOST_TEXT:
        raise bad("message is too long")
    return text


def caption_of(params: Params) -> str:
    caption = str(params.get("caption") or "")
    if len(caption) > MOST_CAPTION:
        raise bad("message caption is too long")
    return caption


def markup_of(params: Params) -> Params | None:
    """The keyboard, which is an object in JSON and JSON in a form."""
    markup = params.get("reply_markup")
    if markup is None:
        return None
    if isinstance(markup, str):
        try:
            markup = json.loads(markup)
        except ValueError:
            raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    _check_markup(markup)
    return markup


def _check_markup(markup: Params) -> None:
    kinds = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"} & set(markup)
    if len(kinds) != 1:
        raise bad("object expected as reply markup")
    rows: list[list[Params]] = markup.get("inline_keyboard") or markup.get("keyboard") or []
    if any(not row or len(row) > MOST_IN_ROW for row in rows):
        raise bad("BUTTON_ROW_INVALID")
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        _check_button(button, inline="inline_keyboard" in markup)


def _check_button(button: Params, *, inline: bool) -> None:
    if not str(button.get("text") or "").strip():
        raise bad("can't parse inline keyboard button: text buttons must be non-empty")
    if not inline:
        return
    if len({"callback_data", "url", "web_app"} & set(button)) != 1:
        raise bad("can't parse inline keyboard button: text buttons are unallowed")
    if "callback_data" in button and not 0 < len(button["callback_data"].encode()) <= MOST_DATA:
        raise bad("BUTTON_DATA_INVALID")


def check_commands(params: Params) -> None:
    commands = params.get("commands")
    commands = json.loads(commands) if isinstance(commands, str) else commands
    if not isinstance(commands, list) or len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command"))):
            raise bad("BOT_COMMAND_INVALID")
        if not 0 < len(str(command.get("description") or "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_webhook(params: Params) -> None:
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*", params["url"]):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = str(params.get("secret_token") or "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise bad("secret token contains unallowed characters")


def listed(params: Params, name: str) -> list[Any]:
    """A list, which is one in JSON and JSON in a form."""
    found = params.get(name) or []
    return list(json.loads(found) if isinstance(found, str) else found)
