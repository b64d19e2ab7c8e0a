"""What racers do. Each act prepares, and answers the function that does it once both are at the start."""

from review import submissions
from storage import renditions
from storage.db import db, writing
from storage.uploads import Content, Ticket, TicketOver, discard
from storage.workspaces import Membership


def call(app, *, method, path, token, json=None, key=None):
    """One call of the API: (status, body)."""
    client = app.test_client()
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})

    def go():
        answer = client.open(f"/api/v1{path}", method=method, json=json, headers=headers)
        return answer.status_code, answer.get_json(silent=True)

    return go


def submit(app, *, ticket_id, member_id, sha256, size_bytes):
    """The last step of an upload, its content received before: (version id, its number, its asset's id); None if it is over."""
    content = Content(sha256, size_bytes, renditions.Verdict("opaque", "text/plain"))

    def go():
        with app.app_context():
            try:
                return _submitted(ticket_id, content, member_id)
            except TicketOver:
                return None
            finally:
                db.session.remove()

    return go


def _submitted(ticket_id, content, member_id):
    with writing() as session:
        ticket = session.get_one(Ticket, ticket_id)
        version = submissions.submit(ticket, content, session.get_one(Membership, member_id))
        session.commit()
    discard(ticket)
    return version.id, version.number, version.asset_id
