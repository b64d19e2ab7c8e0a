"""The talk beside the picture as pages show it: threads in reading order, who reads what, and every act by a plain form."""

import uuid

import pytest

from review.annotations import Annotation, Audience, annotate
from storage.assets import Version
from storage.db import db, writing
from tests.webapp.guests import SARAH
from tests.webapp.pages import Element, read, statements
from tests.world import picture


def pin(x, y):
    return {"type": "pin", "x": x, "y": y}


@pytest.fixture
def version(world):
    version = world.upload(picture(), deliverable="visual")
    world.put_up(version, "chloe@maree.example", "sarah@client.example")
    db.session.rollback()
    return version


@pytest.fixture
def left(version):
    """`left(world.chloe, "brighter")`: the id of a note that was just left, shared unless it says otherwise."""

    def leave(by, body, *, audience=Audience.SHARED, shape=None, replies=(), **more) -> str:
        with writing() as session:
            row, _ = annotate(session.get_one(Version, version.id), by, id_=str(uuid.uuid4()), shape=shape, body=body, audience=audience, **more)
            for who, said in replies:
                row.reply(said, who)
            session.commit()
        return row.uuid

    return leave


def talk(browser, version, query="", prefix="") -> Element:
    answer = browser.get(f"{prefix}/versions/{version.id}{query}")
    assert answer.status_code == 200
    return read(answer.text).one(id="talk")


def threads(shown: Element) -> list[str]:
    """What the threads that are to be seen say, in their order."""
    return [one.one(cls="thread__body").text for one in shown.all("li", "thread") if "hidden" not in one.attrs]


def test_threads_stand_in_reading_order_with_their_numbers(world, version, left, sign_in):
    left(world.chloe, "the whole of it")
    left(world.camille, "below", shape=pin(0.1, 0.9))
    left(world.camille, "right", shape=pin(0.9, 0.1), audience=Audience.INTERNAL)
    left(world.chloe, "left", shape=pin(0.1, 0.1))
    shown = talk(sign_in("marc"), version)
    assert threads(shown) == ["left", "right", "below", "the whole of it"]
    assert [one.text for one in shown.all("a", "thread__number")] == ["3", "A", "2", "1"]
    assert [one.attrs["aria-label"] for one in shown.all("a", "thread__number")][1] == "Note A"


def test_tags_say_who_reads_it_and_how_urgent_it_is(world, version, left, sign_in):
    left(world.camille, "now", priority="must")
    left(world.camille, "some day", priority="later", audience=Audience.INTERNAL)
    must, later = [one.one(cls="thread__tags").text for one in talk(sign_in("marc"), version).all("li", "thread")]
    assert (must, later) == ("Must fix Shared", "Later Internal, team only")


def test_links_and_names_in_the_words(world, version, left, sign_in):
    left(world.marc, "@Chloe see https://example.com/a <b>")
    said = talk(sign_in("marc"), version).one(cls="thread__body")
    assert said.one("a").attrs == {"href": "https://example.com/a", "rel": "noopener nofollow ugc", "target": "_blank"}
    assert said.one("b", "mention").text == "@Chloe"
    assert said.text.endswith("<b>")


@pytest.mark.parametrize(("query", "seen"), [
    ("", ["open", "must", "done", "été à Nîmes", "inside"]),
    ("?notes=open", ["open", "must", "été à Nîmes", "inside"]),
    ("?notes=must", ["must"]),
    ("?notes=open&notes=must", ["must"]),
    ("?notes=mine", ["open", "must"]),
    ("?notes=internal", ["inside"]),
    ("?notes=shared&q=OPEN", ["open"]),
    ("?q=ete+a+nimes", ["été à Nîmes"]),
    ("?q=chloe", ["open", "été à Nîmes"]),
    ("?q=an+answer", ["inside"]),
    ("?q=nothing+of+it", []),
    ("?notes=nonsense&q=", ["open", "must", "done", "été à Nîmes", "inside"]),
])
def test_what_was_asked_for_is_what_is_seen(world, version, left, sign_in, query, seen):
    """Marc's are what he wrote, and where he is named."""
    left(world.chloe, "open", replies=[(world.camille, "@Marc?")])
    left(world.marc, "must", priority="must")
    with writing() as session:
        session.query(Annotation).filter_by(uuid=left(world.camille, "done")).one().resolve(world.camille)
        session.commit()
    left(world.chloe, "été à Nîmes")
    left(world.camille, "inside", audience=Audience.INTERNAL, replies=[(world.olga, "an answer")])

    assert threads(talk(sign_in("marc"), version, query)) == seen


