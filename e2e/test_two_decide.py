"""Two people decide at once, under a rule for which one answer is enough: both read a sentence they understand."""

from playwright.sync_api import expect

from tests.world import picture


class Gate:
    """Holds decisions on their way until as many have come as it waits for, then lets all go."""

    def __init__(self, count: int):
        self.count, self.held = count, []

    def __call__(self, route) -> None:
        self.held.append(route)
        if len(self.held) == self.count:
            for one in self.held:
                one.continue_()


def test_one_closes_it_and_the_other_is_told_who_was_quicker(studio, visitors):
    with studio.inside():
        version = studio.world.upload(picture(), deliverable="visual")
        studio.world.put_up(version, "chloe@maree.example", "sarah@veray.example", rule="any")
        link, version_id = studio.personal_link("sarah@veray.example"), version.id
    with studio.served() as house:
        chloe, sarah = visitors.member(house.url, "chloe"), visitors.guest(house.url, link)
        chloe.goto(f"/versions/{version_id}")
        gate = Gate(2)
        for page in (chloe, sarah):
            page.context.route("**/decision", gate)
            page.get_by_role("button", name="Approve").first.click(no_wait_after=True)
        for page in (chloe, sarah):
            page.wait_for_load_state()
            expect(page.locator("body")).to_contain_text("approved")

        told = [page.locator("body").inner_text() for page in (chloe, sarah)]
        late = [text for text in told if "This review is closed already" in text]
        assert len(late) == 1
        assert "Chloe approved it." in late[0] or "A guest approved it." in late[0]
        assert sum("Undo" in text for text in told) == 1

    with studio.inside():
        assert studio.world.plan.state_of(studio.world.step("ready")) == "passed"
