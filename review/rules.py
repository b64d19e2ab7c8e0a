"""Is a review decided? Pure: a rule and what its reviewers say now.

A rule is "all", "any" or {"at_least": k}. Only counted answers come in here: under *all* those of verified seats,
else those of every seat.
"""

from collections.abc import Iterable

APPROVED = "approved"
CHANGES_REQUESTED = "changes_requested"

Rule = str | dict[str, int]


class BadRule(ValueError):
    """The rule is none of "all", "any", {"at_least": k}, or k is not between 1 and the number of reviewers."""


def checked(rule, reviewers: int) -> Rule:
    """The rule itself, if it can be satisfied by that many reviewers. Raises BadRule."""
    if rule in ("all", "any"):
        return rule
    if not isinstance(rule, dict) or set(rule) != {"at_least"}:
        raise BadRule
    least = rule["at_least"]
    if isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= reviewers:
        raise BadRule
    return {"at_least": least}


def needed(rule: Rule, seats: int) -> int:
    """How many yeses the rule asks for, of so many seats that count."""
    if isinstance(rule, dict):
        return rule["at_least"]
    return max(seats, 1) if rule == "all" else 1


def satisfied(rule: Rule, answers: Iterable[str | None]) -> bool:
    """Whether these standing answers (None: not yet) approve: enough yeses, and nobody asks for changes."""
    answers = list(answers)
    yeses = answers.count(APPROVED)
    return CHANGES_REQUESTED not in answers and yeses >= needed(rule, len(answers))


def counts(rule: Rule, verified: bool) -> bool:
    """Whether a seat's answer is counted: an unverified one is not under *all*, until a member accepts it."""
    return verified or rule != "all"
