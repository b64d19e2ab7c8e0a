"""Lists a page at a time: by id, which sorts by age, so that a row that comes or goes shifts no page."""

from flask import Response, jsonify

from storage.db import db
from webapp.routes.api.bodies import Paged


def page_of(select, model, query: Paged, *, newest_first: bool = False) -> tuple[list, str | None]:
    """The rows of one page of a select, and the cursor of the next page or None."""
    order = model.id.desc() if newest_first else model.id
    if query.next:
        select = select.where(model.id < query.next if newest_first else model.id > query.next)
    rows = list(db.session.scalars(select.order_by(order).limit(query.limit + 1)))
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return rows, rows[-1].id if more else None


def listed(items: list[dict], cursor: str | None = None) -> Response:
    return jsonify(items=items, next=cursor)
