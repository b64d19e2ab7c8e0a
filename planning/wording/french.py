"""Whys in French.

Nobody knows the gender of a step's name: it stands between « and » without an article, its beginning and its end are
clauses of instead, and a point in time is a "jalon".
"""

import unicodedata
from datetime import date

from planning.items import Link
from planning.wording import DayOff, Earliest, End, Fact, Goal, Latest, Root, Tie, Told

WEEKDAYS = "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


class French:
    """« Script » demande 3 jours (fr) avant « Relecture »."""

    # Au plus tard

    def latest(self, why: Latest) -> str:
        if why.step.days:
            opening = f"{_named(why.step)} doit commencer au plus tard {_the(why.day)}"
        else:
            opening = f"{_named(why.step)} doit être atteint au plus tard à la fin {_of_the(why.day)}"
        return _sentence(f"{opening}, parce {_que(self._forward(why))}")

    def _forward(self, why: Latest) -> str:
        ties, clauses = why.ties, []
        if ties and _is_plain(ties[0].link):  # « parce que Script demande … » dit déjà ce qui vient avant
            ties, subject = ties[1:], "named"
        else:
            subject = "own"
        for tie in ties:
            clauses.append(_asked(tie, subject))
            subject = "which"
        if not why.cut:
            clauses.append(_ending(why.end, subject))
        tail = f", et ainsi de suite jusqu’{_to(why.end)}" if why.cut else ""
        return ", ".join(clauses) + tail

    # Au plus tôt

    def earliest(self, why: Earliest) -> str:
        if why.root.kind is Fact.DONE and not why.ties:
            return _sentence(f"{_named(why.step)} {_done(why.root)}, et ce qui est fait garde sa date")
        off = f", et que {_off(why.day_off)}" if why.day_off else ""
        return _sentence(f"{self._opening(why)}, parce {_que(self._back(why))}{off}")

    def _opening(self, why: Earliest) -> str:
        name = _named(why.step)
        if not why.step.days:
            return f"{name} peut être atteint {'tout de suite' if why.now else f'au plus tôt à la fin {_of_the(why.finish)}'}"
        if why.start is None:
            return f"{name} est en cours et peut finir au plus tôt {_the(why.finish)}"
        if why.start == why.finish:
            return f"{name} peut commencer et finir au plus tôt {_the(why.start)}"
        return f"{name} peut commencer au plus tôt {_the(why.start)} et finir {_the(why.finish)}"

    def _back(self, why: Earliest) -> str:
        if not why.ties:
            return _own_root(why.root, why.today)
        clauses = [_own_tie(why.ties[0], begun=why.start is None)]
        clauses += [_tied(tie, _counts(after)) for after, tie in zip(why.ties, why.ties[1:], strict=False)]
        if why.cut:
            return f"{', '.join(clauses)}, et ainsi de suite en remontant jusqu’{_back_to(why.root)}"
        return ", ".join([*clauses, _rooted(why.root, _counts(why.ties[-1]))])


def _asked(tie: Tie, subject: str) -> str:
    """Ce que demandent un lien et une durée : « qui demande 3 jours (fr) avant « Relecture » »."""
    link, step, target = tie.link, tie.source, _named(tie.target)
    if link.type != "FS":
        return f"{_point(step, link.type[0], subject)} {_no_later(link)} {_anchor(tie.target, link.type[1])}"
    if not step.days:
        reached = f"{_subject(step, subject)} doit être atteint"
        if link.lag < 0:
            return f"{reached} au plus tard {_lag(link)} après {_anchor(tie.target, 'S')}"
        return f"{reached} {f'au moins {_lag(link)} ' if link.lag else ''}avant {target}"
    lag = f", plus {_lag(link)} d’attente," if link.lag > 0 else f", moins {_lag(link)} de chevauchement," if link.lag else ""
    return f"{_needs(step, subject)}{lag} avant {target}"


def _ending(end: End, subject: str) -> str:
    if end.kind is Goal.PIN and end.day:
        date_of = {"own": "sa date", "named": f"la date {_of(end.step)}", "which": "dont la date"}[subject]
        return f"{date_of} est imposée, {_the(end.day)}"
    if end.kind is Goal.DEADLINE and end.day:
        goal = f"la fin {_of_the(end.day)}, son échéance"
    else:
        goal = "le lancement et le tampon qui le précède" if end.buffer else "le lancement"
    asked = _needs(end.step, subject) if end.step.days else f"{_subject(end.step, subject)} doit être atteint"
    return f"{asked} avant {goal}"


def _to(end: End) -> str:
    if end.kind is Goal.PIN and end.day:
        return f"{_to_the(end.day)}, date imposée pour {_named(end.step)}"
    if end.kind is Goal.DEADLINE and end.day:
        return f"à la fin {_of_the(end.day)}, échéance {_of(end.step)}"
    return "au lancement"


def _needs(step: Told, subject: str) -> str:
    length = _length(step, step.days)
    return f"il lui faut {length}" if subject == "own" else f"{_subject(step, subject)} demande {length}"


def _length(step: Told, days: int) -> str:
    if step.rounds:
        return f"{_count(days, 'jour')} en {_count(step.rounds, 'tour')}"
    return f"{_count(days, 'jour')} ({step.calendar})" if step.calendar else _count(days, "jour", "ouvré")


def _own_tie(tie: Tie, *, begun: bool) -> str:
    if begun:
        return f"ce qui en reste doit attendre {_anchor(tie.source, tie.link.type[0])}"
    if _is_plain(tie.link):
        return f"il faut attendre {_anchor(tie.source, 'F')}"
    return f"{_point(tie.target, tie.link.type[1], 'own')} {_no_sooner(tie)}"


