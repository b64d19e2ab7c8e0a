"""Words as pages show them: links that lead where they say, names that stand out, and nothing else that is not text."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from tests.naughty import STRINGS
from webapp.words import folded, said

LINK = re.compile(r'<a href="(https?://[^"<>]*)" rel="noopener nofollow ugc" target="_blank">\1</a>', re.IGNORECASE)


def linked(body: str) -> list[str]:
    return LINK.findall(str(said(body)))


@pytest.mark.parametrize(("body", "addresses"), [
    ("see https://example.com/a?b=1&c=2 now", ["https://example.com/a?b=1&amp;c=2"]),
    ("HTTP://EXAMPLE.COM.", ["HTTP://EXAMPLE.COM"]),
    ("(https://example.com/a_(b))", ["https://example.com/a_(b)"]),
    ("« https://example.com », https://b.example!", ["https://example.com", "https://b.example"]),
    ("https://é.example/ü", ["https://é.example/ü"]),
    ("javascript:alert(1) data:text/html,x ftp://a.example mailto:a@b.example //a.example", []),
    ("https:// http://[ https://[::1", []),
    ("https://a.example/\u202egpj.exe", ["https://a.example/"]),
    ("https://a.example/\"onmouseover=alert(1)", ["https://a.example/"]),
])
def test_only_addresses_of_pages_become_links(body, addresses):
    assert linked(body) == addresses


def test_names_stand_out_where_they_are_called():
    assert said("@Marc, see @Marcel <b>", ["Marc"]) == '<b class="mention">@Marc</b>, see @Marcel &lt;b&gt;'
    assert said("@Marc Dupont", ["Marc", "Marc Dupont"]) == '<b class="mention">@Marc Dupont</b>'
    assert said("@(a+)+ @<i>", ["(a+)+", "<i>"]) == '<b class="mention">@(a+)+</b> <b class="mention">@&lt;i&gt;</b>'


@pytest.mark.parametrize("body", STRINGS)
def test_without_its_links_it_is_the_text_itself_escaped(body):
    assert LINK.sub(r"\1", str(said(body, ["Marc"]))) == str(escape(body))


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_nothing_anybody_types_becomes_anything_else(body, names):
    plain = LINK.sub(r"\1", str(said(body, names)))
    assert plain.replace('<b class="mention">', "").replace("</b>", "") == str(escape(body))


@pytest.mark.parametrize("body", ["https://a.example/" + ")" * 10_000, "https://" * 1250, "@" * 10_000, "https://a.example/" + "(" * 5000 + ")" * 4000])
def test_a_long_text_takes_no_time(body):
    began = time.perf_counter()
    said(body, ["Marc", "@"])
    assert time.perf_counter() - began < 0.5


def test_a_search_is_blind_to_accents_and_case():
    assert folded("ÉTÉ à Nîmes") == folded("ete a nimes")
