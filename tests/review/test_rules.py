"""Is a review decided? The rules as truth tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import BadRule, checked, counts, needed, satisfied

YES, NO, WAIT = "approved", "changes_requested", None


@pytest.mark.parametrize(
    ("rule", "answers", "approves"),
    [
        ("all", [YES, YES], True),
        ("all", [YES, WAIT], False),
        ("all", [YES, NO], False),
        ("all", [], False),
        ("any", [YES, WAIT, WAIT], True),
        ("any", [WAIT, WAIT], False),
        ("any", [YES, NO], False),
        ({"at_least": 2}, [YES, YES, WAIT], True),
        ({"at_least": 2}, [YES, WAIT, WAIT], False),
        ({"at_least": 2}, [YES, YES, NO], False),
    ],
)
def test_a_rule_approves_with_enough_yeses_and_no_standing_no(rule, answers, approves):
    assert satisfied(rule, answers) is approves


@pytest.mark.parametrize(
    "rule", ["most", "", None, 2, {}, {"at_least": 0}, {"at_least": 4}, {"at_least": True}, {"at_least": 1.5}, {"at_least": 1, "x": 1}, ["all"]]
)
def test_a_rule_that_cannot_be_satisfied_is_refused(rule):
    with pytest.raises(BadRule):
        checked(rule, 3)


def test_an_unverified_answer_counts_but_not_under_all():
    assert counts("any", verified=False)
    assert counts({"at_least": 2}, verified=False)
    assert not counts("all", verified=False)
    assert counts("all", verified=True)


@given(st.lists(st.sampled_from([YES, NO, WAIT]), min_size=1, max_size=8), st.integers(1, 8))
def test_one_more_yes_never_takes_an_approval_back(answers, least):
    for rule in ("any", {"at_least": least}):
        if satisfied(rule, answers):
            assert satisfied(rule, [*answers, YES])
    assert needed("all", len(answers)) == len(answers)