def _tied(tie: Tie, counts: bool) -> str:
    step = tie.target
    if not (step.days and counts):
        if _is_plain(tie.link):
            return f"qui vient après {_named(tie.source)}"
        return f"{_point(step, tie.link.type[1], 'which')} {_no_sooner(tie)}"
    needs = _needs(step, "which")
    if _is_plain(tie.link):
        return f"{needs} après {_named(tie.source)}"
    return f"{needs} et {_point(step, tie.link.type[1], 'which')} {_no_sooner(tie)}"


def _no_sooner(tie: Tie) -> str:
    link, point = tie.link, _anchor(tie.source, tie.link.type[0])
    if not link.lag:
        return f"ne peut pas venir avant {point}"
    return f"doit venir au moins {_lag(link)} après {point}" if link.lag > 0 else f"peut venir au plus {_lag(link)} avant {point}"


def _no_later(link: Link) -> str:
    if not link.lag:
        return "ne peut pas venir après"
    return f"doit venir au moins {_lag(link)} avant" if link.lag > 0 else f"peut venir au plus {_lag(link)} après"


def _own_root(root: Root, today: date) -> str:
    if root.kind is Fact.TODAY:
        return f"rien ne peut commencer avant aujourd’hui, {_the(today)}" if root.step.days else "rien ne le retient"
    if root.kind is Fact.BEGUN:
        left = f"il lui faut encore {_length(root.step, root.left)} à partir d’aujourd’hui, {_the(today)}"
        return left if root.left else "il n’en reste rien à faire"
    if root.kind is Fact.PIN:
        return f"sa date est imposée, {_the(root.day)}"
    return f"{_point(root.step, 'S', 'own')} ne peut pas venir avant {_the(root.day)}"


def _rooted(root: Root, counts: bool) -> str:
    step, day = root.step, _the(root.day)
    if root.kind is Fact.DONE:
        return f"qui {_done(root)}"
    if root.kind is Fact.BEGUN:
        return f"qui a commencé {day}" + (f" et demande encore {_length(step, root.left)}" if counts and root.left else "")
    needs = f"{_needs(step, 'which')}" if step.days and counts else ""
    if root.kind is Fact.TODAY:
        return f"{needs} à partir d’aujourd’hui, {day}" if needs else f"qui peut commencer aujourd’hui, {day}" if step.days else "que rien ne retient"
    if root.kind is Fact.PIN:
        fixed = f"dont la date est imposée, {day}"
    else:
        fixed = f"qui ne peut pas {'commencer' if step.days else 'être atteint'} avant {day}"
    return f"{needs} et {fixed}" if needs else fixed


def _done(root: Root) -> str:
    return f"{'a pris fin' if root.step.days else 'a été atteint'} {_the(root.day)}"


def _back_to(root: Root) -> str:
    day, step = _the(root.day), root.step
    return {
        Fact.TODAY: f"à aujourd’hui, {day}",
        Fact.NOT_BEFORE: f"{_to_the(root.day)}, premier jour possible pour {_named(step)}",
        Fact.PIN: f"{_to_the(root.day)}, date imposée pour {_named(step)}",
        Fact.BEGUN: f"au début {_of(step)}, {day}",
        Fact.DONE: f"à la fin {_of(step)}, {day}" if step.days else f"au jalon {_quoted(step)}, atteint {day}",
    }[root.kind]


def _off(off: DayOff) -> str:
    day = f"le {WEEKDAYS[off.day.weekday()]} {_date(off.day)}"
    holiday = f", {off.holiday}," if off.holiday else ""
    where = f" ({off.calendar})" if off.calendar else ""
    return f"{day}{holiday} n’est pas travaillé{where}"


# De quoi l’on parle


def _subject(step: Told, subject: str) -> str:
    return {"own": "il", "which": "qui"}.get(subject) or _named(step)


def _point(step: Told, side: str, subject: str) -> str:
    """Son début, dont la fin, la fin de « Script » ; d’un jalon, lui-même."""
    if not step.days:
        return _subject(step, subject)
    point = "la fin" if side == "F" else "le début"
    if subject == "own":
        return "sa fin" if side == "F" else "son début"
    return f"dont {point}" if subject == "which" else f"{point} {_of(step)}"


def _anchor(step: Told, side: str) -> str:
    return _point(step, side, "named")


def _named(step: Told) -> str:
    return _quoted(step) if step.days else f"le jalon {_quoted(step)}"


def _of(step: Told) -> str:
    if not step.days:
        return f"du jalon {_quoted(step)}"
    return f"d’{_quoted(step)}" if _is_elided(step.name) else f"de {_quoted(step)}"


def _quoted(step: Told) -> str:
    return f"«\u00a0{step.name}\u00a0»"


def _que(clause: str) -> str:
    return f"qu’{clause}" if _is_elided(clause.lstrip("«\u00a0")) else f"que {clause}"


def _is_elided(word: str) -> bool:
    """Whether de and que lose their e before it. Before an h nobody can tell from a name: they keep it."""
    return unicodedata.normalize("NFD", word[:1]).casefold()[:1] in {*"aeiouœæ"}


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _counts(tie: Tie) -> bool:
    """Whether it is the end of the step before that the link hangs on, and so its length."""
    return tie.link.type[0] == "F"


def _is_plain(link: Link) -> bool:
    return link.type == "FS" and not link.lag


def _lag(link: Link) -> str:
    return _count(abs(link.lag), "jour", "ouvré" if link.lag_unit == "working" else "calendaire")


def _count(number: int, *words: str) -> str:
    return " ".join([str(number), *(word if number < 2 else f"{word}s" for word in words)])


def _the(day: date) -> str:
    return f"le {_date(day)}"


def _of_the(day: date) -> str:
    return f"du {_date(day)}"


def _to_the(day: date) -> str:
    return f"au {_date(day)}"


def _date(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"
