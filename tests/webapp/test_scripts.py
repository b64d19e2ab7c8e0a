"""The scripts alone, in a real browser, against a backend that can lose hints, refuse, and go away."""

import threading

import pytest
from flask import Flask, jsonify, make_response, redirect, render_template_string, request
from flask_socketio import SocketIO
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from webapp import assets

FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
CARD = """<article id="{{ name }}" data-live="{{ name }}" data-live-src="/cards/{{ name }}"><b class="count">{{ count }}</b>
  <details class="menu" id="menu-{{ name }}"><summary>More</summary>more</details>
  {% if writable %}<form id="note-{{ name }}" method="post" action="/notes" data-controller="draft">
    <textarea name="body" id="body-{{ name }}"></textarea><button>Send</button></form>{% endif %}</article>"""
BOARD = """<section id="board" data-live="board" data-live-src="/board">{% for card in cards %}{{ card|safe }}{% endfor %}</section>"""
PAGE = """<!doctype html><html><head><title>Board</title><script type="importmap">{{ import_map()|tojson }}</script>
  <script type="module" src="{{ asset_url('js/app.js') }}"></script></head>
  <body data-controller="live" data-live-campaign-value="autumn" data-live-seq-value="{{ seq }}">{{ board|safe }}
  <p id="offline" hidden>Connection lost.</p>
  <div data-controller="upload" data-upload-url-value="/api/v1/uploads" data-upload-deliverable-value="hero" data-upload-lost-value="Lost.">
    <input type="file" data-upload-target="input" data-action="upload#choose"><ul data-upload-target="list"></ul>
    <template data-upload-target="row"><li class="upload"><i class="upload__name"></i><progress max="100"></progress>
      <span class="upload__word" data-sending="Sending" data-waiting="Again" data-closing="Checking" data-done="Received." data-same="Same."
        data-stopped="Stopped"></span><button data-does="stop">Stop</button><button data-does="again">Again</button>
        <button data-does="dismiss">Close</button></li></template></div>
  </body></html>"""


class Backend:
    """A campaign of cards, each with a count; what it was asked is kept in `asked`."""

    def __init__(self):
        self.seq, self.counts, self.events, self.asked, self.parts = 5, {"hero": 1, "story": 1}, [], [], {}
        self.writable = self.accepting = self.sockets = True
        self.app = Flask(__name__, static_folder=None)
        self.live = SocketIO(self.app, async_mode="threading", transports=["websocket"])
        assets.init_app(self.app)
        self._route()

    def change(self, name, count, keys=None, lost=False):
        """Set a card's count, and say so, unless the hint is to be lost."""
        self.counts[name] = count
        self.tell(keys or [name], lost)

    def tell(self, keys, lost=False):
        self.seq += 1
        self.events.append({"seq": self.seq, "name": "card.changed", "keys": keys})
        if not lost:
            self.live.emit("hint", {"campaign_id": "autumn", "seq": self.seq, "keys": keys})

    def card(self, name):
        return render_template_string(CARD, name=name, count=self.counts[name], writable=self.writable)

    def board(self):
        return render_template_string(BOARD, cards=[self.card(name) for name in self.counts])

    def _fragment(self, name, html):
        self.asked.append(name)
        answer = make_response(html)
        answer.add_etag()
        return answer.make_conditional(request)

    def _route(self):
        app, live = self.app, self.live
        app.get("/")(lambda: render_template_string(PAGE, seq=self.seq, board=self.board()))
        app.get("/board", endpoint="board")(lambda: self._fragment("board", self.board()))
        app.get("/cards/<name>", endpoint="card")(self._card)
        app.post("/notes", endpoint="notes")(lambda: redirect("/", 303) if self.accepting else ("<p>Superseded.</p>", 409))
        app.get("/api/v1/campaigns/autumn/events", endpoint="events")(lambda: jsonify(items=self._since(int(request.args["after"])), seq=self.seq))
        app.post("/api/v1/uploads", endpoint="open")(self._open)
        app.put("/parts/<int:number>", endpoint="part")(self._part)
        app.post("/api/v1/uploads/u1/complete", endpoint="complete")(self._complete)
        live.on("connect")(lambda auth=None: self.sockets)
        live.on("join")(lambda asked: {"seq": self.seq, "missed": self._since(asked["seq"])})

    def _since(self, seq):
        return [event for event in self.events if event["seq"] > seq]

    def _card(self, name):
        return self._fragment(name, self.card(name)) if name in self.counts else ("", 404)

    def _open(self):
        asked = request.get_json()
        if asked["filename"].endswith(".exe"):
            return jsonify(error={"code": "unsupported", "message": "Programs are not taken."}), 422
        count = -(-asked["size_bytes"] // 4)
        return jsonify(id="u1", part_size_bytes=4, parts=[{"number": n, "url": f"/parts/{n}", "headers": {}} for n in range(1, count + 1)]), 201

    def _part(self, number):
        self.parts.setdefault(number, []).append(request.get_data())
        return ("", 503) if number == 2 and len(self.parts[2]) == 1 else ("", 200, {"ETag": f'"etag-{number}"'})

    def _complete(self):
        self.completed = request.get_json()
        return jsonify(id="v9"), 202


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def backend():
    backend = Backend()
    server = make_server("127.0.0.1", 0, backend.app, threaded=True)
    backend.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield backend
    server.shutdown()


@pytest.fixture
def page(browser, backend):
    context = browser.new_context()
    page = context.new_page()
    open_page(page, backend)
    yield page
    context.close()


def open_page(page, backend):
    page.goto(backend.url)
    page.wait_for_selector("body[data-online=true]")


def count_of(page, name):
    return page.locator(f"#{name} .count")


def test_only_the_stale_card_is_fetched_and_glows(page, backend):
    backend.change("hero", 2)

    expect(count_of(page, "hero")).to_have_text("2")
    expect(page.locator("#hero[data-changed]")).to_have_count(1)
    expect(page.locator("#story[data-changed]")).to_have_count(0)
    assert backend.asked == ["hero"]


def test_of_stale_parts_within_one_another_the_outermost_is_fetched(page, backend):
    backend.counts["hero"] = 3
    backend.change("story", 4, keys=["hero", "story", "board"])

    expect(count_of(page, "story")).to_have_text("4")
    expect(count_of(page, "hero")).to_have_text("3")
    assert backend.asked == ["board"]


def test_a_lost_hint_is_asked_for_when_the_next_one_shows_the_gap(page, backend):
    backend.change("hero", 7, lost=True)
    backend.change("story", 8)

    expect(count_of(page, "hero")).to_have_text("7")


def test_a_refresh_leaves_a_half_written_note_its_focus_and_an_open_menu(page, backend):
    page.locator("#menu-hero summary").click()
    page.fill("#body-hero", "logo smaller")
    page.evaluate("document.getElementById('body-hero').setSelectionRange(2, 4)")

    backend.change("hero", 2, keys=["board"])

    expect(count_of(page, "hero")).to_have_text("2")
    assert page.input_value("#body-hero") == "logo smaller"
    assert page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]") == ["body-hero", 2]
    assert page.evaluate("document.getElementById('menu-hero').open")


