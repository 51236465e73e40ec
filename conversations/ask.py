"""One question of a form: how it is put, and how what people say becomes an answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from conversations.messages import Choice, Context, Inbound, Session, Wants
from conversations.text import Said, Text
from handlers.vietnamese import clean, fold

Answers = Mapping[str, Any]
Rule = Callable[[Answers, Context], bool]
Question = Said | Callable[[Answers, Context], Said]
Options = Mapping[str, Text] | Callable[[Answers, Context], Mapping[str, Text]]

MORE, KEEP, YES = "+", "=", "!"
CHOOSE_ONE = Text("Please tap one of the choices, or type its number.")
SHOW_ALL = Text("Other…")
KEEP_ANSWER = Text("Keep: {answer}")
YES_RIGHT = Text("Yes, that is right")
_POLITE = re.compile(r"^(?:dạ|da|cho)\s+|\s+(?:ạ|nhé|nhe|nha|nghe|với|thôi|thoi)$")
MOST_SPOKEN = 80  # whoever writes more does not just name a choice
_OWN = re.compile(r"\s+(?:(?:của|cua)\s+)?(?:tôi|toi|em|mình|minh)$")
YES_WORDS = {"dung", "dung roi", "dung vay", "phai", "vang", "da", "u", "ok", "yes", "co", "chuan"}


def always(_answers: Answers, _context: Context) -> bool:
    """The rule that holds for everyone."""
    return True


def never(_answers: Answers, _context: Context) -> bool:
    """The rule that holds for no one."""
    return False


def as_written(value: Any, _context: Context) -> Said:
    """An answer shown as it is."""
    return str(value)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text may mean, best first; `sure` where the first may be taken without asking."""

    values: tuple[str, ...] = ()
    sure: bool = False


@dataclass(frozen=True)
class Ask:
    """One question. `problems` has a sentence for every code its type can raise.

    `options` are the only answers; `shortcuts` are buttons beside a free answer; `spoken` are
    other words for both. `short` names the options shown first where there are many. `when` it
    applies; `later` may be left for later. `reads` takes several answers from one text (with
    `many`, those it is sure of); `finds` looks a text up in a list; `doubts` may question a
    valid answer once; `wish` tells that a doubtful one reads rather like a wish ("gặp cán bộ" as
    a name); `opens` names options that open another question.
    """

    key: str
    question: Question
    label: Said
    problems: Mapping[str, Text] = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    shortcuts: Options = field(default_factory=dict)
    spoken: Mapping[str, Sequence[str]] = field(default_factory=dict)
    short: tuple[str, ...] = ()
    many: bool = False
    when: Rule = always
    later: Rule = never
    wants: Wants | None = None
    reads: Callable[[str], Mapping[str, Any]] | None = None
    finds: Callable[[str, Answers, Context], "Finding"] | None = None
    named: Callable[[str, Context], Said | None] | None = None
    doubts: Callable[[Any, Answers, Context], Said | None] | None = None
    wish: Callable[[Any], bool] | None = None
    shows: Callable[[Any, Context], Said] = as_written
    opens: Mapping[str, str] = field(default_factory=dict)

    def put(self, answers: Answers, context: Context) -> Said:
        """The question itself."""
        return self.question(answers, context) if callable(self.question) else self.question

    def closed(self, answers: Answers, context: Context) -> Mapping[str, Text]:
        """The options, where only they are answers."""
        return self.options(answers, context) if callable(self.options) else self.options

    def beside(self, answers: Answers, context: Context) -> Mapping[str, Text]:
        """The buttons beside a free answer."""
        return self.shortcuts(answers, context) if callable(self.shortcuts) else self.shortcuts

    def shown(self, value: Any, answers: Answers, context: Context) -> Said:
        """An answer as people read it."""
        labels = {**self.closed(answers, context), **self.beside(answers, context)}
        if isinstance(value, list | tuple):
            return ", ".join(context.say(labels.get(item, str(item))) for item in value)
        return labels[value] if value in labels else self.shows(value, context)


def choices(asked: Ask, session: Session, context: Context) -> tuple[Choice, ...]:
    """The ways to answer that stand under the question, each with its fixed number."""
    options = asked.closed(session.answers, context)
    numbered = {value: number for number, value in enumerate(options, 1)}
    shown = _shown(asked, session, tuple(options))
    listed = [Choice(f"{asked.key}={v}", options[v], numbered[v]) for v in shown]
    shortened = len(shown) < len(options)
    if shortened:
        listed.append(Choice(f"{asked.key}={MORE}", SHOW_ALL, len(options) + 1))
    beside = [*_offered(asked, session, context), *_beside(asked, session, context)]
    taken = len(options) + (shortened or bool(asked.short))
    return (*listed, *(Choice(v, label, n) for n, (v, label) in enumerate(beside, taken + 1)))


