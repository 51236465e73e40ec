"""The questions of a registration, in the order in which they are asked."""

import re
from collections.abc import Mapping
from typing import Any

from conversations.ask import Answers, Ask, Finding, always, said_as
from conversations.messages import Context
from conversations.registration_later import LATER
from conversations.registration_rules import (
    for_myself,
    group_is_asked,
    is_child,
    rules_for,
    shown_day,
)
from conversations.registration_words import (
    COMMON_GROUPS,
    DATE_PROBLEMS,
    GROUP_NAMES,
    GROUP_SPOKEN,
    ID_PROBLEMS,
    KINH_SURNAMES,
    NAME_PROBLEMS,
    NAME_WORDS,
    NO_ID,
    NO_PHONE,
    PHONE_OF,
    PHONE_OF_SPOKEN,
    PHONE_PROBLEMS,
    PLACE_PROBLEMS,
    WHOM,
    WHOM_PROBLEMS,
    WHOM_SPOKEN,
    is_like_a_name,
)
from conversations.text import Said, Text
from conversations.understand import understand
from handlers.people import NO_NUMBER, has_marks, number_says, shown_phone
from handlers.registration import GROUPS
from handlers.vietnamese import clean, fold

_NAME_AND_DATE = re.compile(
    r"^(?P<name>[^\d]{2,}?)[\s,;:.\-]*(?:,?\s*(?:sinh|ngày sinh|sn)\s*:?\s*(?:ngày\s*)?)?"
    r"(?P<born>\d{1,2}\s*[/.\-\s]\s*\d{1,2}\s*[/.\-\s]\s*\d{2,4}|\d{8}|\d{4})\s*\.?$",
    re.IGNORECASE,
)
_DATE_AND_NAME = re.compile(
    r"^(?P<born>\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4})[\s,;:.\-]+(?P<name>[^\d]{2,})$"
)
USUALLY_MARKED = frozenset(fold(surname) for surname in KINH_SURNAMES)
LONGEST = 200  # a name and a date, however wordy
WITHOUT_ASKING = 98.0  # of 100: as spelled; a former name, or with other marks, is less
SURELY = 0.8  # a name is not lightly taken for a wish


def _born(answers: Answers) -> str | None:
    return answers.get("born")


def _question_name(answers: Answers, context: Context) -> Said:
    if for_myself(answers, context):
        return Text("Your full name and date of birth? For example: Nguyễn Văn An, 31/12/1990")
    return Text(
        "Full name and date of birth of the person to be vaccinated?"
        " For example: Nguyễn Văn An, 31/12/1990"
    )


def _question_born(answers: Answers, _context: Context) -> Said:
    return Text(
        "Date of birth of {name}? For example 31/12/1990. If only the year is known: 1990"
    ).of(name=answers.get("full_name", "…"))


def _question_phone(answers: Answers, context: Context) -> Said:
    if answers.get("phone_of") in ("relative", "officer"):
        return Text("Which number is it? The station will message the day and place there.")
    if context.can.proves_contact:
        return Text("Which mobile number may the station message? Tap to share, or type it.")
    return Text("Which mobile number may the station message? For example 0900 000 002")


def name_and_date(text: str) -> Mapping[str, Any]:
    """Take "Nguyễn Văn An, 31/12/1990" apart; a text without a date is a name."""
    words = " ".join(clean(text).split())
    if len(words) > LONGEST:  # four thousand commas would be looked at for seconds
        return {"full_name": text}
    found = _NAME_AND_DATE.match(words) or _DATE_AND_NAME.match(words)
    if not found:
        return {"full_name": text}
    return {"full_name": found["name"].strip(" ,;:.-"), "born": found["born"]}


def _is_a_wish(typed: str) -> bool:
    """Whether what was typed as a name is rather something the person wants."""
    if len(typed.split()) == 1 or is_like_a_name(typed):
        return False
    meant = understand(typed)
    return meant.intent != "none" and meant.score > SURELY


def born_in(text: str) -> Mapping[str, Any]:
    """The date of "cháu sinh ngày 10/05/2019"; else the text as it is."""
    return {"born": name_and_date(text).get("born", text)}


def _name_doubts(name: str, _answers: Answers, _context: Context) -> Said | None:
    words = name.split()
    if len(words) == 1:
        return Text("The name has only one word: {name}. Is it so on the papers?").of(name=name)
    if len(words) > NAME_WORDS or said_as(name, WHOM_SPOKEN):
        return NAME_PROBLEMS["wish"].of(answer=name)
    if not has_marks(name) and fold(words[0]) in USUALLY_MARKED:
        return Text(
            "The name is written without marks: {name}. Is it so on the papers?"
            " If not, please type it with marks."
        ).of(name=name)
    return None


def _born_doubts(born: str, _answers: Answers, _context: Context) -> Said | None:
    if len(born) == 4:  # noqa: PLR2004 - a year alone
        return Text("Only the year {year}: are day and month unknown?").of(year=born)
    return None


