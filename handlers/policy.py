"""What a unit requires, and since when. Data, because the letters disagree by place and day.

Letter 000:27 (Đak Đoa, 2 November 2021) lets people skip the number; letter 004:32 (Đồng Tháp,
from 5 November 2021) demands it: both are right for their place and day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force for one place on one day.

    `people_per_phone`: letter 000:25 (five). `needs`: questions that are otherwise left for later.
    """

    id_number_required: bool = False
    people_per_phone: int = 5
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A policy with its place (commune or province code, "" everywhere) and its days."""

    place: str
    valid_from: date
    valid_to: date | None
    policy: Policy


class Policies:
    """All rules; the nearest place wins, then the latest beginning."""

    def __init__(self, rules: Sequence[PolicyRule] = ()) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.valid_from, reverse=True)

    def at(self, day: date, *places: str) -> Policy:
        """The policy on `day`, for the first of `places` (nearest first) that has one."""
        for place in (*places, ""):
            for rule in self._rules:
                if rule.place == place and _in_force(rule, day):
                    return rule.policy
        return Policy()


def _in_force(rule: PolicyRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)
