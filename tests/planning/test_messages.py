"""Messages of the plan: English as it stands, a template for other languages, and French for every one of them."""

import ast
import copy
import pickle
from datetime import date
from gettext import translation
from pathlib import Path

import pytest

from planning.calendars import CalendarEdge, spec_of_country
from planning.graph import PlanLoop
from planning.messages import Message, Refusal, joined
from planning.planfile import PlanError, plan_from, plan_from_json
from webapp.translating import CATALOGUE, PLANNING, catalogue

ROOT = Path(__file__).parent.parent.parent
FRENCH = translation("messages", CATALOGUE.parent.parent.parent, ["fr"]).gettext
SAID_BY = {name for name in PLANNING if name not in ("_", "_l", "gettext", "lazy_gettext", "ngettext")}
MADE_ELSEWHERE = {"_EDGE", "template", "refusal", "edge", "error", "reason", "words", "self"}
"""Names that hold a message made before, or what another program says."""


TODAY = date(2027, 4, 1)


def in_french(refused: Refusal) -> str:
    return refused.message.told(FRENCH)


def test_a_message_is_its_english_and_knows_its_template():
    message = Message("Two %(what)s of %(name)s", what=Message("a list"), name="100 %s")

    assert message == "Two a list of 100 %s"
    assert message.told({"Two %(what)s of %(name)s": "%(name)s : %(what)s", "a list": "une liste"}.__getitem__) == "100 %s : une liste"


def test_what_people_wrote_stays_on_one_line():
    assert Message("%(name)s", name="a\n\u2028\x1b[31m") == "a\\n\\u2028\\x1b[31m"
    assert Message("50 % of\nit").isprintable()


def test_a_message_is_copied_whole():
    message = Message("Step %(step)s", step=Message("a step"))

    for again in (copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
        assert (again, again.template, again.values) == (message, message.template, message.values)


def test_parts_in_a_row_are_each_translated():
    row = joined(" → ", ["a %s", Message("a list"), "b"])

    assert row == "a %s → a list → b"
    assert row.told(FRENCH) == "a %s → une liste → b"


def test_a_refusal_made_of_a_message_is_that_message():
    edge = CalendarEdge("Step \"%(step)s\": %(fault)s", step="é", fault="x")

    assert str(PlanError(edge.message)) == 'Step "é": x'
    assert PlanError(edge.message).message is edge.message


@pytest.mark.parametrize(
    ("steps", "links", "said"),
    [
        ([{"id": "a", "days": "two"}], (), 'Étape "a"\u00a0: days doit être un nombre entier, pas "two".'),
        ([{"id": "a", "days": []}], (), 'Étape "a"\u00a0: days doit être un nombre entier, pas une liste.'),
        ([{}], (), "Étape 1\u00a0: il manque l’id."),
        ([{"id": "a", "colour": 1}], (), 'Étape "a"\u00a0: champ inconnu "colour" dans une étape.'),
        ([{"id": "a", "kind": "x"}], (), "Étape \"a\"\u00a0: kind doit être work, deliverable, review ou milestone, pas \"x\"."),
        ([{"id": "a", "calendar": "gb"}], (), 'Étape "a"\u00a0: il n’y a pas de calendrier "gb".'),
        ([{"id": "a"}], [{"from": "a", "to": "b"}], 'Lien 1\u00a0: il n’y a pas d’étape "b".'),
        ([{"id": "a"}, {"id": "b"}], [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}], "Des étapes s’attendent l’une l’autre\u00a0: a → b → a."),
    ],
)
def test_a_wrong_plan_is_named_in_french(steps, links, said):
    with pytest.raises(PlanError) as refused:
        plan_from({"launch": "2027-05-20", "steps": steps, "links": list(links)}, TODAY)

    assert in_french(refused.value) == said


def test_what_another_program_says_is_in_french_too():
    with pytest.raises(PlanError) as refused:
        plan_from_json('{"launch": }', TODAY)

    assert str(refused.value) == "This is not JSON: Expecting value, line 1 column 12."
    assert in_french(refused.value) == "Ce n’est pas du JSON\u00a0: il manque une valeur, ligne 1 colonne 12."


def test_a_long_loop_is_cut_in_both_languages():
    loop = PlanLoop([[f"s{i}" for i in range(20)]])

    assert "s9 → … 9 more … → s19 → s0" in str(loop)
    assert "s9 → … 9 autres … → s19 → s0" in in_french(loop)


def test_an_unknown_country_is_named_in_french():
    with pytest.raises(ValueError) as unknown:
        spec_of_country("XX")

    assert unknown.value.message.told(FRENCH) == "On ne connaît pas de jours fériés pour le pays 'XX'."


# Every template


def calls():
    """(place, the first argument) of each call in planning/ that makes a message."""
    for path in sorted({*(ROOT / "planning").rglob("*.py")} - {ROOT / "planning" / "messages.py"}):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and _called(node.func) in SAID_BY:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0]


def _called(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def test_every_template_has_its_french():
    known = catalogue()
    templates = [(place, told.value) for place, told in calls() if isinstance(told, ast.Constant)]

    assert len(templates) > 80
    assert [pair for pair in templates if not (known.get(pair[1]) and known.get(pair[1]).string)] == []


def test_no_message_is_put_together_where_the_catalogue_cannot_see_it():
    """A template is a plain text; only what is a message already may be handed on."""
    wrong = [f"{place}: {ast.unparse(told)}" for place, told in calls() if not isinstance(told, ast.Constant) and not _handed_on(told)]

    assert wrong == []


def _handed_on(told: ast.expr) -> bool:
    names = {node.id for node in ast.walk(told) if isinstance(node, ast.Name)} - {"str", "Message"}
    return not isinstance(told, ast.JoinedStr) and names <= MADE_ELSEWHERE
