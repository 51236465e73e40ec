"""Sentences, before it is known in which language they will be said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Protocol, assert_never

from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Text:
    """An English sentence that has a translation in every catalogue.

    A parameter may itself be a sentence; it is said in the same language.
    """

    msgid: str
    params: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    def of(self, **params: Any) -> "Text":
        """The same sentence with its placeholders filled."""
        return Text(self.msgid, {**self.params, **params})


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence that counts: `one` and `many` are msgids, `n` is the number and a placeholder."""

    one: str
    many: str
    n: int = 0
    params: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    def of(self, n: int, **params: Any) -> "Plural":
        """The same sentence for `n` things."""
        return Plural(self.one, self.many, n, {**self.params, **params})


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences under one another, in one message."""

    lines: tuple["Said", ...]


Said = Text | Plural | Lines | str


def lines(*said: Said | None) -> Lines:
    """One message of several lines; what is None is left out."""
    return Lines(tuple(line for line in said if line is not None))


class Say(Protocol):
    """Says a sentence in one language."""

    locale: str

    def __call__(self, said: Said) -> str:
        """The words. Raises LookupError where the catalogue has a gap."""
        ...


class Phrasebook:
    """The sentences of one language. A gap raises: a test finds it, never a citizen.

    An unfilled placeholder is a gap, too.
    """

    def __init__(self, locale: str) -> None:
        if locale not in LANGUAGES:
            raise LookupError(f"no such language: {locale}")
        self.locale = locale
        self._said = {} if locale == "en" else dict(_catalogue(locale))

    def __call__(self, said: Said) -> str:
        """The words. Raises LookupError where the catalogue has a gap."""
        match said:
            case str():
                return said
            case Lines(parts):
                return "\n".join(self(part) for part in parts)
            case Text(msgid, params):
                return self._filled(self._found(msgid), params)
            case Plural(one, many, n, params):
                return self._filled(self._counted(one, many, n), {**params, "n": n})
        assert_never(said)

    def _found(self, msgid: str) -> str:
        if self.locale == "en":
            return msgid
        if msgid not in self._said:
            raise LookupError(f"not translated into {self.locale}: {msgid}")
        return self._said[msgid]

    def _counted(self, one: str, many: str, n: int) -> str:
        if self.locale == "en":
            return one if n == 1 else many
        return self._found(one)

    def _filled(self, words: str, params: Mapping[str, Any]) -> str:
        if not params and "{" not in words:
            return words
        spoken = {
            name: self(value) if isinstance(value, Text | Plural | Lines) else value
            for name, value in params.items()
        }
        return words.format_map(spoken)


def placeholders(msgid: str) -> set[str]:
    """The names in braces: a translation must have the same ones."""
    return {name for _, name, _, _ in Formatter().parse(msgid) if name}


@cache
def phrasebook(locale: str) -> Phrasebook:
    """The phrasebook of a language, read once."""
    return Phrasebook(locale)


def _catalogue(locale: str) -> Iterator[tuple[str, str]]:
    path = LOCALES / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        for message in read_po(file, locale=locale):
            if not message.id or message.fuzzy:
                continue
            if said := _first(message.string):
                yield _first(message.id), said


def _first(written: str | Sequence[str] | None) -> str:
    """Vietnamese has one form for every number."""
    return written if isinstance(written, str) else written[0] if written else ""
