"""Finding a commune of today by what people write: today's names, former ones, typing errors.

Each commune a text mentions is weighed by how well the rest agrees with it: its kind, its former
district, its province, and words that are left over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from handlers.place_mentions import Mention, Reader
from handlers.place_names import District, Name, Names, Place, load
from handlers.place_text import COMMUNE_KINDS, NOISE, OPENERS, Words, read, take_apart
from handlers.vietnamese import fold

__all__ = ["Found", "Place", "Places"]

ENOUGH = 96.0  # a match this good, as it is spelled, ends the search
LEAST = 78.0  # below this nothing is offered
CLOSE = 6.0  # results further behind the best are not offered

SAME_KIND = 6.0  # and as much off for another kind
FORMER = -2.0  # a former name stands behind the same name of today
CONTEXT_AFTER = 10.0  # the district or province is named, in the usual order
CONTEXT_BEFORE = 3.0
LEFT_OVER = -8.0  # per word after the name that nothing explains, up to four
SURELY_LARGER = -30.0  # a province's name after other words is the province
LOOSE_GUESS = -20.0
LOOSE_WORD = -3.0  # the word before the name belongs to nothing
OTHER_MARKS = -2.0  # typed with marks, but not with these
OTHER_LETTERS = -5.0  # the same key from other words: "côn đảo" for "Kon Đào"
PART_OF_A_NAME = -7.0
PASSED_OVER = -8.0  # "xã" or the like stands before other words
LOOSE_NAME = -10.0  # the same, before a name of one word: likely part of another name
DISTRICT_ONLY = 80.0
NEAR_PROVINCE = 3.0
NEAR_DISTRICT = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A commune found. Only a single result that is `exact` may be taken without asking.

    `via` is the former unit by which it was found; `score` orders one answer. `exact` is False
    after a typing error, for a name merged away before 2025, for a former commune split between
    several, and where the text may as well name something larger (a city, a former province).
    """

    place: Place
    via: str | None
    score: float
    exact: bool


class Context(NamedTuple):
    """What else a text says, seen from one mention of a commune."""

    words: Words
    mention: Mention
    others: tuple[tuple[Mention, frozenset[str]], ...]  # districts and provinces, with their codes
    larger: str | None  # the level of something larger with the very same name
    part: bool  # of a longer name that is known
    passed_over: bool  # "xã" or the like stands before other words


class Places:
    """All communes of Viet Nam and the ways to name them. Only read, shared by everybody."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._reader = Reader(names)

    @classmethod
    def load(cls) -> "Places":
        """Read the tables that come with the program. Raises OSError if one is missing."""
        return cls(load())

    def get(self, code: str) -> Place | None:
        """The commune of today with this code. Codes of before July 2025 may mean another."""
        return self._names.places.get(code)

    def successors(self, former_code: str) -> tuple[Place, ...]:
        """What became of a commune of 30 June 2025, the likeliest first; () for an unknown code."""
        return self._names.successors.get(former_code, ())

    def province_of(self, text: str) -> str | None:
        """The code of today's province, when the text names a province and nothing else."""
        words = read(text)
        for mention in self._reader.spelled(words):
            if mention.level == "province" and _whole(mention, words):
                return self._names.today[mention.key]
        return None

    def find(self, text: str, near: str | None = None, limit: int = 5) -> tuple[Found, ...]:
        """The communes this text may mean, the best first; () if it names none.

        `near` is the code of a province or commune whose surroundings come first among equals.
        A text that names one of today's provinces and nothing else gives (): see `province_of`.
        """
        words = read(text)
        said = self._reader.spelled(words)
        if self._only_a_province(words, said):
            return ()
        hits = [*self._weigh(words, said)]
        if max((hit.score for hit in hits), default=0) < ENOUGH:
            said += self._reader.guessed(words, said)
            hits = [*self._weigh(words, said)]
        hits += self._of_a_district(said, hits)
        return self._best(hits, near)[:limit]

    def _only_a_province(self, words: Words, said: list[Mention]) -> bool:
        """A former province's name may as well be a commune's, unless "tỉnh" stands before it."""
        return any(
            mention.level == "province"
            and _whole(mention, words)
            and bool(mention.kind or self._names.today[mention.key] in self._codes(mention))
            for mention in said
        )

    def _codes(self, mention: Mention) -> frozenset[str]:
        """The districts or provinces that have the mentioned name."""
        if mention.level == "province":
            return frozenset(self._names.provinces[mention.key])
        return frozenset(district.code for district in self._names.districts[mention.key])

    def _weigh(self, words: Words, said: list[Mention]) -> Iterator[Found]:
        for mention in said:
            if mention.level != "commune":
                continue
            context = self._context(words, mention, said)
            for name in self._names.communes[mention.key]:
                yield from _found(context, name)

    def _context(self, words: Words, mention: Mention, said: list[Mention]) -> Context:
        larger = [m for m in said if m.level != "commune"]
        others = tuple((m, self._codes(m)) for m in larger if not m.overlaps(mention))
        same = [m for m in larger if m.same(mention) and self._is_larger(m, said)]
        part = any(mention.inside(other) for other in said if not other.loss)
        passed_over = mention.kind is None and words.says_kind(COMMUNE_KINDS)
        level = same[-1].level if same else None
        return Context(words, mention, others, level, part, passed_over)

    def _is_larger(self, mention: Mention, said: list[Mention]) -> bool:
        """Whether the bare name says a province, or a city rather than one ward of it."""
        if mention.level == "province" or mention.kind:
            return mention.kind is None
        return any(
            district.kind != "district" and self._agrees(district, mention, said)
            for district in self._names.districts[mention.key]
        )

    def _of_a_district(self, said: list[Mention], hits: list[Found]) -> Iterator[Found]:
        """The communes of a former district or city, when no single one of them is meant."""
        best = max((hit.score for hit in hits), default=0.0)
        for mention in said:
            guess = mention.loss and not mention.kind
            if mention.level != "district" or guess:
                continue
            if best >= LEAST and not self._rivals(mention, said):
                continue
            for district in self._names.districts[mention.key]:
                if self._agrees(district, mention, said):
                    yield from self._parts(district, max(best - CLOSE + 1, DISTRICT_ONLY))

    def _rivals(self, mention: Mention, said: list[Mention]) -> bool:
        """Whether a bare city name is all that is said, so that any of its wards may be meant."""
        communes = [m for m in said if m.level == "commune"]
        alone = all(mention.named <= m.named and m.end <= mention.end for m in communes)
        return alone and self._is_larger(mention, said)

    def _agrees(self, district: District, mention: Mention, said: list[Mention]) -> bool:
        provinces = [m for m in said if m.level == "province" and not m.overlaps(mention)]
        return not provinces or any(self._codes(m) & district.provinces for m in provinces)

    def _parts(self, district: District, score: float) -> Iterator[Found]:
        for place in self._names.parts[district.code]:
            namesake = take_apart(place.name).key == district.key
            yield Found(place, district.name, score + namesake, exact=False)

    def _best(self, hits: list[Found], near: str | None) -> tuple[Found, ...]:
        """One result per place, without those far behind the best."""
        by_place: dict[Place, Found] = {}
        for hit in hits:
            known = by_place.get(hit.place)
            if known is None or hit.score > known.score:
                by_place[hit.place] = hit
        least = max((hit.score - CLOSE for hit in by_place.values()), default=0.0)
        kept = [hit for hit in by_place.values() if hit.score >= max(least, LEAST)]
        kept.sort(key=lambda hit: (-hit.score - self._nearness(hit.place, near), hit.place.code))
        return tuple(kept)

    def _nearness(self, place: Place, near: str | None) -> float:
        home = self._names.places.get(near or "")
        province = home.province_code if home else near
        if place.province_code != province:
            return 0.0
        shared = home and self._names.within[place.code] & self._names.within[home.code]
        return NEAR_PROVINCE + (NEAR_DISTRICT if shared else 0.0)