def _number_doubts(number: str, answers: Answers, _context: Context) -> Said | None:
    says, born = number_says(number), _born(answers)
    if says is None or born is None or born[:4] == str(says.year):
        return None
    return Text(
        "This number is usually of someone born in {year}, but the birth date given is {born}."
        " Is the number right?"
    ).of(year=says.year, born=shown_day(born, None))


def _shown_number(value: str, _context: Context) -> Said:
    return " ".join(re.findall(r"\d{3}", value)) if value.isdigit() else value


def _place_name(value: str, context: Context) -> Said | None:
    place = context.places.get(value)
    return place.full if place else None


def _shown_place(value: str, context: Context) -> Said:
    return _place_name(value, context) or value


def find_commune(text: str, _answers: Answers, context: Context) -> Finding:
    """The communes a text may mean. A single exact one is taken; others are offered."""
    found = context.places.find(clean(text)[:200], near=context.station.commune, limit=5)
    codes = tuple(dict.fromkeys(one.place.code for one in found))
    sure = len(codes) == 1 and found[0].exact and found[0].score >= WITHOUT_ASKING
    return Finding(codes, sure=sure)


def _id_shortcuts(answers: Answers, context: Context) -> Mapping[str, Text]:
    required = rules_for(answers, context).id_number_required
    return {} if required else {NO_NUMBER: Text("None")}


def _id_question(answers: Answers, context: Context) -> Said:
    if rules_for(answers, context).id_number_required:
        return Text("Citizen number (12 digits), old ID card or passport? It is required here.")
    return Text(
        "Citizen number (12 digits), old ID card or passport? It keeps people of the same name"
        " apart. If there is none, tap None."
    )


QUESTIONS = (
    Ask(
        "whom",
        Text("Who is to be vaccinated?"),
        label=Text("For"),
        problems=WHOM_PROBLEMS,
        options=WHOM,
        spoken=WHOM_SPOKEN,
    ),
    Ask(
        "full_name",
        _question_name,
        label=Text("Full name"),
        problems=NAME_PROBLEMS,
        reads=name_and_date,
        doubts=_name_doubts,
        wish=_is_a_wish,
    ),
    Ask(
        "born",
        _question_born,
        label=Text("Date of birth"),
        problems=DATE_PROBLEMS,
        reads=born_in,
        doubts=_born_doubts,
        shows=shown_day,
    ),
    Ask(
        "guardian",
        Text("Under 18 a parent or guardian is needed. What is their full name?"),
        label=Text("Guardian"),
        problems=NAME_PROBLEMS,
        doubts=_name_doubts,
        wish=_is_a_wish,
        when=is_child,
    ),
    Ask(
        "id_number",
        _id_question,
        label=Text("ID number"),
        problems=ID_PROBLEMS,
        shortcuts=_id_shortcuts,
        spoken={NO_NUMBER: NO_ID},
        doubts=_number_doubts,
        shows=_shown_number,
    ),
    Ask(
        "commune",
        Text("In which commune or ward do you live now? For example: xã Đak Đoa"),
        label=Text("Commune"),
        problems=PLACE_PROBLEMS,
        finds=find_commune,
        named=_place_name,
        shows=_shown_place,
    ),
    Ask(
        "priority_group",
        Text("Which group? It sets the order. Tap one, or type a word, for example: giáo viên"),
        label=Text("Group"),
        options={number: GROUP_NAMES[number] for number in GROUPS},
        spoken=GROUP_SPOKEN,
        short=COMMON_GROUPS,
        when=group_is_asked,
    ),
    Ask(
        "phone_of",
        Text("Whose number may be used? This is only for homes without a mobile phone."),
        label=Text("Whose phone"),
        options=PHONE_OF,
        spoken=PHONE_OF_SPOKEN,
        later=always,
    ),
    Ask(
        "phone",
        _question_phone,
        label=Text("Phone"),
        problems=PHONE_PROBLEMS,
        shortcuts=lambda answers, _c: {} if answers.get("phone_of") else {"no": Text("No phone")},
        spoken={"no": NO_PHONE},
        opens={"no": "phone_of"},
        wants="contact",
        shows=lambda value, _c: shown_phone(value),
    ),
    *LATER,
)


def doing(answers: Answers) -> Said:
    """What is being done, in half a sentence."""
    if name := answers.get("full_name"):
        return Text("registering {name}").of(name=name)
    return Text("registering someone for vaccination")


def closing(answers: Answers, context: Context) -> Said | None:
    """What the sender answers for, when it is for somebody else."""
    if for_myself(answers, context) or not answers.get("whom"):
        return None
    if is_child(answers, context):
        return Text("By sending you say that you are the parent or guardian, or asked them.")
    return Text("By sending you say that {name} agrees.").of(name=answers["full_name"])
