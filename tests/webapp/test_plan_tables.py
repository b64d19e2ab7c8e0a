"""`backbeat retroplan --lang fr`: the table, its proposals, its faults and its whys in French; English without it."""

import json
from datetime import date

import pytest

from planning.planfile import plan_from
from planning.retroplan import retroplan_answer
from tests.services.house import backbeat
from webapp.plan_tables import table, words_of

SHORT = {
    "launch": "2027-04-20", "status_date": "2027-04-05",
    "steps": [{"id": "film", "name": "The film", "days": 8}, {"id": "ok", "name": "Client's OK", "kind": "review", "days": 5, "people": ["chloe@alba.example"]}],
    "links": [{"from": "film", "to": "ok"}],
}


def drawn(plan: dict, language: str) -> list[str]:
    read = plan_from(plan, date(2027, 4, 5))
    return table(read, retroplan_answer(read, "short.json", language), words_of(language)).replace("\u00a0", " ").splitlines()


def test_the_table_is_in_french():
    assert drawn(SHORT, "fr") == [
        "short.json : lancement 2027-04-20, prêt 2027-04-21, jours manquants : 2",
        "étape  début au plus tard  échéance    début au plus tôt  fin au plus tôt  marge en jours",
        "film   2027-04-01          2027-04-12  2027-04-05         2027-04-14       -2",
        "ok     2027-04-13          2027-04-19  2027-04-15         2027-04-21       -2",
        "",
        "Ce qui pourrait être fait :",
        "  - répondre à « Client's OK » en 3 jours : prêt le 2027-04-19, 0 jour de marge; à demander à chloe@alba.example",
        "  - lancer le 2027-04-22 : prêt le 2027-04-21, 0 jour de marge",
    ]


def test_the_table_is_in_english_as_it_was():
    assert drawn(SHORT, "en")[:3] == [
        "short.json: launch 2027-04-20, ready 2027-04-21, short by 2 days",
        "step  latest start  due         early start  early finish  slack days",
        "film  2027-04-01    2027-04-12  2027-04-05   2027-04-14    -2",
    ]
    assert "  - answer Client's OK in 3 days: ready 2027-04-19, 0 days to spare; asks chloe@alba.example" in drawn(SHORT, "en")


def test_an_empty_plan_has_nothing_to_do():
    assert drawn({"launch": "2027-05-20", "steps": []}, "fr")[0] == "short.json : lancement 2027-05-20, prêt rien à faire, marge : – j"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


def test_the_command_speaks_french_when_asked(folder):
    link = {"from": "film", "to": "ok"}
    folder.parent.joinpath("short.json").write_text(json.dumps({**SHORT, "links": [link, {**link, "lag": 1}]}))

    done = backbeat(folder, "retroplan", "short.json", "--lang", "fr", "--format", "json")

    why = json.loads(done.stdout)["steps"]["film"]["why"]
    assert why.startswith("«\u00a0The film\u00a0» doit commencer au plus tard le ")
    assert done.stderr == "short.json\u00a0: Deux liens FS de film vers ok\u00a0: le plus fort est gardé.\n"


def test_what_cannot_be_computed_is_said_in_french(folder):
    folder.parent.joinpath("bad.json").write_text('{"launch": "2027-05-20", "steps": [{"id": "a", "days": "two"}]}')

    bad, none = (backbeat(folder, "retroplan", file, "--lang", "fr") for file in ("bad.json", "none.json"))

    assert (bad.returncode, none.returncode) == (2, 2)
    assert 'bad.json : Étape "a" : days doit être un nombre entier, pas "two".' in bad.stderr.replace("\u00a0", " ")
    assert "none.json : ce fichier n’existe pas." in none.stderr.replace("\u00a0", " ")
