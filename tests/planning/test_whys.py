"""Why a date is what it is, in English and in French: every kind of link and fact, and how long a sentence may be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.planfile import plan_from
from planning.retroplan import retroplan_answer, schedule_of
from planning.whys import Whys

MONDAY = date(2027, 4, 5)
CALENDARS = {"fr": {"country": "FR"}, "en": {"country": "GB", "subdivision": "ENG"}, "shop": {"days_off": ["2027-04-07"]}}


def plan(steps, links=(), **fields):
    given = {"launch": "2027-05-20", "status_date": MONDAY.isoformat(), "steps": steps, "links": list(links), "calendars": CALENDARS}
    return plan_from({**given, **fields}, MONDAY)


def whys(read, language="en") -> Whys:
    return Whys(schedule_of(read), {step.id: step.name for step in read.steps}, read.calendar, language)


def both(read, key, kind="of") -> tuple[str, str]:
    """In English and in French, with plain spaces and apostrophes."""
    english, french = (getattr(whys(read, language), kind)(key) for language in ("en", "fr"))
    return english, french.replace("\u00a0", " ").replace("’", "'")


def pair(kind="FS", lag=0, unit="working", source="Art", target="Edit", **of_target):
    """Two days of one step, one of another, and a link between."""
    steps = [{"id": "a", "name": source, "days": 2}, {"id": "b", "name": target, "days": 1, **of_target}]
    return plan(steps, [{"from": "a", "to": "b", "type": kind, "lag": lag, "lag_unit": unit}])


# No later


def test_a_chain_of_plain_links_names_three_and_its_end():
    steps = [{"id": key, "name": key.capitalize(), "days": 1 + i, "calendar": "fr"} for i, key in enumerate(("brief", "script", "art", "edit", "sound"))]
    links = [{"from": one["id"], "to": other["id"]} for one, other in zip(steps, steps[1:], strict=False)]
    english, french = both(plan(steps, links, calendar="fr"), "brief")

    assert english == (
        "Brief may start on 27 April 2027 at the latest, because Script needs 2 days of fr before Art, "
        "which needs 3 days of fr before Edit, and so on to the launch."
    )
    assert french == (
        "« Brief » doit commencer au plus tard le 27 avril 2027, parce que « Script » demande 2 jours (fr) avant « Art », "
        "qui demande 3 jours (fr) avant « Edit », et ainsi de suite jusqu'au lancement."
    )


@pytest.mark.parametrize(
    ("kind", "lag", "unit", "english", "french"),
    [
        ("FS", 2, "working", "it needs 2 working days and 2 working days more before Edit,", "il lui faut 2 jours ouvrés, plus 2 jours ouvrés d'attente, avant « Edit »,"),
        ("FS", -1, "working", "it needs 2 working days less 1 working day before Edit,", "il lui faut 2 jours ouvrés, moins 1 jour ouvré de chevauchement, avant « Edit »,"),
        ("FS", 1, "calendar", "it needs 2 working days and 1 calendar day more before Edit,", "plus 1 jour calendaire d'attente, avant « Edit »,"),
        ("SS", 0, "working", "it must start before Edit starts,", "son début ne peut pas venir après le début d'« Edit »,"),
        ("SS", 3, "calendar", "it must start 3 calendar days before Edit starts,", "son début doit venir au moins 3 jours calendaires avant le début d'« Edit »,"),
        ("FF", -1, "working", "it must end less 1 working day before Edit ends,", "sa fin peut venir au plus 1 jour ouvré après la fin d'« Edit »,"),
        ("SF", 2, "working", "it must start 2 working days before Edit ends,", "son début doit venir au moins 2 jours ouvrés avant la fin d'« Edit »,"),
    ],
)
def test_each_link_asks_in_its_own_words(kind, lag, unit, english, french):
    told = both(pair(kind, lag, unit, deadline="2027-05-12"), "a")

    assert english in told[0]
    assert french in told[1]


def test_the_last_step_is_due_at_the_launch_and_the_buffer_before_it():
    assert both(plan([{"id": "a", "name": "Art", "days": 1}], buffer_days=2), "a") == (
        "Art may start on 17 May 2027 at the latest, because it needs 1 working day before the launch and the buffer before it.",
        "« Art » doit commencer au plus tard le 17 mai 2027, parce qu'il lui faut 1 jour ouvré avant le lancement et le tampon qui le précède.",
    )


def test_a_milestone_is_reached_and_its_deadline_is_named():
    gate = [{"id": "g", "name": "Go", "kind": "milestone", "deadline": "2027-05-01"}, {"id": "a", "name": "Art", "days": 1}]
    read = plan(gate, [{"from": "a", "to": "g"}])

    assert both(read, "g")[1] == (
        "Le jalon « Go » doit être atteint au plus tard à la fin du 1er mai 2027, "
        "parce qu'il doit être atteint avant la fin du 1er mai 2027, son échéance."
    )
    assert both(read, "a") == (
        "Art may start on 30 April 2027 at the latest, because Go must be reached before the end of 1 May 2027, the deadline of Go.",
        "« Art » doit commencer au plus tard le 30 avril 2027, parce que le jalon « Go » doit être atteint avant la fin du 1er mai 2027, son échéance.",
    )


def test_a_milestone_before_others_keeps_its_distance():
    steps = [{"id": "g", "name": "Go", "kind": "milestone"}, {"id": "a", "name": "Art", "days": 1, "deadline": "2027-05-10"}]

    after = both(plan(steps, [{"from": "g", "to": "a", "lag": 2}]), "g")[1]
    before = both(plan(steps, [{"from": "g", "to": "a", "lag": -2}]), "g")[1]

    assert "parce qu'il doit être atteint au moins 2 jours ouvrés avant « Art »" in after
    assert "parce qu'il doit être atteint au plus tard 2 jours ouvrés après le début d'« Art »" in before


def test_a_pin_ends_the_chain():
    slot = {"id": "s", "name": "Slot", "days": 1, "pinned_on": "2027-05-11"}
    read = plan([{"id": "a", "name": "Art", "days": 1}, slot], [{"from": "a", "to": "s"}])

    assert both(read, "a") == (
        "Art may start on 10 May 2027 at the latest, because Slot needs 1 working day before the 11 May 2027 that Slot is pinned to.",
        "« Art » doit commencer au plus tard le 10 mai 2027, parce que la date de « Slot » est imposée, le 11 mai 2027.",
    )


def test_rounds_are_counted():
    review = {"id": "r", "name": "Client's OK", "kind": "review", "sla_days": 2, "rounds": 2, "rework_days": 1}
    english, french = both(plan([review]), "r")

    assert "it needs 5 days in 2 rounds before the launch" in english
    assert "il lui faut 5 jours en 2 tours avant le lancement" in french


@pytest.mark.parametrize(("name", "said"), [("Édition", "d'« Édition »"), ("Œuvre", "d'« Œuvre »"), ("Hôtel", "de « Hôtel »"), ("Script", "de « Script »")])
def test_de_is_elided_before_a_vowel(name, said):
    assert f"le début {said}" in both(pair("SS", 3, target=name), "a")[1]


@pytest.mark.parametrize(("name", "said"), [("Art", "parce qu'« Art »"), ("Script", "parce que « Script »")])
def test_que_is_elided_before_a_vowel(name, said):
    assert said in both(pair(target=name), "a")[1]


# No sooner


def test_what_nothing_holds_starts_today():
    assert both(pair(), "a", "of_early") == (
        "Art can start on 5 April 2027 and end on 6 April 2027 at the earliest, because nothing can start before today, 5 April 2027.",
        "« Art » peut commencer au plus tôt le 5 avril 2027 et finir le 6 avril 2027, parce que rien ne peut commencer avant aujourd'hui, le 5 avril 2027.",
    )


def test_what_waits_names_the_step_before_and_where_that_begins():
    assert both(pair(), "b", "of_early") == (
        "Edit can start and end on 7 April 2027 at the earliest, because it waits for Art, which needs 2 working days from today, 5 April 2027.",
        "« Edit » peut commencer et finir au plus tôt le 7 avril 2027, parce qu'il faut attendre la fin d'« Art », "
        "qui demande 2 jours ouvrés à partir d'aujourd'hui, le 5 avril 2027.",
    )


@pytest.mark.parametrize(
    ("kind", "lag", "unit", "english", "french"),
    [
        ("FS", 2, "working", "it may start no sooner than 2 working days after the end of Art, which needs 2 working days from today", "son début doit venir au moins 2 jours ouvrés après la fin d'« Art », qui demande"),
        ("FS", -1, "calendar", "it may start no sooner than 1 calendar day before the end of Art, which needs", "son début peut venir au plus 1 jour calendaire avant la fin d'« Art », qui demande"),
        ("SS", 3, "working", "it may start no sooner than 3 working days after the start of Art, which can start today", "son début doit venir au moins 3 jours ouvrés après le début d'« Art », qui peut commencer aujourd'hui"),
        ("FF", 1, "working", "it may end no sooner than 1 working day after the end of Art", "sa fin doit venir au moins 1 jour ouvré après la fin d'« Art »"),
        ("SF", 4, "working", "it may end no sooner than 4 working days after the start of Art", "sa fin doit venir au moins 4 jours ouvrés après le début d'« Art »"),
    ],
)
def test_each_link_holds_in_its_own_words(kind, lag, unit, english, french):
    told = both(pair(kind, lag, unit), "b", "of_early")

    assert english in told[0]
    assert french in told[1]


@pytest.mark.parametrize(
    ("facts", "english", "french"),
    [
        ({"not_before": "2027-05-03"}, "because it may not start before 3 May 2027.", "parce que son début ne peut pas venir avant le 3 mai 2027."),
        ({"pinned_on": "2027-05-03"}, "because it is pinned to 3 May 2027.", "parce que sa date est imposée, le 3 mai 2027."),
        (
            {"started_on": "2027-04-02", "remaining_days": 5},
            "Edit is under way and can end on 9 April 2027 at the earliest, because it began on 2 April 2027 and needs 5 working days more from today, 5 April 2027.",
            "« Edit » est en cours et peut finir au plus tôt le 9 avril 2027, parce qu'il lui faut encore 5 jours ouvrés à partir d'aujourd'hui, le 5 avril 2027.",
        ),
        (
            {"finished_on": "2027-04-01"}, "Edit was done on 1 April 2027, and what is done keeps its date.",
            "« Edit » a pris fin le 1er avril 2027, et ce qui est fait garde sa date.",
        ),
    ],
)
def test_a_fact_of_its_own_holds_it(facts, english, french):
    told = both(plan([{"id": "b", "name": "Edit", "days": 1, **facts}]), "b", "of_early")

    assert told[0].endswith(english)
    assert told[1].endswith(french)


@pytest.mark.parametrize(
    ("facts", "english", "french"),
    [
        ({"not_before": "2027-05-03"}, "which needs 2 working days and may not start before 3 May 2027.", "qui demande 2 jours ouvrés et ne peut pas commencer avant le 3 mai 2027."),
        ({"pinned_on": "2027-05-03"}, "which needs 2 working days and is pinned to 3 May 2027.", "qui demande 2 jours ouvrés et dont la date est imposée, le 3 mai 2027."),
        ({"started_on": "2027-04-01", "remaining_days": 1}, "which began on 1 April 2027 and needs 1 working day more.", "qui a commencé le 1er avril 2027 et demande encore 1 jour ouvré."),
        ({"finished_on": "2027-04-20"}, "which was done on 20 April 2027.", "qui a pris fin le 20 avril 2027."),
    ],
)
def test_a_fact_before_it_holds_it(facts, english, french):
    steps = [{"id": "a", "name": "Art", "days": 2, **facts}, {"id": "b", "name": "Edit", "days": 1}]
    told = both(plan(steps, [{"from": "a", "to": "b"}]), "b", "of_early")

    assert told[0].endswith(english)
    assert told[1].endswith(french.replace("et ne peut", "et qui ne peut"))


def test_what_is_left_waits_for_a_hard_link():
    steps = [{"id": "a", "name": "Art", "days": 3}, {"id": "b", "name": "Edit", "days": 2, "started_on": "2027-04-02", "remaining_days": 1}]
    told = both(plan(steps, [{"from": "a", "to": "b"}]), "b", "of_early")

    assert "Edit is under way and can end on 8 April 2027 at the earliest, because what is left of it waits for Art, which needs" in told[0]
    assert "parce que ce qui en reste doit attendre la fin d'« Art », qui demande" in told[1]


def test_a_milestone_that_nothing_holds_can_be_reached_at_once():
    gate = plan([{"id": "g", "name": "Go", "kind": "milestone"}])

    assert both(gate, "g", "of_early") == (
        "Go can be reached at once, because it waits for nothing.",
        "Le jalon « Go » peut être atteint tout de suite, parce que rien ne le retient.",
    )


def test_a_milestone_waits_for_what_leads_to_it():
    gate = plan([{"id": "a", "name": "Art", "days": 2}, {"id": "g", "name": "Go", "kind": "milestone"}], [{"from": "a", "to": "g"}])

    assert both(gate, "g", "of_early") == (
        "Go can be reached by the end of 6 April 2027 at the earliest, because it waits for Art, which needs 2 working days from today, 5 April 2027.",
        "Le jalon « Go » peut être atteint au plus tôt à la fin du 6 avril 2027, parce qu'il faut attendre la fin d'« Art », "
        "qui demande 2 jours ouvrés à partir d'aujourd'hui, le 5 avril 2027.",
    )


def test_a_holiday_that_puts_it_off_is_named_in_the_language():
    """Art ends on Friday 30 April; Monday 3 May is a holiday in England."""
    steps = [{"id": "a", "name": "Art", "days": 2, "not_before": "2027-04-29"}, {"id": "b", "name": "Edit", "days": 1, "calendar": "en"}]
    english, french = both(plan(steps, [{"from": "a", "to": "b"}]), "b", "of_early")

    assert english.startswith("Edit can start and end on 4 May 2027")
    assert english.endswith(", and Monday 3 May 2027 is May Day in en.")
    assert french.endswith(", et que le lundi 3 mai 2027, May Day, n'est pas travaillé (en).")
    ascension = both(plan([{"id": "a", "name": "Art", "days": 2, "calendar": "fr", "not_before": "2027-05-06"}]), "a", "of_early")
    assert ascension[0].endswith("before 6 May 2027, and Thursday 6 May 2027 is Ascension Day in fr.")
    assert ascension[1].endswith("avant le 6 mai 2027, et que le jeudi 6 mai 2027, Ascension, n'est pas travaillé (fr).")


def test_a_day_off_within_the_work_is_named_and_a_weekend_is_not():
    off = both(plan([{"id": "a", "name": "Art", "days": 3, "calendar": "shop"}]), "a", "of_early")

    assert off[0].endswith(", and Wednesday 7 April 2027 is a day off in shop.")
    assert off[1].endswith(", et que le mercredi 7 avril 2027 n'est pas travaillé (shop).")
    assert "Saturday" not in both(plan([{"id": "a", "name": "Art", "days": 8}]), "a", "of_early")[0]


# Every sentence


def test_the_answer_tells_its_whys_in_french_when_asked():
    read = pair()

    assert retroplan_answer(read)["steps"]["a"]["why"] == whys(read).of("a")
    assert retroplan_answer(read, language="fr")["steps"]["a"]["why"] == whys(read, "fr").of("a")
    assert whys(read, "xx").of("a") == whys(read).of("a")


def test_sentences_stay_short_in_a_long_row():
    keys = [f"s{i}" for i in range(3000)]
    row = plan([{"id": key, "days": 1} for key in keys], [{"from": a, "to": b} for a, b in zip(keys, keys[1:], strict=False)], launch="2060-01-01")

    for language in ("en", "fr"):
        told = whys(row, language)
        assert max(len(sentence) for key in keys for sentence in (told.of(key), told.of_early(key))) < 300
    assert told.of_early("s2999").endswith("en remontant jusqu’à aujourd’hui, le 5 avril 2027.")
    assert whys(row).of_early("s2999").endswith("and so on back to today, 5 April 2027.")


near = st.integers(-10, 40).map(lambda n: (MONDAY + timedelta(n)).isoformat())
lengths = st.one_of(
    st.fixed_dictionaries({"days": st.integers(0, 5)}),
    st.just({"kind": "milestone"}),
    st.fixed_dictionaries({"kind": st.just("review"), "sla_days": st.integers(1, 3), "rounds": st.integers(1, 3), "rework_days": st.integers(0, 2)}),
)
facts = st.one_of(st.just({}), st.sampled_from(["not_before", "deadline", "pinned_on", "started_on", "finished_on"]).flatmap(lambda name: st.fixed_dictionaries({name: near})))
steps = st.builds(lambda length, fact, more: {**length, **fact, **more}, lengths, facts, st.fixed_dictionaries({}, optional={"calendar": st.sampled_from([*CALENDARS])}))
links = st.fixed_dictionaries({
    "type": st.sampled_from(["FS", "FS", "SS", "FF", "SF"]), "lag": st.integers(-3, 3),
    "lag_unit": st.sampled_from(["working", "calendar"]), "strength": st.sampled_from(["hard", "soft"]),
})


@given(st.lists(steps, min_size=1, max_size=7), st.data())
def test_every_sentence_is_whole_and_bounded(rows, data):
    """No braces, no placeholders, no None; one sentence; and never more than three links long."""
    ids = [f"étape {i}" for i in range(len(rows))]
    pairs = [(a, b) for i, b in enumerate(ids) for a in ids[:i] if data.draw(st.booleans())]
    read = plan([{"id": key, **row} for key, row in zip(ids, rows, strict=True)], [{"from": a, "to": b, **data.draw(links)} for a, b in pairs])

    for told in (whys(read), whys(read, "fr")):
        for sentence in (one for key in ids for one in (told.of(key), told.of_early(key))):
            assert not any(word in sentence for word in ("{", "}", "%(", "None", "  ", " ,", ",,", " ."))
            assert sentence.endswith(".")
            assert sentence[0].isupper() or sentence[0] in "«é"
            assert len(sentence) < 600
