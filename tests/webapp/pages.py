"""Pages as tests read them: elements by id, class or attribute, their text as a person sees it, and what they cost."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sqlalchemy import event

from storage.db import db

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use"}


@dataclass
class Element:
    """One element with its children; strings are text."""

    tag: str
    attrs: dict[str, str | None]
    children: list = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, blanks folded."""
        return " ".join("".join(self._texts()).split())

    def _texts(self):
        for child in self.children:
            yield child if isinstance(child, str) else f" {child.text} " if child.tag not in ("b", "a", "span", "time") else f"{child.text} "

    def walk(self):
        yield self
        for child in self.children if self.tag != "template" else ():
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str | None = None, cls: str | None = None, **attrs) -> list["Element"]:
        """Those inside with this tag, class and attributes (`data_live="…"` for data-live; True: has it at all)."""
        return [one for one in self.walk() if one is not self and one._is(tag, cls, attrs)]

    def one(self, tag: str | None = None, cls: str | None = None, **attrs) -> "Element":
        found = self.all(tag, cls, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag or ''}.{cls or ''} {attrs}"
        return found[0]

    def _is(self, tag, cls, attrs) -> bool:
        if tag and self.tag != tag or cls and cls not in (self.attrs.get("class") or "").split():
            return False
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return all(name in self.attrs if value is True else self.attrs.get(name) == value for name, value in wanted.items())


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in [one.tag for one in self.open]:
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data):
        if self.open[-1].tag not in ("script", "style", "template"):
            self.open[-1].children.append(data)


def read(html: str) -> Element:
    """The page as elements."""
    reader = _Reader()
    reader.feed(html)
    return reader.open[0]


@contextmanager
def statements():
    """The SQL that is sent meanwhile, as a list that grows."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.upper().startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
