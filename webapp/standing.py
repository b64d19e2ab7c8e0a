"""How a review stands, as people say it: the rule, and whom it waits for."""

from flask_babel import gettext as _
from flask_babel import ngettext

from review.reviews import Review, ReviewState


def standing_told(review: Review, awaited: list[str], asking: list[str]) -> str:
    """A sentence or two. awaited, asking: the names of those who have not answered, and of those who ask for changes."""
    ended = _ended(review)
    if ended:
        return ended
    if asking:
        return _("%(names)s: changes requested.", names=listed(asking))
    return " ".join(said for said in (rule_told(review), _waiting(awaited)) if said)


def rule_told(review: Review) -> str:
    """How many must say yes; nothing where one person alone is asked."""
    people = len(review.counted)
    if people <= 1:
        return ""
    if review.rule == "all":
        return _("Both must say yes.") if people == 2 else _("All %(num)s must say yes.", num=people)
    if review.rule == "any":
        return _("One yes is enough.")
    return ngettext("%(num)s yes is enough.", "%(num)s yeses are needed.", review.needed)


def _ended(review: Review) -> str:
    match review.outcome:
        case ReviewState.APPROVED:
            return _("Approved.")
        case ReviewState.SUPERSEDED:
            return _("A newer version has replaced this one: no answer is needed here.")
        case ReviewState.WITHDRAWN:
            return _("Withdrawn: no answer is needed any more.")
    return ""


def _waiting(names: list[str]) -> str:
    return _("Waiting for %(names)s.", names=listed(names)) if names else ""


def listed(names: list[str]) -> str:
    """Names as people list them."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s", names=", ".join(names[:-1]), last=names[-1])
