"""The questions that may wait: asked where a policy needs them, or added from the summary."""

import re
from collections.abc import Mapping
from typing import Any

from conversations.ask import Answers, Ask, always
from conversations.messages import Context
from conversations.registration_rules import (
    next_dose,
    rules_for,
    shown_day,
    ticked,
    unless_needed,
)
from conversations.registration_words import (
    DATE_PROBLEMS,
    HISTORY_NAMES,
    HISTORY_SIGNS,
    HISTORY_SPOKEN,
    NOT_KNOWN,
    WRITTEN,
)
from conversations.text import Said, Text
from handlers.people import number_says
from handlers.registration import HISTORY
from handlers.vietnamese import clean, fold

UNKNOWN = {"unknown": Text("Not known")}


def _sex_doubts(sex: str, answers: Answers, _context: Context) -> Said | None:
    says = number_says(str(answers.get("id_number", "")))
    if says is None or says.sex == sex:
        return None
    return Text("The citizen number says otherwise. Is this right?")


_SIGNS = re.compile(r"[^\w]+")
_DENIED = re.compile(r"\b(?:khong|ko|k|kg|chua|het|khoi|hong|hong co|no|not)\b")


def history_in(text: str) -> Mapping[str, Any]:
    """The points that a text such as "tôi bị tiểu đường" names, and the text as their details.

    A text that denies anything is not guessed at.
    """
    typed = _SIGNS.sub(" ", clean(text).casefold())
    if _DENIED.search(fold(typed)):
        return {}
    said = fold if typed.isascii() else str
    signs = HISTORY_SIGNS.items()
    found = [p for p, named in signs if any(f" {said(one)} " in f" {typed} " for one in named)]
    return {"history": found, "history_details": text} if found else {}


LATER = (
    Ask(
        "sex",
        Text("Sex?"),
        label=Text("Sex"),
        options={"male": Text("Male"), "female": Text("Female")},
        later=unless_needed("sex"),
        doubts=_sex_doubts,
    ),
    Ask(
        "nationality",
        Text("Nationality?"),
        label=Text("Nationality"),
        problems=WRITTEN,
        later=unless_needed("nationality"),
    ),
    Ask(
        "ethnicity",
        Text("Ethnic group? It is asked here by rule."),
        label=Text("Ethnic group"),
        problems=WRITTEN,
        later=unless_needed("ethnicity"),
        when=lambda answers, context: "ethnicity" in rules_for(answers, context).needs,
    ),
    Ask(
        "insurance",
        Text("Health insurance number? The new card has 10 digits, the old one 15 signs."),
        label=Text("Health insurance"),
        problems={
            "not_insurance": Text(
                "That is no insurance number. It has 10 digits,"
                " or 15 signs such as DN4 64 and 10 digits."
            )
        },
        later=unless_needed("insurance"),
    ),
    Ask(
        "occupation",
        Text("Occupation?"),
        label=Text("Occupation"),
        problems=WRITTEN,
        later=unless_needed("occupation"),
    ),
    Ask(
        "address",
        Text("House number, street, hamlet?"),
        label=Text("Address"),
        problems=WRITTEN,
        later=unless_needed("address"),
    ),
    Ask(
        "dose",
        Text("Which dose is it?"),
        label=Text("Dose"),
        options={"first": Text("The first"), "next": Text("A next one")},
        later=unless_needed("dose"),
    ),
    Ask(
        "last_vaccine",
        Text("Which vaccine was the last dose? For example AstraZeneca."),
        label=Text("Last vaccine"),
        problems=WRITTEN,
        shortcuts=UNKNOWN,
        spoken={"unknown": NOT_KNOWN},
        when=next_dose,
    ),
    Ask(
        "last_day",
        Text("On which day was the last dose? For example 05/11/2021"),
        label=Text("Last dose on"),
        problems=DATE_PROBLEMS,
        shortcuts=UNKNOWN,
        spoken={"unknown": NOT_KNOWN},
        when=next_dose,
        shows=shown_day,
    ),
    Ask(
        "last_place",
        Text("Where was the last dose given?"),
        label=Text("Last dose at"),
        problems=WRITTEN,
        shortcuts=UNKNOWN,
        spoken={"unknown": NOT_KNOWN},
        when=next_dose,
    ),
    Ask(
        "last_lot",
        Text("Lot number on the slip?"),
        label=Text("Lot"),
        problems=WRITTEN,
        shortcuts=UNKNOWN,
        spoken={"unknown": NOT_KNOWN},
        when=next_dose,
        later=always,
    ),
    Ask(
        "wished_day",
        Text("From which day would it suit? For example 05/12/2026"),
        label=Text("Wished day"),
        problems=DATE_PROBLEMS,
        shortcuts={"soonest": Text("As soon as possible")},
        later=unless_needed("wished_day"),
        shows=shown_day,
    ),
    Ask(
        "part_of_day",
        Text("Which part of the day?"),
        label=Text("Part of day"),
        options={"any": Text("Any"), "morning": Text("Morning"), "afternoon": Text("Afternoon")},
        later=unless_needed("part_of_day"),
    ),
    Ask(
        "history",
        Text("Is there any of these? Type all the numbers, for example: 3, 9"),
        label=Text("Medical history"),
        options={point: HISTORY_NAMES[point] for point in ("none", *HISTORY)},
        spoken=HISTORY_SPOKEN,
        reads=history_in,
        many=True,
        problems={"not_in_list": Text("Please type the numbers of the list, for example: 3, 9")},
        later=unless_needed("history"),
    ),
    Ask(
        "history_details",
        Text("Please say in a few words what it is and since when."),
        label=Text("Details"),
        problems=WRITTEN,
        when=ticked,
    ),
    Ask(
        "note",
        Text("Anything the station should know?"),
        label=Text("Note"),
        problems=WRITTEN,
        later=unless_needed("note"),
    ),
)
