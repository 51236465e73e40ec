"""A small form of nothing in particular, to show what every form can do."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from conversations.ask import Answers, Ask, Finding, always
from conversations.form import Form
from conversations.messages import Context
from conversations.text import Said, Text
from handlers.people import BirthDate, FullName, Mobile, Note, refuse
from handlers.policy import Policy
from tests.conversations.scene import Talk, context

TOWNS = {"hue": "Huế", "hoi an": "Hội An", "hoi": "Hội"}
DRINKS = {
    "water": Text("Water"), "tea": Text("Tea"), "coffee": Text("Coffee with milk"),
    "juice": Text("Juice"), "milk": Text("Milk, 14 degrees"), "beer": Text("Beer"),
}  # fmt: skip


def _food(picked: Any) -> list[str]:
    if not picked or not set(picked) <= {"rice", "soup", "fish"}:
        raise refuse("not_in_list")
    return list(picked)


class Guest(BaseModel):
    """A guest of the party."""

    model_config = ConfigDict(frozen=True)

    name: FullName
    born: BirthDate
    drink: Literal[tuple(DRINKS)]  # type: ignore[valid-type]
    brand: Note | None = None
    food: Annotated[list[str], BeforeValidator(_food)]
    town: Literal["hue", "hoi an", "hoi"]
    phone: Mobile
    note: Note | None = None


def name_and_date(text: str) -> Mapping[str, Any]:
    name, comma, born = text.partition(",")
    return {"name": name, "born": born} if comma else {"name": text}


def one_word(name: str, _answers: Answers, _context: Context) -> Said | None:
    return None if " " in name else Text("Only {name}?").of(name=name)


def hot(drink: str, answers: Answers, _context: Context) -> Said | None:
    late = drink == "coffee" and str(answers.get("born", "")).startswith("19")
    return Text("Coffee so late?") if late else None


def find_town(text: str, _answers: Answers, _context: Context) -> Finding:
    found = tuple(code for code in TOWNS if text.casefold() in code)
    return Finding(found, sure=len(found) == 1)


FIELDS = (
    Ask(
        "name",
        Text("Who are you?"),
        label=Text("Name"),
        problems={"name_has_digits": Text("No digits, please.")},
        reads=name_and_date,
        doubts=one_word,
    ),
    Ask(
        "born",
        Text("Born when?"),
        label=Text("Birthday"),
        problems={
            "not_a_date": Text("No date."),
            "born_too_long_ago": Text("{year} is too long ago."),
        },
    ),
    Ask(
        "drink",
        Text("What to drink?"),
        label=Text("Drink"),
        options=DRINKS,
        spoken={"tea": ("chè", "trà"), "coffee": ("cà phê", "nâu")},
        short=("tea", "beer"),
        doubts=hot,
    ),
    Ask(
        "brand",
        Text("Which beer?"),
        label=Text("Beer"),
        when=lambda answers, _context: answers.get("drink") == "beer",
    ),
    Ask(
        "food",
        Text("What to eat?"),
        label=Text("Food"),
        options={"rice": Text("Rice"), "soup": Text("Soup"), "fish": Text("Fish")},
        many=True,
        problems={"not_in_list": Text("Not on the table.")},
    ),
    Ask(
        "town",
        Text("From which town?"),
        label=Text("Town"),
        problems={"not_found": Text("No such town.")},
        finds=find_town,
        named=lambda code, _context: TOWNS.get(code),
        shows=lambda code, _context: TOWNS[code],
    ),
    Ask(
        "phone",
        Text("Your number?"),
        label=Text("Phone"),
        problems={"not_a_phone": Text("No number.")},
        shortcuts={"no": Text("I have none")},
        opens={"no": "note"},
        wants="contact",
    ),
    Ask("note", Text("Anything else?"), label=Text("Note"), later=always),
)


def party(fields: Sequence[Ask] = FIELDS, fills: type[BaseModel] = Guest, version: int = 1) -> Form:
    return Form(
        name="party",
        version=version,
        fills=fills,
        fields=fields,
        doing=lambda _answers: Text("coming"),
        policy=lambda _answers, _context: Policy(),
        closing=lambda _answers, _context: None,
    )


PARTY = party()
STRAIGHT = ("An Binh", "31/12/2000", "tea", "1", "hue", "0900 000 001")
KNOWN = {
    "name": "An Binh", "born": "2000-12-31", "drink": "tea", "food": ["rice"], "town": "hue",
    "phone": "+84900000001",
}  # fmt: skip


def talk(**known: object) -> Talk:
    """A guest at the door, in English."""
    return Talk(PARTY, context("en")).begin(**known)
