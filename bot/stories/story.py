"""A story as it is written: who said what, and what happened meanwhile.

The answers are not read: they are what the player tells anew. `docs/stories.md` is the manual.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

INDENT = "     "
_SPEAKS = re.compile(r"(?P<who>\w[\w ]*)> ?(?P<words>.*)")
_TOLD = re.compile(r"bot> ?|bot → |sms \d")
_EVENT = re.compile(r"-- (?P<name>.+) --")


class BadStory(Exception):
    """A story cannot be played; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A remark or an empty line: it stays where it is."""

    line: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """Somebody speaks. `words` may have several lines."""

    who: str
    words: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something happens that is no message: time passes, the program restarts."""

    name: str


Entry = Kept | Spoken | Event


@dataclass(frozen=True, slots=True)
class Story:
    """`head` as it is written, the facts in it, and what happens."""

    head: str
    facts: Mapping[str, str]
    entries: Sequence[Entry]


def parse(text: str) -> Story:
    """Read a story. Raises BadStory."""
    head, blank, body = text.partition("\n\n")
    if not blank:
        raise BadStory("a story is a header, an empty line, and what is said")
    return Story(head, _facts(head), _entries(body))


def _facts(head: str) -> Mapping[str, str]:
    facts = {}
    for line in head.splitlines():
        if line.startswith("#"):
            continue
        key, colon, value = line.partition(": ")
        if not colon:
            raise BadStory(f"the header wants “key: value”, not “{line}”")
        facts[key] = value.strip()
    return facts


def _entries(body: str) -> list[Entry]:
    entries: list[Entry] = []
    told = False
    for line in body.removesuffix("\n").split("\n"):
        if line.startswith(INDENT):
            if not told:
                entries.append(_longer(entries, line))
            continue
        told = _TOLD.match(line) is not None
        if not told:
            entries.append(_entry(line))
    return entries


def _longer(entries: list[Entry], line: str) -> Entry:
    """The message before, with one more line."""
    last = entries.pop() if entries else None
    if not isinstance(last, Spoken):
        raise BadStory(f"nobody speaks before “{line.strip()}”")
    return Spoken(last.who, f"{last.words}\n{line.removeprefix(INDENT)}")


def _entry(line: str) -> Entry:
    if not line.strip() or line.startswith("#"):
        return Kept(line)
    if found := _EVENT.fullmatch(line):
        return Event(found["name"])
    if found := _SPEAKS.fullmatch(line):
        return Spoken(found["who"], found["words"])
    raise BadStory(f"what is this? “{line}”")


def written(entry: Entry) -> list[str]:
    """An entry as lines of a story."""
    match entry:
        case Kept(line):
            return [line]
        case Event(name):
            return [f"-- {name} --"]
        case Spoken(who, words):
            return said_by(who, words.split("\n"))


def said_by(who: str, lines: Sequence[str]) -> list[str]:
    """A message of several lines: the first after the speaker, the others indented."""
    first, *rest = lines
    return [f"{who}> {first}".rstrip(), *(f"{INDENT}{line or '·'}" for line in rest)]
