"""Which rules hold where, and when. The letters disagree, and both are right."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.policy import Policies, Policy, PolicyRule

EVERYWHERE = ""
GIA_LAI, DONG_THAP = "64", "87"
DAK_DOA, KON_GANG = "23677", "23701"
CAO_LANH = "29869"
LAST_DAY_OF_THE_DISTRICTS = date(2025, 6, 30)
DEMANDED, LEFT_OPEN = Policy(id_number_required=True), Policy(id_number_required=False)
FROM_THE_LETTERS = Policies(
    [
        PolicyRule(EVERYWHERE, date(2021, 1, 1), None, Policy()),
        PolicyRule(GIA_LAI, date(2021, 11, 2), LAST_DAY_OF_THE_DISTRICTS, LEFT_OPEN),
        PolicyRule(DONG_THAP, date(2021, 11, 5), LAST_DAY_OF_THE_DISTRICTS, DEMANDED),
    ]
)


@pytest.mark.parametrize(
    ("day", "places", "required"),
    [
        (date(2021, 11, 5), (DAK_DOA, GIA_LAI), False),
        (date(2021, 11, 5), (CAO_LANH, DONG_THAP), True),
        (date(2021, 11, 4), (CAO_LANH, DONG_THAP), False),
        (date(2021, 11, 2), (DAK_DOA, GIA_LAI), False),
        (date(2021, 11, 1), (DAK_DOA, GIA_LAI), False),
        (LAST_DAY_OF_THE_DISTRICTS, (CAO_LANH, DONG_THAP), True),
        (LAST_DAY_OF_THE_DISTRICTS + timedelta(days=1), (CAO_LANH, DONG_THAP), False),
        (date(2021, 11, 5), (), False),
    ],
)
def test_the_letters_by_place_and_day(
    day: date, places: tuple[str, ...], *, required: bool
) -> None:
    assert FROM_THE_LETTERS.at(day, *places).id_number_required is required


def test_without_rules_nothing_is_demanded() -> None:
    assert Policies().at(date(2026, 3, 3), DAK_DOA, GIA_LAI) == Policy()


def test_the_nearest_place_wins_however_old_its_rule() -> None:
    rules = Policies(
        [
            PolicyRule(EVERYWHERE, date(2026, 1, 3), None, Policy(people_per_phone=1)),
            PolicyRule(GIA_LAI, date(2026, 1, 2), None, Policy(people_per_phone=2)),
            PolicyRule(DAK_DOA, date(2026, 1, 1), None, Policy(people_per_phone=3)),
        ]
    )
    day = date(2026, 3, 3)
    assert rules.at(day, DAK_DOA, GIA_LAI).people_per_phone == 3
    assert rules.at(day, KON_GANG, GIA_LAI).people_per_phone == 2
    assert rules.at(day, CAO_LANH, DONG_THAP).people_per_phone == 1


def test_of_two_rules_for_one_place_the_later_one_holds_while_it_lasts() -> None:
    long = PolicyRule(GIA_LAI, date(2026, 1, 1), None, Policy(people_per_phone=5))
    short = PolicyRule(GIA_LAI, date(2026, 2, 1), date(2026, 2, 28), Policy(people_per_phone=9))
    for rules in (Policies([long, short]), Policies([short, long])):
        most = [
            rules.at(day, GIA_LAI).people_per_phone
            for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))
        ]
        assert most == [5, 9, 9, 5]


def test_a_rule_that_has_ended_gives_way_to_the_wider_place() -> None:
    rules = Policies(
        [
            PolicyRule(EVERYWHERE, date(2021, 1, 1), None, DEMANDED),
            PolicyRule(DAK_DOA, date(2021, 1, 1), date(2021, 12, 31), LEFT_OPEN),
        ]
    )
    assert not rules.at(date(2021, 12, 31), DAK_DOA).id_number_required
    assert rules.at(date(2022, 1, 1), DAK_DOA).id_number_required


RULES = st.lists(
    st.builds(
        PolicyRule,
        st.sampled_from([EVERYWHERE, GIA_LAI, DONG_THAP, DAK_DOA]),
        st.dates(date(2021, 1, 1), date(2021, 12, 31)),
        st.none() | st.dates(date(2021, 1, 1), date(2021, 12, 31)),
        st.builds(Policy, people_per_phone=st.integers(1, 9)),
    ),
    unique_by=lambda rule: (rule.place, rule.valid_from),
)


@given(RULES, st.dates(date(2021, 1, 1), date(2021, 12, 31)), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_means_nothing(
    rules: list[PolicyRule], day: date, chance: object
) -> None:
    asked = Policies(rules).at(day, DAK_DOA, GIA_LAI)
    mixed = list(rules)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert Policies(mixed).at(day, DAK_DOA, GIA_LAI) == asked
    holding = [rule.policy for rule in rules if rule.valid_from <= day]
    assert asked in [*holding, Policy()]