def test_a_form_that_the_server_takes_away_stays_while_someone_writes_in_it(page, backend):
    page.fill("#body-hero", "logo smaller")
    backend.writable = False

    backend.change("story", 2, keys=["board"])

    expect(page.locator("#note-story")).to_have_count(0)
    assert page.input_value("#body-hero") == "logo smaller"


def test_what_is_gone_for_the_reader_leaves_the_page(page, backend):
    del backend.counts["story"]

    backend.tell(["story"])

    expect(page.locator("#story")).to_have_count(0)


def test_a_draft_outlives_a_reload_and_a_refusal_and_ends_when_it_is_sent(page, backend):
    page.fill("#body-hero", "logo smaller")
    page.reload()
    expect(page.locator("#body-hero")).to_have_value("logo smaller")

    backend.accepting = False
    page.click("#note-hero button")
    page.wait_for_url("**/notes")
    open_page(page, backend)
    expect(page.locator("#body-hero")).to_have_value("logo smaller")

    backend.accepting = True
    page.click("#note-hero button")
    page.wait_for_url(backend.url)
    page.wait_for_selector("body[data-online=true]")
    expect(page.locator("#body-hero")).to_have_value("")


def test_without_a_socket_the_log_is_polled(page, backend):
    backend.sockets = False
    page.reload()

    backend.change("hero", 9, lost=True)

    expect(count_of(page, "hero")).to_have_text("9", timeout=15000)
    expect(page.locator("#offline")).to_be_hidden()


def test_a_lost_connection_is_said_calmly_and_heals_by_itself(page, backend):
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible(timeout=15000)

    backend.change("hero", 6)
    page.context.set_offline(False)

    expect(count_of(page, "hero")).to_have_text("6", timeout=15000)
    expect(page.locator("#offline")).to_be_hidden(timeout=15000)


def test_a_file_travels_in_parts_a_failing_one_twice_and_is_completed_in_order(page, backend):
    page.set_input_files("input[type=file]", {"name": "hero.txt", "mimeType": "text/plain", "buffer": b"0123456789"})

    expect(page.locator(".upload[data-state=done]")).to_contain_text("Received.", timeout=15000)
    assert b"".join(backend.parts[number][-1] for number in (1, 2, 3)) == b"0123456789"
    assert backend.completed == {"parts": [{"number": n, "etag": f'"etag-{n}"'} for n in (1, 2, 3)]}


def test_a_refused_file_says_why_in_the_servers_words(page, backend):
    page.set_input_files("input[type=file]", {"name": "hero.exe", "mimeType": "", "buffer": b"0"})

    expect(page.locator(".upload[data-state=bad]")).to_contain_text("Programs are not taken.")
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".upload")).to_have_count(0)
    expect(page.locator("input[type=file]")).to_be_focused()
