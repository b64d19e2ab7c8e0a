"""Lists a page at a time: by id, which sorts by age, or by a number of their own, so that a row that comes or goes shifts no page."""

from flask import Response, jsonify

from storage.db import db
from webapp.routes.api.bodies import Paged


def page_of(seen, model, query: Paged, *, newest_first: bool = False, by=None) -> tuple[list, str | None]:
    """The rows of one page of a select, and the cursor of the next page or None.

    by  the column whose order it is, when it is not the id's; the cursor stays the id of the last row
    """
    column = model.id if by is None else by
    if query.next:
        last = query.next if by is None else seen.with_only_columns(by).where(model.id == query.next).scalar_subquery()
        seen = seen.where(column < last if newest_first else column > last)
    rows = list(db.session.scalars(seen.order_by(column.desc() if newest_first else column).limit(query.limit + 1)))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return rows, rows[-1].id if more else None


def listed(items: list[dict], cursor: str | None = None) -> Response:
    return jsonify(items=items, next=cursor)
