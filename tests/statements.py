"""SQL statements of a piece of work, counted apart: who asks, the plan, and the act itself."""

import traceback
from contextlib import contextmanager

from sqlalchemy import event

from storage.db import db

WHO = ("/webapp/actors.py", "/storage/keyring.py")
PLANS = ("/planning/plan.py", "/planning/now.py", "/planning/standing.py")


@contextmanager
def counted():
    """{"sign-in": [...], "plan": [...], "act": [...]}: every statement sent inside the block, by what sent it.

    BEGIN and COMMIT are the transaction's own and not counted; a statement for many rows is one.
    """
    spent = {"sign-in": [], "plan": [], "act": []}

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            spent[_cause()].append(" ".join(statement.split())[:110])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield spent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _cause() -> str:
    """By the innermost function of ours that led here."""
    files = [frame.filename for frame in traceback.extract_stack()]
    if any(file.endswith(PLANS) for file in files):
        return "plan"
    return "sign-in" if any(file.endswith(WHO) for file in files) else "act"
