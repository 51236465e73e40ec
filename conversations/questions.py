"""The questions of a form over its request model: which apply, and what is a valid answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from conversations.ask import CHOOSE_ONE, Answers, Ask, choices
from conversations.messages import Context, Outbound, Session
from conversations.text import Said, Text
from handlers.policy import Policy


@dataclass(frozen=True)
class Questions:
    """Questions that fill one request model.

    `doing` says in half a sentence what is being done; `policy` gives the rules for these answers;
    `closing` is a last line of the summary.
    """

    name: str
    version: int
    fills: type[BaseModel]
    fields: Sequence[Ask]
    doing: Callable[[Answers], Said]
    policy: Callable[[Answers, Context], Policy]
    closing: Callable[[Answers, Context], Said | None]
    _adapters: Mapping[str, TypeAdapter[Any]] = field(default_factory=dict, init=False)
    by_key: Mapping[str, Ask] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        asked, needed = [f.key for f in self.fields], list(self.fills.model_fields)
        if asked != needed:
            raise TypeError(f"{self.name} asks {asked} to fill {needed}")
        adapters = {
            key: TypeAdapter(info.rebuild_annotation())
            for key, info in self.fills.model_fields.items()
        }
        object.__setattr__(self, "_adapters", adapters)
        object.__setattr__(self, "by_key", {f.key: f for f in self.fields})

    def active(self, answers: Answers, context: Context) -> list[Ask]:
        """The questions that apply to these answers."""
        return [f for f in self.fields if f.when(answers, context)]

    def filled(self, session: Session, context: Context) -> BaseModel:
        """The request, of the answers that apply."""
        applies = {f.key for f in self.active(session.answers, context)}
        answers = {k: v for k, v in session.answers.items() if k in applies}
        return self.fills.model_validate(answers, context=self.facts(answers, context))

    def read(
        self, asked: Ask, answer: Any, answers: Answers, context: Context
    ) -> tuple[Any, Text | None]:
        """The valid value of an answer, or the sentence that says why it is none."""
        adapter, facts = self._adapters[asked.key], self.facts(answers, context)
        try:
            value = adapter.validate_python(answer, context=facts)
        except ValidationError as error:
            first = error.errors(include_url=False)[-1]
            return None, asked.problems.get(first["type"], CHOOSE_ONE).of(**first.get("ctx", {}))
        return adapter.dump_python(value, mode="json"), None

    def facts(self, answers: Answers, context: Context) -> dict[str, Any]:
        """What the types of the request are told to judge an answer by."""
        return {
            "today": context.today,
            "policy": self.policy(answers, context),
            "answers": answers,
            "places": context.places,
        }

    def question(self, asked: Ask, session: Session, context: Context) -> Outbound:
        """One question with its choices."""
        wants = asked.wants if asked.wants != "contact" or context.can.contact else None
        put = asked.put(session.answers, context)
        return Outbound(put, choices(asked, session, context), wants)

    def asked(self, key: str | None) -> Ask | None:
        """The question of a name; None for a step that is none, or one that is gone."""
        return self.by_key.get(key or "")
