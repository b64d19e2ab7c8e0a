import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import keys
from storage.db import new_id
from tests import naughty

SHA = "0123456789abcdef" * 4


def test_each_kind_of_object_has_its_place():
    ticket, workspace = new_id(), new_id()

    assert keys.quarantine(ticket) == f"quarantine/{ticket}"
    assert keys.blob(workspace, SHA) == f"blob/{workspace}/{SHA}"
    assert keys.rendition(workspace, SHA, "1024") == f"rendition/{workspace}/{SHA}/1024"
    assert keys.rendition(workspace, SHA, "tile/3/2/1").endswith("/tile/3/2/1")


def test_a_key_is_taken_apart_as_it_was_made():
    assert keys.parse(keys.quarantine("t1")) == keys.ObjectName("quarantine", ticket="t1")
    assert keys.parse(keys.blob("w1", SHA)) == keys.ObjectName("blob", workspace="w1", sha256=SHA)
    assert keys.parse(keys.rendition("w1", SHA, "page/2")) == keys.ObjectName(
        "rendition", workspace="w1", sha256=SHA, name="page/2"
    )


@pytest.mark.parametrize(
    "part",
    ["", "..", "../x", "a/..", "A", "é", "a b", "a\x00", "a\n", "\n", "a.png", "a\\b", "/a", "a/", "%2e", "a" * 65, "٣"],
)
def test_nothing_else_becomes_part_of_a_key(part):
    for make in (keys.quarantine, lambda id_: keys.blob(id_, SHA), lambda name: keys.rendition("w", SHA, name)):
        with pytest.raises(keys.BadKey):
            make(part)
    with pytest.raises(keys.BadKey):
        keys.blob("w", part)


@pytest.mark.parametrize("key", ["", "blob", "blob/w", f"blob/w/{SHA}/x", f"blob/w/{SHA}\n", f"other/w/{SHA}", "quarantine//t"])
def test_half_a_key_is_none(key):
    with pytest.raises(keys.BadKey):
        keys.parse(key)


@given(st.text())
def test_whatever_is_taken_as_a_ticket_is_letters_and_digits(text):
    try:
        key = keys.quarantine(text)
    except keys.BadKey:
        return
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuvwxyz/")
    assert key.count("/") == 1


def test_a_listing_begins_with_whole_or_half_a_key():
    for prefix in ("", "blob", "blob/", "blob/01h", "blob/01h/"):
        assert keys.checked_prefix(prefix) == prefix
    for prefix in ("/", "..", "blob/../", "blob//", "Blob", "blob/*"):
        with pytest.raises(keys.BadKey):
            keys.checked_prefix(prefix)


def test_naughty_strings_are_no_keys():
    for text in naughty.STRINGS:
        try:
            key = keys.rendition("w", SHA, text)
        except keys.BadKey:
            continue
        assert all(char.isascii() and (char.isalnum() or char == "/") for char in key)
