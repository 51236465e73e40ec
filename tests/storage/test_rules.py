from dataclasses import replace

from storage.rules import RuleRow, UnitRow
from storage.unit import Database, Unit

STATION = UnitRow(
    "23677", "2025-07-01", None, "Trạm Mẫu", "station", "23677", "0900 000 099", "1 đường Mẫu"
)


async def test_a_rule_is_replaced_where_place_and_day_are_the_same(database: Database) -> None:
    async def work(unit: Unit) -> list[RuleRow]:
        await unit.rules.put(RuleRow("64", "2021-11-02", None, "{}"))
        await unit.rules.put(RuleRow("64", "2021-11-02", "2025-06-30", '{"a": 1}'))
        await unit.rules.put(RuleRow("", "2021-01-01", None, "{}"))
        return list(await unit.rules.all())

    assert await database.run(work) == [
        RuleRow("", "2021-01-01", None, "{}"),
        RuleRow("64", "2021-11-02", "2025-06-30", '{"a": 1}'),
    ]


async def test_a_code_may_be_used_again_from_another_day(database: Database) -> None:
    old = replace(STATION, valid_from="2020-01-01", valid_to="2025-06-30", name="Trạm cũ")

    async def work(unit: Unit) -> list[UnitRow]:
        await unit.rules.put_unit(STATION)
        await unit.rules.put_unit(old)
        await unit.rules.put_unit(replace(STATION, hotline="0900 000 098"))
        return list(await unit.rules.units())

    assert await database.run(work) == [old, replace(STATION, hotline="0900 000 098")]
