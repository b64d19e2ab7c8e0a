"""Several people in one room: what they see of each other, and that all of them end with the same."""

from playwright.sync_api import Page, expect

from e2e.conftest import stayed, stays
from e2e.hands import arrived, draw, enter, go, on_screen, take, until
from e2e.people import bodies, general_link, left, visual
from e2e.test_reconnect import Wire

ROWS = """async () => {
  const url = performance.getEntriesByType("resource").map((one) => one.name).find((name) => name.includes("models/room.js"))
  const { room } = await import(url)
  return room.marks.all().map(({ id, number, label, body, shape, audience, resolved, author, unsaved }) =>
    JSON.stringify({ id, number, label, body, shape, audience, resolved, author: author.name, unsaved: Boolean(unsaved) })).sort()
}"""


def rows(page: Page) -> list[str]:
    """What this room holds, whatever the order it came in."""
    return page.evaluate(ROWS)


def threads(page: Page) -> list[tuple[str, str]]:
    """The talk as it stands, thread by thread: which, and what is said in it."""
    return page.locator(".thread").evaluate_all(
        "all => all.map((one) => [one.id, one.querySelector('.thread__number').textContent.trim(), one.querySelector('.thread__body').textContent, ...Array.from(one.querySelectorAll('.reply__body'), (said) => said.textContent)].join(' | '))"
    )


def pins(page: Page) -> list[str]:
    return page.locator(".pin").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")


def heard(page: Page, frames: list[str]) -> None:
    """Gather all that comes to this browser over its sockets, from its next page on."""
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))


def faces(page: Page):
    return page.get_by_role("list", name="Looking now").get_by_role("img")


def theirs(page: Page):
    """What somebody else is drawing just now."""
    return page.locator("[data-draft=theirs]")


def share(page: Page) -> None:
    page.locator(".composer").get_by_text("Shared", exact=True).click()


def write(page: Page, words: str) -> None:
    page.locator("#composer-body").fill(words)
    page.locator("#composer-body").press("Control+Enter")


def begin(page: Page, *points: tuple[float, float], tool: str = "stroke") -> None:
    """Draw through these points, and do not let go."""
    take(page, tool)
    first, *further = [on_screen(page, point) for point in points]
    page.mouse.move(*first)
    page.mouse.down()
    for point in further:
        page.mouse.move(*point, steps=4)


def client(visitors, house, version_id: str, frames: list[str] | None = None) -> Page:
    """Chloé, in the room as it is for clients."""
    page = visitors.member(house.url, "chloe")
    heard(page, [] if frames is None else frames)
    page.goto(f"/client/versions/{version_id}")
    arrived(page)
    return page


def guest(visitors, house, link: str, version_id: str, frames: list[str]) -> Page:
    """Somebody who came by a general link, and has only come to look so far."""
    page = visitors.guest(house.url, link)
    heard(page, frames)
    page.goto(f"{page.url.rstrip('/')}/versions/{version_id}")
    arrived(page)
    return page


def test_a_stroke_is_seen_before_it_ends_and_the_teams_own_by_the_team_alone(studio, visitors):
    version_id = visual(studio, "chloe@maree.example")
    link = general_link(studio, version_id)
    with studio.served() as house:
        camille, marc = enter(visitors, house, "camille", version_id), enter(visitors, house, "marc", version_id)
        outside: list[str] = []
        chloe, sarah = client(visitors, house, version_id, outside), guest(visitors, house, link, version_id, outside)
        for page in (camille, marc, chloe, sarah):
            expect(faces(page)).to_have_count(4)

        begin(camille, (0.2, 0.2), (0.3, 0.3), (0.4, 0.2))
        expect(theirs(marc)).to_have_count(1)
        expect(theirs(marc)).to_have_attribute("data-type", "stroke")
        camille.mouse.up()
        expect(marc.get_by_role("button", name="Note A, freehand, by Camille")).to_be_attached()
        expect(theirs(marc)).to_have_count(0)
        inside = marc.locator(".pin").get_attribute("data-mark")

        share(camille)
        begin(camille, (0.6, 0.6), (0.7, 0.7), (0.8, 0.6))
        for page in (marc, chloe, sarah):
            expect(theirs(page)).to_have_count(1)
        camille.mouse.up()
        for page in (chloe, sarah):
            expect(page.get_by_role("button", name="Note 1, freehand, by Camille")).to_be_attached()
            expect(theirs(page)).to_have_count(0)
            expect(page.locator(".pin")).to_have_count(1)
        assert any('"stroke"' in frame for frame in outside)
        assert not any(inside in frame for frame in outside)

        begin(chloe, (0.1, 0.8), (0.2, 0.9), (0.3, 0.8))
        for page in (camille, marc, sarah):
            expect(theirs(page)).to_have_count(1)
        chloe.keyboard.press("Escape")
        for page in (camille, marc, sarah):
            expect(theirs(page)).to_have_count(0)
        chloe.mouse.up()
        expect(chloe.locator(".pin")).to_have_count(1)


