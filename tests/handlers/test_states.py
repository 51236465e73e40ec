"""What may happen to a registration: whatever is not in the table is refused."""

from itertools import product

import pytest

from handlers.registered import Cancelled, answers_of, list_mine
from handlers.registration import Changed, NoLongerChangeable, Outcome
from handlers.registration_states import (
    CANCELLED,
    CONFIRMED,
    ENDED,
    INVITED,
    LEGAL,
    RECEIVED,
    REFUSED,
    VACCINATED,
)
from tests.handlers.registry import HOME, Registry, someone

STATES = (RECEIVED, CONFIRMED, INVITED, VACCINATED, REFUSED, CANCELLED)
STATION = ("confirm", "refuse", "invite", "vaccinate")
CITIZEN = ("change", "cancel")


def test_the_table_speaks_of_known_states_actions_and_people() -> None:
    assert {action for action, _ in LEGAL} == {*STATION, *CITIZEN}
    assert {state for _, state in LEGAL} | {state for state, _ in LEGAL.values()} == set(STATES)
    for (action, _), (_, who) in LEGAL.items():
        assert who == ("citizen" if action in CITIZEN else "station")


def test_what_a_citizen_may_do_until_when() -> None:
    """Changing until the station has looked at it, taking off until the needle."""
    allowed = {(action, state) for (action, state), (_, who) in LEGAL.items() if who == "citizen"}
    assert allowed == {
        ("change", RECEIVED), ("cancel", RECEIVED), ("cancel", CONFIRMED), ("cancel", INVITED),
    }  # fmt: skip


def test_what_has_ended_stays_as_it_is() -> None:
    assert {VACCINATED, REFUSED, CANCELLED} == ENDED
    assert not [state for _, state in LEGAL if state in ENDED]


def test_every_state_is_reached_and_every_open_one_can_end() -> None:
    reached = {RECEIVED}
    for _ in STATES:
        reached |= {after for (_, before), (after, _) in LEGAL.items() if before in reached}
    assert reached == set(STATES)
    for state in set(STATES) - ENDED:
        assert {after for (_, before), (after, _) in LEGAL.items() if before == state} & ENDED


def test_an_action_leads_to_one_state_wherever_it_is_taken() -> None:
    for action in (*STATION, *CITIZEN):
        assert len({after for (one, _), (after, _) in LEGAL.items() if one == action}) == 1


@pytest.mark.parametrize(("action", "state"), list(product(CITIZEN, STATES)))
async def test_a_citizen_can_do_what_the_table_allows_and_nothing_else(
    registry: Registry, action: str, state: str
) -> None:
    row = await registry.registered(someone())
    await registry.now_is(row, state)
    steps = await registry.do(lambda unit: unit.registrations.steps(row.id))
    outcome: Outcome | Cancelled
    if action == "change":
        outcome = await registry.change(row.code, someone(note="x"))
    else:
        outcome = await registry.cancel(row.code)
    legal = LEGAL.get((action, state))
    after = await registry.row(row.code)
    assert isinstance(outcome, NoLongerChangeable if not legal else (Changed, Cancelled))
    assert after.status == (legal[0] if legal else state)
    assert await registry.places() == (0 if legal and legal[0] == CANCELLED else 1)
    written = await registry.do(lambda unit: unit.registrations.steps(row.id))
    assert len(written) - len(steps) == (1 if legal else 0)
    assert len(await registry.do(lambda unit: unit.audit.of(row.id))) == (2 if legal else 1)


@pytest.mark.parametrize("state", STATES)
async def test_the_list_offers_what_the_table_allows(registry: Registry, state: str) -> None:
    row = await registry.registered(someone())
    await registry.now_is(row, state)
    listed = await registry.do(lambda unit: list_mine(HOME, unit))
    offered = [(one.changeable, one.cancellable) for one in listed]
    allowed = [(("change", state) in LEGAL, ("cancel", state) in LEGAL)]
    assert offered == ([] if state == CANCELLED else allowed)
    answers = await registry.do(lambda unit: answers_of(row.code, HOME, unit))
    assert (answers is not None) == (("change", state) in LEGAL)
