import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from storage.names import clean_filename, content_disposition
from tests import naughty

CLEANED = {
    "plain.jpg": "plain.jpg",
    "cafe\u0301 \u212b.png": "café Å.png",
    "../../../../etc/cron.d/bb.png": "bb.png",
    "..\\..\\windows\\bb.png": "bb.png",
    "C:\\fakepath\\hero.psd": "hero.psd",
    "bb\tx.png": "bbx.png",
    "a\r\nSet-Cookie: x=1.png": "aSet-Cookie: x=1.png",
    "invoice\u202egnp.exe": "invoicegnp.exe",
    "nul\x00.png": "nul.png",
    "a\ud800b.png": "ab.png",
    'bb"; filename="evil.html.png': 'bb"; filename="evil.html.png',
    "{{7*7}}${7*7}<%= 7*7 %>.png": "{{7*7}}${7*7}<%= 7*7 %>.png",
    "ملف التصميم.png": "ملف التصميم.png",
    "nul": "nul",
    "LPT1 .png": "LPT1 .png",
    "   .png": "   .png",
    '=HYPERLINK("http://127.0.0.1:9","x").png': '127.0.0.1:9","x").png',
    "100%_final%00%n.png": "100%_final%00%n.png",
    "lоgо.png": "lоgо.png",
    "..": "file",
    "...": "file",
    ". .": "file",
    "": "file",
    "   ": "file",
    "folder/": "file",
    "\u200f\u202e": "file",
}


@pytest.mark.parametrize(("given_", "kept"), CLEANED.items())
def test_a_name_is_kept_as_text(given_, kept):
    assert clean_filename(given_) == kept


def test_a_long_name_keeps_its_ending():
    assert clean_filename("n" * 300 + ".png") == "n" * 251 + ".png"
    assert clean_filename("n" * 300) == "n" * 255
    assert clean_filename("n." + "x" * 300) == "n." + "x" * 253
    assert len(clean_filename("." * 200 + "a" + "." * 200)) == 255


@given(st.text(max_size=400))
def test_any_name_becomes_one_line_that_stays_as_it_is(text):
    name = clean_filename(text)

    assert 0 < len(name) <= 255
    assert unicodedata.is_normalized("NFC", name)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name)
    assert "/" not in name
    assert "\\" not in name
    assert clean_filename(name) == name


@pytest.mark.parametrize("kind", ["attachment", "inline"])
def test_the_header_carries_both_forms_of_the_name(kind):
    assert content_disposition(kind, "café “v2”.png") == (
        f"{kind}; filename=\"cafe _v2_.png\"; filename*=UTF-8''caf%C3%A9%20%E2%80%9Cv2%E2%80%9D.png"
    )


def test_quotes_and_percents_cannot_end_the_plain_name():
    header = content_disposition("attachment", 'bb"; filename="100%.png')

    assert header.startswith('attachment; filename="bb_; filename=_100_.png"; ')


def test_only_two_dispositions_are_known():
    with pytest.raises(ValueError):
        content_disposition("form-data", "a.png")


@pytest.mark.parametrize("text", [*naughty.STRINGS, *CLEANED])
def test_naughty_names_travel_in_one_safe_line(text):
    header = content_disposition("attachment", text)

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert unquote(header.rpartition("UTF-8''")[2]) == clean_filename(text)


@given(st.text(max_size=300))
def test_a_client_reads_back_the_clean_name(text):
    kind, options = parse_options_header(content_disposition("inline", text))

    assert kind == "inline"
    assert options["filename"] == clean_filename(text)
