"""What happens while nobody is connected is not missed: the page says that it is alone, and catches up by itself."""

from playwright.sync_api import expect

from e2e.conftest import stayed, stays
from review.reviews import Review
from tests.services.processes import free_ports
from tests.world import picture


class Wire:
    """A page's sockets, to be cut and joined again."""

    def __init__(self, context):
        self.context, self.cut_now, self.sockets = context, False, []
        context.route_web_socket(lambda url: "/socket.io/" in url, self._connect)

    def _connect(self, socket) -> None:
        if self.cut_now:
            socket.close()
            return
        socket.connect_to_server()
        self.sockets.append(socket)

    def cut(self) -> None:
        self.cut_now = True
        self.context.set_offline(True)
        for socket in self.sockets:
            socket.close()

    def join(self) -> None:
        self.cut_now = False
        self.context.set_offline(False)


def approve(studio, review_id: str) -> None:
    from storage.db import db

    studio.world.decide(db.session.get_one(Review, review_id), studio.world.chloe)


def put_up(studio) -> str:
    with studio.inside():
        return studio.world.put_up(studio.world.upload(picture(), deliverable="visual"), "chloe@maree.example").id


def test_a_page_that_lost_its_connection_catches_up(studio, visitors):
    review_id = put_up(studio)
    with studio.served() as house:
        board = visitors.member(house.url, "marc")
        wire = Wire(board.context)
        board.goto(f"/campaigns/{studio.world.ids['campaign']}")
        expect(board.locator("body")).to_have_attribute("data-online", "true")
        stays(board)

        wire.cut()
        expect(board.locator("#offline")).to_be_visible()
        chloe = visitors.member(house.url, "chloe")
        with studio.inside():
            version_id = studio.world.plan.step_by_id[studio.world.step("visual").id].asset_id
        chloe.goto(f"/assets/{version_id}")
        chloe.get_by_role("button", name="Approve").click()
        expect(chloe.locator(".toast")).to_contain_text("Key visual, version 1: approved")
        expect(board.get_by_role("region", name="In review")).to_contain_text("Key visual")

        wire.join()
        expect(board.get_by_role("region", name="Approved")).to_contain_text("Key visual")
        expect(board.locator("#offline")).to_be_hidden()
        assert stayed(board)
    assert review_id


def test_a_page_outlives_the_server(studio, visitors):
    review_id, (port,) = put_up(studio), free_ports(1)
    with studio.served(port) as house:
        board = visitors.member(house.url, "marc")
        board.goto(f"/campaigns/{studio.world.ids['campaign']}")
        expect(board.locator("body")).to_have_attribute("data-online", "true")
        stays(board)
    expect(board.locator("#offline")).to_be_visible()
    with studio.inside():
        approve(studio, review_id)
    with studio.served(port):
        expect(board.get_by_role("region", name="Approved")).to_contain_text("Key visual")
        expect(board.locator("#offline")).to_be_hidden()
        assert stayed(board)
