"""Sentences for people, in English, that can still be said in another language: a template and what fills it.

The templates are the keys of webapp's catalogue, which gathers them where `Message`, or a refusal, is called with one.
"""

from collections.abc import Callable, Iterable, Mapping

Translate = Callable[[str], str]
"""Gives a template in the reader's language, its placeholders kept; itself where it is not known."""


class Message(str):
    """A sentence in English that remembers its template. Values that are messages are translated with it.

    What people wrote stays on one line: what cannot be printed is written as its escape.
    """

    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, /, **values: object) -> "Message":
        template = _printable(template)
        kept = {name: value if isinstance(value, Message) else _printable(str(value)) for name, value in values.items()}
        self = super().__new__(cls, template % kept if kept else template)
        self.template, self.values = template, kept
        return self

    def told(self, translate: Translate) -> str:
        """The sentence in another language."""
        values = {name: value.told(translate) if isinstance(value, Message) else value for name, value in self.values.items()}
        return translate(self.template) % values if values else translate(self.template)


class Refusal(ValueError):
    """What cannot be taken or computed, in a sentence: `message`. str() of it is English."""

    def __init__(self, template: str, /, **values: object):
        self.message = template if isinstance(template, Message) else Message(template, **values)
        super().__init__(str(self.message))


def joined(separator: str, parts: Iterable[str]) -> Message:
    """Parts in a row, each in its own words."""
    values = {f"part_{i}": part for i, part in enumerate(parts)}
    return Message(separator.join(f"%({name})s" for name in values), **values)


def N_(text: str) -> str:
    """Marks words of other programs for the catalogue; they are translated as values of a message."""
    return text


def _printable(words: str) -> str:
    return words if words.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)
