"""Which questions of a registration apply, to whom, under which policy."""

from conversations.ask import Answers, Rule
from conversations.messages import Context
from handlers.people import age
from handlers.policy import Policy
from handlers.registration import ADULT, For, group_by_age


def rules_for(answers: Answers, context: Context) -> Policy:
    """The policy of the place where the person lives, else of the station that asks."""
    place = context.places.get(str(answers.get("commune") or context.station.commune))
    codes = (place.code, place.province_code) if place else ()
    return context.policies.at(context.today, *codes)


def for_myself(answers: Answers, _context: Context) -> bool:
    """Whether the person who writes is the one to be vaccinated."""
    return answers.get("whom") == For.MYSELF


def is_child(answers: Answers, context: Context) -> bool:
    """Whether a guardian is needed."""
    born = answers.get("born")
    return born is not None and age(born, context.today) < ADULT


def group_is_asked(answers: Answers, context: Context) -> bool:
    """Whether age gives no group."""
    born = answers.get("born")
    return born is None or group_by_age(born, context.today) is None


def next_dose(answers: Answers, _context: Context) -> bool:
    """Whether an earlier dose is to be told of."""
    return answers.get("dose") == "next"


def ticked(answers: Answers, _context: Context) -> bool:
    """Whether any point of the medical history is."""
    return answers.get("history") not in (None, ["none"])


def unless_needed(key: str) -> Rule:
    """May be left for later, unless the unit's policy asks for it now."""

    def later(answers: Answers, context: Context) -> bool:
        return key not in rules_for(answers, context).needs

    return later


def shown_day(value: str, _context: Context | None) -> str:
    """A day as people write it."""
    return "/".join(reversed(value.split("-")))
