"""Every sentence has its French, with the same placeholders, and the compiled catalogue is today's."""

import io
import re

from babel.messages.mofile import read_mo, write_mo

from webapp.translating import CATALOGUE, catalogue, missing

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def test_no_sentence_is_without_french():
    assert list(missing()) == []


def test_a_translation_keeps_the_placeholders():
    wrong = []
    for message in catalogue():
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        french = message.string if isinstance(message.string, tuple) else (message.string,)
        names = set().union(*(set(PLACEHOLDER.findall(text)) for text in english))
        wrong += [text for text in french if not set(PLACEHOLDER.findall(text)) <= names]
        wrong += [text for text in french[-1:] if set(PLACEHOLDER.findall(text)) != names]
    assert wrong == []


def test_what_is_compiled_is_what_is_written():
    written = io.BytesIO()
    write_mo(written, catalogue())
    written.seek(0)
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        assert phrases(file) == phrases(written)


def phrases(file) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in read_mo(file) if message.id}
