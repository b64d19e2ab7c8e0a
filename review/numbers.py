"""What notes are called on a version: shared ones 1, 2, 3 …, internal ones A, B, … Z, AA.

Two series, so that nobody outside can tell by a gap that there are internal notes. A number is given once and never
again, whatever becomes of its note.
"""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from storage.db import Identified, Model, db, is_sqlite, new_id


class Numbering(Identified, Model):
    """How far the numbers of one version have come in one series."""

    __tablename__ = "numberings"
    __table_args__ = (UniqueConstraint("version_id", "audience"),)

    version_id: Mapped[str] = mapped_column(ForeignKey("versions.id"))
    audience: Mapped[str] = mapped_column(String(16))
    last: Mapped[int]


def next_number(version_id: str, audience: str) -> int:
    """The next one of the series, in one statement; ask under the scope's lock."""
    insert = sqlite.insert if is_sqlite() else postgresql.insert
    first = insert(Numbering).values(id=new_id(), version_id=version_id, audience=audience, last=1)
    counted = first.on_conflict_do_update(index_elements=["version_id", "audience"], set_={"last": Numbering.last + 1})
    return db.session.execute(counted.returning(Numbering.last)).scalar_one()


def letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA, as columns of a table are called."""
    said = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        said = chr(ord("A") + place) + said
    return said
