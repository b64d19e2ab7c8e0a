"""The one story, in three browsers: dropped, put up, approved by a guest; the marketer's open board moves by itself."""

from playwright.sync_api import expect

from e2e.conftest import stayed, stays
from tests.world import picture


def column(page, name: str):
    return page.get_by_role("region", name=name)


def test_the_marketers_board_moves_while_the_client_approves(studio, visitors):
    with studio.served() as house:
        board = visitors.member(house.url, "marc")
        board.goto(f"/campaigns/{studio.world.ids['campaign']}")
        stays(board)
        expect(column(board, "To do")).to_contain_text("Key visual")
        milestone = board.get_by_role("article").filter(has_text="Print-ready").first
        expect(milestone).to_contain_text("On track")

        studio_page = visitors.member(house.url, "camille")
        studio_page.goto(f"/campaigns/{studio.world.ids['campaign']}")
        card = studio_page.get_by_role("article").filter(has_text="Key visual").filter(has=studio_page.locator("input[type=file]"))
        card.locator("input[type=file]").set_input_files({"name": "visual.png", "mimeType": "image/png", "buffer": picture(size=(1400, 900))})
        studio_page.wait_for_url("**/versions/*")
        expect(studio_page.locator("#stage")).to_have_attribute("data-ready", "true")
        expect(column(board, "In progress")).to_contain_text("Key visual")

        studio_page.get_by_role("link", name="Put up for review").click()
        studio_page.get_by_label("Others, by e-mail").fill("sarah@veray.example")
        studio_page.get_by_role("button", name="Ask them").click()
        link = studio_page.get_by_label("The personal link of sarah@veray.example").input_value()
        expect(column(board, "In review")).to_contain_text("with sarah@veray.example since today")

        client = visitors.guest(house.url, link)
        client.get_by_role("button", name="Approve").first.click()
        expect(client.locator("body")).to_contain_text("approved")

        expect(column(board, "Approved")).to_contain_text("Key visual")
        expect(board.get_by_role("status").filter(has_text="Print-ready")).to_contain_text("Print-ready has passed Unblocked: Media plan")
        expect(milestone).to_contain_text("Passed on time")
        assert stayed(board)


def test_marks_and_answers_appear_on_the_makers_open_page(studio, visitors):
    with studio.inside():
        version = studio.world.upload(picture(), deliverable="visual")
        studio.world.put_up(version, "sarah@veray.example")
        link, version_id = studio.personal_link("sarah@veray.example"), version.id
    with studio.served() as house:
        maker = visitors.member(house.url, "camille")
        maker.goto(f"/versions/{version_id}")
        maker.get_by_label("Your note on this version").fill("Half a thou")
        stays(maker)

        client = visitors.guest(house.url, link)
        client.goto(client.url.rstrip("/") + f"/versions/{version_id}")
        client.get_by_label("Your note on this version").fill("Logo smaller")
        client.get_by_role("button", name="Send").last.click()
        expect(maker.locator(".threads")).to_contain_text("Logo smaller")

        client.get_by_role("button", name="Ask for changes").click()
        expect(maker.locator(".seats")).to_contain_text("Changes requested")
        expect(maker.get_by_label("Your note on this version")).to_have_value("Half a thou")
        assert stayed(maker)
