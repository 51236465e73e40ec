"""Another release of the registration form, as a story says it: a question more, less, or moved.

thêm câu hỏi “Cân nặng?” sau “Ngày sinh”; bỏ câu hỏi “Nhóm”; hỏi “Xã, phường” trước “Ngày sinh”.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import create_model

from bot.stories.story import BadStory
from conversations.ask import Ask
from conversations.consent import ConsentDialog
from conversations.form import Form
from conversations.mine import MineDialog
from conversations.registration import RegistrationDialog
from conversations.router import Router
from conversations.text import phrasebook

_ADDS = re.compile(r"thêm câu hỏi “(?P<question>.+)” sau “(?P<label>.+)”")
_DROPS = re.compile(r"bỏ câu hỏi “(?P<label>.+)”")
_MOVES = re.compile(r"hỏi “(?P<label>.+)” trước “(?P<before>.+)”")


def changed(form: Form, what: str) -> tuple[Form, Router]:
    """The next version of the form, and the dialogs with it. Raises BadStory."""
    fields = list(form.fields)
    if found := _ADDS.fullmatch(what):
        new = Ask(f"extra_{len(fields)}", found["question"], label=found["question"])
        fields.insert(_place(fields, found["label"]) + 1, new)
    elif found := _DROPS.fullmatch(what):
        del fields[_place(fields, found["label"])]
    elif found := _MOVES.fullmatch(what):
        moved = fields.pop(_place(fields, found["label"]))
        fields.insert(_place(fields, found["before"]), moved)
    else:
        raise BadStory(f"no such change of the form: {what}")
    newer = _refilled(form, fields)
    return newer, Router(ConsentDialog(), RegistrationDialog(newer), MineDialog())


def _refilled(form: Form, fields: Sequence[Ask]) -> Form:
    """The form with these questions, over a request that has just them."""
    known = form.fills.model_fields
    kinds: dict[str, Any] = {
        one.key: (known[one.key].rebuild_annotation(), known[one.key])
        if one.key in known
        else (str, ...)
        for one in fields
    }
    fills = create_model(f"{form.fills.__name__}{form.version + 1}", **kinds)
    return replace(form, version=form.version + 1, fills=fills, fields=fields)


def _place(fields: Sequence[Ask], label: str) -> int:
    say = phrasebook("vi")
    for at, one in enumerate(fields):
        if say(one.label) == label:
            return at
    raise BadStory(f"the form asks for no “{label}”")