def all_choices(asked: Ask, session: Session, context: Context) -> tuple[Choice, ...]:
    """Those under the question, then those of a long list that are not shown: numbers stay."""
    shown = choices(asked, session, context)
    known = {choice.value for choice in shown}
    every = choices(asked, replace(session, offered=(MORE,)), context)
    return (*shown, *(choice for choice in every if choice.value not in known))


def _shown(asked: Ask, session: Session, options: Sequence[str]) -> Sequence[str]:
    """Those that were found, else the common ones, else all."""
    if MORE in session.offered:
        return options
    found = [value for value in options if value in session.offered]
    return found or [value for value in asked.short if value in options] or options


def _offered(asked: Ask, session: Session, context: Context) -> list[tuple[str, Said]]:
    if not asked.named:
        return []
    names = [(value, asked.named(value, context)) for value in session.offered]
    return [(f"{asked.key}={value}", name) for value, name in names if name is not None]


def _beside(asked: Ask, session: Session, context: Context) -> list[tuple[str, Said]]:
    if session.doubtful is not None:
        return [(f"{asked.key}={YES}", YES_RIGHT)]
    shortcuts = asked.beside(session.answers, context)
    buttons: list[tuple[str, Said]] = [
        (f"{asked.key}={value}", label) for value, label in shortcuts.items()
    ]
    kept = session.answers.get(asked.key)
    # "None" and "Keep: None" side by side would be a riddle.
    if kept is not None and kept not in [*shortcuts]:
        answer = asked.shown(kept, session.answers, context)
        buttons.append((f"{asked.key}={KEEP}", KEEP_ANSWER.of(answer=answer)))
    return buttons


def pick(said: Inbound, listed: Sequence[Choice], context: Context) -> str | None:
    """Find the choice that was pressed, numbered or spelled out, in that order."""
    if said.button is not None:
        return next((c.value for c in listed if c.value == said.button), None)
    words = fold(clean(said.text)).strip(" .,!?")
    if words.isdecimal():
        number = int(words) if len(words) < 4 else -1  # noqa: PLR2004 - lists are short
        return next((c.value for c in listed if c.number == number), None)
    return next((c.value for c in listed if words and _label(c, context) == words), None)


def _label(choice: Choice, context: Context) -> str:
    label, said = choice.label, context.say(choice.label)
    ours = isinstance(label, Text) and not label.params
    return (_key(said) if ours else fold(said)).strip(" .,!?…")


@lru_cache(maxsize=2048)
def _key(words: str) -> str:
    """`fold` of words that are ours, never a person's: they are few, and compared all the time."""
    return fold(words)


def pick_loosely(asked: Ask, text: str, session: Session, context: Context) -> tuple[str, ...]:
    """The options whose words are meant by a free text: none, one, or several to choose from."""
    options = asked.closed(session.answers, context)
    if spoken := said_as(text, {v: s for v, s in asked.spoken.items() if v in options}):
        return spoken
    words = fold(clean(text)).strip(" .,!?")
    # One letter means nothing, "có" not "Không có gì", and 14 is no number of the list.
    if len(words) < 2 or words.isdecimal() or words in YES_WORDS:  # noqa: PLR2004
        return ()
    whole = re.compile(rf"\b{re.escape(words)}\b")
    return tuple(v for v, label in options.items() if whole.search(_key(context.say(label))))


def pick_spoken(asked: Ask, text: str, session: Session, context: Context) -> str | None:
    """The button beside a free answer that is meant, such as "k co" for "Không có".

    It is meant even where it is not shown: the refusal then says why it cannot be.
    """
    options = asked.closed(session.answers, context)
    meant = said_as(text, {v: s for v, s in asked.spoken.items() if v not in options})
    return meant[0] if len(meant) == 1 else None


def said_as(text: str, spoken: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The values that people name with these words: as spelled ("mẹ"), else without marks ("me").

    Without marks a word may name several: "ba" is a father, or a grandmother.
    """
    if len(text) > MOST_SPOKEN:
        return ()
    typed = _POLITE.sub("", " ".join(clean(text).casefold().split()).strip(" .,!?"))
    return _named(typed, spoken) or _named(_OWN.sub("", typed), spoken)


def _named(typed: str, spoken: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    exactly = tuple(value for value, words in spoken.items() if typed in words)
    if exactly and not typed.isascii():
        return exactly
    folded = fold(typed)
    return tuple(v for v, words in spoken.items() if folded in _keys(tuple(words)))


@lru_cache(maxsize=512)
def _keys(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, words))


def pick_many(text: str, listed: Sequence[Choice]) -> tuple[str, ...]:
    """The choices of a text such as "2, 5"; empty where it is not a list of their numbers."""
    text = " ".join(clean(text).casefold().split())
    if not re.fullmatch(r"\d{1,2}(?: ?(?:[,;.+&]|va|và) ?\d{1,2}| \d{1,2})*[,;.]?", text):
        return ()
    by_number = {choice.number: choice.value for choice in listed}
    picked = [by_number.get(int(number)) for number in re.findall(r"\d+", text)]
    return tuple(v for v in picked if v) if None not in picked else ()
