"""Consent: asked before the first personal question, kept with the very words, append-only.

Luật 91/2025/QH15 Điều 9, Nghị định 356/2025/NĐ-CP Điều 6: specific, never pre-chosen, provable.
"""

import hashlib
from dataclasses import dataclass

from handlers.phones import Asker
from storage.consents import ConsentRecord
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What is agreed to. `words` is the whole text in the language of its msgids."""

    purpose: str
    version: str
    words: str

    @property
    def hash(self) -> str:
        """SHA-256 of the words: proof of what was shown."""
        return hashlib.sha256(self.words.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Decision:
    """`acting` is "self" or "representative"; `registration` the code it is for, if any."""

    acting: str = "self"
    registration: str | None = None
    agreed: bool = True


async def decide(text: ConsentText, decision: Decision, asker: Asker, unit: Unit) -> None:
    """Keep a decision for ever."""
    record = ConsentRecord(
        purpose=text.purpose,
        agreed=decision.agreed,
        text_version=text.version,
        text_hash=text.hash,
        channel=asker.channel,
        acting=decision.acting,
        at=unit.now(),
        registration=decision.registration,
    )
    await unit.consents.add(asker.conversation, record)
