"""Checks that the catalogue says every sentence in Vietnamese, with the same placeholders.

python -m tools.check_messages            say what is missing; exit 1 if anything is
python -m tools.check_messages --update   bring new sentences into the catalogue first;
                                          those no longer used stay at its end as `#~` lines
python -m tools.check_messages --drop     the same, and throw those away
"""

import ast
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).parent.parent
ROOMS = ("bot", "conversations", "handlers", "storage")
CATALOGUE = HOUSE / "locales" / "vi" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"Text": (1,), "Plural": (1, 2)}
# Makes texts out of texts; everywhere else the sentence itself must stand in the call.
WORKSHOP = "conversations/text.py"


def sentences(house: Path) -> Catalog:
    """Every sentence of the four rooms, with the files that say it."""
    found = Catalog(locale="vi", fuzzy=False)
    for path, name in _sources(house):
        with path.open("rb") as source:
            for _, msgid, comments, _ in extract("python", source, KEYWORDS, ["To translators:"]):
                found.add(msgid, locations=[(name, 0)], auto_comments=comments)
    return found


def problems(wanted: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with the catalogue, one sentence each; nothing if it is complete."""
    for message in wanted:
        if message.id:
            translated = catalogue.get(message.id)
            yield from _missing(message) if translated is None else _wrong(translated)
    for message in catalogue:
        if message.id and message.id not in wanted:
            yield f"nobody says this any more: {_name(message)}"
    for message in catalogue.obsolete.values():
        yield f"left over (#~), nobody says this any more: {_name(message)}"


def unreadable(house: Path) -> Iterator[str]:
    """Where `Text(…)` or `Plural(…)` is made of something else than a written sentence."""
    for path, name in _sources(house):
        if name == WORKSHOP:
            continue
        for call in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(call, ast.Call) and not _is_written(call):
                yield f"{name}:{call.lineno}: the sentence must be written out where it is made"


def update(wanted: Catalog, catalogue: Catalog, *, drop: bool) -> Catalog:
    """Bring what is wanted into the catalogue. Translations stay; nothing is guessed."""
    catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    if drop:
        catalogue.obsolete.clear()
    return catalogue


def load(path: Path) -> Catalog:
    """The catalogue in a file; an empty one if there is none yet."""
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale="vi", abort_invalid=True)


def save(catalogue: Catalog, path: Path) -> None:
    """Write the catalogue the same way every time: by file, one line a sentence."""
    for message in catalogue:
        # Babel takes every "%" for a place to fill; our places are braces.
        message.flags.discard("python-format")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, sort_by_file=True, include_lineno=False)


def _empty() -> Catalog:
    return Catalog(
        locale="vi",
        project="Trạm Ơi",
        version="0.1.0",
        header_comment="# The Vietnamese words of Trạm Ơi.",
        msgid_bugs_address="Trạm Ơi",
        revision_date=datetime.now(UTC),
        last_translator="Trạm Ơi",
        language_team="Trạm Ơi",
        fuzzy=False,
    )


def _sources(house: Path) -> Iterator[tuple[Path, str]]:
    for room in ROOMS:
        for path in sorted(house.joinpath(room).rglob("*.py")):
            yield path, path.relative_to(house).as_posix()


def _is_written(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    needed = len(KEYWORDS.get(name, ()))
    words = [part.value for part in call.args[:needed] if isinstance(part, ast.Constant)]
    return len([word for word in words if isinstance(word, str)]) == needed


def _missing(message: Message) -> Iterator[str]:
    yield f"not in the catalogue: {_name(message)}"


def _wrong(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    name = _name(message)
    forms = _forms(message.string)
    if not all(forms):
        yield f"no words for: {name}"
        return
    if message.fuzzy:
        yield f"fuzzy: {name}"
    pattern = _forms(message.id)[-1]
    for words in forms:
        if _placeholders(words) != _placeholders(pattern):
            yield f"other placeholders than: {name}"
        if words != unicodedata.normalize("NFC", words):
            yield f"not composed (NFC): {name}"
        if _edges(words) != _edges(pattern):
            yield f"other blanks or line ends at the edges than: {name}"


def _name(message: Message) -> str:
    files = {file for file, _ in message.locations}
    return " ".join([repr(_forms(message.id)[0]), *sorted(f"({file})" for file in files)])


def _forms(words: str | Sequence[str] | None) -> tuple[str, ...]:
    return (words or "",) if words is None or isinstance(words, str) else tuple(words)


def _placeholders(words: str) -> set[str] | str:
    """The names in braces; what is wrong with the braces if they cannot be read."""
    try:
        return {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError as broken:
        return str(broken)


def _edges(words: str) -> tuple[str, str]:
    inner = words.strip()
    return words.partition(inner)[0], words.rpartition(inner)[2]


def main(options: list[str]) -> int:
    """Check, after bringing the catalogue up to date if asked."""
    wanted = sentences(HOUSE)
    catalogue = load(CATALOGUE)
    if options:
        catalogue = update(wanted, catalogue, drop="--drop" in options)
        save(catalogue, CATALOGUE)
    found = [*unreadable(HOUSE), *problems(wanted, catalogue)]
    print("\n".join(found) or f"{len(wanted)} sentences, all said in Vietnamese.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