def test_who_looks_who_points_and_who_writes(studio, visitors):
    version_id = visual(studio, "chloe@maree.example")
    with studio.served() as house:
        told: list[str] = []
        camille, chloe = enter(visitors, house, "camille", version_id), client(visitors, house, version_id, told)
        expect(faces(camille)).to_have_count(2)
        expect(camille.get_by_role("img", name="Chloe is looking")).to_be_visible()
        expect(camille.get_by_role("img", name="Camille (you)")).to_be_visible()
        expect(camille.locator(".together [role=status]")).to_have_text("Here now: Chloe.")

        chloe.mouse.move(*on_screen(chloe, (0.5, 0.5)))
        chloe.mouse.move(*on_screen(chloe, (0.25, 0.75)), steps=5)
        pointer = camille.locator(".pointer")
        expect(pointer).to_have_text("Chloe")
        wanted = on_screen(camille, (0.25, 0.75))
        until(camille, lambda: near(pointer.bounding_box(), wanted))

        camille.locator("#composer-body").press_sequentially("Between us")
        write(camille, "Between us alone")
        expect(camille.locator(".thread", has_text="Between us alone")).to_be_visible()
        chloe.locator("#composer-body").press_sequentially("What if")
        expect(camille.locator("[data-room-typing]")).to_have_text("Chloe is writing…")
        write(chloe, "What if it were blue?")
        expect(camille.locator(".thread", has_text="What if it were blue?")).to_be_visible()
        expect(camille.locator("[data-room-typing]")).to_be_hidden()
        assert not any('"typing"' in frame for frame in told)

        share(camille)
        camille.locator("#composer-body").press_sequentially("It might")
        expect(chloe.locator("[data-room-typing]")).to_have_text("Camille is writing…")

        second = chloe.context.new_page()
        second.goto(f"/client/versions/{version_id}")
        arrived(second)
        expect(faces(second)).to_have_count(2)
        write(second, "Said in the other tab")
        expect(chloe.locator(".thread", has_text="Said in the other tab")).to_be_visible()
        draw(second, "box", (0.6, 0.1), (0.8, 0.2))
        expect(chloe.get_by_role("button", name="box, by Chloe")).to_be_attached()
        same((chloe, second), notes=3)
        chloe.close()
        expect(pointer).to_have_count(0)
        expect(faces(camille)).to_have_count(2)
        second.close()
        expect(faces(camille)).to_have_count(1)
        expect(camille.locator(".together [role=status]")).to_have_text("No longer here: Chloe.")


def test_three_draw_and_write_at_once_and_end_with_the_same(studio, visitors):
    version_id = visual(studio, "chloe@maree.example")
    first = left(studio, version_id, "chloe", "Logo smaller")
    with studio.served() as house:
        camille, marc, chloe = enter(visitors, house, "camille", version_id), enter(visitors, house, "marc", version_id), client(visitors, house, version_id)
        rooms = (camille, marc, chloe)
        for page in rooms:
            expect(faces(page)).to_have_count(3)
            stays(page)
        for page in (camille, marc):
            share(page)
        marc.locator(f"#note-{first}").click()
        marc.locator("#composer-body").fill("A half-written ans")
        for turn in range(3):
            for across, page in enumerate(rooms):
                begin(page, (0.1 + across / 4, 0.1 + turn / 4), (0.2 + across / 4, 0.2 + turn / 4), tool=("box", "ellipse", "arrow")[turn])
            for page in rooms:
                page.mouse.up()
            write(camille, f"Camille, {turn}")
            write(chloe, f"Chloe, {turn}")
        assert all(stayed(page) for page in rooms)

        late = visitors.member(house.url, "olga")
        late.goto(f"/versions/{version_id}")
        arrived(late)
        everywhere = (*rooms, late)
        same(everywhere, notes=10)
        for page in everywhere:
            page.reload()
            arrived(page)
        same(everywhere, notes=10)
        marc.locator(f"#note-{first}").click()
        expect(marc.get_by_label("Reply to Chloe")).to_have_value("A half-written ans")
        assert len(bodies(studio)) == 10


def test_two_draw_without_a_connection_and_nothing_is_lost_or_twice(studio, visitors):
    version_id = visual(studio, "chloe@maree.example")
    with studio.served() as house:
        camille, chloe = (visitors.member(house.url, name) for name in ("camille", "chloe"))
        wires = [Wire(page.context) for page in (camille, chloe)]
        for page in (camille, chloe):
            go(page, version_id)
            stays(page)
        share(camille)
        begin(camille, (0.1, 0.1), (0.2, 0.2))
        for wire in wires:
            wire.cut()
        camille.mouse.up()
        for page, across in ((camille, 0.3), (chloe, 0.6)):
            for down in range(3):
                draw(page, "box", (across, 0.1 + down / 4), (across + 0.1, 0.2 + down / 4))
            write(page, f"From the {'studio' if page is camille else 'train'}")
            expect(page.locator("#offline")).to_be_visible()
            expect(page.locator(".thread[data-state=unsent]")).to_be_visible()
            expect(page.locator(".composer__status")).to_have_text("Kept here: it will be sent when the connection is back.")
        draw(camille, "stroke", (0.8, 0.8), (0.9, 0.9), (0.95, 0.8))
        expect(camille.locator(".pin")).to_have_count(5)
        expect(chloe.locator(".pin")).to_have_count(3)
        expect(camille.locator(".toast")).to_have_count(0)

        for wire in wires:
            wire.join()
        for page in (camille, chloe):
            expect(page.locator("#offline")).to_be_hidden()
            expect(page.locator(".composer__status")).to_be_hidden()
            expect(page.locator(".pin")).to_have_count(8)
        same((camille, chloe), notes=8)
        assert sorted(bodies(studio)) == sorted(["From the studio", "From the train", *[""] * 6])
        assert all(stayed(page) for page in (camille, chloe))


def same(pages, *, notes: int) -> None:
    """All these rooms hold the same notes, thread by thread and mark by mark, and none waits to be sent."""
    first, *others = pages
    for page in pages:
        expect(page.locator(".thread")).to_have_count(notes)
        until(page, lambda page=page: any('"unsaved":true' in row for row in rows(page)), False)
    for page in others:
        until(page, lambda page=page: (rows(page), threads(page), pins(page)), (rows(first), threads(first), pins(first)))


def near(box, point, pixels: float = 3) -> bool:
    return bool(box) and abs(box["x"] - point[0]) < pixels and abs(box["y"] - point[1]) < pixels