def _whole(mention: Mention, words: Words) -> bool:
    """Whether there is nothing but this name, and perhaps "Việt Nam"."""
    return mention.start == 0 and NOISE.issuperset(words.words[mention.end :])


def _found(context: Context, name: Name) -> Iterator[Found]:
    """The places of one name, with what speaks for them here."""
    codes_of_name = name.districts | name.provinces
    agreeing = [m for m, codes in context.others if codes & codes_of_name]
    loose, left_over = _loose(context, agreeing), min(4, _left_over(context, agreeing))
    score = 100 - context.mention.loss + loose + LEFT_OVER * left_over
    score += _of_kind(context.mention, name) + _of_context(context.mention, agreeing)
    score += _of_spelling(context, name) + (FORMER if name.via else 0)
    score += PART_OF_A_NAME * context.part + PASSED_OVER * context.passed_over
    doubtful = context.mention.loss or loose or left_over or _may_be_larger(context, agreeing)
    for rank, place in enumerate(name.places):
        yield Found(place, name.via, score - rank / 2, exact=name.sure and not doubtful)


def _of_spelling(context: Context, name: Name) -> float:
    """Between names with one key the one that was typed comes first."""
    mention = context.mention
    typed = context.words.spelling(mention.named, mention.end)
    if not name.spelling:
        return OTHER_LETTERS
    if mention.loss or typed == name.spelling:
        return 0.0
    marks = 0.0 if typed.isascii() else OTHER_MARKS
    return marks if fold(typed) == fold(name.spelling) else marks + OTHER_LETTERS


def _of_kind(mention: Mention, name: Name) -> float:
    if mention.kind is None or name.kind is None:
        return 0.0
    return SAME_KIND if mention.kind == name.kind else -SAME_KIND


def _of_context(mention: Mention, agreeing: list[Mention]) -> float:
    """What the districts and provinces that agree are worth, the same words only once."""
    worth: dict[tuple[int, int], float] = {}
    for other in agreeing:
        base = CONTEXT_AFTER if other.start >= mention.end else CONTEXT_BEFORE
        words = (other.named, other.end)
        worth[words] = max(worth.get(words, 0.0), base - other.loss / 4)
    return sum(sorted(worth.values(), reverse=True)[:2])


def _left_over(context: Context, agreeing: list[Mention]) -> int:
    """How many words after the name nothing explains."""
    words, end = context.words.words, context.mention.end
    explained = {at for other in agreeing for at in range(other.start, other.end)}
    return sum(at not in explained and words[at] not in NOISE for at in range(end, len(words)))


def _loose(context: Context, agreeing: list[Mention]) -> float:
    """What is lost by a word before the name that is no kind, number, place or "ở"."""
    at, words = context.mention.start, context.words
    placed = any(m.end == at for m in agreeing)
    if context.larger == "province" and at and not placed:
        return SURELY_LARGER
    free = context.mention.kind or placed or at in words.starts
    if free or words.words[at - 1].isdecimal() or words.words[at - 1] in OPENERS:
        return 0.0
    if context.mention.loss:
        return LOOSE_GUESS
    return LOOSE_NAME if context.mention.end - at == 1 else LOOSE_WORD


def _may_be_larger(context: Context, agreeing: list[Mention]) -> bool:
    """Whether it is the bare name of a city or former province too, and nothing settles it."""
    if context.larger == "district":
        return all(other.level != "district" for other in agreeing)
    return context.larger == "province" and not agreeing
