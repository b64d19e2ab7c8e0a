"""A served house with Studio Marée in it, and browsers to meet it with."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from review.links import GuestLink
from storage.db import db
from tests.conftest import SECRET, migrated_sqlite  # noqa: F401  a fixture
from tests.services.fixtures import leave_out
from tests.services.house import served_house
from tests.stage import opened
from tests.world import PASSWORD, World, make_world

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
PATIENCE_MS = 15_000

expect.set_options(timeout=PATIENCE_MS)


class Studio:
    """The data folder of one installation: seen from inside between and while it is served, and from outside in browsers."""

    def __init__(self, folder: Path, database: Path):
        self.folder, self.world = folder, World(SECRET)
        with opened(folder, database=database):
            self.world = make_world(SECRET)

    def inside(self):
        """The app on this folder, its context pushed: for what happens behind the browsers' backs."""
        return opened(self.folder)

    def served(self, port: int | None = None):
        """The house in a process of its own."""
        return served_house(self.folder, port=port, secret_key=SECRET, demo="0")

    def personal_link(self, email: str) -> str:
        """The path by which a reviewer without an account comes in; ask inside."""
        link = db.session.query(GuestLink).filter_by(email=email).order_by(GuestLink.created_at.desc()).first()
        assert link
        return f"/l/{link.token(SECRET)}"


def sign_in(page: Page, name: str) -> Page:
    page.goto("/sign-in")
    page.locator("[name=email]").fill(f"{name}@maree.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


class Visitors:
    """People with browsers of their own, and what went wrong in any of them."""

    def __init__(self, browser: Browser):
        self.browser, self.contexts, self.faults = browser, [], []

    def arrive(self, url: str, **screen) -> BrowserContext:
        """`screen`: what else Playwright should know of theirs, as its size, its fingers or the pixels it has for one of CSS."""
        context = self.browser.new_context(**{"base_url": url, "locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **screen})
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("console", self._note)
        self.contexts.append(context)
        return context

    def member(self, url: str, name: str, **screen) -> Page:
        """Somebody with an account, signed in."""
        return sign_in(self.arrive(url, **screen).new_page(), name)

    def guest(self, url: str, link: str, **screen) -> Page:
        """Somebody who was sent a link: the door opens by itself where scripts run."""
        page = self.arrive(url, **screen).new_page()
        page.goto(link)
        page.wait_for_url(re.compile("/g/"))
        return page

    def _note(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(message.text)


@pytest.fixture(scope="module")
def chromium():
    """One a module: a Playwright that outlived it would keep the next module of the process from starting its own."""
    if not CHROMIUM.exists():
        leave_out(CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitors(chromium):
    """Browsers; at the end none may have met an error of our scripts or our content policy."""
    visitors = Visitors(chromium)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert visitors.faults == []


@pytest.fixture
def at(gallery, visitors):
    """`at("tools", "chloe")`: she is before the visual of this story, in the gallery of her module."""
    return lambda story, who="camille", hash_="", **screen: gallery.show(visitors, who, story, hash_, **screen)


@pytest.fixture
def studio(tmp_path, migrated_sqlite) -> Studio:  # noqa: F811
    return Studio(tmp_path / "data", migrated_sqlite)


def stays(page: Page) -> None:
    """Mark a page, so that `stayed` can tell it was never loaded again."""
    page.evaluate("window.marked = true")


def stayed(page: Page) -> bool:
    return page.evaluate("window.marked === true")
