"""French beside English: every sentence the code and templates show, and what it is in French.

`python -m webapp.translating` gathers the sentences into the catalogue and compiles it; `… pairs.json` also takes
translations from {"sentence": "phrase"} (plural: ["singulier", "pluriel"]). A test fails on a sentence without one.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUE = Path(__file__).parent / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    **dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext")),
    "ngettext": (1, 2),
    **dict.fromkeys(("Message", "PlanError")),
}
PLANNING = KEYWORDS | dict.fromkeys(("_notice", "Refused", "CalendarEdge", "UnknownCountry", "UnknownTemplate"))
"""What sentences are handed to in planning, which knows nothing of catalogues (planning/messages.py)."""
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]

Sentence = str | tuple[str, ...]


def sentences() -> dict[Sentence, list[tuple[str, int]]]:
    """Every sentence that people may be shown, and where it stands."""
    found: dict[Sentence, list[tuple[str, int]]] = {}
    for folder in ("storage", "planning", "review", "webapp"):
        options = {"**.html": {"silent": "false"}, "**.txt": {"silent": "false"}}
        extracted = extract_from_dir(ROOT / folder, METHODS, options, PLANNING if folder == "planning" else KEYWORDS, directory_filter=_is_ours)
        for name, line, sentence, _comments, _context in extracted:
            key = tuple(sentence) if isinstance(sentence, tuple | list) else sentence
            found.setdefault(key, []).append((f"{folder}/{name}", line))
    return found


def _is_ours(folder: str) -> bool:
    """Babel would leave out every folder that begins with _, and so the macros."""
    return not Path(folder).name.startswith((".", "__"))


def catalogue() -> Catalog:
    """What is translated now."""
    if not CATALOGUE.exists():
        return Catalog(locale="fr", project="Backbeat", version="0", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="fr")


def missing() -> Iterator[str]:
    """A line per sentence without French, and where it stands."""
    known = catalogue()
    for sentence, places in sentences().items():
        message = known.get(sentence[0] if isinstance(sentence, tuple) else sentence)
        if message is None or not _complete(message.string):
            yield f"{places[0][0]}:{places[0][1]}: {sentence!r}"


def gather(pairs: dict[str, str | list[str]]) -> None:
    """Write the catalogue anew: each sentence that is shown with the French known for it, and nothing else."""
    known, fresh = catalogue(), Catalog(locale="fr", project="Backbeat", version="0", charset="utf-8", fuzzy=False)
    for sentence, places in sorted(sentences().items(), key=lambda item: str(item[0])):
        singular = sentence[0] if isinstance(sentence, tuple) else sentence
        before = known.get(singular)
        french = pairs.get(singular) or (before.string if before else "")
        if isinstance(sentence, tuple) and isinstance(french, str):
            french = [french, french]
        string = tuple(french) if isinstance(french, list) else french
        fresh.add(sentence, string, locations=sorted({(place, 0) for place, _ in places}))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, fresh, width=120, omit_header=False, sort_output=False, no_location=False, include_lineno=False)
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, fresh)


def _complete(french) -> bool:
    return all(french) if isinstance(french, tuple | list) else bool(french)


if __name__ == "__main__":
    told: dict = {}
    for path in sys.argv[1:]:
        told.update(json.loads(Path(path).read_text()))
    gather(told)
    for line in missing():
        print(line)