def test_the_fragment_holds_them_all_whatever_was_asked_for(world, version, left, sign_in):
    """Where scripts run they hide what was not asked for; what comes later may be asked for."""
    left(world.chloe, "one")
    marc = sign_in("marc")
    source = talk(marc, version, "?q=nothing").one(data_live=f"version_{version.id}", cls="talk__list").attrs["data-live-src"]
    answer = marc.get(source, headers={"X-Fragment": "1"})
    assert threads(read(answer.text)) == ["one"]
    assert marc.get(source, headers={"X-Fragment": "1", "If-None-Match": answer.headers["ETag"]}).status_code == 304
    left(world.chloe, "two")
    assert marc.get(source, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_who_will_read_it_is_said_before_it_is_sent(world, version, sign_in):
    inside = talk(sign_in("camille"), version).one("form", id="composer")
    assert inside.one(id="composer-readers").text == "The team only."
    assert "Chloe, sarah@client.example and the team will read this." in inside.text
    assert [one.attrs["value"] for one in inside.all("input", name="audience") if "checked" in one.attrs] == ["internal"]

    outside = talk(sign_in("chloe"), version, prefix="/client").one("form", id="composer")
    assert outside.all("input", name="audience") == []
    assert "The team reads this, and everyone who was sent this version." in outside.text
    assert "sarah@" not in outside.text


def test_whom_one_may_name(world, version, left, sign_in):
    left(world.marc, "inside", audience=Audience.INTERNAL)
    left(world.camille, "shared")

    def offered(name, prefix=""):
        return [one.attrs["data-name"] for one in talk(sign_in(name), version, prefix=prefix).all("li", "mentions__one")]

    assert offered("marc") == ["Camille", "Olga", "Chloe"]
    assert offered("chloe", "/client") == ["Camille"]


# Acts by plain forms


def acts(shown: Element) -> dict[str, tuple[str, dict]]:
    """{what its button says: (where it goes, what it brings)} of the forms of the thread one is at."""
    found = {}
    for form in shown.all("form"):
        fields = {one.attrs["name"]: one.attrs.get("value") for one in form.all("input") if one.attrs["name"] != "csrf_token"}
        found[form.all("button")[-1].text] = (form.attrs.get("action"), fields)
    return found


def test_the_forms_stand_in_the_thread_that_was_asked_for(world, version, left, sign_in):
    own, other = left(world.camille, "mine"), left(world.chloe, "hers")
    camille = sign_in("camille")
    assert [one for one in talk(camille, version).all("form") if "/annotations/" in (one.attrs.get("action") or "")] == []
    mine = acts(talk(camille, version, f"?note={own}").one("li", "thread", id=f"note-{own}"))
    assert mine.keys() == {"Reply", "Change", "Tick off", "Must fix", "Later", "Make it internal", "Delete"}
    hers = acts(talk(camille, version, f"?note={other}").one("li", "thread", id=f"note-{other}"))
    assert hers.keys() == {"Reply", "Tick off", "Must fix", "Later"}
    assert acts(talk(sign_in("chloe"), version, f"?note={own}").one("li", "thread", id=f"note-{own}")).keys() == {"Reply"}


def test_a_note_lives_by_forms_alone(world, version, left, sign_in):
    own = left(world.camille, "mine", audience=Audience.INTERNAL)
    camille, marc = sign_in("camille"), sign_in("marc")

    def thread(browser=camille):
        return talk(browser, version, f"?note={own}").one("li", "thread", id=f"note-{own}")

    def do(name, **more):
        path, fields = acts(thread())[name]
        answer = camille.submit(path, **fields, **more)
        assert answer.status_code == 302, answer.text
        return answer

    assert do("Change", body="Mine, and better").location.endswith(f"#note-{own}")
    assert [one.text for one in thread(marc).one("details", "earlier").all("del")] == ["mine"]
    do("Must fix")
    assert thread(marc).attrs["data-priority"] == "must"
    do("No priority")
    do("Share it")
    assert thread(marc).one("a", "thread__number").text == "1"
    do("Tick off")
    assert "Ticked off by Camille" in thread(marc).text
    do("Open again")
    do("Reply", body="And I said so")
    reply = thread(marc).one(cls="reply").attrs["id"].removeprefix("reply-")
    changing = talk(camille, version, f"?note={own}&reply={reply}").one(id=f"reply-{reply}").one("form")
    camille.submit(changing.attrs["action"], body="And I say so")
    assert "And I say so" in thread(marc).one(cls="reply").one(cls="reply__body").text
    camille.submit(f"/replies/{reply}/deletion")
    assert thread(marc).all(cls="reply") == []


def test_what_was_deleted_can_be_brought_back_at_once(world, version, left, sign_in):
    own = left(world.camille, "mine")
    camille = sign_in("camille")
    camille.submit(f"/annotations/{own}/deletion")
    page = read(camille.get(f"/versions/{version.id}").text)
    assert page.all("li", "thread") == []
    toast = page.one(cls="toast")
    assert "Note 1 is deleted." in toast.text
    camille.submit(toast.one("form").attrs["action"])
    assert threads(talk(camille, version)) == ["mine"]


@pytest.mark.parametrize("body", ["", "  \r\n ", "x" * 10_001])
def test_nothing_and_too_much_are_refused(world, version, left, sign_in, body):
    own, camille = left(world.camille, "mine"), sign_in("camille")
    paths = [f"/versions/{version.id}/annotations", f"/annotations/{own}", f"/annotations/{own}/replies"]
    assert [camille.submit(path, body=body).status_code for path in paths] == [422] * 3


def test_a_guest_talks_under_their_own_addresses(world, version, left, guests):
    left(world.camille, "inside", audience=Audience.INTERNAL)
    left(world.camille, "For you")
    sarah = guests.by(guests.link(version)[1], **SARAH)
    home = sarah.home.rstrip("/")
    assert sarah.submit(f"{home}/versions/{version.id}/annotations", body="Thank you", audience="internal").status_code == 403
    answer = sarah.submit(f"{home}/versions/{version.id}/annotations", body="Thank you", priority="must")
    assert answer.location.startswith(f"{home}/versions/{version.id}#note-")

    shown = talk(sarah, version, prefix=home)
    assert threads(shown) == ["For you", "Thank you"]
    assert [one.text for one in shown.all("a", "thread__number")] == ["1", "2"]
    assert not [one for one in shown.all("p", "thread__tags") if "Shared" in one.text]
    own = answer.location.rpartition("#note-")[2]
    mine = acts(talk(sarah, version, f"?note={own}", prefix=home).one("li", "thread", id=f"note-{own}"))
    assert mine.keys() == {"Reply", "Change", "Tick off", "Later", "No priority", "Delete"}
    assert {path.startswith(f"{home}/") for path, _ in mine.values()} == {True}


def test_a_guest_who_has_not_said_who_they_are_cannot_write_yet(world, version, left, guests):
    note = left(world.camille, "For you")
    someone = guests.by(guests.link(version)[1])
    home = someone.home.rstrip("/")
    shown = talk(someone, version, f"?note={note}", prefix=home)
    assert shown.all("form", id="composer") == []
    assert shown.all("form", "plain") == []
    assert someone.submit(f"{home}/annotations/{note}/replies", body="Who am I?").status_code == 422


def test_each_reader_gets_their_own_threads_however_often_they_were_rendered(world, version, left, sign_in):
    """Threads are rendered once for all who read them alike."""
    mine = left(world.camille, "mine @Marc", replies=[(world.chloe, "hers")])
    readers = {name: sign_in(name) for name in ("camille", "marc", "olga", "chloe")}

    def marks(name):
        thread = talk(readers[name], version).one("li", "thread", id=f"note-{mine}")
        return {attr for one in thread.walk() for attr in one.attrs if attr in ("data-own", "data-mine", "data-may-tick")}, len(thread.all(cls="reply__act"))

    for _ in range(2):
        assert marks("camille") == ({"data-own", "data-mine", "data-may-tick"}, 0)
        assert marks("marc") == ({"data-mine", "data-may-tick"}, 0)
        assert marks("olga") == ({"data-may-tick"}, 0)
        assert marks("chloe") == ({"data-own", "data-mine"}, 2)
    for act, fields in (("", {"priority": "must"}), ("", {"body": "said otherwise"}), ("/resolution", {})):
        readers["camille"].submit(f"/annotations/{mine}{act}", **fields)
    thread = talk(readers["olga"], version).one("li", "thread")
    assert (thread.attrs["data-priority"], thread.attrs["data-state"], thread.one(cls="thread__body").text) == ("must", "done", "said otherwise")


# What it costs


def test_a_talk_costs_the_same_however_long_it_is(world, version, left, sign_in):
    marc, counts = sign_in("marc"), []
    for size in (2, 12):
        for number in range(size):
            note = left(world.camille, f"@Marc {number}", shape=pin(0.5, 0.5), replies=[(world.chloe, "yes")])
            with writing() as session:
                row = session.query(Annotation).filter_by(uuid=note).one()
                row.edit(world.camille, body="otherwise")
                row.resolve(world.camille)
                session.commit()
        source = f"/versions/{version.id}/talk"
        with statements() as sent:
            assert marc.get(source).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
