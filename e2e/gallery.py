"""A house that the stories of one module share: each story has a visual of its own there, and people sign in once."""

from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from e2e.conftest import Studio, Visitors
from e2e.hands import chosen, go, marks
from storage import outbox
from storage.assets import Version
from storage.db import db


class Gallery:
    """The visuals by name. `house` is where they are served, while they are."""

    def __init__(self, studio: Studio, browser: Browser):
        self.studio, self.browser, self.house = studio, browser, None
        self.versions: dict[str, str] = {}
        self._passes: dict[str, dict] = {}

    def hang(self, pictures: dict[str, bytes], *reviewers: str) -> None:
        """Each in a review by these, if there are any; with all that is shown of it made."""
        with self.studio.inside():
            for name, content in pictures.items():
                version = self.studio.world.upload(content, filename=f"{name}.png")
                self.versions[name] = version.id
                if reviewers:
                    self.studio.world.put_up(version, *reviewers)
            outbox.do_all()

    def replace(self, name: str, content: bytes) -> str:
        """The next version of a visual; its id."""
        with self.studio.inside():
            asset_id = db.session.get_one(Version, self.versions[name]).asset_id
            version = self.studio.world.upload(content, filename=f"{name}.png", asset_id=asset_id)
            outbox.do_all()
            return version.id

    def show(self, visitors: Visitors, who: str, name: str, hash_: str = "", **screen) -> Page:
        """Somebody before a visual."""
        page = visitors.arrive(self.house.url, storage_state=self.pass_of(who), **screen).new_page()
        return go(page, self.versions[name], hash_)

    def pass_of(self, who: str) -> dict:
        if who not in self._passes:
            with Visitors(self.browser).member(self.house.url, who).context as signed_in:
                self._passes[who] = signed_in.storage_state()
        return self._passes[who]

    def chosen(self, page: Page) -> dict:
        """The mark that is chosen there, as it is kept."""
        return chosen(page, self.house, self.studio)

    def marks(self, name: str) -> list[dict]:
        return marks(self.house, self.studio, self.versions[name])


@contextmanager
def opened(folder: Path, database: Path, browser: Browser, pictures: dict[str, bytes], *reviewers: str):
    """A gallery of these pictures, served."""
    gallery = Gallery(Studio(folder / "data", database), browser)
    gallery.hang(pictures, *reviewers)
    with gallery.studio.served() as gallery.house:
        yield gallery
