"""Sample data of the demonstration: made up, around Đak Đoa. Nobody here exists."""

from storage.rules import RuleRow, UnitRow
from storage.unit import Unit

STATION = UnitRow(
    code="23677",
    valid_from="2025-07-01",
    valid_to=None,
    name="Trạm Y tế xã Đak Đoa (mẫu)",
    kind="station",
    commune="23677",
    hotline="0900 000 099",
    address="1 đường Mẫu, xã Đak Đoa, Gia Lai",
)
RULES = (
    RuleRow("", "2021-01-01", None, "{}"),
    RuleRow("64", "2021-11-02", "2025-06-30", '{"id_number_required": false}'),
    RuleRow("87", "2021-11-05", "2025-06-30", '{"id_number_required": true}'),
)
"""Letters 000:27 and 004:32: the number may be skipped here, and is demanded there."""


async def put_samples(unit: Unit) -> None:
    """Put the sample station and rules in, unless they are there."""
    await unit.rules.put_unit(STATION)
    for rule in RULES:
        await unit.rules.put(rule)
