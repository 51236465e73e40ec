"""Free Vietnamese (with or without marks, teencode, regional words) and English to one intent.

No network and no chance: word rules for danger signs and bare numbers, then a small linear model
trained on `examples` (see `understanding.train`).
"""

import json
from dataclasses import dataclass

from .understanding.certain import certain
from .understanding.danger import danger_in, is_urgent
from .understanding.features import features_of
from .understanding.intents import INTENTS, Intent
from .understanding.model import model
from .understanding.words import Words, read

__all__ = ["INTENTS", "SURE_LEAD", "SURE_SCORE", "Intent", "Understood", "is_urgent", "understand"]

SURE_SCORE = 0.6
SURE_LEAD = 0.25
"""Below either, ask with buttons instead of acting."""

_URGENT_SCORE = 0.98


@dataclass(frozen=True)
class Understood:
    """What a message most likely wants. `score` is a probability, 0 to 1."""

    intent: Intent
    score: float
    runners_up: tuple[tuple[Intent, float], ...] = ()

    @property
    def sure(self) -> bool:
        """Whether to go on without asking."""
        next_best = self.runners_up[0][1] if self.runners_up else 0.0
        return self.score >= SURE_SCORE and self.score - next_best >= SURE_LEAD

    def as_json(self) -> str:
        """One line for `tramoi understand`."""
        return json.dumps({"intent": self.intent, "score": round(self.score, 4)})


def understand(text: str) -> Understood:
    """The intent of a message. Pure; gives an answer for any text."""
    words = read(text)
    danger = danger_in(words)
    if danger == "now":
        return Understood("emergency", _URGENT_SCORE, (("none", 1 - _URGENT_SCORE), ("human", 0.0)))
    if sure := certain(words):
        return Understood(*sure, runners_up=(("none", 1 - sure[1]), ("help", 0.0)))
    ranking = _ranked(words, excused=danger == "excused")
    return Understood(*ranking[0], runners_up=tuple(ranking[1:3]))


def _ranked(words: Words, *, excused: bool) -> list[tuple[Intent, float]]:
    """All intents, the likeliest first; an excused danger sign cannot be an emergency."""
    ranking = model().ranking(features_of(words))
    if not excused:
        return ranking
    rest = 1 - dict(ranking)["emergency"]
    kept = [(intent, score / max(rest, 1e-9)) for intent, score in ranking if intent != "emergency"]
    return [*kept, ("emergency", 0.0)]
