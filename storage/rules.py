"""What places require, and who answers there: data with days of validity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from storage import models
from storage.rows import Rows, Statement

RuleTable = models.Rule.__table__  # type: ignore[attr-defined]
UnitTable = models.HealthUnit.__table__  # type: ignore[attr-defined]
_RULE = ("place", "valid_from", "valid_to", "rules")
_UNIT = ("code", "valid_from", "valid_to", "name", "kind", "commune", "hotline", "address")
RULES = Statement(select(RuleTable).order_by(RuleTable.c.place, RuleTable.c.valid_from))
UNITS = Statement(select(UnitTable).order_by(UnitTable.c.code, UnitTable.c.valid_from))


def _put(table: Any, columns: Sequence[str], key: Sequence[str]) -> Statement:
    rest = [name for name in columns if name not in key]

    def make(insert: Any) -> Any:
        new = insert(table).values({name: bindparam(name) for name in columns})
        return new.on_conflict_do_update(
            index_elements=list(key), set_={name: getattr(new.excluded, name) for name in rest}
        )

    return Statement(make)


PUT_RULE = _put(models.Rule, _RULE, ("place", "valid_from"))
PUT_UNIT = _put(models.HealthUnit, _UNIT, ("code", "valid_from"))


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as stored; days are ISO dates, `rules` is JSON."""

    place: str
    valid_from: str
    valid_to: str | None
    rules: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A health unit as stored."""

    code: str
    valid_from: str
    valid_to: str | None
    name: str
    kind: str
    commune: str
    hotline: str
    address: str


class Rules:
    """Rules and units."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def all(self) -> Sequence[RuleRow]:
        """Every rule."""
        return [RuleRow(**_only(row, _RULE)) for row in await self._rows.all(RULES)]

    async def units(self) -> Sequence[UnitRow]:
        """Every unit."""
        return [UnitRow(**_only(row, _UNIT)) for row in await self._rows.all(UNITS)]

    async def put(self, rule: RuleRow) -> None:
        """Add or replace a rule."""
        await self._rows.run(PUT_RULE, **{name: getattr(rule, name) for name in _RULE})

    async def put_unit(self, unit: UnitRow) -> None:
        """Add or replace a unit."""
        await self._rows.run(PUT_UNIT, **{name: getattr(unit, name) for name in _UNIT})


def _only(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}
